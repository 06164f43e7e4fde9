//! Every form of every command's answer, as snapshots: tables at several widths, in a pipe and in colour, JSON, ids and
//! errors, over a database whose every text attacks.

use super::context::Context;
use super::look::Look;
use super::output::{self, Out};
use super::sanitize::{is_bidi_control, width};
use super::{Cli, exit};
use crate::model::Id;
use clap::Parser;
use jiff::SignedDuration;
use std::cell::RefCell;
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;

#[path = "../../tests/it/stock/mod.rs"]
#[allow(dead_code)]
mod stock;

/// Articles of the database: few, so that snapshots can be read; in all, every publisher and every attack.
const ARTICLES: usize = 12;

/// What a command prints, shared with the test that reads it.
#[derive(Clone, Default)]
struct Sheet(Rc<RefCell<Vec<u8>>>);

impl Write for Sheet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        stock::fill(folder.path(), ARTICLES, true, Look::test(None).now - SignedDuration::from_mins(3));
        std::fs::write(folder.path().join("newsfold.toml"), "[[feed]]\nurl = \"https://p1.example/rss\"\ntags = [\"coast\"]\n")
            .expect("a configuration");
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// What stdout and stderr get, and the exit code where it is not 0.
    fn ask(&self, look: Look, args: &[&str]) -> String {
        let parsed = match Cli::try_parse_from(["newsfold"].iter().chain(args)) {
            Ok(parsed) => parsed,
            Err(error) => return format!("{error}exit {}\n", error.exit_code()),
        };
        let sheet = Sheet::default();
        let config = Some(self.path().join("newsfold.toml"));
        let out = Out::into(Box::new(sheet.clone()));
        let mut context = Context { config, state_dir: Some(self.path().to_owned()), look, out };
        let done = super::dispatch(&parsed.command, &mut context);
        context.out.flush().expect("a sheet takes everything");
        let mut text = String::from_utf8(sheet.0.borrow().clone()).expect("UTF-8");
        let code = match done {
            Ok(exit) => exit.code(),
            Err(error) => {
                text.push_str(&output::told(&error).lines().map(super::sanitize::clean).collect::<Vec<_>>().join("\n"));
                text.push('\n');
                exit::verdict(&error).0
            }
        };
        if code != 0 {
            text.push_str(&format!("exit {code}\n"));
        }
        self.masked(&text)
    }

    /// Without what differs from run to run and from one SQLite to the next.
    fn masked(&self, text: &str) -> String {
        let text = text.replace(&self.path().display().to_string(), "STATE");
        let sizes = regex::Regex::new(r#""bytes":\d+|\d+(\.\d+)? [kMGT]B"#).expect("a pattern");
        sizes.replace_all(&text, |found: &regex::Captures<'_>| if found[0].starts_with('"') { "\"bytes\":0" } else { "0 kB" }).into_owned()
    }

    /// Snapshots a command's answer for people, and for programs where it has one.
    fn forms(&self, name: &str, args: &[&str], programs: &[&str]) {
        let mut all = format!("$ newsfold {}\n", args.join(" "));
        for columns in [Some(60), Some(80), Some(160), None] {
            let text = self.ask(Look::test(columns), args);
            all.push_str(&format!("== {}\n{text}", columns.map_or("pipe".to_owned(), |w| w.to_string())));
            hold(&text, columns, args);
        }
        let plain = self.ask(Look::test(Some(80)), args);
        let colored = self.ask(Look { color: true, ..Look::test(Some(80)) }, args);
        assert_eq!(super::fixtures::strip(&colored), plain, "{args:?}: colour changes nothing else");
        all.push_str(&format!("== 80, colour\n{}", colored.replace('\u{1b}', "␛")));
        for form in programs {
            let args = [args, &[form]].concat();
            let text = self.ask(Look::test(None), &args);
            all.push_str(&format!("== {form}\n{text}"));
            hold(&text, None, &args);
            for line in text.lines().filter(|_| *form == "--json") {
                let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
                assert!(value["schema"].as_str().is_some_and(|s| s.starts_with("newsfold/")), "{args:?}: {line}");
            }
        }
        insta::assert_snapshot!(format!("forms_{name}"), all);
    }
}

/// Nothing in `text` commands a terminal, and no line is wider than the screen.
fn hold(text: &str, columns: Option<usize>, args: &[&str]) {
    for line in text.lines() {
        assert!(!line.chars().any(|c| c.is_control() || is_bidi_control(c)), "{args:?}: {line:?}");
        // A log is for grep, an address for the mouse: these are never cut.
        let whole = args[0] == "log" || line.contains("://") || ["export", "doctor"].contains(&args[0]) || args.contains(&"--text");
        assert!(whole || columns.is_none_or(|w| width(line) <= w), "{args:?} at {columns:?}: {line}");
    }
}

#[test]
fn every_answer_is_as_it_was_at_every_width_and_harmless() {
    let desk = Desk::new();
    let (a, b) = (stock::address(0), stock::address(1));
    let story = Id::story(Id::cluster(Id::article(&a))).to_string();
    let last = stock::address(ARTICLES - 1);
    let both = &["--json", "--ids"][..];
    desk.forms("stories", &["stories"], both);
    desk.forms("stories_filtered", &["stories", "--min-copies", "2", "--lang", "en", "--tag", "coast", "--sort", "newest"], both);
    desk.forms("story", &["story", &story], both);
    desk.forms("article", &["article", &a], &["--json"]);
    desk.forms("article_text", &["article", &last, "--text"], &[]);
    desk.forms("search", &["search", "ordinary"], both);
    desk.forms("why", &["why", &a, &b], &["--json"]);
    desk.forms("why_apart", &["why", &a, &last], &["--json"]);
    desk.forms("diff", &["diff", &a, &b], &["--json"]);
    desk.forms("match", &["match", &a], both);
    desk.forms("origin", &["origin", &a], &["--json"]);
    desk.forms("log", &["log", "-n", "4"], &["--json"]);
    desk.forms("report_lag", &["report", "lag"], &["--json"]);
    desk.forms("feeds", &["feeds"], both);
    desk.forms("feeds_show", &["feeds", "show", &stock::feed_url(5)], &["--json"]);
    desk.forms("status", &["status"], &[]);
    desk.forms("recluster", &["recluster", "--dry-run"], &["--json"]);
    desk.forms("prune", &["prune", "--dry-run"], &["--json"]);
}

#[test]
fn every_export_is_as_it_was_and_harmless() {
    let desk = Desk::new();
    for what in ["entries", "articles", "clusters", "stories"] {
        let text = desk.ask(Look::test(None), &["export", "jsonl", what]);
        hold(&text, None, &["export"]);
        assert!(text.lines().count() > 1, "{what}");
        insta::assert_snapshot!(format!("forms_export_{what}"), text.lines().take(2).collect::<Vec<_>>().join("\n"));
    }
    for form in ["atom", "jsonfeed", "opml"] {
        let text = desk.ask(Look::test(None), &["export", form]);
        hold(&text, None, &["export"]);
        insta::assert_snapshot!(format!("forms_export_{form}"), text);
    }
    let all = desk.ask(Look::test(None), &["export", "jsonl", "stories"]).lines().count();
    let late = desk.ask(Look::test(None), &["export", "jsonl", "stories", "--since", "5m"]).lines().count();
    assert!((1..all).contains(&late), "{late} of {all}");
}

#[test]
fn every_error_says_what_where_and_what_to_do() {
    let desk = Desk::new();
    let same = stock::address(0);
    let asked: [&[&str]; 26] = [
        &["storys"],
        &["stories", "--sice", "3d"],
        &["stories", "--sort", "size"],
        &["stories", "--since", "tomorow"],
        &["stories", "--feed", "p9.example"],
        &["stories", "--feed", "example"],
        &["stories", "--follow"],
        &["story", "xyz"],
        &["story", "0123456789abcdef"],
        &["article", "javascript:alert(1)"],
        &["article", "https://nowhere.example/"],
        &["search", "--", "-storm"],
        &["search", "since:soon"],
        &["search", "until:soon"],
        &["why", &same, &same],
        &["diff", &same],
        &["match", "no such file"],
        &["split", "\u{1b}[31mNobody\u{202e}"],
        &["feeds", "--state", "bogus"],
        &["feeds", "show", "harbor post"],
        &["recluster", "--dry-run", "--set", "contain=0.9"],
        &["decisions", "--withdraw", "12"],
        &["man", "storys"],
        &["reload"],
        &["restore", "/nowhere/newsfold.db"],
        &["report", "lag", "--since", "\u{1b}[2J"],
    ];
    let mut all = String::new();
    for args in asked {
        let text = desk.ask(Look::test(Some(80)), args);
        hold(&text, None, args);
        assert!(text.contains("exit "), "{args:?}: {text}");
        all.push_str(&format!("$ newsfold {}\n{text}\n", args.join(" ").replace(|c: char| c.is_control() || is_bidi_control(c), "?")));
    }
    insta::assert_snapshot!("forms_errors", all);
}

#[test]
fn a_watched_table_fits_the_screen_and_says_what_it_leaves_out() {
    let desk = Desk::new();
    let Ok(Cli { command: super::Command::Stories(args), .. }) = Cli::try_parse_from(["newsfold", "stories", "-f"]) else {
        panic!("`stories -f` is understood");
    };
    let shown = |height| {
        let look = Look { height: Some(height), ..Look::test(Some(80)) };
        let context = Context { config: None, state_dir: Some(desk.path().to_owned()), look, out: Out::into(Box::new(Sheet::default())) };
        super::stories::screen(&args, &context).expect("an answer").render(&context.look)
    };
    for height in [4, 5, 24] {
        let text = shown(height);
        assert!(text.lines().count() < height, "{height}:\n{text}");
        hold(&text, Some(80), &["stories"]);
    }
    assert!(shown(4).starts_with("the first 1 story since 24h"), "{}", shown(4));
    insta::assert_snapshot!("forms_stories_follow", shown(24));
}

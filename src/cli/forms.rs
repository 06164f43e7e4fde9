//! Every form of every command's answer, as snapshots: tables at several widths, in a pipe and in colour, JSON, ids and
//! errors, over a database whose every text attacks.

use super::context::Context;
use super::look::Look;
use super::output::{self, Out};
use super::sanitize::width;
use super::{Cli, exit};
use crate::model::{Id, is_bidi_control};
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

    /// One that nobody changed yet but by `before`, with files to read in it.
    fn fresh(before: &[&[&str]]) -> Self {
        let desk = Self::new();
        for (name, text) in stock::files() {
            std::fs::write(desk.path().join(name), text).expect("a file");
        }
        for args in before {
            let text = desk.ask(Look::test(None), args);
            assert!(!text.contains("exit "), "{args:?}: {text}");
        }
        desk
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// What stdout and stderr get, and the exit code where it is not 0.
    fn ask(&self, look: Look, args: &[&str]) -> String {
        let state = self.path().display().to_string();
        let args = args.iter().map(|arg| arg.replace("STATE", &state));
        let parsed = match Cli::try_parse_from(["newsfold".to_owned()].into_iter().chain(args)) {
            Ok(parsed) => parsed,
            Err(error) => return format!("{error}exit {}\n", error.exit_code()),
        };
        let sheet = Sheet::default();
        let config = parsed.config.clone().or_else(|| Some(self.path().join("newsfold.toml")));
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

    /// Without what differs from run to run, from one machine and from one SQLite to the next.
    fn masked(&self, text: &str) -> String {
        let text = text.replace(&self.path().display().to_string(), "STATE");
        let rights = regex::Regex::new(r"\d+, user \d+, group \d+").expect("a pattern");
        let text = rights.replace_all(&text, "640, user 0, group 0");
        // The news is older than the test was written, what the machine's own clock says is younger.
        let times = regex::Regex::new(r"\d{4}-\d\d-\d\dT[\d:.]+Z").expect("a pattern");
        let text =
            times.replace_all(&text, |found: &regex::Captures<'_>| if &found[0] > "2026-11-23" { "NOW" } else { &found[0] }.to_owned());
        let lasted = regex::Regex::new(r#"polled in \d+\.\d s|"elapsed_ms":\d+"#).expect("a pattern");
        let text = lasted.replace_all(
            &text,
            |found: &regex::Captures<'_>| if found[0].starts_with('"') { "\"elapsed_ms\":0" } else { "polled in 0.0 s" },
        );
        let sizes = regex::Regex::new(r#""bytes":\d+|\d+(\.\d+)? [kMGT]B"#).expect("a pattern");
        sizes.replace_all(&text, |found: &regex::Captures<'_>| if found[0].starts_with('"') { "\"bytes\":0" } else { "0 kB" }).into_owned()
    }

    /// Snapshots a command's answer for people, and for programs where it has one.
    fn forms(&self, name: &str, args: &[&str], programs: &[&str]) {
        forms(name, args, programs, |look, args| self.ask(look, args));
    }
}

/// Snapshots the answers of a command that changes things, each on a desk that only `before` changed.
fn changes(name: &str, before: &[&[&str]], args: &[&str], programs: &[&str]) {
    forms(name, args, programs, |look, args| Desk::fresh(before).ask(look, args));
}

fn forms(name: &str, args: &[&str], programs: &[&str], ask: impl Fn(Look, &[&str]) -> String) {
    let mut all = format!("$ newsfold {}\n", args.join(" "));
    for columns in [Some(60), Some(80), Some(160), None] {
        let text = ask(Look::test(columns), args);
        all.push_str(&format!("== {}\n{text}", columns.map_or("pipe".to_owned(), |w| w.to_string())));
        hold(&text, columns, args);
    }
    let plain = ask(Look::test(Some(80)), args);
    let colored = ask(Look { color: true, ..Look::test(Some(80)) }, args);
    assert_eq!(super::fixtures::strip(&colored), plain, "{args:?}: colour changes nothing else");
    all.push_str(&format!("== 80, colour\n{}", colored.replace('\u{1b}', "␛")));
    for form in programs {
        let args = [args, &[form]].concat();
        let text = ask(Look::test(None), &args);
        all.push_str(&format!("== {form}\n{text}"));
        hold(&text, None, &args);
        for line in text.lines().filter(|line| *form == "--json" && !line.starts_with("exit ")) {
            let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
            assert!(value["schema"].as_str().is_some_and(|s| s.starts_with("newsfold/")), "{args:?}: {line}");
        }
    }
    insta::assert_snapshot!(format!("forms_{name}"), all);
}

/// Nothing in `text` commands a terminal, and no line is wider than the screen.
fn hold(text: &str, columns: Option<usize>, args: &[&str]) {
    for line in text.lines() {
        assert!(!line.chars().any(|c| c.is_control() || is_bidi_control(c)), "{args:?}: {line:?}");
        // A log is for grep, an address for the mouse, a path to be typed again: these are never cut.
        let whole = args[0] == "log"
            || line.contains("://")
            || line.contains("STATE/")
            || ["export", "doctor", "import"].contains(&args[0])
            || args.contains(&"--text");
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
fn every_change_answers_as_it_did_at_every_width_and_harmlessly() {
    let (a, b, last) = (stock::address(0), stock::address(1), stock::address(ARTICLES - 1));
    let json = &["--json"][..];
    let merge = &["merge", &a, &last][..];
    changes("merge", &[], merge, json);
    changes("split", &[], &["split", &b], json);
    changes("keep", &[], &["keep", &a], json);
    changes("unkeep", &[&["keep", &a]], &["unkeep", &a], json);
    changes("decisions", &[merge, &["split", &b]], &["decisions"], json);
    changes("decisions_withdraw", &[merge], &["decisions", "--withdraw", "1"], json);
    changes("origin_set", &[], &["origin", &a, "--set", &b], json);
    changes("backup", &[], &["backup", "STATE/copy.db"], json);
    changes("restore", &[&["backup", "STATE/copy.db"]], &["restore", "STATE/copy.db"], json);
    changes("prune_done", &[], &["prune"], json);
    changes("recluster_done", &[], &["recluster"], json);
    changes("import", &[], &["import", "STATE/list.opml", "--to", "-"], &[]);
    // Nobody listens on port 1 of loopback: a feed that fails, without a network.
    changes("poll", &[], &["--config", "STATE/poll.toml", "poll", "--all"], json);
    // What only a daemon can do says so.
    changes("pause", &[], &["pause"], &[]);
    changes("resume", &[], &["resume"], &[]);
}

#[test]
fn what_is_only_looked_at_answers_as_it_did() {
    let json = &["--json"][..];
    changes("doctor", &[], &["doctor"], json);
    changes("config_show", &[], &["config", "show"], &[]);
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
    let desk = Desk::fresh(&[]);
    let same = stock::address(0);
    let asked: [&[&str]; 28] = [
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
        &["--config", "STATE/bad.toml", "config", "check"],
        &["--config", "STATE/bad.toml", "config", "check", "--json"],
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

//! The built command line on a made-up database: what it prints, where, and with which exit code.

use crate::stock::{PUBLISHERS, address, feed_url, fill, is_harmless};
use jiff::Timestamp;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;
use unicode_width::UnicodeWidthStr;

fn newsfold(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_newsfold"));
    command.current_dir(dir).env_clear().env("TZ", "UTC").env("HOME", dir).arg("--state-dir").arg(dir).stdin(Stdio::null());
    command
}

fn run(dir: &Path, args: &[&str]) -> Output {
    newsfold(dir).args(args).output().expect("newsfold runs")
}

fn printed(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("UTF-8")
}

fn said(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("UTF-8")
}

fn stocked(articles: usize, attack: bool) -> TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    fill(dir.path(), articles, attack, Timestamp::now());
    dir
}

/// The first id that `stories` or `search` prints.
fn first_id(dir: &Path, args: &[&str]) -> String {
    printed(&run(dir, args)).lines().next().expect("an id").to_owned()
}

#[test]
fn five_hundred_hostile_titles_command_no_terminal_and_break_no_column() {
    let dir = stocked(500, true);
    let dir = dir.path();
    let story = first_id(dir, &["stories", "--ids"]);
    let (a, b) = (address(0), address(1));
    let feed = feed_url(5);
    let commands: [&[&str]; 32] = [
        &["stories", "-n", "0"],
        &["stories", "-n", "0", "--json"],
        &["story", &story],
        &["story", &story, "--json"],
        &["article", &a],
        &["article", &a, "--json"],
        &["article", &a, "--text"],
        &["feeds"],
        &["feeds", "--json"],
        &["feeds", "show", &feed],
        &["log"],
        &["log", "--json"],
        &["why", &a, &b],
        &["diff", &a, &b, "--full"],
        &["export", "jsonl"],
        &["export", "atom", "-n", "0"],
        &["export", "jsonfeed", "-n", "0"],
        &["search", "ordinary", "-n", "0"],
        &["search", "ordinary", "-n", "0", "--json"],
        &["search", "ordinary", "-n", "0", "--sort", "relevance"],
        &["match", &a],
        &["match", &a, "--json"],
        &["origin", &a],
        &["report", "lag", "-n", "0"],
        &["report", "lag", "--json"],
        &["recluster", "--dry-run"],
        &["recluster", "--dry-run", "--json"],
        &["prune", "--dry-run"],
        &["doctor"],
        &["export", "jsonl", "articles"],
        &["export", "jsonl", "clusters"],
        &["export", "jsonl", "stories"],
    ];
    std::fs::write(dir.join("newsfold.toml"), "").expect("a configuration");
    for args in commands {
        let output = run(dir, args);
        assert!(output.status.success(), "{args:?}: {}", said(&output));
        assert!(!printed(&output).is_empty(), "{args:?} prints something");
        assert!(is_harmless(printed(&output)), "{args:?}");
        for columns in [60, 80, 160] {
            let output = newsfold(dir).args(args).env("COLUMNS", columns.to_string()).output().expect("newsfold runs");
            assert!(is_harmless(printed(&output)), "{args:?} at {columns}");
            assert!(is_harmless(said(&output)), "{args:?} at {columns}");
            let keeps_width = !args.contains(&"--json") && !["export", "log", "doctor"].contains(&args[0]) && !args.contains(&"--text");
            let wide = printed(&output).lines().find(|line| keeps_width && line.width() > columns);
            assert_eq!(wide, None, "{args:?} at {columns}");
        }
    }
    assert!(!Path::new("/tmp/newsfold-pwned").exists());
}

#[test]
fn titles_survive_json_as_they_were() {
    let dir = stocked(30, true);
    let output = run(dir.path(), &["article", &address(7), "--json"]);
    let article: serde_json::Value = serde_json::from_str(printed(&output)).expect("JSON");
    assert_eq!(article["title"], crate::stock::hostile(7));
    assert_eq!(article["schema"], "newsfold/article/1");
}

#[test]
fn ids_flow_from_one_command_to_the_next() {
    let dir = stocked(60, false);
    let dir = dir.path();
    let story = first_id(dir, &["stories", "--ids"]);
    assert_eq!(story.len(), 16);
    let table = run(dir, &["stories"]);
    let shown = printed(&table).lines().nth(1).and_then(|l| l.split_whitespace().next()).expect("an id").to_owned();
    assert!(story.starts_with(&shown));
    assert_eq!(run(dir, &["story", &shown]).stdout, run(dir, &["story", &story]).stdout);
    let members = run(dir, &["story", &shown, "--ids"]);
    let article = printed(&members).lines().next().expect("an article");
    assert!(printed(&run(dir, &["article", article])).contains(article));
    // An article's id leads to its story.
    assert_eq!(run(dir, &["story", article]).stdout, run(dir, &["story", &story]).stdout);
    assert_eq!(printed(&run(dir, &["article", article])), printed(&run(dir, &["article", &article[..12]])));
}

#[test]
fn exit_codes_tell_what_happened_and_hints_what_to_do() {
    let dir = stocked(40, false);
    let dir = dir.path();
    let empty = tempfile::tempdir().expect("a folder");
    let cases: [(&Path, &[&str], i32, &str); 22] = [
        (dir, &["stories", "--publisher", "Nobody"], 0, "no publisher “Nobody” is known here"),
        (dir, &["stories", "--publisher", "harbor post"], 0, "did you mean “Harbour Post”?"),
        (dir, &["stories", "--lang", "english"], 0, "did you mean “en”?"),
        (dir, &["stories", "--tag", "coats"], 0, "did you mean “coast”?"),
        (dir, &["stories", "--owner", "ledger"], 0, "did you mean “The Ledger”?"),
        (dir, &["stories", "--feed", "p9.example"], 4, "did you mean"),
        (dir, &["search", "foo:bar"], 0, "“foo:” is no filter"),
        (dir, &["search", "lang:xx", "ferry"], 0, "languages are en"),
        (dir, &["feeds", "--state", "bogus"], 2, "quarantined"),
        (dir, &["feeds", "--publisher", "harbor post"], 0, "did you mean “Harbour Post”?"),
        (dir, &["log", "--kind", "aticle"], 0, "did you mean article?"),
        (dir, &["stories", "--since", "soon"], 2, "yesterday"),
        (dir, &["storys"], 2, "stories"),
        (dir, &["story", "xyz"], 2, "is not an id"),
        (dir, &["article", "file:///etc/passwd"], 2, "no web address"),
        (dir, &["article", "https://nowhere.example/"], 4, "search"),
        (dir, &["story", "0123456789abcdef"], 4, "no story"),
        (dir, &["feeds", "show", "nowhere"], 4, "no feed"),
        (dir, &["why", &address(3), &address(3)], 2, "same article"),
        (dir, &["status"], 3, ""),
        (dir, &["config", "check"], 78, "no configuration found"),
        (empty.path(), &["stories"], 1, "newsfold poll"),
    ];
    for (state, args, code, hint) in cases {
        let output = run(state, args);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", said(&output));
        assert!(said(&output).contains(hint), "{args:?}: {}", said(&output));
    }
}

#[test]
fn an_ambiguous_prefix_lists_what_it_could_be() {
    let dir = stocked(60, false);
    let mut ids = printed(&run(dir.path(), &["stories", "--ids"])).lines().map(str::to_owned).collect::<Vec<_>>();
    ids.sort();
    let shared = |a: &str, b: &str| a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    let pair = ids.windows(2).max_by_key(|w| shared(&w[0], &w[1])).expect("two stories");
    let prefix = &pair[0][..shared(&pair[0], &pair[1])];
    assert!(!prefix.is_empty(), "sixty articles make more than sixteen stories or share a digit");
    let output = run(dir.path(), &["story", prefix]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(
        said(&output).contains(&pair[0]) && said(&output).contains(&pair[1]) && said(&output).contains("more digits"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_pipe_that_closes_is_no_fault() {
    let dir = stocked(400, false);
    for args in
        [&["export", "jsonl"][..], &["export", "jsonl", "articles"], &["log"], &["stories", "--json"], &["man"], &["completions", "bash"]]
    {
        let mut child = newsfold(dir.path()).args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("newsfold runs");
        let mut out = child.stdout.take().expect("a pipe");
        let _ = out.read(&mut [0; 16]).expect("some bytes");
        drop(out);
        let output = child.wait_with_output().expect("an end");
        assert_eq!((output.status.code(), said(&output)), (Some(0), ""), "{args:?}");
    }
}

#[test]
fn a_colourless_pipe_says_what_a_coloured_terminal_would() {
    let dir = stocked(20, false);
    for name in ["NO_COLOR", "CLICOLOR"] {
        let output = newsfold(dir.path()).arg("stories").env(name, "1").output().expect("newsfold runs");
        assert!(!output.stdout.contains(&0x1b));
    }
}

#[test]
fn searches_of_any_shape_get_an_answer_or_a_clean_message() {
    let dir = stocked(40, false);
    let parens = "(".repeat(5000);
    for query in [
        "ferry",
        "\"ferry",
        "ferry AND",
        "NEAR(ferry",
        "title:x",
        "*",
        "'; DROP TABLE article; --",
        "-",
        "ferry*",
        "^ferry",
        "{ferry}",
        &parens,
        "\u{202e}",
        "停火",
    ] {
        let output = run(dir.path(), &["search", "--", query]);
        assert!(matches!(output.status.code(), Some(0 | 2)), "{query:.20}: {}", said(&output));
        assert!(!said(&output).contains("SQL") && is_harmless(said(&output)), "{query:.20}: {}", said(&output));
    }
}

#[test]
fn a_search_is_understood_as_it_is_typed() {
    let dir = stocked(60, false);
    let hits = |query: &[&str]| {
        let output = run(dir.path(), &[&["search", "--ids"], query].concat());
        assert_eq!(output.status.code(), Some(0), "{query:?}: {}", said(&output));
        printed(&output).lines().count()
    };
    let all = hits(&["ferry"]);
    assert!(all > 20, "for programs there is no limit that nobody set: {all}");
    assert_eq!(hits(&["-n20", "ferry"]), 20);
    let ours = hits(&["publisher:The Ledger", "ferry"]);
    assert!(ours > 0 && ours < all);
    for same in [&["publisher:\"The Ledger\" ferry"][..], &["ferry", "publisher:The Ledger", "since:yesterday"]] {
        assert_eq!(hits(same), ours, "{same:?}");
    }
    assert_eq!(hits(&["lang:en ferry"]), hits(&["lang:en", "ferry"]), "a filter and a word in one argument are both");
    assert_eq!(hits(&["ferry", "-ferry"]), 0);
    assert_eq!(hits(&["ferry", "-nowhere"]), all, "a word left out, and no option");
    assert_eq!(hits(&["ferry", "until:yesterday"]), 0);
    assert_eq!(hits(&["\"said since:friday morning\""]), 0, "within a phrase it is a word");
    let named = run(dir.path(), &["stories", "--tag", "search", "-n5"]);
    assert_eq!(named.status.code(), Some(0), "elsewhere options are options: {}", said(&named));
    let bad = run(dir.path(), &["search", "since:soon", "ferry"]);
    assert!(bad.status.code() == Some(2) && said(&bad).contains("yesterday"), "{}", said(&bad));
}

#[test]
fn an_import_skips_what_is_no_feed_and_round_trips() {
    let dir = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).expect("a file");
    write("newsfold.toml", "include = [\"feeds.d/*.toml\"]\n");
    write(
        "my list.opml",
        "<opml version=\"2.0\"><body><outline text=\"World\"><outline text=\"A\" xmlUrl=\"https://a.example/rss\"/></outline>\
         <outline text=\"B\" xmlUrl=\"https://b.example/rss?x=1&amp;y=2\"/><outline xmlUrl=\"|reboot\"/><outline xmlUrl=\"file:///etc/passwd\"/></body></opml>",
    );
    let output = run(dir.path(), &["import", "my list.opml"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("2 feeds imported") && said(&output).contains("my list.opml:1:"), "{}", said(&output));
    assert!(dir.path().join("feeds.d/my-list.toml").exists());
    let exported = run(dir.path(), &["export", "opml"]);
    write("again.opml", printed(&exported));
    let again = run(dir.path(), &["import", "again.opml"]);
    assert!(said(&again).contains("2 known already"), "{}", said(&again));
    assert_eq!(run(dir.path(), &["import", "my list.opml", "--to", "feeds.d/my-list.toml"]).status.code(), Some(0), "nothing new to write");
    assert!(said(&run(dir.path(), &["config", "check"])).contains("2 feeds"));
}

#[test]
fn stories_exported_as_feeds_are_read_by_parse() {
    let dir = stocked(80, true);
    let stories = printed(&run(dir.path(), &["stories", "--ids"])).lines().count();
    for form in ["atom", "jsonfeed"] {
        let feed = run(dir.path(), &["export", form, "-n", "0"]);
        let path = dir.path().join(form);
        std::fs::write(&path, &feed.stdout).expect("a file");
        let parsed = run(dir.path(), &["parse", "--json", form]);
        let parsed: serde_json::Value = serde_json::from_str(printed(&parsed)).expect("JSON");
        assert_eq!(parsed["entries"].as_array().map(Vec::len), Some(stories), "{form}: {}", parsed["error"]);
        assert_eq!(parsed["warnings"], serde_json::json!([]), "{form}");
        assert_eq!(run(dir.path(), &["export", form, "-n", "0"]).stdout, feed.stdout, "{form}: unchanged stories stay as they are");
    }
}

#[test]
fn what_reads_files_alone_prints_as_it_did_and_harmlessly() {
    let dir = tempfile::tempdir().expect("a folder");
    for (name, text) in crate::stock::files() {
        std::fs::write(dir.path().join(name), text).expect("a file");
    }
    let asked: [&[&str]; 9] = [
        &["parse", "feed.xml"],
        &["parse", "feed.xml", "--json"],
        &["extract", "page.html"],
        &["extract", "page.html", "--json"],
        &["extract", "page.html", "--explain"],
        &["cluster", "texts.jsonl"],
        &["cluster", "texts.jsonl", "--json"],
        &["parse", "page.html", "no such file"],
        &["cluster", "feed.xml"],
    ];
    let mut all = String::new();
    for args in asked {
        let output = run(dir.path(), args);
        let (out, err) = (printed(&output), said(&output));
        assert!(is_harmless(out) && is_harmless(err) && !(out.is_empty() && err.is_empty()), "{args:?}: {out:?} {err:?}");
        all.push_str(&format!("$ newsfold {}\n{out}{err}exit {}\n\n", args.join(" "), output.status.code().unwrap_or(-1)));
    }
    insta::assert_snapshot!("files_alone", all);
}

#[test]
fn completion_words_are_one_a_line_and_inert() {
    let dir = stocked(30, true);
    let output = run(dir.path(), &["__words", "publishers"]);
    assert_eq!(printed(&output).lines().count(), PUBLISHERS.len());
    for kind in ["stories", "articles", "feeds"] {
        let output = run(dir.path(), &["__words", kind]);
        assert!(printed(&output).lines().count() > 1 && printed(&output).lines().all(|l| l.split('\t').count() == 2), "{kind}");
    }
    let nowhere = tempfile::tempdir().expect("a folder");
    assert_eq!(run(nowhere.path(), &["__words", "stories"]).status.code(), Some(0));
}

#[test]
fn retention_is_told_before_it_is_applied_and_spares_what_was_kept() {
    let home = tempfile::tempdir().expect("a folder");
    let dir = home.path();
    fill(dir, 40, false, Timestamp::now() - jiff::SignedDuration::from_hours(24 * 40));
    std::fs::write(dir.join("newsfold.toml"), "[retention]\narticles = \"30d\"\n").expect("written");
    let told = |args: &[&str]| -> serde_json::Value { serde_json::from_str(printed(&run(dir, args))).expect("JSON") };
    let articles = || told(&["status", "--json"])["articles"].as_u64();
    assert_eq!(articles(), Some(40));
    assert!(run(dir, &["keep", &address(0)]).status.success());
    let would = told(&["prune", "--dry-run", "--json"]);
    assert_eq!(articles(), Some(40), "only counted");
    assert_eq!((would["articles"].as_u64(), would["kept"].as_u64()), (Some(39), Some(1)));
    let did = told(&["prune", "--json"]);
    assert_eq!(would["articles"], did["articles"]);
    assert_eq!(articles(), Some(1));
    assert!(run(dir, &["article", &address(0)]).status.success(), "it was kept");
    assert!(printed(&run(dir, &["prune", "--dry-run"])).starts_with("would remove 0 articles"));
}

#[test]
fn filters_compose_and_each_takes_away_what_it_should() {
    let dir = stocked(60, false);
    let ids = |args: &[&str]| -> std::collections::BTreeSet<String> {
        let output = run(dir.path(), &[&["stories", "--ids"], args].concat());
        assert!(output.status.success(), "{args:?}: {}", said(&output));
        printed(&output).lines().map(str::to_owned).collect()
    };
    let filters: [&[&str]; 8] = [
        &["--publisher", "Harbour Post"],
        &["--owner", "The Ledger"],
        &["--tag", "COAST"],
        &["--lang", "en"],
        &["--min-publishers", "3"],
        &["--min-copies", "4"],
        &["--feed", "p2.example"],
        &["--since", "40m"],
    ];
    let all = ids(&[]);
    for (i, one) in filters.iter().enumerate() {
        assert!(ids(one).is_subset(&all) && !ids(one).is_empty(), "{one:?}");
        for other in &filters[i + 1..] {
            let both = ids(&[*one, *other].concat());
            let each = ids(one).intersection(&ids(other)).cloned().collect();
            assert!(both.is_subset(&each), "{one:?} {other:?}");
        }
    }
    assert_eq!(ids(&["--publisher", "Harbour Post"]), ids(&["--seen-by", "harbour post"]));
    let (before, after) = (ids(&["--until", "30m"]), ids(&["--since", "30m"]));
    assert!(!before.is_empty() && !after.is_empty() && before.union(&after).cloned().collect::<std::collections::BTreeSet<_>>() == all);
    assert!(ids(&["--lang", "de"]).is_empty() && ids(&["--tag", "world"]).is_empty());
}

//! What the documentation says of the command line is true of the binary.

use crate::stock::{address, feed_url, fill};
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

fn help(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_newsfold")).args(args).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// The commands that `--help` lists.
fn commands() -> BTreeSet<String> {
    let line = Regex::new(r"(?m)^  ([a-z]+) {2,}").unwrap();
    let text = help(&["--help"]);
    line.captures_iter(&text).map(|found| found[1].to_owned()).collect()
}

/// Code in a page: fenced blocks and spans.
fn code(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, part) in text.split("```").enumerate() {
        match at % 2 {
            1 => found.extend(part.lines().map(str::to_owned)),
            _ => found.extend(part.split('`').skip(1).step_by(2).map(str::to_owned)),
        }
    }
    found
}

fn pages() -> Vec<std::path::PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = std::fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    docs.chain([root.join("README.md")]).filter(|path| path.extension().is_some_and(|e| e == "md")).collect()
}

#[test]
fn every_command_in_the_documentation_exists_with_its_options() {
    let commands = commands();
    assert!(commands.len() > 15, "{commands:?}");
    let usage = Regex::new(r"\bnewsfold (?:--(?:config|state-dir) \S+ )*([a-z]+)([^|;&#]*)").unwrap();
    let option = Regex::new(r" (--[a-z][a-z-]+)").unwrap();
    let mut seen = 0;
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        for line in code(&text) {
            for found in usage.captures_iter(&line) {
                let command = &found[1];
                // A user, a group or a path of that name is followed by words of another kind.
                if !line.trim_start_matches("$ ").starts_with("newsfold ") || command == "help" {
                    continue;
                }
                assert!(commands.contains(command), "{}: `{line}` names a command that is not there", page.display());
                let sub = help(&[command, "--help"]);
                for option in option.captures_iter(&found[2]) {
                    assert!(sub.contains(&option[1]), "{}: `{line}`: {command} has no {}", page.display(), &option[1]);
                }
                seen += 1;
            }
        }
    }
    assert!(seen > 10, "only {seen} uses were found");
}

#[test]
fn the_two_commands_of_the_readme_are_those_that_ci_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (readme, ci) = (std::fs::read_to_string(root.join("README.md")).unwrap(), std::fs::read_to_string(root.join(".ci/run")).unwrap());
    for command in ["cargo test --release --locked", "cargo run --release --locked --example newsroom"] {
        assert!(readme.contains(command) && ci.contains(command), "{command}");
    }
}

/// The top-level keys that docs/json.md gives to each schema.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json.md")).unwrap();
    let mut all = BTreeMap::new();
    for section in page.split("\n### ").skip(1) {
        let (schema, rest) = section.split_once('\n').unwrap();
        let rest = rest.split("\n## ").next().unwrap();
        let cells = rest.lines().filter_map(|line| line.strip_prefix("| `")?.split(" | ").next().map(|cell| format!("`{cell}")));
        let keys = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect();
        all.insert(schema.to_owned(), keys);
    }
    all
}

#[test]
fn every_schema_of_the_code_is_described() {
    let described = documented();
    let schema = Regex::new(r#""(newsfold/[a-z-]+/\d+)""#).unwrap();
    let mut named = BTreeSet::new();
    for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            named.extend(schema.captures_iter(&text).map(|found| found[1].to_owned()));
        }
    }
    assert_eq!(described.keys().cloned().collect::<BTreeSet<_>>(), named);
}

#[test]
fn every_key_that_is_printed_is_described_and_the_other_way_round() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 40, false, jiff::Timestamp::now());
    // Not due: nothing is asked for over a network.
    let declared = format!("[[feed]]\nurl = \"{}\"\npublisher = \"Meridian Wire\"\n", feed_url(0));
    std::fs::write(dir.path().join("newsfold.toml"), declared).unwrap();
    std::fs::write(dir.path().join("bad.toml"), "nonsense = 1\n").unwrap();
    let ask = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_newsfold"));
        command.current_dir(dir.path()).env_clear().env("TZ", "UTC").arg("--state-dir").arg(dir.path());
        String::from_utf8(command.args(args).output().unwrap().stdout).unwrap()
    };
    let (a, b, feed) = (address(0), address(1), feed_url(0));
    let merged = ask(&["merge", &a, &address(39), "--json"]);
    let story = ask(&["stories", "--ids", "-n", "1"]);
    let asked: [&[&str]; 26] = [
        &["stories", "--json"],
        &["story", story.trim(), "--json"],
        &["article", &a, "--json"],
        &["search", "harbour", "--json"],
        &["match", &a, "--json"],
        &["why", &a, &b, "--json"],
        &["diff", &a, &b, "--json"],
        &["origin", &a, "--json"],
        &["decisions", "--json"],
        &["log", "--json"],
        &["report", "lag", "--events", "--json"],
        &["feeds", "--json"],
        &["feeds", "show", &feed, "--json"],
        &["status", "--json"],
        &["export", "jsonl"],
        &["export", "jsonl", "articles"],
        &["export", "jsonl", "clusters"],
        &["export", "jsonl", "stories"],
        &["keep", &a, "--json"],
        &["prune", "--json"],
        &["doctor", "--json"],
        &["recluster", "--dry-run", "--set", "containment=0.999", "--json"],
        &["recluster", "--json"],
        &["backup", "copy.db", "--json"],
        &["--config", "bad.toml", "config", "check", "--json"],
        &["poll", "--json"],
    ];
    let described = documented();
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for text in asked.iter().map(|args| ask(args)).chain([merged]) {
        for line in text.lines() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            let schema = value["schema"].as_str().unwrap_or_else(|| panic!("{line} names no schema")).to_owned();
            let keys = value.as_object().unwrap().keys().filter(|key| *key != "schema").cloned();
            seen.entry(schema).or_default().extend(keys);
        }
    }
    for (schema, keys) in &seen {
        assert_eq!(Some(keys), described.get(schema), "{schema}");
    }
    let unseen = described.keys().filter(|schema| !seen.contains_key(*schema)).map(String::as_str).collect::<Vec<_>>();
    assert_eq!(unseen, ["newsfold/reloaded/1"], "only what a running daemon says is not asked for here");
}

//! What the documentation says of the command line is true of the binary.

use regex::Regex;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

fn help(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_newsfold")).args(args).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// The commands that `--help` lists.
fn commands() -> BTreeSet<String> {
    let line = Regex::new(r"(?m)^  ([a-z]+)  ").unwrap();
    let text = help(&["--help"]);
    let listed = text.split("Commands:").nth(1).and_then(|rest| rest.split("Options:").next()).unwrap_or_default().to_owned();
    line.captures_iter(&listed).map(|found| found[1].to_owned()).collect()
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

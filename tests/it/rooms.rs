//! Holds the rooms of DESIGN to their directions and their purity, by reading the sources.
//!
//! Comments, texts and test code are taken out first. What is left must name only rooms to its right, only the crates that
//! are its own, and in the pure rooms nothing that reaches the world.

use regex::Regex;
use std::path::{Path, PathBuf};

/// A room and the rooms to its right.
const MAY_USE: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    ("cli", &["daemon", "net", "store", "feed", "article", "dedup", "model", "config", "clock"]),
    ("daemon", &["net", "store", "feed", "article", "dedup", "model", "config", "clock"]),
    ("net", &["feed", "article", "dedup", "model", "config", "clock"]),
    ("store", &["feed", "article", "dedup", "model", "config", "clock"]),
    ("feed", &["model", "config", "clock"]),
    ("article", &["model", "config", "clock"]),
    ("dedup", &["model", "config", "clock"]),
    ("config", &["model", "clock"]),
    ("model", &[]),
    ("clock", &[]),
];

/// A crate and the only room that names it.
const OWNED: &[(&str, &str)] =
    &[("feed_rs", "feed"), ("scraper", "article"), ("simhash", "dedup"), ("rusqlite", "store"), ("reqwest", "net")];

/// Rooms that take plain values and return plain values.
const PURE: &[&str] = &["feed", "article", "dedup", "model"];

/// What reaches the world.
const WORLD: &[&str] = &[
    r"\btokio\s*::",
    r"\breqwest\b",
    r"\brusqlite\b",
    r"\btempfile\b",
    r"\brustix\b",
    r"\bstd\s*::\s*(fs|env|process)\b",
    r"\bstd\s*::\s*\{[^;]*\b(fs|env|process)\b",
    r"\bTcp(Stream|Listener)\b|\bUdpSocket\b|\bUnix(Stream|Listener)\b",
    r"\bSystemTime\b|\bInstant\b",
    r"\b(Timestamp|Zoned|Utc|Local)\s*::\s*now\b",
    r"\bcrate\s*::\s*clock\b",
    r"\bcrate\s*::\s*config\s*::\s*load\b",
];

/// The source without comments, texts, and items for tests alone.
fn bare(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let bytes = source.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        let rest = &source[i..];
        let skip = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |e| e + 2)
        } else if rest.starts_with("r\"") || rest.starts_with("r#") && rest[1..].trim_start_matches('#').starts_with('"') {
            let hashes = rest[1..].bytes().take_while(|b| *b == b'#').count();
            let end = format!("\"{}", "#".repeat(hashes));
            rest[hashes + 2..].find(&end).map_or(rest.len(), |e| hashes + 2 + e + end.len())
        } else if let Some(text) = rest.strip_prefix('"') {
            let mut escaped = false;
            let end = text.bytes().position(|b| {
                let ends = b == b'"' && !escaped;
                escaped = b == b'\\' && !escaped;
                ends
            });
            end.map_or(rest.len(), |e| e + 2)
        } else if rest.starts_with("'\\''") || rest.starts_with("'\\\\'") {
            4
        } else if rest.starts_with("'\"'") || rest.starts_with("'{'") || rest.starts_with("'}'") {
            3
        } else {
            0
        };
        if skip > 0 {
            out.push(' ');
            i += skip;
        } else {
            let c = rest.chars().next().expect("not at the end");
            out.push(c);
            i += c.len_utf8();
        }
    }
    while let Some(at) = out.find("#[cfg(test)]") {
        let end = match out[at..].find(['{', ';']) {
            Some(open) if out.as_bytes()[at + open] == b'{' => {
                let mut depth = 0;
                let closed = out[at + open..].bytes().position(|b| {
                    depth += i32::from(b == b'{') - i32::from(b == b'}');
                    depth == 0
                });
                closed.map_or(out.len(), |c| at + open + c + 1)
            }
            Some(semicolon) => at + semicolon + 1,
            None => out.len(),
        };
        out.replace_range(at..end, "");
    }
    out
}

/// The first names of the paths that stand after `crate::`, groups taken apart.
fn named_from(code: &str, root: &str) -> Vec<String> {
    let mut out = Vec::new();
    for found in Regex::new(&format!(r"(?:^|[^\w$]){root}\s*::\s*(\w+|\{{)")).expect("a pattern").captures_iter(code) {
        let name = found.get(1).expect("a name");
        if name.as_str() != "{" {
            out.push(name.as_str().to_owned());
            continue;
        }
        let (mut depth, mut word, mut first) = (1, String::new(), true);
        for c in code[name.end()..].chars() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            match c {
                c if depth == 1 && first && (c.is_alphanumeric() || c == '_') => word.push(c),
                ',' if depth == 1 => {
                    out.push(std::mem::take(&mut word));
                    first = true;
                }
                c if !c.is_whitespace() && !word.is_empty() => first = false,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        out.push(word);
    }
    out
}

/// What a file does that its room must not. `path` is relative to src/.
fn faults(path: &Path, source: &str) -> Vec<String> {
    let parts: Vec<String> = path.iter().map(|p| p.to_string_lossy().trim_end_matches(".rs").to_owned()).collect();
    let room = parts[0].as_str();
    let code = bare(source);
    let mut out = Vec::new();
    let mut fault = |what: String| out.push(format!("{}: {what}", path.display()));
    let allowed = MAY_USE.iter().find(|(name, _)| *name == room).unwrap_or_else(|| panic!("{room} is no room of DESIGN")).1;
    // How many `super::` lead from this file's module to the crate's root.
    let depth = parts.len() - usize::from(parts.last().is_some_and(|p| p == "mod"));
    let mut named = named_from(&code, "crate");
    named.extend(named_from(&code, "newsfold"));
    named.extend(named_from(&code, &vec!["super"; depth].join(r"\s*::\s*")));
    named.retain(|n| MAY_USE.iter().any(|(name, _)| name == n) && n != room);
    named.sort();
    named.dedup();
    for other in &named {
        let credits_only = room == "dedup"
            && other == "article"
            && named_from(&code, "article").iter().all(|n| matches!(n.as_str(), "credits" | "Credited"));
        if !allowed.contains(&other.as_str()) && !credits_only {
            fault(format!("the room {room} must not know {other}"));
        }
    }
    for (crate_name, owner) in OWNED {
        if room != *owner
            && Regex::new(&format!(r"(?:^|[^:\w])(?:::\s*)?{crate_name}\s*::|\buse\s+{crate_name}\b")).expect("a pattern").is_match(&code)
        {
            fault(format!("only {owner}/ names {crate_name}"));
        }
    }
    let reads_world = path == Path::new("config/load.rs");
    if PURE.contains(&room) || room == "config" && !reads_world {
        for pattern in WORLD {
            if let Some(found) = Regex::new(pattern).expect("a pattern").find(&code) {
                fault(format!("{room} is pure and must not name `{}`", found.as_str()));
            }
        }
    }
    if path != Path::new("cli/output.rs") && Regex::new(r"\b(e?println?|dbg)\s*!").expect("a pattern").is_match(&code) {
        fault("only cli/output.rs prints".to_owned());
    }
    out
}

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

#[test]
fn every_file_keeps_to_its_room() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    assert!(files.len() > 20, "the sources were found");
    let mut all = Vec::new();
    for file in files {
        let path = file.strip_prefix(&src).expect("below src");
        // lib.rs is the map; files of tests are held by nothing but the compiler.
        let is_test = path.iter().any(|p| p == "tests.rs" || p == "tests" || p.to_string_lossy().ends_with("_tests.rs"));
        if path != Path::new("lib.rs") && !is_test {
            all.extend(faults(path, &std::fs::read_to_string(&file).expect("a file")));
        }
    }
    assert!(all.is_empty(), "\n{}", all.join("\n"));
}

#[test]
fn faults_are_seen() {
    let seen = |path: &str, code: &str| faults(Path::new(path), code).len();
    for (path, code) in [
        ("feed/mod.rs", "use crate::store::Reader;"),
        ("feed/a.rs", "use crate::{model::Id, net::{self}};"),
        ("feed/a.rs", "fn f() { super::super::net::x() }"),
        ("feed/mod.rs", "use super::net;"),
        ("store/mod.rs", "use crate::net::Client;"),
        ("net/mod.rs", "use crate::store;"),
        ("dedup/a.rs", "use crate::article::{credits, extract};"),
        ("dedup/a.rs", "use crate::article::extract;"),
        ("article/a.rs", "use crate::dedup::why;"),
        ("model/mod.rs", "use crate::config::Config;"),
        ("daemon/mod.rs", "fn f() { crate::cli::main() }"),
        ("main.rs", "use newsfold::daemon;"),
        ("cli/a.rs", "use rusqlite::Connection;"),
        ("daemon/a.rs", "let c = ::reqwest::Client::new();"),
        ("store/a.rs", "use simhash;"),
        ("dedup/a.rs", "use std::fs;"),
        ("dedup/a.rs", "use std::{io, fs::File};"),
        ("feed/a.rs", "let now = jiff::Timestamp::now();"),
        ("feed/a.rs", "use std::time::{Duration, Instant};"),
        ("feed/a.rs", "use crate::clock::Clock;"),
        ("article/a.rs", "tokio::task::yield_now();"),
        ("config/build.rs", "std::env::var(name)"),
        ("daemon/a.rs", "println!(\"{x}\");"),
    ] {
        assert!(seen(path, code) > 0, "{path}: {code}");
    }
}

#[test]
fn what_is_allowed_is_not_a_fault() {
    for (path, code) in [
        (
            "feed/a.rs",
            "use crate::model::Id; // crate::store\n/* std::fs */ let s = \"use std::fs; crate::net\"; let r = r#\"std::env \" tokio::\"#;",
        ),
        ("feed/a.rs", "fn f() {}\n#[cfg(test)]\nmod tests { use std::fs; fn g() { let c = '}'; println!(); } }\nfn h() {}"),
        ("feed/a.rs", "#[cfg(test)]\nmod tests;\n"),
        ("dedup/a.rs", "use crate::article::credits;"),
        ("dedup/a.rs", "use crate::article::{Credited, credits}; fn f() { crate::article::credits(text); }"),
        ("dedup/a.rs", "simhash::simhash_stream(x)"),
        ("store/a.rs", "crate::dedup::simhash::f(); rusqlite::Connection::open(p)"),
        ("config/load.rs", "std::fs::read(p); std::env::var(n)"),
        ("cli/output.rs", "println!()"),
        ("net/a.rs", "use std::time::Instant; use super::super::config::Config;"),
    ] {
        assert_eq!(faults(Path::new(path), code), Vec::<String>::new(), "{path}: {code}");
    }
}

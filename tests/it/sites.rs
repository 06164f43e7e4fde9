//! `[[site]]` from the configuration to the text, and why each block was kept or dropped.

use std::path::Path;
use std::process::{Command, Output};

const PAGE: &str = "<html><head><title>Old bridge to close - Harbour Post</title></head><body>
<nav><a href=/>Home</a> <a href=/local>Local news of the harbour</a></nav>
<h2 class=strap>Bridge shut for a year</h2><h1>Old bridge to close</h1><i class=when>3 January 2024, 17:04</i>
<div class=report><p>The council voted late on Tuesday to close the old bridge for a year, after engineers found cracks in two of its piers.</p>
<p class=note>This paragraph looks like the report and is the house's own note to its readers, printed under every piece of the week.</p>
<p>Traffic goes over the northern bridge from March on, it said, and buses will run every ten minutes until the works have ended.</p></div>
<div class=related><h3>Related</h3><ul><li><a href=/a>Market opens again after the long winter</a></li></ul></div></body></html>";

fn extract(folder: &Path, args: &[&str]) -> Output {
    std::fs::write(folder.join("page.html"), PAGE).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_newsfold"));
    command.current_dir(folder).env_remove("NEWSFOLD_CONFIG").env("XDG_CONFIG_HOME", folder).arg("extract").args(args).arg("page.html");
    command.output().unwrap()
}

fn json(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

const RULES: &str = "[[site]]\ndomains = [\"harbour.example\", \"harbourpost.example\"]\nbody = [\".report\"]\nremove = [\".note\", \"[[ none\"]\ntitle = [\".strap\"]\npublished = [\".when\"]\n";

#[test]
fn the_configurations_rules_hold_for_their_domain_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let plain = json(&extract(folder.path(), &["--json", "--url", "https://www.harbourpost.example/local/bridge"]));
    assert_eq!(plain["title"], "Old bridge to close");
    assert!(plain["text"].as_str().unwrap().contains("house's own note"), "nothing but a rule tells this paragraph from the report");

    std::fs::write(folder.path().join("newsfold.toml"), RULES).unwrap();
    let output = extract(folder.path(), &["--json", "--url", "https://www.harbourpost.example/local/bridge"]);
    let ruled = json(&output);
    assert_eq!(ruled["title"], "Bridge shut for a year");
    assert_eq!(ruled["published_at"], "2024-01-03T17:04:00Z");
    let text = ruled["text"].as_str().unwrap();
    assert!(text.starts_with("The council voted") && text.ends_with("have ended.") && !text.contains("own note"), "{text}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("[[ none is no CSS selector"), "a faulty selector is said");

    let other = json(&extract(folder.path(), &["--json", "--url", "https://ledger.example/bridge"]));
    assert_eq!((&other["title"], &other["text"]), (&plain["title"], &plain["text"]));
}

#[test]
fn a_faulty_configuration_is_left_aside_unless_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("newsfold.toml"), "[[sight]]\n").unwrap();
    let output = extract(folder.path(), &["--json", "--url", "https://www.harbourpost.example/local/bridge"]);
    assert!(output.status.success() && String::from_utf8_lossy(&output.stderr).contains("config check"));
    let named = extract(folder.path(), &["--json", "--config", "newsfold.toml", "--url", "https://www.harbourpost.example/local/bridge"]);
    assert_eq!(named.status.code(), Some(78));
}

#[test]
fn a_packed_page_is_read_and_what_is_no_page_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let run = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.path().join(name), bytes).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_newsfold"));
        command.current_dir(folder.path()).args(["extract", "--json", name]).output().unwrap()
    };
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, PAGE.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let (plain, unpacked) = (json(&run("page.html", PAGE.as_bytes())), json(&run("page.html.gz", &packed)));
    assert_eq!((&unpacked["title"], &unpacked["text"]), (&plain["title"], &plain["text"]));
    for (name, bytes, why) in
        [("broken.gz", &packed[..packed.len() / 2], "its gzip is broken"), ("report.pdf", b"%PDF-1.7\n".as_slice(), "a PDF, no page")]
    {
        let output = run(name, bytes);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty() && said.contains(name) && said.contains(why), "{said}");
    }
}

#[test]
fn explain_says_of_each_block_why() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("newsfold.toml"), RULES).unwrap();
    let output = extract(folder.path(), &["--explain", "--url", "https://www.harbourpost.example/local/bridge"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let line = |part: &str| text.lines().skip(2).find(|l| l.contains(part)).unwrap_or_else(|| panic!("{part} in {text}")).to_owned();
    assert!(line("The council voted").contains("kept paragraph"));
    assert!(line("own note").contains("removed"));
    assert!(line("Market opens").contains("related"));
    assert!(line("Local news").contains("nav"));
    assert!(line("Old bridge to close").contains("heading"));
}

//! The configuration as text: what is in force, one feed's block, and the reference of all keys.

use super::schema::{Key, SECTIONS, Section, TOP, section};
use super::types::*;
use super::units::{show_duration, show_size};
use crate::model::is_unseen;
use std::fmt::Write;
use toml::Value;

/// The configuration in force as TOML that reads back, every setting written out, includes resolved. Secrets appear as the
/// reference they are, or as "(hidden)" where they stand in the file itself.
pub fn show(config: &Config) -> String {
    let mut out = String::new();
    let dir = config.state_dir.to_string_lossy();
    lines(&mut out, &TOP, (!dir.is_empty()).then(|| ("state_dir", text(&dir))).into_iter().collect());
    let settings = [
        ("fetch", fetch(&config.fetch)),
        ("schedule", schedule(config)),
        ("dedup", dedup(config)),
        ("retention", retention(&config.retention)),
        ("store", store(config)),
        ("metrics", config.metrics.textfile.iter().map(|path| ("textfile", text(&path.to_string_lossy()))).collect()),
    ];
    for (name, values) in settings {
        table(&mut out, name, values);
    }
    for publisher in config.publishers.iter().filter(|p| p.declared) {
        let mut values = vec![("name", text(&publisher.name))];
        values.extend(publisher.owner.as_ref().map(|o| ("owner", text(o))));
        values.push(("domains", texts(&publisher.domains)));
        values.extend(publisher.recheck.map(|yes| ("recheck", Value::Boolean(yes))));
        table(&mut out, "publisher", values);
    }
    for feed in &config.feeds {
        out.push('\n');
        out += &feed_block(feed);
    }
    for site in &config.sites {
        let lists = [("body", &site.body), ("remove", &site.remove), ("title", &site.title), ("published", &site.published)];
        let values = std::iter::once(("domain", text(&site.domain)))
            .chain(lists.into_iter().filter(|(_, l)| !l.is_empty()).map(|(k, l)| (k, texts(l))));
        table(&mut out, "site", values.collect());
    }
    for a in &config.alerts {
        table(&mut out, "alert", alert(a));
    }
    out
}

/// One feed as a `[[feed]]` block, keys at their default left out.
pub fn feed_block(feed: &Feed) -> String {
    let mut values = vec![("url", text(feed.url.as_str()))];
    values.extend(feed.title.as_ref().map(|t| ("title", text(t))));
    values.extend(feed.publisher.as_ref().map(|p| ("publisher", text(p))));
    if let FeedKind::Page(page) = &feed.kind {
        values.extend([("kind", text("page")), ("item", text(&page.item))]);
        let rest = [("link", &page.link), ("headline", &page.headline), ("date", &page.date)];
        values.extend(rest.into_iter().filter_map(|(k, v)| Some((k, text(v.as_ref()?)))));
    }
    values.extend(feed.every.map(|d| ("every", text(&show_duration(d)))));
    values.extend(feed.cron.as_ref().map(|c| ("cron", text(c))));
    values.extend((!feed.full_text).then_some(("full_text", Value::Boolean(false))));
    values.extend((!feed.tags.is_empty()).then(|| ("tags", texts(&feed.tags))));
    values.extend((!feed.enabled).then_some(("enabled", Value::Boolean(false))));
    values.extend(feed.mute.then_some(("mute", Value::Boolean(true))));
    values.extend(feed.username.as_ref().map(|u| ("username", text(u))));
    values.extend(feed.password.as_ref().map(|p| ("password", secret(p))));
    if !feed.headers.is_empty() {
        values.push(("headers", Value::Table(feed.headers.iter().map(|(name, s)| (name.clone(), secret(s))).collect())));
    }
    let mut out = String::from("[[feed]]\n");
    if let Some(section) = section("feed") {
        lines(&mut out, section, values);
    }
    out
}

fn fetch(f: &Fetch) -> Vec<(&'static str, Value)> {
    let networks: Vec<String> = f.allow_networks.iter().map(ToString::to_string).collect();
    let duration = |d| text(&show_duration(d));
    let mut values = vec![
        ("allow_networks", texts(&networks)),
        ("min_gap", duration(f.min_gap)),
        ("per_host", Value::Integer(f.per_host.into())),
        ("concurrency", Value::Integer(f.concurrency.into())),
    ];
    values.extend(f.user_agent.as_ref().map(|u| ("user_agent", text(u))));
    values.extend(f.contact.as_ref().map(|c| ("contact", text(c))));
    values.extend(f.proxy.as_ref().map(|p| ("proxy", text(p.as_str()))));
    values.extend([
        ("respect_robots", Value::Boolean(f.respect_robots)),
        ("recheck", Value::Array(f.recheck.iter().map(|d| duration(*d)).collect())),
        ("connect_timeout", duration(f.connect_timeout)),
        ("first_byte_timeout", duration(f.first_byte_timeout)),
        ("idle_timeout", duration(f.idle_timeout)),
        ("total_timeout", duration(f.total_timeout)),
        ("feed_max_bytes", text(&show_size(f.feed_max_bytes))),
        ("page_max_bytes", text(&show_size(f.page_max_bytes))),
    ]);
    values
}

fn schedule(config: &Config) -> Vec<(&'static str, Value)> {
    vec![("min", text(&show_duration(config.schedule.min))), ("max", text(&show_duration(config.schedule.max)))]
}

fn dedup(config: &Config) -> Vec<(&'static str, Value)> {
    vec![("window", text(&show_duration(config.dedup.window)))]
}

fn retention(r: &Retention) -> Vec<(&'static str, Value)> {
    let mut values = vec![("articles", text(&show_duration(r.articles))), ("events", text(&show_duration(r.events)))];
    values.extend(r.max_articles.map(|n| ("max_articles", Value::Integer(n.try_into().unwrap_or(i64::MAX)))));
    values.extend(r.max_size.map(|n| ("max_size", text(&show_size(n)))));
    values.push(("tags", Value::Table(r.tags.iter().map(|(tag, d)| (tag.clone(), text(&show_duration(*d)))).collect())));
    values
}

fn store(config: &Config) -> Vec<(&'static str, Value)> {
    let word = match config.store.synchronous {
        Synchronous::Normal => "normal",
        Synchronous::Full => "full",
    };
    vec![("synchronous", text(word))]
}

fn alert(a: &Alert) -> Vec<(&'static str, Value)> {
    let mut values = vec![("name", text(&a.name))];
    values.extend(match &a.on {
        AlertOn::Story { min_publishers } => vec![("on", text("story")), ("min_publishers", Value::Integer((*min_publishers).into()))],
        AlertOn::Term { terms } => vec![("on", text("term")), ("terms", texts(terms))],
        AlertOn::Copied { publisher } => vec![("on", text("copied")), ("publisher", text(publisher))],
        AlertOn::Silent => vec![("on", text("silent"))],
        AlertOn::Blocked => vec![("on", text("blocked"))],
        AlertOn::Moved => vec![("on", text("moved"))],
    });
    values.extend((!a.tags.is_empty()).then(|| ("tags", texts(&a.tags))));
    values.extend((!a.command.is_empty()).then(|| ("command", texts(&a.command))));
    values.extend(a.file.as_ref().map(|f| ("file", text(&f.to_string_lossy()))));
    values
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn texts(texts: &[String]) -> Value {
    Value::Array(texts.iter().map(|t| text(t)).collect())
}

fn secret(secret: &Secret) -> Value {
    let (kind, place) = match &secret.from {
        SecretFrom::Literal => return text("(hidden)"),
        SecretFrom::Env(name) => ("env", name.clone()),
        SecretFrom::Credential(name) => ("credential", name.clone()),
        SecretFrom::File(path) => ("file", path.to_string_lossy().into_owned()),
    };
    Value::Table(std::iter::once((kind.to_owned(), text(&place))).collect())
}

fn table(out: &mut String, name: &str, values: Vec<(&'static str, Value)>) {
    let Some(section) = section(name).filter(|_| !values.is_empty()) else { return };
    let _ = if section.many { writeln!(out, "\n[[{name}]]") } else { writeln!(out, "\n[{name}]") };
    lines(out, section, values);
}

/// Writes the values in the order given; each is a key of the section (a test holds that).
fn lines(out: &mut String, section: &Section, values: Vec<(&'static str, Value)>) {
    for (name, value) in values {
        debug_assert!(section.keys.iter().any(|k| k.name == name), "{}.{name} is no key", section.name);
        let _ = writeln!(out, "{name} = {}", inline(&value));
    }
}

/// TOML on one line.
fn inline(value: &Value) -> String {
    match value {
        Value::Table(table) if table.is_empty() => "{}".to_owned(),
        Value::Table(table) => {
            let bare = |k: &str| !k.is_empty() && k.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
            let key = |k: &str| if bare(k) { k.to_owned() } else { Value::String(k.to_owned()).to_string() };
            let pairs: Vec<String> = table.iter().map(|(k, v)| format!("{} = {}", key(k), inline(v))).collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        Value::Array(list) => format!("[{}]", list.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::String(text) if text.contains(|c: char| c.is_control() || is_unseen(c)) => basic(text),
        other => other.to_string(),
    }
}

/// A string in quotes whose every character is seen: a stranger's list of feeds is shown on terminals, and edited.
fn basic(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if !c.is_control() && !is_unseen(c) => out.push(c),
            c if u32::from(c) <= 0xffff => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push_str(&format!("\\U{:08X}", u32::from(c))),
        }
    }
    out.push('"');
    out
}

/// The reference of all keys as Markdown: docs/configuration.md holds it, and a test holds that page to it.
pub fn reference() -> String {
    let mut out = String::new();
    for section in std::iter::once(&TOP).chain(SECTIONS) {
        let name = match (section.name, section.many) {
            ("", _) => "Top of the file".to_owned(),
            (name, true) => format!("`[[{name}]]`"),
            (name, false) => format!("`[{name}]`"),
        };
        let _ = writeln!(out, "### {name}\n\n{}\n\n| key | takes | default | |\n|---|---|---|---|", section.doc);
        for key in section.keys {
            let _ = writeln!(out, "| `{}` | {} | {} | {} |", key.name, cell(&key.kind.words()), default(key), cell(key.doc));
        }
        out.push('\n');
    }
    out
}

fn default(key: &Key) -> String {
    if key.default.is_empty() { "—".to_owned() } else { format!("`{}`", cell(key.default)) }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::{inline, is_unseen};
    use proptest::prelude::*;
    use toml::Value;

    proptest! {
        #[test]
        fn every_text_reads_back_and_none_of_it_is_unseen(text in r#"[a-z"\\'é停\n\x1b\x7f\u{85}\u{200b}\u{202e}\u{2066}\u{e0041}]{0,24}"#) {
            let line = inline(&Value::String(text.clone()));
            prop_assert!(!line.contains(|c: char| c.is_control() || is_unseen(c)), "{line:?}");
            let read: toml::Table = toml::from_str(&format!("key = {line}")).expect("TOML");
            prop_assert_eq!(read["key"].as_str(), Some(text.as_str()));
        }
    }
}

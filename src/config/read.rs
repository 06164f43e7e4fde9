//! TOML text -> checked values with their places. Knows kinds and keys, not what they mean together.

use super::problem::{Lines, Problem, nearest};
use super::schema::{Key, Kind, SECTIONS, Section, TOP};
use super::types::{AllowNet, Secret, SecretFrom};
use super::units::{parse_duration, parse_size, show_duration, show_size};
use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use url::Url;

/// A checked value.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Bool(bool),
    Count(u64),
    Duration(Duration),
    Size(u64),
    Text(String),
    Texts(Vec<(usize, String)>),
    Url(Url),
    Networks(Vec<AllowNet>),
    Secret(Secret),
    Headers(Vec<(String, Secret)>),
    Durations(BTreeMap<String, Duration>),
}

/// One table as given: values by key, each with the offset it stands at.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub at: usize,
    values: BTreeMap<&'static str, (usize, Value)>,
    /// Keys that are there but wrong; "missing" must not be said of them.
    broken: Vec<&'static str>,
}

macro_rules! take {
    ($name:ident, $variant:ident, $type:ty) => {
        pub(super) fn $name(&mut self, key: &str) -> Option<$type> {
            match self.values.remove(key) {
                Some((_, Value::$variant(value))) => Some(value),
                _ => None,
            }
        }
    };
}

impl Block {
    take!(bool, Bool, bool);
    take!(count, Count, u64);
    take!(duration, Duration, Duration);
    take!(size, Size, u64);
    take!(text, Text, String);
    take!(placed_texts, Texts, Vec<(usize, String)>);
    take!(url, Url, Url);
    take!(networks, Networks, Vec<AllowNet>);
    take!(secret, Secret, Secret);
    take!(headers, Headers, Vec<(String, Secret)>);
    take!(durations, Durations, BTreeMap<String, Duration>);

    pub(super) fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        Some(self.placed_texts(key)?.into_iter().map(|(_, text)| text).collect())
    }

    /// Whether the key is there, right or wrong.
    pub(super) fn has(&self, key: &str) -> bool {
        self.values.contains_key(key) || self.broken.iter().any(|b| *b == key)
    }

    /// Where the key's value stands, else the table.
    pub(super) fn at(&self, key: &str) -> usize {
        self.values.get(key).map_or(self.at, |(at, _)| *at)
    }
}

/// A file's tables, the single ones and the repeated ones by name.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub top: Block,
    pub single: BTreeMap<&'static str, Block>,
    pub many: BTreeMap<&'static str, Vec<Block>>,
}

/// One file under examination, and what was found wrong in it.
pub(super) struct File<'a> {
    pub path: &'a Path,
    lines: Lines<'a>,
    pub problems: Vec<Problem>,
}

impl<'a> File<'a> {
    pub(super) fn new(path: &'a Path, text: &'a str) -> Self {
        Self { path, lines: Lines::new(text), problems: Vec::new() }
    }

    pub(super) fn line(&self, at: usize) -> usize {
        self.lines.line(at)
    }

    pub(super) fn at(&self, at: usize, message: impl Into<String>) -> Problem {
        let (line, column) = self.lines.place(at);
        Problem { file: self.path.to_path_buf(), line, column, message: message.into(), hint: None }
    }

    pub(super) fn wrong(&mut self, at: usize, message: impl Into<String>, hint: impl Into<String>) {
        let mut problem = self.at(at, message);
        problem.hint = Some(hint.into()).filter(|h: &String| !h.is_empty());
        self.problems.push(problem);
    }

    /// Reads the whole text. `main`: settings may stand in it, not lists alone.
    pub(super) fn read(&mut self, text: &str, main: bool) -> Read {
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            // The crate's Display quotes the line, which may hold a secret; its message alone does not.
            self.wrong(error.span().map_or(0, |s| s.start), format!("not TOML: {}", error.message().trim()), "");
        }
        let mut out = Read::default();
        let mut top = Vec::new();
        for (name, value) in root.get_ref() {
            match SECTIONS.iter().find(|s| s.name == name.get_ref()) {
                Some(section) if section.many => self.read_many(section, name, value, &mut out),
                Some(section) if main => match value.get_ref() {
                    DeValue::Table(table) => {
                        let block = self.read_block(section, value.span().start, table);
                        out.single.insert(section.name, block);
                    }
                    other => self.wrong(
                        name.span().start,
                        format!("`{}` is {}, not a table", section.name, a(other)),
                        format!("write [{}]", section.name),
                    ),
                },
                Some(section) => self.wrong(
                    name.span().start,
                    format!("[{}] does not belong in an included file", section.name),
                    "settings stand in newsfold.toml; included files hold [[publisher]], [[feed]], [[site]] and [[alert]]",
                ),
                None => top.push((name, value)),
            }
        }
        out.top = self.read_top(top, main);
        out
    }

    fn read_many(
        &mut self,
        section: &'static Section,
        name: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
        out: &mut Read,
    ) {
        let DeValue::Array(list) = value.get_ref() else {
            let hint = format!("write [[{}]], with two brackets", section.name);
            return self.wrong(name.span().start, format!("`{}` is {}, not a list of tables", section.name, a(value.get_ref())), hint);
        };
        for item in list.iter() {
            match item.get_ref() {
                DeValue::Table(table) => {
                    let block = self.read_block(section, item.span().start, table);
                    out.many.entry(section.name).or_default().push(block);
                }
                other => self.wrong(item.span().start, format!("`{}` holds {}, not tables", section.name, a(other)), ""),
            }
        }
    }

    fn read_top(&mut self, given: Vec<(&Spanned<std::borrow::Cow<'_, str>>, &Spanned<DeValue<'_>>)>, main: bool) -> Block {
        let mut block = Block::default();
        for (name, value) in given {
            match TOP.keys.iter().find(|k| k.name == name.get_ref()) {
                Some(key) if main => self.read_key(&TOP, key, value, &mut block),
                Some(key) => self.wrong(
                    name.span().start,
                    format!("`{}` does not belong in an included file", key.name),
                    "it stands in newsfold.toml",
                ),
                None => {
                    let tables = SECTIONS.iter().map(|s| s.name);
                    let hint = match nearest(name.get_ref(), TOP.keys.iter().map(|k| k.name).chain(tables)) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => match SECTIONS.iter().find(|s| s.keys.iter().any(|k| k.name == name.get_ref())) {
                            Some(s) if s.many => format!("`{}` is a key of [[{}]]", name.get_ref(), s.name),
                            Some(s) => format!("`{}` is a key of [{}]", name.get_ref(), s.name),
                            None => format!("known here: {}", list(TOP.keys.iter().map(|k| k.name).chain(SECTIONS.iter().map(|s| s.name)))),
                        },
                    };
                    self.wrong(name.span().start, format!("unknown key `{}`", name.get_ref()), hint);
                }
            }
        }
        block
    }

    fn read_block(&mut self, section: &'static Section, at: usize, table: &DeTable<'_>) -> Block {
        let mut block = Block { at, ..Block::default() };
        for (name, value) in table {
            match section.keys.iter().find(|k| k.name == name.get_ref()) {
                Some(key) => self.read_key(section, key, value, &mut block),
                None => {
                    let hint = match nearest(name.get_ref(), section.keys.iter().map(|k| k.name)) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => match SECTIONS.iter().chain([&TOP]).find(|s| s.keys.iter().any(|k| k.name == name.get_ref())) {
                            Some(other) if other.name.is_empty() => format!("`{}` stands above the first table", name.get_ref()),
                            Some(other) if other.many => format!("`{}` is a key of [[{}]]", name.get_ref(), other.name),
                            Some(other) => format!("`{}` is a key of [{}]", name.get_ref(), other.name),
                            None => format!("known here: {}", list(section.keys.iter().map(|k| k.name))),
                        },
                    };
                    let brackets = if section.many { format!("[[{}]]", section.name) } else { format!("[{}]", section.name) };
                    self.wrong(name.span().start, format!("unknown key `{}` in {brackets}", name.get_ref()), hint);
                }
            }
        }
        block
    }

    fn read_key(&mut self, section: &'static Section, key: &'static Key, value: &Spanned<DeValue<'_>>, block: &mut Block) {
        let at = value.span().start;
        let before = self.problems.len();
        match self.read_value(key, value) {
            Some(read) if self.problems.len() == before => {
                block.values.insert(key.name, (at, read));
            }
            found => {
                block.broken.push(key.name);
                if found.is_none() && self.problems.len() == before {
                    let place = if section.name.is_empty() { String::new() } else { format!("{}.", section.name) };
                    // What stands there is not repeated: only its type, since it may be a secret.
                    self.wrong(at, format!("`{place}{}` is {}", key.name, a(value.get_ref())), format!("it takes {}", key.kind.words()));
                }
            }
        }
    }

    /// `None` where the type is wrong and nothing was said yet.
    fn read_value(&mut self, key: &Key, value: &Spanned<DeValue<'_>>) -> Option<Value> {
        let at = value.span().start;
        let text = value.get_ref().as_str();
        Some(match key.kind {
            Kind::Bool => Value::Bool(value.get_ref().as_bool()?),
            Kind::Count(min, max) => Value::Count(self.read_count(key, value, min, max)?),
            Kind::Duration(min, max) => Value::Duration(self.read_duration(key, value, (min, max))?),
            Kind::Size(min, max) => Value::Size(self.read_size(key, value, (min, max))?),
            Kind::Text => Value::Text(self.filled(key, at, text?)?),
            Kind::Texts => Value::Texts(self.read_texts(key, value)?),
            Kind::Url => Value::Url(self.read_url(key, at, text?)?),
            Kind::Networks => {
                let mut networks = Vec::new();
                for (at, text) in self.read_texts(key, value)? {
                    match AllowNet::from_str(&text) {
                        Ok(net) => networks.push(net),
                        Err(()) => self.wrong(
                            at,
                            format!("\"{text}\" is no network"),
                            "write \"127.0.0.0/8\", \"10.0.0.7\", \"10.0.0.7:8080\" or \"[::1]:8080\"",
                        ),
                    }
                }
                Value::Networks(networks)
            }
            Kind::Cron => Value::Text(self.read_cron(at, text?)?),
            Kind::OneOf(words) => match words.iter().find(|w| **w == text.unwrap_or_default()) {
                Some(word) => Value::Text((*word).to_owned()),
                None => {
                    let text = text?;
                    let hint = nearest(text, words.iter().copied())
                        .map_or(format!("it takes {}", key.kind.words()), |w| format!("did you mean \"{w}\"?"));
                    self.wrong(at, format!("`{}` cannot be \"{text}\"", key.name), hint);
                    return None;
                }
            },
            Kind::Domain => Value::Text(self.read_domain(at, text?)?),
            Kind::Domains => {
                let texts = self.read_texts(key, value)?;
                Value::Texts(texts.into_iter().filter_map(|(at, t)| Some((at, self.read_domain(at, &t)?))).collect())
            }
            Kind::Secret => Value::Secret(self.read_secret(key, value)?),
            Kind::Headers => Value::Headers(self.read_headers(key, value)?),
            Kind::Durations => {
                let mut out = BTreeMap::new();
                for (name, value) in value.get_ref().as_table()? {
                    match value.get_ref().as_str().and_then(parse_duration) {
                        Some(duration) if duration >= Duration::from_secs(3600) => drop(out.insert(name.get_ref().to_string(), duration)),
                        _ => self.wrong(
                            value.span().start,
                            format!("`{}.{}` is no duration of at least 1h", key.name, name.get_ref()),
                            "write \"30d\"",
                        ),
                    }
                }
                Value::Durations(out)
            }
        })
    }

    fn filled(&mut self, key: &Key, at: usize, text: &str) -> Option<String> {
        let text = text.trim();
        if text.is_empty() {
            self.wrong(at, format!("`{}` is empty", key.name), "leave the key out to get its default");
            return None;
        }
        if text.chars().any(char::is_control) {
            self.wrong(at, format!("`{}` holds a control character", key.name), "");
            return None;
        }
        Some(text.to_owned())
    }

    fn read_count(&mut self, key: &Key, value: &Spanned<DeValue<'_>>, min: u64, max: u64) -> Option<u64> {
        let number = value.get_ref().as_integer()?;
        let digits = number.as_str().replace('_', "");
        match u64::from_str_radix(digits.trim_start_matches('+'), number.radix()) {
            Ok(count) if (min..=max).contains(&count) => Some(count),
            _ => {
                self.wrong(value.span().start, format!("`{}` cannot be {number}", key.name), format!("it takes a {}", key.kind.words()));
                None
            }
        }
    }

    fn read_duration(&mut self, key: &Key, value: &Spanned<DeValue<'_>>, bounds: (u64, u64)) -> Option<Duration> {
        let at = value.span().start;
        if let Some(number) = value.get_ref().as_integer() {
            self.wrong(
                at,
                format!("`{}` needs a unit", key.name),
                format!("write \"{number}s\", \"{number}m\", \"{number}h\" or \"{number}d\""),
            );
            return None;
        }
        let text = value.get_ref().as_str()?;
        let Some(duration) = parse_duration(text) else {
            self.wrong(at, format!("\"{text}\" is no duration"), "write \"90s\", \"30m\", \"1h30m\", \"14d\" or \"2w\"");
            return None;
        };
        let (min, max) = (Duration::from_secs(bounds.0), Duration::from_secs(bounds.1));
        if duration < min || duration > max {
            self.wrong(
                at,
                format!("`{}` cannot be {text}", key.name),
                format!("it lies between {} and {}", show_duration(min), show_duration(max)),
            );
            return None;
        }
        Some(duration)
    }

    fn read_size(&mut self, key: &Key, value: &Spanned<DeValue<'_>>, (min, max): (u64, u64)) -> Option<u64> {
        let at = value.span().start;
        if let Some(number) = value.get_ref().as_integer() {
            self.wrong(at, format!("`{}` needs a unit", key.name), format!("write \"{number} B\", \"{number} KiB\" or \"{number} MiB\""));
            return None;
        }
        let text = value.get_ref().as_str()?;
        match parse_size(text) {
            Some(size) if (min..=max).contains(&size) => Some(size),
            Some(_) => {
                self.wrong(
                    at,
                    format!("`{}` cannot be {text}", key.name),
                    format!("it lies between {} and {}", show_size(min), show_size(max)),
                );
                None
            }
            None => {
                self.wrong(at, format!("\"{text}\" is no size"), "write \"512 KiB\", \"8 MiB\" or \"2 GB\"");
                None
            }
        }
    }

    fn read_texts(&mut self, key: &Key, value: &Spanned<DeValue<'_>>) -> Option<Vec<(usize, String)>> {
        if let Some(one) = value.get_ref().as_str() {
            return Some(vec![(value.span().start, self.filled(key, value.span().start, one)?)]);
        }
        let mut out = Vec::new();
        for item in value.get_ref().as_array()?.iter() {
            let at = item.span().start;
            match item.get_ref().as_str() {
                Some(text) => out.extend(self.filled(key, at, text).map(|t| (at, t))),
                None => self.wrong(at, format!("`{}` holds {}", key.name, a(item.get_ref())), "it takes texts in quotes"),
            }
        }
        Some(out)
    }

    fn read_url(&mut self, key: &Key, at: usize, text: &str) -> Option<Url> {
        match super::parse_feed_url(text) {
            Ok(url) => Some(url),
            Err(why) => {
                self.wrong(at, format!("`{}` {}", key.name, why.message()), why.hint());
                None
            }
        }
    }

    fn read_cron(&mut self, at: usize, text: &str) -> Option<String> {
        match super::cron::check(text) {
            Ok(_) => Some(text.trim().to_owned()),
            Err((message, hint)) => {
                self.wrong(at, message, hint);
                None
            }
        }
    }

    fn read_domain(&mut self, at: usize, text: &str) -> Option<String> {
        let bare = text.trim_start_matches("*.").trim_end_matches('.');
        let host = match bare.trim_matches(['[', ']']).parse::<std::net::Ipv6Addr>() {
            Ok(address) => Some(format!("[{address}]")),
            Err(_) if bare.contains(['/', ':', '@', ' ']) => None,
            Err(_) => url::Host::parse(bare).ok().map(|host| host.to_string()),
        };
        if host.is_none() {
            let hint = match Url::parse(text) {
                Ok(url) if url.has_host() => format!("write \"{}\"", url.host_str().unwrap_or_default()),
                _ => "write it without scheme, port and path: \"example.org\"".to_owned(),
            };
            self.wrong(at, format!("\"{text}\" is no domain"), hint);
        }
        host
    }

    fn read_secret(&mut self, key: &Key, value: &Spanned<DeValue<'_>>) -> Option<Secret> {
        if let Some(text) = value.get_ref().as_str() {
            return Some(Secret::literal(text));
        }
        let table = value.get_ref().as_table()?;
        let mut one = table.iter();
        if let (Some((name, place)), None) = (one.next(), one.next())
            && let Some(place) = place.get_ref().as_str().filter(|p| !p.is_empty())
        {
            match name.get_ref().as_ref() {
                "env" => return Some(Secret::elsewhere(SecretFrom::Env(place.to_owned()))),
                "credential" if !place.contains('/') && place != ".." => {
                    return Some(Secret::elsewhere(SecretFrom::Credential(place.to_owned())));
                }
                "file" => return Some(Secret::elsewhere(SecretFrom::File(place.into()))),
                _ => {}
            }
        }
        self.wrong(
            value.span().start,
            format!("`{}` does not say where its value is", key.name),
            format!("it takes {}", Kind::Secret.words()),
        );
        None
    }

    fn read_headers(&mut self, key: &Key, value: &Spanned<DeValue<'_>>) -> Option<Vec<(String, Secret)>> {
        let mut out = Vec::new();
        for (name, value) in value.get_ref().as_table()? {
            let (at, lower) = (name.span().start, name.get_ref().to_ascii_lowercase());
            let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
            if lower.is_empty() || !lower.bytes().all(token) {
                self.wrong(at, "not a header name", "letters, digits and hyphens");
            } else if ["host", "content-length", "connection", "transfer-encoding", "accept-encoding", "if-none-match", "if-modified-since"]
                .contains(&lower.as_str())
            {
                self.wrong(at, format!("the header `{lower}` is newsfold's to set"), "leave it out");
            } else if let Some(secret) = self.read_secret(key, value) {
                let fits = |v: &str| v.bytes().all(|b| b == b'\t' || (b >= b' ' && b != 0x7f));
                if secret.expose().is_none_or(fits) {
                    out.push((lower, secret));
                } else {
                    self.wrong(value.span().start, format!("the value of header `{lower}` holds a control character"), "");
                }
            } else if !matches!(value.get_ref(), DeValue::Table(_)) {
                self.wrong(
                    value.span().start,
                    format!("header `{lower}` is {}", a(value.get_ref())),
                    format!("it takes {}", Kind::Secret.words()),
                );
            }
        }
        Some(out)
    }
}

/// The type of a value, with its article.
fn a(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

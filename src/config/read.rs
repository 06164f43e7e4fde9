//! TOML text -> checked values with their places. Knows kinds and keys, not what they mean together.

use super::problem::{Lines, Problem, nearest};
use super::schema::{Key, SECTIONS, Section, TOP};
use super::types::{AllowNet, Secret};
use std::collections::BTreeMap;
use std::path::Path;
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
    Times(Vec<Duration>),
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
    take!(times, Times, Vec<Duration>);
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
        self.values.contains_key(key) || self.broken.contains(&key)
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
}

/// The type of a value, with its article.
pub(super) fn a(value: &DeValue<'_>) -> &'static str {
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

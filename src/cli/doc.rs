//! What a command shows to people: lines of styled spans. Text is made harmless on its way in, so that nothing a
//! stranger wrote reaches a terminal raw, whatever a command forgets.

use crate::cli::look::Look;
use crate::cli::sanitize::{clean, safe_link, width, wrap};

/// How a span looks; what it means is never in the colour alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// As it is.
    #[default]
    Plain,
    /// Headlines.
    Strong,
    /// What can be skipped.
    Faint,
    /// Ids.
    Id,
    /// All is well; added text.
    Good,
    /// Worth a look.
    Warn,
    /// Wrong; removed text.
    Bad,
    /// A search's hit.
    Hit,
}

impl Role {
    /// The SGR parameters, or nothing.
    fn sgr(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Strong => "1",
            Self::Faint => "2",
            Self::Id => "33",
            Self::Good => "32",
            Self::Warn => "33",
            Self::Bad => "31",
            Self::Hit => "1;31",
        }
    }

    /// Adds `text` to `out`, with escape sequences only where `look` has colour.
    pub(in crate::cli) fn paint(self, text: &str, look: &Look, out: &mut String) {
        match self.sgr() {
            "" => out.push_str(text),
            _ if !look.color || text.is_empty() => out.push_str(text),
            sgr => out.extend(["\x1b[", sgr, "m", text, "\x1b[0m"]),
        }
    }
}

#[derive(Clone, Debug)]
struct Span {
    role: Role,
    text: String,
    link: Option<String>,
}

#[derive(Clone, Debug)]
enum Line {
    Spans(Vec<Span>),
    /// By `table`, of cells that are harmless already; may hold its escape sequences.
    LaidOut(String),
}

/// Lines of spans, built from left to right and from top to bottom.
#[derive(Clone, Debug, Default)]
pub struct Doc {
    lines: Vec<Line>,
    open: Vec<Span>,
}

impl Doc {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `text` to the open line.
    pub fn add(&mut self, role: Role, text: impl AsRef<str>) -> &mut Self {
        self.push(role, text.as_ref(), None)
    }

    /// Adds `text` as it is: blanks that align columns stay.
    pub fn pad(&mut self, columns: usize) -> &mut Self {
        self.open.push(Span { role: Role::Plain, text: " ".repeat(columns), link: None });
        self
    }

    /// Adds a faint label that takes `columns`.
    pub fn label(&mut self, label: &str, columns: usize) -> &mut Self {
        let from = self.open_width();
        self.add(Role::Faint, label);
        self.pad(columns.saturating_sub(self.open_width() - from))
    }

    /// Adds plain `text`.
    pub fn text(&mut self, text: impl AsRef<str>) -> &mut Self {
        self.add(Role::Plain, text)
    }

    /// Adds `text` that leads to `url` where that is a web address and the terminal shows links.
    pub fn link(&mut self, role: Role, text: impl AsRef<str>, url: &str) -> &mut Self {
        self.push(role, text.as_ref(), safe_link(url))
    }

    fn push(&mut self, role: Role, text: &str, link: Option<String>) -> &mut Self {
        self.open.push(Span { role, text: clean(text), link });
        self
    }

    /// Ends the open line.
    pub fn end(&mut self) -> &mut Self {
        self.lines.push(Line::Spans(std::mem::take(&mut self.open)));
        self
    }

    /// Adds a line that `table` laid out: the one way around the cleaning of spans, for it cleaned its cells itself.
    pub(in crate::cli) fn laid_out(&mut self, line: String) {
        self.lines.push(Line::LaidOut(line));
    }

    /// Adds a whole line of one role.
    pub fn line(&mut self, role: Role, text: impl AsRef<str>) -> &mut Self {
        self.add(role, text).end()
    }

    /// Adds `text` as lines of at most `columns`.
    pub fn wrapped(&mut self, role: Role, text: impl AsRef<str>, columns: usize) -> &mut Self {
        for line in wrap(&clean(text.as_ref()), columns) {
            self.line(role, line);
        }
        self
    }

    /// Adds a label and `value` beside it, broken into as many lines as it takes within `columns`.
    pub fn fact(&mut self, label: &str, role: Role, value: impl AsRef<str>, (wide, columns): (usize, usize)) -> &mut Self {
        for (i, line) in wrap(&clean(value.as_ref()), columns.saturating_sub(wide)).iter().enumerate() {
            self.label(if i == 0 { label } else { "" }, wide).add(role, line).end();
        }
        self
    }

    /// Appends the lines of `other`.
    pub fn append(&mut self, other: Doc) -> &mut Self {
        self.lines.extend(other.lines);
        if !other.open.is_empty() {
            self.lines.push(Line::Spans(other.open));
        }
        self
    }

    /// Columns of the open line.
    pub fn open_width(&self) -> usize {
        self.open.iter().map(|s| width(&s.text)).sum()
    }

    /// The text, with escape sequences only where `look` has colour. Blanks at line ends are left out.
    pub fn render(&self, look: &Look) -> String {
        let mut out = String::new();
        for line in &self.lines {
            match line {
                Line::Spans(spans) => render_line(&mut out, spans, look),
                Line::LaidOut(line) => out.push_str(line),
            }
            out.push('\n');
        }
        if !self.open.is_empty() {
            render_line(&mut out, &self.open, look);
            out.push('\n');
        }
        out
    }
}

fn render_line(out: &mut String, line: &[Span], look: &Look) {
    let blank = line.iter().rev().take_while(|s| s.text.trim_end().is_empty()).count();
    let shown = line.get(..line.len() - blank).unwrap_or_default();
    for (i, span) in shown.iter().enumerate() {
        let text = if i + 1 == shown.len() { span.text.trim_end() } else { &span.text };
        render_span(out, span, text, look);
    }
}

fn render_span(out: &mut String, span: &Span, text: &str, look: &Look) {
    if text.is_empty() {
        return;
    }
    let link = span.link.as_deref().filter(|_| look.links);
    if let Some(url) = link {
        out.extend(["\x1b]8;;", url, "\x1b\\"]);
    }
    span.role.paint(text, look, out);
    if link.is_some() {
        out.push_str("\x1b]8;;\x1b\\");
    }
}

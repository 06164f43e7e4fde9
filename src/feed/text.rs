//! Text as feeds carry it: entities, titles with mark-up, doubly encoded HTML.

use super::repairs::{self, Repair};
use crate::model::encoding::repair_mojibake;
use crate::model::entities::{is_forbidden, unescape};
use std::borrow::Cow;

/// Longest tag or comment that is taken out of a title, in bytes.
const LONGEST_TAG: usize = 2_048;

/// Elements that only dress a text; they are taken out of titles. What is not among them and stands in a title was
/// meant to be read ("How to use <canvas>").
const INLINE: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "b",
    "bdi",
    "bdo",
    "big",
    "br",
    "center",
    "cite",
    "code",
    "del",
    "dfn",
    "div",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "nobr",
    "ol",
    "p",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
    "script",
    "style",
    "table",
    "td",
    "tr",
    "blockquote",
    "pre",
    "iframe",
    "object",
    "embed",
    "xhtml:div",
    "nobr",
    "svg",
    "video",
    "audio",
    "source",
    "input",
    "button",
    "form",
    "label",
    "applet",
    "param",
    "meta",
    "link",
    "base",
    "frame",
    "frameset",
    "body",
    "html",
    "head",
    "title",
    "bgsound",
    "basefont",
    "layer",
    "noscript",
];

/// A text without forbidden characters, borrowed where it has none.
pub(super) fn without_controls(text: &str) -> Cow<'_, str> {
    // The first test is over bytes and vectorises; almost every document ends there.
    let suspicious = text.bytes().fold(false, |any, b| any | ((b < 0x20) & (b != b'\t') & (b != b'\n') & (b != b'\r')) | (b == 0x7F));
    if !suspicious {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|c| !((*c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || *c == '\u{7F}')).collect())
}

/// One line of plain text out of a title, name or category whose XML escapes are resolved already: HTML entities
/// and inline mark-up resolved, double encoding and mojibake repaired, white space collapsed. `None` where nothing is left.
pub(super) fn plain(text: &str) -> Option<String> {
    let mut text = Cow::Borrowed(text);
    // Twice: "&amp;#8217;" in a feed is an entity of an entity, and nothing is titled "&#8217;".
    for _ in 0..2 {
        let stripped = match strip_inline(&text) {
            Cow::Borrowed(_) => None,
            Cow::Owned(s) => Some(s),
        };
        if let Some(stripped) = stripped {
            text = Cow::Owned(stripped);
        }
        let unescaped = match unescape(&text) {
            Cow::Borrowed(_) => None,
            Cow::Owned(s) => Some(s),
        };
        match unescaped {
            Some(s) => text = Cow::Owned(s),
            None => break,
        }
    }
    let text = strip_inline(&text);
    let text = match repair_mojibake(text.trim()) {
        Some(repaired) => {
            repairs::note(Repair::Mojibake);
            Cow::Owned(repaired)
        }
        None => text,
    };
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, '\u{AD}' | '\u{200B}' | '\u{FEFF}') || is_forbidden(c)) {
        if !word.is_empty() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    (!out.is_empty()).then_some(out)
}

/// Takes the tags of [`INLINE`] elements and comments out of `text`.
fn strip_inline(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'<', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        match tag_length(tail) {
            Some(length) => rest = tail.get(length..).unwrap_or(""),
            None => {
                out.push('<');
                rest = tail.get(1..).unwrap_or("");
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The bytes of the inline tag or comment that `tail` starts with.
fn tag_length(tail: &str) -> Option<usize> {
    // A tag in a title is short. Looking no further keeps a text of nothing but `<` from being searched to its end each time.
    let mut end = tail.len().min(LONGEST_TAG);
    while !tail.is_char_boundary(end) {
        end -= 1;
    }
    let tail = tail.get(..end)?;
    if tail.starts_with("<!--") {
        return tail.find("-->").map(|e| e + 3);
    }
    let inner = tail.get(1..)?;
    let inner = inner.strip_prefix('/').unwrap_or(inner);
    let name = inner.get(..12).unwrap_or(inner);
    let end = name.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(name.len());
    let name = name.get(..end)?.to_ascii_lowercase();
    if !INLINE.contains(&name.as_str()) {
        return None;
    }
    tail.find('>').map(|e| e + 1)
}

/// HTML whose tags were escaped once too often, put right; `None` where it is sound.
pub(super) fn repair_double_encoded(html: &str) -> Option<String> {
    if memchr::memchr(b'<', html.as_bytes()).is_some() {
        return None;
    }
    let looks = ["&lt;p", "&lt;div", "&lt;a ", "&lt;img ", "&lt;br", "&lt;span", "&lt;strong", "&lt;em&gt;", "&lt;b&gt;"];
    (html.contains("&lt;/") || html.contains("/&gt;") || html.contains("&lt;br")).then_some(())?;
    looks.iter().any(|tag| html.contains(tag)).then(|| unescape(html).into_owned())
}

/// Plain text made HTML: what would be read as mark-up is escaped.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        let cases = [
            ("AT&amp;T", "AT&T"),
            ("R&D & Co", "R&D & Co"),
            ("a&nbsp;b", "a\u{A0}b"),
            ("&#8217;&#x2019;", "’’"),
            ("&#146;", "’"),
            ("&eacute;&hellip;", "é…"),
            ("&nosuch; &#xZZ; &;", "&nosuch; &#xZZ; &;"),
            ("&#0;&#1;x&#1114112;", "x"),
            ("&#38#39", "&#39"),
            ("a&ampb", "a&ampb"),
        ];
        for (given, want) in cases {
            assert_eq!(unescape(given), want, "{given}");
        }
    }

    #[test]
    fn titles() {
        let cases = [
            ("  two\n lines ", Some("two lines")),
            ("<b>Bold</b> move", Some("Bold move")),
            ("&lt;i&gt;Ship&lt;/i&gt; sails", Some("Ship sails")),
            ("Don&amp;#8217;t", Some("Don’t")),
            ("1 < 2 and 3 > 2", Some("1 < 2 and 3 > 2")),
            ("Using the <canvas> tag", Some("Using the <canvas> tag")),
            ("donâ€™t", Some("don’t")),
            ("<br/>", None),
            (" ", None),
        ];
        for (given, want) in cases {
            assert_eq!(plain(given).as_deref(), want, "{given}");
        }
    }

    #[test]
    fn double_encoding() {
        assert_eq!(repair_double_encoded("&lt;p&gt;x&lt;/p&gt;").as_deref(), Some("<p>x</p>"));
        assert_eq!(repair_double_encoded("<code>&lt;p&gt;</code>"), None);
        assert_eq!(repair_double_encoded("if a &lt; b"), None);
    }
}

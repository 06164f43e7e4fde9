//! A tokenizer for mark-up that may be broken: it never fails and never looks at a byte more than a few times.
//!
//! quick-xml stops at the first fault; feeds in the wild have faults, so what repairs them must go on.

use memchr::memmem;

/// One piece of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `<name attrs>` or, with `empty`, `<name attrs/>`.
    Start { name: &'a str, attrs: &'a str, empty: bool },
    /// `</name>`.
    End { name: &'a str },
    /// Character data between tags, entities not resolved.
    Text(&'a str),
    /// The inside of `<![CDATA[…]]>`.
    CData(&'a str),
    /// Comment, processing instruction, DOCTYPE.
    Other,
}

/// Walks a document token by token.
#[derive(Clone, Debug)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    /// No `]]>` or `-->` stands behind this point: a hostile document with many openings must not be searched again and again.
    no_cdata_end: bool,
    no_comment_end: bool,
    no_pi_end: bool,
    no_subset_end: bool,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str, at: usize) -> Self {
        Self { text, at, no_cdata_end: false, no_comment_end: false, no_pi_end: false, no_subset_end: false }
    }

    /// Where the next token starts.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Goes back or on to `at`, a token's start.
    pub(super) fn seek(&mut self, at: usize) {
        self.at = at;
    }

    /// The text from `from` to `to`; empty where that is no range of it.
    pub(super) fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or("")
    }

    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        let rest = self.text.get(self.at..).filter(|r| !r.is_empty())?;
        let bytes = rest.as_bytes();
        if bytes.first() != Some(&b'<') {
            return Some(self.character_data(rest, 0));
        }
        match bytes.get(1) {
            Some(b'!') => Some(self.declaration(rest)),
            Some(b'?') => Some(self.instruction(rest)),
            Some(b'/') if bytes.get(2).copied().is_some_and(is_name_start) => Some(self.end_tag(rest)),
            Some(b) if is_name_start(*b) => Some(self.start_tag(rest)),
            // "a < b": a sign, not a tag.
            _ => Some(self.character_data(rest, 1)),
        }
    }

    fn character_data(&mut self, rest: &'a str, skip: usize) -> Token<'a> {
        let end = rest.as_bytes().get(skip..).and_then(|r| memchr::memchr(b'<', r)).map_or(rest.len(), |n| n + skip);
        let (text, _) = rest.split_at(end);
        self.at += end;
        Token::Text(text)
    }

    fn declaration(&mut self, rest: &'a str) -> Token<'a> {
        if let Some(inner) = rest.strip_prefix("<![CDATA[") {
            let found = if self.no_cdata_end { None } else { memmem::find(inner.as_bytes(), b"]]>") };
            return match found {
                Some(end) => {
                    self.at += "<![CDATA[".len() + end + "]]>".len();
                    Token::CData(inner.get(..end).unwrap_or(""))
                }
                None => {
                    // Truncated, or never closed: it ends before the next end tag, so that what follows is not lost.
                    self.no_cdata_end = true;
                    let end = memmem::find(inner.as_bytes(), b"</").unwrap_or(inner.len());
                    self.at += "<![CDATA[".len() + end;
                    Token::CData(inner.get(..end).unwrap_or(""))
                }
            };
        }
        if let Some(inner) = rest.strip_prefix("<!--") {
            let found = if self.no_comment_end { None } else { memmem::find(inner.as_bytes(), b"-->") };
            match found {
                Some(end) => self.at += "<!--".len() + end + "-->".len(),
                None => {
                    self.no_comment_end = true;
                    self.at += "<!--".len();
                }
            }
            return Token::Other;
        }
        // DOCTYPE with or without an internal subset; its declarations are dropped, never expanded.
        let bytes = rest.as_bytes();
        let first = memchr::memchr2(b'[', b'>', bytes);
        let end = match first {
            Some(at) if bytes.get(at) == Some(&b'[') && self.no_subset_end => Some(at + 1),
            Some(at) if bytes.get(at) == Some(&b'[') => {
                let close = memmem::find(bytes, b"]>").map(|e| e + 2).or_else(|| {
                    let close = memchr::memchr(b']', bytes)?;
                    bytes.get(close..).and_then(|r| memchr::memchr(b'>', r)).map(|e| close + e + 1)
                });
                self.no_subset_end = close.is_none();
                close
            }
            Some(at) => Some(at + 1),
            None => None,
        };
        self.at += end.unwrap_or(2);
        Token::Other
    }

    fn instruction(&mut self, rest: &'a str) -> Token<'a> {
        let found = if self.no_pi_end { None } else { memmem::find(rest.as_bytes(), b"?>") };
        match found {
            Some(end) => self.at += end + 2,
            None => {
                self.no_pi_end = true;
                self.at += memchr::memchr(b'>', rest.as_bytes()).map_or(rest.len(), |e| e + 1);
            }
        }
        Token::Other
    }

    fn end_tag(&mut self, rest: &'a str) -> Token<'a> {
        let bytes = rest.as_bytes();
        let inner = bytes.get(2..).unwrap_or(b"");
        let (end, next) = match memchr::memchr2(b'>', b'<', inner) {
            Some(at) if inner.get(at) == Some(&b'>') => (at + 2, at + 3),
            Some(at) => (at + 2, at + 2),
            None => (rest.len(), rest.len()),
        };
        self.at += next;
        Token::End { name: name_of(rest.get(2..end).unwrap_or("")) }
    }

    fn start_tag(&mut self, rest: &'a str) -> Token<'a> {
        let bytes = rest.as_bytes();
        let (end, next) = tag_end(bytes);
        self.at += next;
        let inner = rest.get(1..end).unwrap_or("");
        let empty = inner.ends_with('/');
        let name = name_of(inner);
        let attrs = inner.get(name.len()..).unwrap_or("").trim_end_matches('/');
        Token::Start { name, attrs, empty }
    }
}

/// Where a start tag's inside ends, and where the next token begins. A `>` in quotes does not end it, but a `<` there
/// shows that the quotes are broken, and then the first `>` does.
fn tag_end(bytes: &[u8]) -> (usize, usize) {
    let mut at = 1;
    while let Some(found) = bytes.get(at..).and_then(|r| memchr::memchr3(b'>', b'"', b'\'', r)).map(|n| n + at) {
        if bytes.get(found) == Some(&b'>') {
            // `<a <b>`: the first tag was never closed.
            return match bytes.get(at..found).and_then(|r| memchr::memchr(b'<', r)) {
                Some(inside) => (at + inside, at + inside),
                None => (found, found + 1),
            };
        }
        let quote = bytes.get(found).copied().unwrap_or(b'"');
        match bytes.get(found + 1..).and_then(|r| memchr::memchr2(quote, b'<', r)).map(|n| n + found + 1) {
            Some(close) if bytes.get(close) == Some(&quote) => at = close + 1,
            _ => break,
        }
    }
    match bytes.get(1..).and_then(|r| memchr::memchr2(b'>', b'<', r)).map(|n| n + 1) {
        Some(end) if bytes.get(end) == Some(&b'>') => (end, end + 1),
        Some(end) => (end, end),
        None => (bytes.len(), bytes.len()),
    }
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte == b':' || byte >= 0x80
}

fn name_of(inner: &str) -> &str {
    let end = inner.bytes().position(|b| b.is_ascii_whitespace() || b == b'/' || b == b'=').unwrap_or(inner.len());
    inner.get(..end).unwrap_or("")
}

/// The attributes of a start tag, `(name, raw value)`; quotes may lack. At most [`MOST_ATTRIBUTES`] of them.
pub(super) fn attributes(attrs: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = attrs;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/' || c == '"' || c == '\'');
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '=').unwrap_or(rest.len()).max(1);
        let (name, after) = rest.split_at_checked(end)?;
        let value = after.trim_start();
        let Some(value) = value.strip_prefix('=') else {
            rest = after;
            return Some((name, ""));
        };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, left) = match quote {
            Some(quote) => {
                let inside = value.get(1..).unwrap_or("");
                inside.split_once(quote).unwrap_or((inside, ""))
            }
            None => value.split_at(value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len())),
        };
        rest = left;
        Some((name, value))
    })
    .take(MOST_ATTRIBUTES)
}

/// More attributes than this on one tag are not read: no feed has them.
const MOST_ATTRIBUTES: usize = 128;

/// The raw value of the attribute `name` (any case).
pub(super) fn attribute<'a>(attrs: &'a str, name: &str) -> Option<&'a str> {
    if attrs.is_empty() {
        return None;
    }
    attributes(attrs).find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Token<'_>> {
        let mut scanner = Scanner::new(text, 0);
        let mut tokens = Vec::new();
        while let Some(token) = scanner.next() {
            tokens.push(token);
        }
        tokens
    }

    #[test]
    fn sound_markup() {
        let tokens = all("<a x='1>2'>t<b/><![CDATA[<i>]]></a><!-- <c> --><?p <d> ?>");
        let want = [
            Token::Start { name: "a", attrs: " x='1>2'", empty: false },
            Token::Text("t"),
            Token::Start { name: "b", attrs: "", empty: true },
            Token::CData("<i>"),
            Token::End { name: "a" },
            Token::Other,
            Token::Other,
        ];
        assert_eq!(tokens, want);
    }

    #[test]
    fn broken_markup_goes_on() {
        assert_eq!(all("a < b"), [Token::Text("a "), Token::Text("< b")]);
        assert_eq!(all("<a <b>")[1], Token::Start { name: "b", attrs: "", empty: false });
        assert_eq!(all("<a x=\"1><b>t")[1], Token::Start { name: "b", attrs: "", empty: false });
        assert_eq!(all("<![CDATA[x</a>"), [Token::CData("x"), Token::End { name: "a" }]);
        assert_eq!(all("<!-- x<a>").len(), 3);
        assert_eq!(all("<!DOCTYPE r [<!ENTITY a \"b\">]><r>")[1], Token::Start { name: "r", attrs: "", empty: false });
        assert_eq!(all("</a<b>")[1], Token::Start { name: "b", attrs: "", empty: false });
    }

    #[test]
    fn attribute_values() {
        let attrs = " a = \"1\" B='2 3' c=4 d e=\"x";
        let read: Vec<_> = attributes(attrs).collect();
        assert_eq!(read, [("a", "1"), ("B", "2 3"), ("c", "4"), ("d", ""), ("e", "x")]);
        assert_eq!(attribute(attrs, "b"), Some("2 3"));
    }
}

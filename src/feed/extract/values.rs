//! Values out of fields: characters, addresses, names.

use super::Form;
use crate::feed::scan::{Scanner, Token, attribute};
use crate::model::entities::unescape;
use url::Url;

/// Longest field that is not a text, in bytes; what is longer is cut.
const LONGEST_SMALL_FIELD: usize = 16 * 1024;

/// The characters that a field's inside means: CDATA as it is, references resolved, tags kept.
pub(in crate::feed) fn resolved(inner: &str) -> std::borrow::Cow<'_, str> {
    if memchr::memmem::find(inner.as_bytes(), b"<!").is_none() {
        return unescape(inner);
    }
    let mut out = String::with_capacity(inner.len());
    let mut scanner = Scanner::new(inner, 0);
    loop {
        let at = scanner.position();
        match scanner.next() {
            Some(Token::CData(text)) => out.push_str(text),
            Some(Token::Other) => {}
            Some(_) => out.push_str(&unescape(scanner.slice(at, scanner.position()))),
            None => break,
        }
    }
    out.into()
}

/// At most [`LONGEST_SMALL_FIELD`] of `text`.
pub(in crate::feed) fn shortened(text: &str) -> &str {
    let mut end = text.len().min(LONGEST_SMALL_FIELD);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or("")
}

pub(in crate::feed) fn trimmed(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// True for what can be an entry's address when it has no other: a web address, a rooted path, or an IRI that names it
/// ("tag:", "urn:"). Only web addresses are ever fetched.
pub(in crate::feed) fn looks_like_address(text: &str) -> bool {
    let text = text.trim();
    let lead = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    ["http://", "https://", "urn:", "tag:"].iter().any(|scheme| lead.starts_with(scheme)) || (text.starts_with('/') && text.len() > 1)
}

/// True for what can be a path below a base: folders in it, and neither a scheme nor white space.
pub(in crate::feed) fn looks_like_path(text: &str) -> bool {
    text.contains('/') && !text.contains(|c: char| c == ':' || c.is_whitespace())
}

/// `link` joined with `base` where it is relative; as it is where it is absolute or nothing comes of it.
pub(in crate::feed) fn absolute(link: &str, base: Option<&Url>) -> String {
    let link: std::borrow::Cow<'_, str> = if link.contains(['\n', '\r', '\t']) {
        link.chars().filter(|c| !matches!(c, '\n' | '\r' | '\t')).collect::<String>().into()
    } else {
        link.into()
    };
    if link.is_empty() {
        return String::new();
    }
    match Url::parse(&link) {
        Err(url::ParseError::RelativeUrlWithoutBase) => base.and_then(|b| b.join(&link).ok()).map_or_else(|| link.to_string(), Into::into),
        _ => link.into_owned(),
    }
}

pub(in crate::feed) fn xhtml_form(attrs: &str) -> bool {
    attribute(attrs, "type").is_some_and(|t| t.contains("xhtml"))
}

/// How the `type` and `mode` of an Atom text construct ask to be read. RSS has HTML only.
pub(in crate::feed) fn form_of(attrs: &str, atom: bool) -> Form {
    if !atom {
        return Form::Html;
    }
    let kind = attribute(attrs, "type").unwrap_or("").trim().to_ascii_lowercase();
    let mode = attribute(attrs, "mode").unwrap_or("").trim().to_ascii_lowercase();
    match (mode.as_str(), kind.as_str()) {
        ("base64", _) => Form::Base64,
        ("escaped", k) if k.contains("html") => Form::Html,
        (_, "xhtml" | "application/xhtml+xml") => Form::Xhtml,
        (_, "html" | "text/html") => Form::Html,
        (_, "" | "text" | "text/plain") => Form::Text,
        (_, k) if k.ends_with("xml") => Form::Xhtml,
        (_, k) if k.starts_with("text/") => Form::Text,
        _ => Form::Base64,
    }
}

/// The name out of "jane@example.com (Jane Roe)", "Jane Roe <jane@example.com>" and the like; the address if it is all.
pub(in crate::feed) fn person_name(text: &str) -> Option<String> {
    if !text.contains('@') {
        return trimmed(text);
    }
    if let Some((before, rest)) = text.split_once('(')
        && before.contains('@')
        && let Some(name) = trimmed(rest.trim_end().trim_end_matches(')'))
    {
        return Some(name);
    }
    let words: Vec<&str> = text.split_whitespace().filter(|word| !word.contains('@')).collect();
    trimmed(words.join(" ").trim_matches(|c: char| "()<>[],;".contains(c))).or_else(|| trimmed(text))
}

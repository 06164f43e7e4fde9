//! Character references, as HTML and XML have them.

use super::encoding::c1_as_windows_1252;
use std::borrow::Cow;

/// Longest name of an entity that is looked up, in bytes; the longest of HTML has 31 letters.
const LONGEST_ENTITY: usize = 33;

/// Resolves character references once: numeric ones (those for the C1 range as Windows-1252), and the names of HTML.
/// What is no reference stays as it is written.
pub fn unescape(text: &str) -> Cow<'_, str> {
    resolve(text, true)
}

/// Resolves what XML itself knows, once: numeric references and its five names. `&nbsp;` and its like stay, for what
/// reads the result as HTML.
pub fn unescape_xml(text: &str) -> Cow<'_, str> {
    resolve(text, false)
}

fn resolve(text: &str, html: bool) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'&', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    let (head, mut rest) = text.split_at(first);
    out.push_str(head);
    while let Some(tail) = rest.strip_prefix('&') {
        let used = reference(tail, html, &mut out);
        if used == 0 {
            out.push('&');
        }
        let after = tail.get(used..).unwrap_or("");
        let next = memchr::memchr(b'&', after.as_bytes()).unwrap_or(after.len());
        let (plain, left) = after.split_at(next);
        out.push_str(plain);
        rest = left;
    }
    Cow::Owned(out)
}

/// Appends what the reference at the start of `tail` (after `&`) means; returns the bytes it takes, 0 where it is none.
fn reference(tail: &str, html: bool, out: &mut String) -> usize {
    if let Some(number) = tail.strip_prefix('#') {
        let (digits, radix, lead) = match number.strip_prefix(['x', 'X']) {
            Some(hex) => (hex, 16, 2),
            None => (number, 10, 1),
        };
        let length = digits.bytes().take(10).take_while(|b| char::from(*b).is_digit(radix)).count();
        let Some(code) = digits.get(..length).and_then(|d| u32::from_str_radix(d, radix).ok()) else { return 0 };
        let Some(c) = c1_as_windows_1252(code).or_else(|| char::from_u32(code)).filter(|c| !is_forbidden(*c)) else {
            // A number that is no character: dropped, as browsers drop NUL, if it is sure that a reference was meant.
            return if digits.as_bytes().get(length) == Some(&b';') { lead + length + 1 } else { 0 };
        };
        out.push(c);
        return lead + length + usize::from(digits.as_bytes().get(length) == Some(&b';'));
    }
    let length = tail.bytes().take(LONGEST_ENTITY).take_while(u8::is_ascii_alphanumeric).count();
    if length == 0 || tail.as_bytes().get(length) != Some(&b';') {
        // "&nbsp" and "&amp" lack their semicolon often; a longer guess would eat "R&Dept".
        for name in ["amp", "nbsp", "quot", "lt", "gt"] {
            if html && tail.get(..length) == Some(name) && tail.as_bytes().get(length).is_none_or(|b| *b != b'=') {
                out.push_str(match name {
                    "amp" => "&",
                    "nbsp" => "\u{A0}",
                    "quot" => "\"",
                    "lt" => "<",
                    _ => ">",
                });
                return length;
            }
        }
        return 0;
    }
    let name = tail.get(..=length).unwrap_or("");
    let simple = match name {
        "amp;" => Some('&'),
        "lt;" => Some('<'),
        "gt;" => Some('>'),
        "quot;" => Some('"'),
        "apos;" => Some('\''),
        _ => None,
    };
    if let Some(c) = simple {
        out.push(c);
        return length + 1;
    }
    if !html {
        return 0;
    }
    let Some((first, second)) = html5ever::data::NAMED_ENTITIES.get(name).copied() else { return 0 };
    let Some(first) = char::from_u32(first).filter(|c| *c != '\0') else { return 0 };
    out.push(first);
    if let Some(second) = char::from_u32(second).filter(|c| *c != '\0') {
        out.push(second);
    }
    length + 1
}

/// Controls that no text has; tabs and line ends are white space. What terminals must not see is for the output to say.
pub fn is_forbidden(c: char) -> bool {
    (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || c == '\u{7F}'
}

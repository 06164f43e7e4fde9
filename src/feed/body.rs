//! The long texts of an entry: from their place in the document to HTML.

use super::extract::{Form, Span};
use super::repairs::{self, Repair};
use super::scan::{Scanner, Token};
use super::text::{escape, repair_double_encoded};
use crate::model::encoding::repair_mojibake;
use crate::model::entities::{unescape, unescape_xml};

/// Longest plain text that is taken, in bytes.
const MOST_PLAIN: usize = 1 << 20;

/// The HTML that stands at `span` in `text`, which begins at `offset` of the document. `None` where there is none.
pub(super) fn html(text: &str, offset: usize, span: &Span) -> Option<String> {
    let inner = text.get(span.start.checked_sub(offset)?..span.end.checked_sub(offset)?)?;
    let html = match (span.form, span.mixed) {
        (Form::Base64, _) => decode_base64(inner).unwrap_or_else(|| flat(inner)),
        (Form::Text, false) => from_plain(&flat(inner)),
        (_, false) => flat(inner),
        (_, true) => nested(inner, span.form == Form::Xhtml),
    };
    finish(html)
}

/// The last repairs, the same for every reader: doubled encoding, mojibake, white space around. `None` for nothing.
pub(super) fn finish(html: String) -> Option<String> {
    let put_right = |repaired: Option<String>, repair, html| match repaired {
        Some(repaired) => {
            repairs::note(repair);
            repaired
        }
        None => html,
    };
    let html = put_right(repair_double_encoded(&html), Repair::DoubleEncoding, html);
    // Searched by its bytes first: nearly no text has it, and most text is long.
    let bytes = html.as_bytes();
    let suspect = [&b"\xC3\x83"[..], b"\xC3\x82", b"\xC3\xA2\xE2"].iter().any(|lead| memchr::memmem::find(bytes, lead).is_some());
    let html = if suspect { put_right(repair_mojibake(&html), Repair::Mojibake, html) } else { html };
    let trimmed = html.trim();
    match trimmed.len() {
        0 => None,
        n if n == html.len() => Some(html),
        _ => Some(trimmed.to_owned()),
    }
}

/// Text that was declared plain as HTML; taken as HTML all the same where it plainly is.
pub(super) fn from_plain(text: &str) -> String {
    let marked = ["</p>", "</a>", "<br", "</div>", "</b>", "</em>", "</strong>", "<img ", "</i>", "</span>", "</li>"]
        .iter()
        .any(|tag| text.contains(tag));
    if marked { text.to_owned() } else { as_html(text) }
}

/// Plain text as HTML. A megabyte of it is taken: escaped, a text may grow to four times its size.
pub(super) fn as_html(text: &str) -> String {
    let mut end = text.len().min(MOST_PLAIN);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    escape(text.get(..end).unwrap_or(""))
}

/// Character data only: references resolved once, CDATA as it is.
fn flat(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut scanner = Scanner::new(inner, 0);
    while let Some(token) = scanner.next() {
        match token {
            Token::Text(text) => out.push_str(&unescape_xml(text)),
            Token::CData(text) => out.push_str(text),
            _ => {}
        }
    }
    out
}

/// Elements that stand in the field unescaped: their source is the HTML already. Prefixes go, and the `div` that XHTML
/// content is wrapped in.
fn nested(inner: &str, xhtml: bool) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut scanner = Scanner::new(inner, 0);
    loop {
        let at = scanner.position();
        match scanner.next() {
            Some(Token::CData(text)) if xhtml => out.push_str(&escape(text)),
            Some(Token::CData(text)) => out.push_str(text),
            Some(Token::Start { name, attrs, empty }) if name.contains(':') => {
                out.push('<');
                out.push_str(local(name));
                out.push_str(attrs);
                out.push_str(if empty { "/>" } else { ">" });
            }
            Some(Token::End { name }) => {
                out.push_str("</");
                out.push_str(local(name));
                out.push('>');
            }
            Some(Token::Other) => {}
            Some(_) => out.push_str(scanner.slice(at, scanner.position())),
            None => break,
        }
    }
    unwrapped(&out).map(str::to_owned).unwrap_or(out)
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// What stands in the one `div` that is the whole text.
fn unwrapped(html: &str) -> Option<&str> {
    let inner = html.trim().strip_prefix("<div")?.strip_suffix("</div>")?;
    let (attrs, inside) = inner.split_once('>')?;
    let whole = (attrs.is_empty() || attrs.starts_with(char::is_whitespace)) && !inside.contains("<div") && !inside.contains("</div");
    whole.then_some(inside)
}

/// Base64 with white space in it, as Atom allows for content; `None` where it is not, or not text.
fn decode_base64(inner: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(inner.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for b in unescape(inner).bytes().filter(|b| !b.is_ascii_whitespace()) {
        let six = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            _ => return None,
        };
        bits = bits << 6 | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xFF).ok()?);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(inner: &str, mixed: bool, form: Form) -> Option<String> {
        html(inner, 0, &Span { start: 0, end: inner.len(), mixed, form })
    }

    #[test]
    fn forms() {
        assert_eq!(read("&lt;p&gt;a &amp;amp; b&lt;/p&gt;", false, Form::Html).as_deref(), Some("<p>a &amp; b</p>"));
        assert_eq!(read("<![CDATA[<p>a</p>]]>", false, Form::Html).as_deref(), Some("<p>a</p>"));
        assert_eq!(read("a &lt; b", false, Form::Text).as_deref(), Some("a &lt; b"));
        assert_eq!(read("<h:div xmlns:h='x'><h:p>a</h:p></h:div>", true, Form::Xhtml).as_deref(), Some("<p>a</p>"));
        assert_eq!(read("PHA+YTwv\ncD4=", false, Form::Base64).as_deref(), Some("<p>a</p>"));
        assert_eq!(read("  ", false, Form::Html), None);
    }
}

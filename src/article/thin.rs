//! Thinning: what can never become text or metadata is left out before the parse, which then costs what the rest weighs.
//!
//! A tokenizer of tags only, after the HTML standard's tag and attribute states. It drops comments, styles, scripts (JSON-LD is
//! kept aside), drawings and attributes that nobody reads. It also bounds what html5ever is quadratic in: attributes on one tag
//! and formatting elements that differ in their attributes.

use memchr::{memchr, memmem};
use std::ops::Range;

/// Attributes that are kept of one tag.
const MAX_ATTRIBUTES: usize = 24;
/// Attributes that are looked at in one tag; what follows is skipped.
const MAX_SEEN: usize = 400;
/// Bytes of one attribute's value; longer ones are dropped.
const MAX_VALUE: usize = 16 << 10;
/// Bytes of the thinned page.
pub(super) const MAX_THINNED: usize = 4 << 20;

/// A page without what is never read.
#[derive(Debug, Default)]
pub(super) struct Thinned {
    /// What is left, still HTML.
    pub html: String,
    /// Where the JSON-LD blocks stand in the page.
    pub json_ld: Vec<Range<usize>>,
    /// Where the other JSON blocks stand in the page: the state that some sites render their article from.
    pub state: Vec<Range<usize>>,
    /// Where `noscript` blocks stand in the page.
    pub noscript: Vec<Range<usize>>,
    /// True where the page was longer than [`MAX_THINNED`] allows.
    pub cut: bool,
}

/// Thins `page`. `all_attributes` keeps every attribute, for selectors that people wrote.
pub(super) fn thin(page: &str, all_attributes: bool) -> Thinned {
    let mut t = Thinner { src: page.as_bytes(), page, at: 0, all: all_attributes, no_svg_end: false, out: Thinned::default() };
    t.out.html.reserve(page.len().min(MAX_THINNED) / 2);
    t.run();
    t.out
}

struct Thinner<'a> {
    src: &'a [u8],
    page: &'a str,
    at: usize,
    all: bool,
    no_svg_end: bool,
    out: Thinned,
}

impl Thinner<'_> {
    fn run(&mut self) {
        while self.at < self.src.len() {
            if self.out.html.len() >= MAX_THINNED {
                self.out.cut = true;
                return;
            }
            let Some(lt) = memchr(b'<', &self.src[self.at..]).map(|i| self.at + i) else {
                self.copy(self.at, self.src.len());
                return;
            };
            self.copy(self.at, lt);
            self.at = lt;
            match self.src.get(lt + 1) {
                Some(b'!') => self.markup(),
                Some(b'?') => self.at = self.after(b'>', lt),
                Some(b'/') => self.end_tag(),
                Some(c) if c.is_ascii_alphabetic() => self.start_tag(),
                _ => {
                    self.out.html.push_str("&lt;");
                    self.at = lt + 1;
                }
            }
        }
    }

    /// Copies a stretch of the page, up to the limit.
    fn copy(&mut self, from: usize, to: usize) {
        let room = MAX_THINNED.saturating_sub(self.out.html.len());
        let mut to = to;
        if to - from > room {
            self.out.cut = true;
            to = from + room;
            while !self.page.is_char_boundary(to) {
                to -= 1;
            }
        }
        self.out.html.push_str(self.page.get(from..to).unwrap_or(""));
    }

    /// The position after the next `byte` from `from`, or the end.
    fn after(&self, byte: u8, from: usize) -> usize {
        memchr(byte, &self.src[from..]).map_or(self.src.len(), |i| from + i + 1)
    }

    fn markup(&mut self) {
        let from = self.at;
        if self.src[from..].starts_with(b"<!--") {
            let rest = &self.src[from + 4..];
            self.at = if rest.starts_with(b">") {
                from + 5
            } else if rest.starts_with(b"->") {
                from + 6
            } else {
                memmem::find(rest, b"-->").map_or(self.src.len(), |i| from + 4 + i + 3)
            };
        } else {
            // Doctype, CDATA or a bogus comment: none of them is read, and quirks mode changes nothing that is.
            self.at = self.after(b'>', from);
        }
    }

    fn name(&self, from: usize) -> usize {
        let mut i = from;
        while i < self.src.len() && !matches!(self.src[i], b' ' | b'\t' | b'\n' | b'\r' | 0x0c | b'/' | b'>') {
            i += 1;
        }
        i
    }

    fn end_tag(&mut self) {
        let from = self.at;
        match self.src.get(from + 2) {
            Some(c) if c.is_ascii_alphabetic() => {
                let name_end = self.name(from + 2);
                self.at = self.after(b'>', name_end);
                if name_end - from <= 40 {
                    self.copy(from, name_end);
                    self.out.html.push('>');
                }
            }
            Some(_) => self.at = self.after(b'>', from),
            None => self.at = self.src.len(),
        }
    }

    fn start_tag(&mut self) {
        let from = self.at;
        let name_end = self.name(from + 1);
        let mut low = [0u8; 40];
        let name_len = name_end - from - 1;
        if name_len > low.len() {
            self.at = self.skip_attributes(name_end);
            return;
        }
        low[..name_len].copy_from_slice(&self.src[from + 1..name_end]);
        low[..name_len].make_ascii_lowercase();
        let name = &low[..name_len];
        match name {
            b"script" => self.script(name_end),
            b"style" | b"iframe" | b"noembed" | b"noframes" | b"xmp" | b"noscript" => {
                let open = self.skip_attributes(name_end);
                if self.closed_as_xml(name_end, open) && self.opens_before_it_ends(open, name) {
                    self.at = open;
                    return;
                }
                let (end, next) = self.raw_end(open, name);
                if name == b"noscript" && self.out.noscript.len() < 16 {
                    self.out.noscript.push(open..end);
                }
                self.at = next;
            }
            b"svg" => self.drawing(name_end),
            b"title" | b"textarea" => {
                let open = self.skip_attributes(name_end);
                let (end, next) = self.raw_end(open, name);
                self.copy(from, name_end);
                self.out.html.push('>');
                self.copy(open, end);
                self.out.html.push_str("</");
                self.copy(from + 1, name_end);
                self.out.html.push('>');
                self.at = next;
            }
            b"plaintext" => self.at = self.skip_attributes(name_end),
            _ => {
                self.copy(from, name_end);
                let formatting = matches!(
                    name,
                    b"b" | b"big" | b"code" | b"em" | b"font" | b"i" | b"nobr" | b"s" | b"small" | b"strike" | b"strong" | b"tt" | b"u"
                );
                // Formatting elements that differ in nothing are merged by the parser; those that differ multiply.
                self.at = self.attributes(name_end, |all, attr| !formatting && (all || wanted(attr)));
                if empty_in_xml(name) && self.closed_as_xml(name_end, self.at) && self.opens_before_it_ends(self.at, name) {
                    self.out.html.push_str("</");
                    self.copy(from + 1, name_end);
                    self.out.html.push('>');
                }
            }
        }
    }

    /// The end of the raw text that opens at `from`, and the position after its end tag.
    fn raw_end(&self, from: usize, name: &[u8]) -> (usize, usize) {
        let mut at = from;
        while let Some(i) = memmem::find(&self.src[at..], b"</") {
            let end = at + i;
            let stop = end + 2 + name.len();
            let same = self.src.get(end + 2..stop).is_some_and(|n| n.eq_ignore_ascii_case(name));
            if same && matches!(self.src.get(stop), None | Some(b' ' | b'\t' | b'\n' | b'\r' | 0x0c | b'/' | b'>')) {
                return (end, self.after(b'>', stop.min(self.src.len())));
            }
            at = end + 2;
        }
        (self.src.len(), self.src.len())
    }

    /// True where the tag whose name ends at `name_end`, and which ends at `next`, is written as XML writes an empty element.
    fn closed_as_xml(&self, name_end: usize, next: usize) -> bool {
        let before = |back: usize| next.checked_sub(back).and_then(|i| self.src.get(i)).copied();
        // A slash that ends an unquoted value is part of it.
        let parted = name_end + 2 == next || matches!(before(3), Some(b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\''));
        before(1) == Some(b'>') && before(2) == Some(b'/') && parted
    }

    /// True where no end tag of `name` follows nearby, or another one opens before it: an empty element that a parser of HTML would
    /// take for an open one, with all that follows in it.
    fn opens_before_it_ends(&self, from: usize, name: &[u8]) -> bool {
        let near = self.src.get(from..self.src.len().min(from + (4 << 10))).unwrap_or(&[]);
        let named = |at: usize| {
            let stop = at + name.len();
            near.get(at..stop).is_some_and(|n| n.eq_ignore_ascii_case(name))
                && matches!(near.get(stop), None | Some(b' ' | b'\t' | b'\n' | b'\r' | b'/' | b'>'))
        };
        for lt in memchr::memchr_iter(b'<', near) {
            if named(lt + 1) {
                return true;
            }
            if near.get(lt + 1) == Some(&b'/') && named(lt + 2) {
                return false;
            }
        }
        true
    }

    fn script(&mut self, name_end: usize) {
        let mut kind = 0;
        let open = each_attribute(self.src, name_end, |name, value| {
            if name.eq_ignore_ascii_case(b"type") {
                let value = value.to_ascii_lowercase();
                kind = match () {
                    () if memmem::find(&value, b"ld+json").is_some() => 1,
                    () if memmem::find(&value, b"json").is_some() => 2,
                    () => 0,
                };
            }
        });
        if self.closed_as_xml(name_end, open) && self.opens_before_it_ends(open, b"script") {
            self.at = open;
            return;
        }
        let (end, next) = self.raw_end(open, b"script");
        match kind {
            1 if self.out.json_ld.len() < 32 => self.out.json_ld.push(open..end),
            2 if self.out.state.len() < 32 => self.out.state.push(open..end),
            _ => {}
        }
        self.at = next;
    }

    /// Skips a drawing with what is nested in it.
    fn drawing(&mut self, name_end: usize) {
        let open = self.skip_attributes(name_end);
        self.at = open;
        if self.no_svg_end || self.src.get(open.wrapping_sub(2)) == Some(&b'/') {
            return;
        }
        let (mut depth, mut at) = (1usize, open);
        while let Some(i) = memchr(b'<', &self.src[at..]) {
            at += i + 1;
            let rest = &self.src[at..];
            if rest.len() >= 4 && rest[0] == b'/' && rest[1..4].eq_ignore_ascii_case(b"svg") {
                depth -= 1;
                if depth == 0 {
                    self.at = self.after(b'>', at);
                    return;
                }
            } else if rest.len() >= 3 && rest[..3].eq_ignore_ascii_case(b"svg") {
                let close = self.after(b'>', at);
                if self.src.get(close.wrapping_sub(2)) != Some(&b'/') {
                    depth += 1;
                }
            }
        }
        self.no_svg_end = true;
    }

    fn skip_attributes(&self, from: usize) -> usize {
        each_attribute(self.src, from, |_, _| {})
    }

    /// Copies the attributes that `keep` wants, closes the tag, and returns the position after it.
    fn attributes(&mut self, from: usize, keep: impl Fn(bool, &[u8]) -> bool) -> usize {
        let (src, all) = (self.src, self.all);
        let out = &mut self.out.html;
        let mut kept = 0;
        let next = each_attribute(src, from, |name, value| {
            let torn = value.contains(&b'"') && value.contains(&b'\'');
            if torn || kept >= MAX_ATTRIBUTES || value.len() > MAX_VALUE || name.len() > 60 || !keep(all, name) {
                return;
            }
            let (Ok(name), Ok(value)) = (std::str::from_utf8(name), std::str::from_utf8(value)) else { return };
            if name.eq_ignore_ascii_case("style") && !all && !value.contains("none") && !value.contains("hidden") {
                return;
            }
            kept += 1;
            out.push(' ');
            out.push_str(name);
            if !value.is_empty() {
                // Of both quotes an unquoted value alone can hold one; no address or class does.
                let quote = if value.contains('"') { '\'' } else { '"' };
                out.push('=');
                out.push(quote);
                out.push_str(value);
                out.push(quote);
            }
        });
        out.push('>');
        next
    }
}

/// Calls `each(name, value)` for the attributes from `from` to the end of the tag; returns the position after the tag.
fn each_attribute(src: &[u8], from: usize, mut each: impl FnMut(&[u8], &[u8])) -> usize {
    let space = |b: u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0c);
    let (mut i, mut seen) = (from, 0);
    loop {
        while i < src.len() && (space(src[i]) || src[i] == b'/') {
            i += 1;
        }
        match src.get(i) {
            None => return src.len(),
            Some(b'>') => return i + 1,
            _ => {}
        }
        let start = i;
        i += 1; // an attribute's name may open with any character, "=" included
        while i < src.len() && !space(src[i]) && !matches!(src[i], b'/' | b'>' | b'=') {
            i += 1;
        }
        let name = &src[start..i];
        let mut after = i;
        while after < src.len() && space(src[after]) {
            after += 1;
        }
        let mut value: &[u8] = b"";
        if src.get(after) == Some(&b'=') {
            i = after + 1;
            while i < src.len() && space(src[i]) {
                i += 1;
            }
            match src.get(i) {
                Some(&quote @ (b'"' | b'\'')) => {
                    let end = memchr(quote, &src[i + 1..]).map_or(src.len(), |e| i + 1 + e);
                    value = &src[i + 1..end];
                    i = (end + 1).min(src.len());
                }
                Some(b'>') | None => {}
                Some(_) => {
                    let start = i;
                    while i < src.len() && !space(src[i]) && src[i] != b'>' {
                        i += 1;
                    }
                    value = &src[start..i];
                }
            }
        }
        seen += 1;
        if seen <= MAX_SEEN {
            each(name, value);
        }
    }
}

/// Elements that hide or link all that stands in them, or that are a site's own: written as an empty element they are one.
fn empty_in_xml(name: &[u8]) -> bool {
    matches!(
        name,
        b"a" | b"video" | b"audio" | b"canvas" | b"object" | b"map" | b"select" | b"button" | b"picture" | b"figure" | b"aside" | b"nav"
    ) || name.contains(&b'-')
}

/// True for attributes that are read later.
fn wanted(name: &[u8]) -> bool {
    let mut low = [0u8; 20];
    let Some(low) = low.get_mut(..name.len()) else { return false };
    low.copy_from_slice(name);
    low.make_ascii_lowercase();
    matches!(
        &*low,
        b"class"
            | b"id"
            | b"role"
            | b"itemprop"
            | b"itemtype"
            | b"hidden"
            | b"aria-hidden"
            | b"aria-label"
            | b"style"
            | b"href"
            | b"rel"
            | b"datetime"
            | b"content"
            | b"property"
            | b"name"
            | b"http-equiv"
            | b"lang"
            | b"xml:lang"
            | b"type"
            | b"title"
            | b"data-testid"
            | b"data-test-id"
            | b"data-component"
            | b"data-qa"
            | b"data-module"
            | b"shadowrootmode"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_what_is_never_read_and_keeps_the_rest() {
        let t =
            thin("<!-- x --><p data-x='1' CLASS=\"a\">1 < 2 <b id=x>two</b><style>p{}</style><svg><svg></svg><path/></svg>.</p>", false);
        assert_eq!(t.html, "<p CLASS=\"a\">1 &lt; 2 <b>two</b>.</p>");
    }

    #[test]
    fn keeps_json_ld_aside() {
        let page = "<script>var a='</p>'</script><script type=application/ld+json>{\"a\":1}</SCRIPT >after";
        let t = thin(page, false);
        assert_eq!(t.html, "after");
        assert_eq!(t.json_ld.iter().map(|r| &page[r.clone()]).collect::<Vec<_>>(), ["{\"a\":1}"]);
    }

    #[test]
    fn attributes_in_every_form() {
        let t = thin("<a href = 'x\"y' class=b/c hidden id='' title=\"a>b\" onclick=\"x('<p>')\">z</a>", false);
        assert_eq!(t.html, "<a href='x\"y' class=\"b/c\" hidden id title=\"a>b\">z</a>");
    }

    #[test]
    fn empty_elements_as_xml_writes_them_hold_nothing() {
        for (page, want) in [
            ("<iframe src=\"x\"/><p>a</p>", "<p>a</p>"),
            ("<iframe src=\"x\" /></iframe><p>a</p>", "<p>a</p>"),
            ("<script src=\"x\"/><p>a</p><script>b</script>", "<p>a</p>"),
            ("<own-part><a href=\"x\"/></own-part><p>a</p>", "<own-part><a href=\"x\"></a></own-part><p>a</p>"),
            ("<a href=x/>a</a>", "<a href=\"x/\">a</a>"),
            ("<a href=\"x\" />a</a>", "<a href=\"x\">a</a>"),
            ("<video/><p>a</p>", "<video></video><p>a</p>"),
        ] {
            assert_eq!(thin(page, false).html, want, "{page}");
        }
    }

    #[test]
    fn unfinished_markup_ends_the_page() {
        for page in ["a<p class=\"x", "a<!-- b", "a<script>b", "a</", "a</p", "a<", "a<svg><g>"] {
            assert!(thin(page, false).html.starts_with('a'), "{page}");
        }
    }
}

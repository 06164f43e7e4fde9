//! The walk over the tree.

use super::element::{Attributes, Shape, shape};
use super::{Block, Dated, El, Flat, Ruled, Tag, controls, is_wide};
use crate::article::hints;
use scraper::{Html, Node};

/// Flattens the tree. `ruled` says what the site's rules think of an element.
pub(in crate::article) fn flatten<'a>(html: &'a Html, ruled: &dyn Fn(scraper::ElementRef<'a>) -> Ruled, rules: bool) -> Flat {
    let mut walk = Walk { flat: Flat::default(), open: None, pending: Pending::default(), link: 0, kept: 0, time: None };
    walk.flat.text.reserve(32 << 10);
    let root = html.tree.root();
    let mut node = root;
    // The stack of open elements is as deep as the parse allows and holds what closing needs.
    let mut stack: Vec<(bool, Option<u32>, Closing)> = Vec::with_capacity(64);
    loop {
        let mut down = true;
        match node.value() {
            Node::Element(element) => {
                if let (Some(kind), Some(open)) = (controls::kind(element), walk.open) {
                    walk.flat.control(kind, open, scraper::ElementRef::wrap(node));
                }
                let state =
                    walk.enter(element, || if rules { scraper::ElementRef::wrap(node).map_or(Ruled::No, ruled) } else { Ruled::No });
                match state {
                    Some(state) => stack.push(state),
                    None => {
                        down = false;
                        if element.name() == "title" && walk.flat.head.title.is_none() && walk.open.is_none() {
                            let text: String = node.children().filter_map(|c| c.value().as_text().map(|t| &**t)).collect();
                            walk.flat.head.title = Some(text);
                        }
                    }
                }
            }
            Node::Text(text) => walk.push_text(text),
            Node::Fragment | Node::Document => {}
            _ => down = false,
        }
        if down && let Some(child) = node.first_child() {
            node = child;
            continue;
        }
        loop {
            if down
                && node.value().is_element()
                && let Some(state) = stack.pop()
            {
                walk.leave(state);
            }
            if node == root {
                walk.flush();
                return walk.flat;
            }
            down = true;
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            let Some(parent) = node.parent() else {
                walk.flush();
                return walk.flat;
            };
            node = parent;
        }
    }
}

/// What leaving an element undoes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Closing {
    Nothing,
    Link,
    Time,
}

#[derive(Default)]
struct Pending {
    start: usize,
    weight: u32,
    link: u32,
    links: u16,
    words: u16,
    stops: u16,
    in_word: bool,
}

struct Walk {
    flat: Flat,
    /// The innermost element that is listed.
    open: Option<u32>,
    pending: Pending,
    link: u32,
    /// Bytes of attributes kept so far.
    kept: usize,
    time: Option<(usize, usize)>,
}

type State = (bool, Option<u32>, Closing);

impl Walk {
    /// Enters an element. `None`: skip it with what is below.
    fn enter(&mut self, element: &scraper::node::Element, ruled: impl FnOnce() -> Ruled) -> Option<State> {
        let name = element.name();
        if self.open.is_none() {
            match name {
                "html" => {
                    self.flat.head.lang = element.attr("lang").or_else(|| element.attr("xml:lang")).map(str::to_owned);
                    return Some((false, None, Closing::Nothing));
                }
                "head" => return Some((false, None, Closing::Nothing)),
                "body" => {}
                _ => {
                    self.head(name, element);
                    return None;
                }
            }
        }
        match name {
            "meta" | "link" | "title" | "base" => {
                self.head(name, element);
                return None;
            }
            "template" if element.attr("shadowrootmode").is_none() => return None,
            _ => {}
        }
        let (shape, own) = shape(name);
        let tag = match shape {
            Shape::Skip => return None,
            Shape::Break => {
                self.line_break();
                return None;
            }
            Shape::Rule => {
                self.flush();
                return None;
            }
            Shape::Tag(tag) => tag,
        };
        let mut seen = Attributes::read(element, own);
        self.note(name, &mut seen);
        let border = !matches!(tag, Tag::Inline | Tag::Link);
        if border {
            self.flush();
        }
        let closing = match name {
            // Without an address it is a place that others link to.
            "a" if element.attr("href").is_some() || element.attr("name").is_none() => Closing::Link,
            "time" => Closing::Time,
            _ => Closing::Nothing,
        };
        match closing {
            Closing::Link => {
                self.link += 1;
                self.pending.links = self.pending.links.saturating_add(1);
            }
            Closing::Time if seen.datetime.is_none() => self.time = Some((self.flat.text.len(), self.flat.head.dates.len())),
            _ => {}
        }
        // Inline elements are listed where a hint may take them out.
        let listed = border || seen.hints & (hints::HIDDEN | hints::SHARE | hints::CAPTION | hints::AD) != 0;
        if !listed {
            return Some((false, self.open, closing));
        }
        if !border {
            self.flush();
        }
        let at = self.flat.els.len() as u32;
        let blocks = self.flat.blocks.len() as u32;
        self.flat.els.push(El {
            tag,
            parent: self.open.unwrap_or(at),
            end: at + 1,
            hints: seen.hints,
            first: blocks,
            last: blocks,
            kind: seen.kind,
            ruled: ruled(),
        });
        let before = self.open.replace(at);
        Some((true, before, closing))
    }

    fn leave(&mut self, (listed, before, closing): State) {
        match closing {
            Closing::Link => self.link = self.link.saturating_sub(1),
            Closing::Time => {
                if let Some((from, _)) = self.time.take()
                    && let Some(value) = self.flat.text.get(from..)
                    && !value.trim().is_empty()
                    && value.len() < 80
                {
                    let value = value.trim().to_owned();
                    self.dated(value, false, false);
                }
            }
            Closing::Nothing => {}
        }
        if listed {
            self.flush();
            if let Some(at) = self.open {
                let (els, blocks) = (self.flat.els.len() as u32, self.flat.blocks.len() as u32);
                if let Some(el) = self.flat.els.get_mut(at as usize) {
                    el.end = els;
                    el.last = blocks;
                }
            }
            self.open = before;
        }
    }

    fn dated(&mut self, value: String, published: bool, modified: bool) {
        if self.flat.head.dates.len() < 64 {
            self.flat.head.dates.push(Dated { value, block: self.flat.blocks.len() as u32, published, modified });
        }
    }

    /// Keeps what an element in the body says about the article.
    fn note(&mut self, name: &str, seen: &mut Attributes<'_>) {
        if let Some(prop) = seen.itemprop {
            let (published, modified) = (prop.contains("datePublished") || prop.contains("dateCreated"), prop.contains("dateModified"));
            if (published || modified)
                && let Some(value) = seen.datetime.or(seen.content)
            {
                self.dated(value.to_owned(), published, modified);
                return;
            }
        }
        if (name == "time" || seen.datetime.is_some())
            && let Some(value) = seen.datetime
        {
            let modified = seen.class.contains("updat") || seen.class.contains("modif");
            let published = !modified && (seen.pubdate || seen.class.contains("publi"));
            self.dated(value.to_owned(), published, modified);
        }
    }

    fn head(&mut self, name: &str, element: &scraper::node::Element) {
        let head = &mut self.flat.head;
        match name {
            "meta" => {
                let key = element.attr("property").or_else(|| element.attr("name")).or_else(|| element.attr("itemprop"));
                if let (Some(key), Some(value)) = (key, element.attr("content"))
                    && self.kept < 256 << 10
                    && !value.trim().is_empty()
                {
                    self.kept += value.len();
                    head.metas.push((key.trim().to_ascii_lowercase(), value.trim().to_owned()));
                }
            }
            "link" => {
                let (Some(rel), Some(href)) = (element.attr("rel"), element.attr("href")) else { return };
                let has = |want: &str| rel.split_ascii_whitespace().any(|r| r.eq_ignore_ascii_case(want));
                if has("canonical") && head.canonical.is_none() {
                    head.canonical = Some(href.to_owned());
                }
                let kind = element.attr("type").unwrap_or("").to_ascii_lowercase();
                if has("alternate")
                    && head.feeds.len() < 64
                    && (kind.contains("rss") || kind.contains("atom") || kind.contains("feed+json"))
                {
                    head.feeds.push((href.to_owned(), element.attr("title").unwrap_or("").to_owned(), kind));
                }
            }
            "base" if head.base.is_none() => head.base = element.attr("href").map(str::to_owned),
            _ => {}
        }
    }

    fn push_text(&mut self, text: &str) {
        let Some(_) = self.open else { return };
        let out = &mut self.flat.text;
        let p = &mut self.pending;
        let linked = self.link > 0;
        let fresh = |out: &String, p: &Pending| out.len() == p.start;
        let mut weight = 0;
        for c in text.chars() {
            match c {
                ' '
                | '\t'..='\r'
                | '\u{85}'
                | '\u{a0}'
                | '\u{1680}'
                | '\u{2028}'
                | '\u{2029}'
                | '\u{205f}'
                | '\u{2000}'..='\u{200a}'
                | '\u{202f}'
                | '\u{3000}' => {
                    p.in_word = false;
                    if !fresh(out, p) && !out.ends_with([' ', '\n']) {
                        out.push(' ');
                    }
                    continue;
                }
                '\u{200b}' | '\u{feff}' | '\u{ad}' | '\u{2060}' | '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => continue,
                _ => {}
            }
            out.push(c);
            match c {
                'a'..='z' | 'A'..='Z' | '0'..='9' => {
                    weight += 1;
                    if !p.in_word {
                        p.in_word = true;
                        p.words = p.words.saturating_add(1);
                    }
                }
                '.' | '!' | '?' | '…' | '؟' | '۔' | '।' => {
                    weight += 1;
                    p.stops = p.stops.saturating_add(1);
                }
                '。' | '！' | '？' => {
                    weight += 3;
                    p.stops = p.stops.saturating_add(1);
                }
                '，' | '、' => weight += 3,
                _ if is_wide(c) => {
                    weight += 3;
                    p.words = p.words.saturating_add(1);
                }
                _ => {
                    weight += 1;
                    if !p.in_word && c.is_alphanumeric() {
                        p.in_word = true;
                        p.words = p.words.saturating_add(1);
                    }
                }
            }
        }
        p.weight += weight;
        if linked {
            p.link += weight;
        }
    }

    /// One line break is a line's end; two are a paragraph's.
    fn line_break(&mut self) {
        if self.open.is_none() {
            return;
        }
        let out = &mut self.flat.text;
        while out.len() > self.pending.start && out.ends_with(' ') {
            out.pop();
        }
        if out.len() == self.pending.start {
            return;
        }
        if out.ends_with('\n') {
            self.flush();
        } else {
            out.push('\n');
        }
        self.pending.in_word = false;
    }

    /// The tag of a block in the element `at`; a span in a heading is a heading's.
    fn tag(&self, at: u32) -> Tag {
        let own = |el: &El| !matches!(el.tag, Tag::Inline | Tag::Link);
        let tag = self.flat.els.get(at as usize).map_or(Tag::Block, |e| e.tag);
        let above = || self.flat.chain(at).map(|(_, el)| el).find(|el| own(el)).map(|el| el.tag);
        if tag == Tag::Inline { above().filter(|t| matches!(t, Tag::Heading(_))).unwrap_or(tag) } else { tag }
    }

    /// Ends the block at hand.
    fn flush(&mut self) {
        let out = &mut self.flat.text;
        while out.len() > self.pending.start && out.ends_with([' ', '\n']) {
            out.pop();
        }
        let p = std::mem::take(&mut self.pending);
        let end = out.len();
        if end > p.start
            && let Some(open) = self.open
        {
            let tag = self.tag(open);
            self.flat.blocks.push(Block {
                el: open,
                tag,
                start: p.start as u32,
                end: end as u32,
                weight: p.weight,
                link: p.link.min(p.weight),
                links: p.links,
                words: p.words,
                stops: p.stops,
            });
            self.flat.text.push('\n');
        } else {
            self.pending.links = p.links;
        }
        self.pending.start = self.flat.text.len();
    }
}

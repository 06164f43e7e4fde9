//! One element: what its name and its attributes say.

use super::Tag;
use crate::article::hints::{self, Hints};
use ahash::AHasher;
use std::hash::Hasher;

/// What a tag name means for the walk.
pub(super) enum Shape {
    /// Skip with everything below.
    Skip,
    Break,
    Rule,
    Tag(Tag),
}

/// The shape of a tag name and the hints that are in the name itself.
pub(super) fn shape(name: &str) -> (Shape, Hints) {
    use Shape as S;
    use Tag as T;
    let (tag, hints) = match name {
        "p" => (T::Paragraph, 0),
        "h1" => (T::Heading(1), 0),
        "h2" => (T::Heading(2), 0),
        "h3" => (T::Heading(3), 0),
        "h4" => (T::Heading(4), 0),
        "h5" | "h6" => (T::Heading(5), 0),
        "li" | "dd" | "dt" => (T::Item, 0),
        "ul" | "ol" | "dl" => (T::List, 0),
        "blockquote" => (T::Quote, 0),
        "pre" => (T::Pre, 0),
        "td" | "th" => (T::Cell, 0),
        "tr" => (T::Row, 0),
        "table" => (T::Table, 0),
        "article" => (T::Article, hints::ARTICLE),
        "main" => (T::Block, hints::MAIN),
        "nav" | "menu" => (T::Block, hints::NAV),
        "footer" => (T::Block, hints::FOOTER),
        "aside" => (T::Block, hints::ASIDE),
        "header" => (T::Block, hints::HEADER),
        "form" | "fieldset" => (T::Block, hints::FORM),
        "figure" => (T::Figure, hints::CAPTION),
        "figcaption" => (T::Block, hints::CAPTION),
        "address" => (T::Block, hints::META),
        "dialog" => (T::Block, hints::CONSENT),
        "a" => (T::Link, 0),
        "body" => (T::Body, 0),
        "br" => return (S::Break, 0),
        "hr" => return (S::Rule, 0),
        "script" | "style" | "noscript" | "iframe" | "svg" | "video" | "audio" | "canvas" | "object" | "embed" | "map" | "select"
        | "option" | "datalist" | "textarea" | "progress" | "meter" | "button" | "frameset" | "applet" | "rp" | "rt" | "picture"
        | "source" | "track" | "colgroup" => return (S::Skip, 0),
        "span" | "b" | "strong" | "i" | "em" | "u" | "s" | "small" | "big" | "font" | "sup" | "sub" | "abbr" | "acronym" | "cite" | "q"
        | "code" | "kbd" | "samp" | "var" | "mark" | "ins" | "del" | "strike" | "tt" | "time" | "data" | "bdi" | "bdo" | "ruby" | "rb"
        | "wbr" | "nobr" | "label" | "img" | "input" | "dfn" => (T::Inline, 0),
        _ => (T::Block, 0),
    };
    (S::Tag(tag), hints)
}

/// The attributes of one element that are read.
pub(super) struct Attributes<'a> {
    pub hints: Hints,
    pub kind: u64,
    pub class: &'a str,
    pub itemprop: Option<&'a str>,
    pub datetime: Option<&'a str>,
    pub content: Option<&'a str>,
    pub pubdate: bool,
}

impl<'a> Attributes<'a> {
    pub fn read(element: &'a scraper::node::Element, own: Hints) -> Self {
        let mut seen = Attributes { hints: own, kind: 0, class: "", itemprop: None, datetime: None, content: None, pubdate: false };
        let mut hash = AHasher::default();
        hash.write(element.name().as_bytes());
        for (name, value) in element.attrs() {
            match name {
                "class" => {
                    seen.class = value;
                    hash.write(value.as_bytes());
                    // A piece's own topics are classes of its element: "tag-newsletter", "category-sponsored", "format-gallery".
                    let piece = value.split_ascii_whitespace().any(|c| matches!(c, "hentry" | "type-post" | "status-publish"));
                    seen.hints |= hints::hints_of(value) & if piece { !hints::DROP | hints::RELATED | hints::COMMENTS } else { Hints::MAX };
                }
                "id" | "data-testid" | "data-test-id" | "data-component" | "data-qa" | "data-module" => {
                    seen.hints |= hints::hints_of(value)
                }
                "role" => seen.hints |= hints::of_role(value),
                "hidden" => seen.hints |= hints::HIDDEN,
                "aria-hidden" if value == "true" => seen.hints |= hints::HIDDEN,
                "style" => {
                    let squeezed: String = value.chars().filter(|c| !c.is_whitespace()).take(400).collect();
                    if squeezed.contains("display:none") || squeezed.contains("visibility:hidden") {
                        seen.hints |= hints::HIDDEN;
                    }
                }
                "itemprop" => {
                    seen.itemprop = Some(value);
                    if value.eq_ignore_ascii_case("articleBody") {
                        seen.hints |= hints::ARTICLE_BODY | hints::BODY;
                    }
                }
                "datetime" => seen.datetime = Some(value),
                "content" => seen.content = Some(value),
                "pubdate" => seen.pubdate = true,
                _ => {}
            }
        }
        seen.kind = hash.finish();
        seen
    }
}

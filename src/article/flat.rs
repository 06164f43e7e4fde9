//! The page as two flat lists: elements in document order, and the blocks of text that stand in them.
//!
//! One iterative walk over the tree. A block is a run of inline content between two block-level borders, its white space
//! normalised; an element knows the range of blocks below it, so that sums over subtrees are differences of prefix sums.

mod controls;
mod element;
mod walk;

use super::hints::Hints;

pub(super) use controls::{Control, Kind};
pub(super) use walk::flatten;

/// What an element is, as far as extraction cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Paragraph,
    Heading(u8),
    Item,
    List,
    Quote,
    Pre,
    Cell,
    Row,
    Table,
    Article,
    Figure,
    Link,
    Inline,
    Block,
    Body,
}

/// An element.
#[derive(Clone, Copy, Debug)]
pub(super) struct El {
    pub tag: Tag,
    pub parent: u32,
    /// One past the last element below it.
    pub end: u32,
    pub hints: Hints,
    /// Blocks below it: first and one past the last.
    pub first: u32,
    pub last: u32,
    /// Equal for siblings of one kind.
    pub kind: u64,
    /// Matched a selector of the site's rules.
    pub ruled: Ruled,
}

/// What the site's rules say of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Ruled {
    #[default]
    No,
    Body,
    Remove,
}

/// A run of inline text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    /// The block-level element it stands in.
    pub el: u32,
    pub tag: Tag,
    /// Where its text stands in [`Flat::text`].
    pub start: u32,
    pub end: u32,
    /// Characters, those of scripts without spaces counted threefold.
    pub weight: u32,
    /// The part of the weight that stands in links.
    pub link: u32,
    pub links: u16,
    pub words: u16,
    /// Marks that end a sentence.
    pub stops: u16,
}

/// A `<time>` or something that is marked as a date.
#[derive(Clone, Debug)]
pub(super) struct Dated {
    pub value: String,
    /// The block that it stands in or before.
    pub block: u32,
    /// `itemprop`, `property`, `class` say it is the publication.
    pub published: bool,
    pub modified: bool,
}

/// What the head and marked elements say.
#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    /// Name or property, lower case, and content.
    pub metas: Vec<(String, String)>,
    pub canonical: Option<String>,
    pub base: Option<String>,
    pub lang: Option<String>,
    pub title: Option<String>,
    /// Feeds that the head links: address, title, type.
    pub feeds: Vec<(String, String, String)>,
    pub dates: Vec<Dated>,
}

/// The page, flat.
#[derive(Debug, Default)]
pub(super) struct Flat {
    pub els: Vec<El>,
    pub blocks: Vec<Block>,
    pub text: String,
    pub head: Head,
    /// What is to be pressed or filled in.
    pub controls: Vec<Control>,
}

impl Flat {
    /// A block's text.
    pub fn of(&self, block: &Block) -> &str {
        self.text.get(block.start as usize..block.end as usize).unwrap_or("")
    }

    /// The element's ancestors, nearest first, itself included.
    pub fn chain(&self, el: u32) -> impl Iterator<Item = (u32, &El)> {
        let mut next = Some(el);
        std::iter::from_fn(move || {
            let at = next?;
            let el = self.els.get(at as usize)?;
            next = (el.parent != at).then_some(el.parent);
            Some((at, el))
        })
    }
}

/// Characters of scripts that put no spaces between words.
pub(super) fn is_wide(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{0e00}'..='\u{0eff}' | '\u{1780}'..='\u{17ff}' | '\u{1000}'..='\u{109f}' | '\u{20000}'..='\u{2ffff}')
}

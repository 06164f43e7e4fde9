//! The bounded DOM: scraper's tree sink, fed in pieces, with budgets instead of a clock.

use html5ever::driver::{self, ParseOpts};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::tree_builder::TreeBuilderOpts;
use memchr::memchr_iter;
use scraper::{Html, HtmlTreeSink};

/// Bytes that are fed between two looks at the budgets.
const PIECE: usize = 4 << 10;
/// Nested elements.
const MAX_DEPTH: usize = 512;
/// Nodes of the tree.
const MAX_NODES: usize = 150_000;
/// Tags times the depth they stand in: what html5ever's scope checks cost.
const MAX_WORK: u64 = 60_000_000;

/// What a character reference counts for in that work: each is looked up letter by letter and appended by itself.
const ENTITY: u64 = 150;

/// A parsed page, whole or cut off where a budget ended.
pub(super) struct Dom {
    /// The tree.
    pub html: Html,
    /// True where a budget ended the parse.
    pub cut: bool,
}

/// Parses a thinned page within the budgets.
pub(super) fn parse(page: &str) -> Dom {
    let opts = ParseOpts { tree_builder: TreeBuilderOpts { drop_doctype: true, ..TreeBuilderOpts::default() }, ..ParseOpts::default() };
    let mut parser = driver::parse_document(HtmlTreeSink::new(Html::new_document()), opts);
    // Without a doctype the parser would nest tables in paragraphs as browsers of the nineties did.
    parser.process(StrTendril::from_slice("<!DOCTYPE html>"));
    let (mut at, mut work, mut cut) = (0, 0u64, false);
    while at < page.len() {
        let mut end = (at + PIECE).min(page.len());
        while !page.is_char_boundary(end) {
            end -= 1;
        }
        let piece = &page[at..end];
        parser.process(StrTendril::from_slice(piece));
        at = end;
        let (depth, nodes) = {
            let html = parser.tokenizer.sink.sink.0.borrow();
            let mut nodes = html.tree.nodes();
            let count = nodes.len();
            (nodes.next_back().map_or(0, |n| n.ancestors().take(4 * MAX_DEPTH).count()), count)
        };
        work += (depth as u64 + 8) * memchr_iter(b'<', piece.as_bytes()).count() as u64;
        work += ENTITY * memchr_iter(b'&', piece.as_bytes()).count() as u64;
        if depth > MAX_DEPTH || nodes > MAX_NODES || work > MAX_WORK {
            cut = at < page.len();
            break;
        }
    }
    Dom { html: parser.finish(), cut }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_ends_the_parse_and_not_the_process() {
        let dom = parse(&"<div>".repeat(100_000));
        assert!(dom.cut);
        assert!(dom.html.tree.nodes().len() < 4000);
    }

    #[test]
    fn an_ordinary_page_is_whole() {
        let dom = parse("<title>a</title><p>b<p>c");
        assert!(!dom.cut);
        assert_eq!(dom.html.root_element().text().collect::<String>(), "abc");
    }
}

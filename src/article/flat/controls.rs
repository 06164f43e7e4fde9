//! What is to be pressed or filled in: the quality gate looks at it.

use super::Flat;
use scraper::ElementRef;
use scraper::node::Element;

/// Controls that are noted of one page.
const MAX_CONTROLS: usize = 200;
/// Bytes that are read of a button.
const MAX_SAID: usize = 80;

/// Something to press or to fill in.
#[derive(Clone, Debug)]
pub(in crate::article) struct Control {
    pub kind: Kind,
    /// The element it stands in.
    pub el: u32,
    /// The block that it stands in or before.
    pub block: u32,
    /// What a button says; the words of a link are in its block.
    pub said: String,
}

/// What a control takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::article) enum Kind {
    /// A button, or a link that leads nowhere.
    Button,
    Password,
    Mail,
    /// A choice, a box to tick, a line to fill in.
    Field,
}

/// What kind of control an element is, where it is one.
pub(super) fn kind(element: &Element) -> Option<Kind> {
    Some(match element.name() {
        "button" => Kind::Button,
        "a" if element.attr("href") == Some("#") => Kind::Button,
        "select" => Kind::Field,
        "input" => match element.attr("type").unwrap_or("").to_ascii_lowercase().as_str() {
            "password" => Kind::Password,
            "email" => Kind::Mail,
            "submit" | "button" => Kind::Button,
            "hidden" | "search" => return None,
            _ => Kind::Field,
        },
        _ => return None,
    })
}

impl Flat {
    /// Notes a control; a button's words are no text, so that they are read here.
    pub(super) fn control(&mut self, kind: Kind, el: u32, element: Option<ElementRef<'_>>) {
        if self.controls.len() >= MAX_CONTROLS {
            return;
        }
        let mut said = String::new();
        if let Some(element) = element.filter(|e| e.value().name() == "button") {
            for text in element.descendants().take(12).filter_map(|n| n.value().as_text()) {
                let room = MAX_SAID.saturating_sub(said.len());
                said.push_str(text.get(..text.floor_char_boundary(room)).unwrap_or(""));
                said.push(' ');
            }
        }
        self.controls.push(Control { kind, el, block: self.blocks.len() as u32, said });
    }
}

//! JSON-LD's `articleBody` as a witness: which blocks of the page does it know?

use memchr::memmem;

/// The letters and digits of the text that the page's metadata gives.
#[derive(Debug)]
pub(super) struct Witness {
    squashed: String,
    /// The text as given.
    pub text: String,
}

impl Witness {
    /// `None` for texts too short to tell anything.
    pub fn new(text: String) -> Option<Self> {
        let squashed = super::lines::squash(&text);
        (squashed.len() >= 250).then_some(Self { squashed, text })
    }

    /// Letters and digits, in bytes.
    pub fn len(&self) -> usize {
        self.squashed.len()
    }

    /// True where the opening of `block` stands in the text.
    pub fn knows(&self, block: &str) -> bool {
        let mut key = String::with_capacity(96);
        for c in block.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase) {
            key.push(c);
            if key.len() >= 64 {
                break;
            }
        }
        key.len() >= 12 && memmem::find(self.squashed.as_bytes(), key.as_bytes()).is_some()
    }
}

//! Feeds: bytes to entries, their identity, and when to poll next. Pure.

use crate::model::{ParsedFeed, Warning};
use url::Url;

/// What is known of a document besides its bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// Where it came from; relative links are resolved against it.
    pub base: Option<&'a Url>,
    /// The Content-Type header as received.
    pub content_type: Option<&'a str>,
}

/// Why bytes are not a feed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FeedError {
    /// Neither RSS, Atom, RDF, JSON Feed nor sitemap.
    #[error("not a feed: {0}")]
    NotAFeed(String),
    /// Too deep, too large.
    #[error("too complex: {0}")]
    TooComplex(String),
}

/// Reads a feed in any format newsfold knows, repairing what can be repaired.
pub fn parse(bytes: &[u8], _context: Context<'_>) -> Result<ParsedFeed, FeedError> {
    let _: Option<Warning> = None;
    Err(FeedError::NotAFeed(format!("{} bytes", bytes.len())))
}

//! Pages: one bounded DOM to body, metadata, credits and quality. Pure.

use crate::model::{Credit, Extracted};
use std::collections::HashSet;
use url::Url;

/// A page and what is known of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Page<'a> {
    /// The body as received, decompressed.
    pub html: &'a [u8],
    /// Where it came from, after redirects.
    pub url: Option<&'a Url>,
    /// The Content-Type header as received.
    pub content_type: Option<&'a str>,
    /// Hashes of lines that this outlet repeats; they are left out of the body.
    pub boilerplate: Option<&'a HashSet<u64>>,
    /// Rules of the configuration for this site.
    pub rules: Option<&'a SiteRules>,
    /// The title that the feed gives, a witness for the page's.
    pub feed_title: Option<&'a str>,
}

/// CSS selectors of a `[[site]]` block, as written; validated by the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteRules {
    /// Where the body stands.
    pub body: Vec<String>,
    /// What to drop from it.
    pub remove: Vec<String>,
    /// Where the headline stands.
    pub title: Vec<String>,
    /// Where the publication time stands.
    pub published: Vec<String>,
}

/// Takes body, metadata and credits from a page. Never fails: what is no article says so in `quality` and `warnings`.
pub fn extract(page: Page<'_>) -> Extracted {
    Extracted { text: String::from_utf8_lossy(page.html).into_owned(), ..Extracted::default() }
}

/// A text with its credits read, and left out where they are no part of the report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credited {
    /// The text without credit lines and byline; the dateline stays in it.
    pub text: String,
    /// The opening "PARIS, Jan 3 (Reuters) –".
    pub dateline: Option<String>,
    /// Where the text says it comes from.
    pub credit: Option<Credit>,
    /// "By Jane Roe" when the text opens or ends with it.
    pub byline: Option<String>,
}

/// Reads dateline, credit and byline in a plain text whose paragraphs are separated by line ends.
pub fn credits(text: &str) -> Credited {
    Credited { text: text.to_owned(), ..Credited::default() }
}

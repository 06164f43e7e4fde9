//! Pages: one bounded DOM to body, metadata, credits and quality. Pure.

mod agencies;
mod blocks;
mod body;
mod credits;
mod dates;
mod dom;
mod flat;
mod gate;
mod hints;
mod jsonld;
mod lang;
mod lines;
mod links;
mod meta;
mod page;
mod slug;
mod thin;
mod times;
mod titles;
mod witness;

pub use agencies::known as agency;
pub use credits::credits;
pub use links::{feed_links, listing, propose_listing};
pub use page::{Explained, MAX_PAGE, explain, extract};

use crate::model::Credit;
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

impl SiteRules {
    /// The selectors that are none; they select nothing.
    pub fn faults(&self) -> Vec<&str> {
        let all = [&self.body, &self.remove, &self.title, &self.published].into_iter().flatten();
        all.map(String::as_str).filter(|text| scraper::Selector::parse(text).is_err()).collect()
    }
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

#[cfg(test)]
mod fuzz_tests;
#[cfg(test)]
mod tests;

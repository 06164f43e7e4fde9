//! Arguments that several commands share.

use crate::cli::exit::Failure;
use crate::cli::look::Look;
use crate::cli::{feeds, times};
use crate::model::views::StoryFilter;
use crate::store::{Named, Reader};
use jiff::Timestamp;

/// In what form a list is printed.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub struct Form {
    /// One JSON object a line: RFC 3339 UTC, full ids, nothing cut
    #[arg(long)]
    pub json: bool,
    /// Full ids only, one a line
    #[arg(long, conflicts_with = "json")]
    pub ids: bool,
}

impl Form {
    /// For people.
    pub fn is_table(self) -> bool {
        !self.json && !self.ids
    }
}

/// Which stories are meant.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Filter {
    /// Only stories with an article first seen since: 24h, 7d, yesterday, 2026-11-22, an RFC 3339 time, or “all”
    /// [default: 24h; export: 7d]
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Only stories with an article first seen before
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
    /// At least so many independent publishers
    #[arg(long, value_name = "N")]
    min_publishers: Option<u32>,
    /// At least so many articles
    #[arg(long, value_name = "N")]
    min_copies: Option<u32>,
    /// Carried by this publisher; given again: by each of them
    #[arg(long, visible_alias = "seen-by", value_name = "NAME")]
    publisher: Vec<String>,
    /// Carried by a publisher of this owner; may be given again
    #[arg(long, value_name = "NAME")]
    owner: Vec<String>,
    /// Reached through a feed with this tag; may be given again
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// With an article in this language: en, de …; may be given again
    #[arg(long, value_name = "LANG")]
    lang: Vec<String>,
    /// Reached through this feed: its address, first digits of its id, or a part of address or publisher; may be given again
    #[arg(long, value_name = "FEED")]
    feed: Vec<String>,
}

impl Filter {
    /// How far back, in the words it was given in, or `default`.
    pub fn since<'a>(&'a self, default: &'a str) -> &'a str {
        self.since.as_deref().unwrap_or(default)
    }

    /// When it ends, in the words it was given in.
    pub fn until(&self) -> Option<&str> {
        self.until.as_deref()
    }

    /// The values that are names, each with what it names.
    pub fn named(&self) -> Vec<(Named, &str)> {
        let all = [(Named::Publisher, &self.publisher), (Named::Owner, &self.owner), (Named::Tag, &self.tag), (Named::Lang, &self.lang)];
        all.into_iter().flat_map(|(what, asked)| asked.iter().map(move |asked| (what, asked.as_str()))).collect()
    }

    /// What the store is asked.
    ///
    /// # Errors
    /// A usage error where a time is none; one that says what is known where a feed is not.
    pub fn of(&self, since: &str, reader: &Reader, look: &Look) -> anyhow::Result<StoryFilter> {
        let since = self.since(since);
        let known = if self.feed.is_empty() { Vec::new() } else { reader.feeds(look.now)? };
        let feed = self.feed.iter().map(|feed| feeds::find(&known, feed).map(|found| found.url.clone()));
        Ok(StoryFilter {
            since: (since != "all").then(|| when(since, look)).transpose()?,
            until: self.until.as_deref().map(|t| when(t, look)).transpose()?,
            min_publishers: self.min_publishers,
            min_copies: self.min_copies,
            publisher: self.publisher.clone(),
            owner: self.owner.clone(),
            tag: self.tag.clone(),
            lang: self.lang.clone(),
            feed: feed.collect::<Result<_, _>>()?,
            limit: None,
        })
    }
}

/// Reads a time as people give it.
///
/// # Errors
/// A usage error.
pub fn when(text: &str, look: &Look) -> anyhow::Result<Timestamp> {
    times::parse_when(text, look.now, &look.zone)
        .map_err(|message| Failure::usage(message, "relative times count back from now; times without a zone are local"))
}

//! Arguments that several commands share.

use crate::cli::exit::Failure;
use crate::cli::look::Look;
use crate::cli::times;
use crate::model::views::StoryFilter;
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
    /// Carried by this publisher
    #[arg(long, visible_alias = "seen-by", value_name = "NAME")]
    pub publisher: Option<String>,
    /// Carried by a publisher of this owner
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// Reached through a feed with this tag
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// In this language: en, de …
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,
    /// Reached through this feed: its address or id
    #[arg(long, value_name = "FEED")]
    feed: Option<String>,
}

impl Filter {
    /// How far back, in the words it was given in, or `default`.
    pub fn since<'a>(&'a self, default: &'a str) -> &'a str {
        self.since.as_deref().unwrap_or(default)
    }

    /// What the store is asked.
    ///
    /// # Errors
    /// A usage error where a time is none.
    pub fn of(&self, since: &str, look: &Look) -> anyhow::Result<StoryFilter> {
        let since = self.since(since);
        Ok(StoryFilter {
            since: (since != "all").then(|| at_or_before(since, look)).transpose()?,
            until: self.until.as_deref().map(|t| at_or_before(t, look)).transpose()?,
            min_publishers: self.min_publishers,
            min_copies: self.min_copies,
            publisher: self.publisher.clone(),
            owner: self.owner.clone(),
            tag: self.tag.clone(),
            lang: self.lang.clone(),
            feed: self.feed.clone(),
            limit: None,
        })
    }
}

/// Reads a time as people give it.
///
/// # Errors
/// A usage error.
pub fn at_or_before(text: &str, look: &Look) -> anyhow::Result<Timestamp> {
    times::parse_when(text, look.now, &look.zone)
        .map_err(|message| Failure::usage(message, "relative times count back from now; times without a zone are local"))
}

//! Who carries a text: the page at an address as newsfold reads it, and the articles that may be copies. Stores nothing.

use super::DaemonError;
use super::engine::net_settings;
use crate::article::{self, Page};
use crate::clock::Clock;
use crate::config::Config;
use crate::dedup::{CopyIndex, Document, Question, Settings};
use crate::model::{Extracted, Id};
use crate::net::{Client, Request};
use crate::store::{Reader, StoreError, StoredText};
use jiff::Timestamp;
use std::time::Duration;
use url::Url;

/// Articles that one question compares, at most.
pub const COMPARED: usize = 400;

/// A stored text as `dedup` takes it.
pub fn document(text: &StoredText) -> Document<'_> {
    Document {
        id: text.id,
        title: &text.title,
        text: &text.text,
        dateline: text.dateline.as_deref(),
        lang: text.lang.as_deref(),
        publisher: Some(&text.publisher),
        seen_at: text.seen_at,
    }
}

/// Fetches the page at `url` under all the rules of fetching, and reads its article.
///
/// # Errors
/// Where it cannot be fetched, or answers with an error.
pub async fn page(config: &Config, url: &Url) -> Result<Extracted, DaemonError> {
    let client = Client::new(net_settings(config), Clock::system())?;
    let answer = client.get(Request::page(url.clone())).await?;
    if !answer.is_success() {
        return Err(DaemonError::Refused(format!("{url} answered {}", answer.status)));
    }
    Ok(article::extract(Page {
        html: &answer.body,
        url: Some(&answer.final_url),
        content_type: answer.content_type.as_deref(),
        ..Page::default()
    }))
}

/// The articles that may be copies of `text`, likeliest first, from an index built for this one question.
///
/// # Errors
/// Where the database fails.
pub fn candidates(reader: &Reader, window: Duration, text: &Question, now: Timestamp) -> Result<Vec<Id>, StoreError> {
    let since = jiff::SignedDuration::try_from(window).ok().and_then(|window| now.checked_sub(window).ok()).unwrap_or(Timestamp::MIN);
    let mut index = CopyIndex::new(Settings::default());
    reader.index_rows(since, &mut |row| _ = index.restore(row.id, row.cluster, row.seen_at, &row.index_row))?;
    Ok(index.candidates_to_match(text, COMPARED))
}

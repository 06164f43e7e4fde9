//! How a poll ended: one value, whatever happened.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The outcome of a poll. Every poll has one, and it is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome", content = "detail")]
pub enum Outcome {
    /// 304: nothing new, and the validators work.
    NotModified,
    /// 200 with nothing new in it.
    Unchanged,
    /// 200 with something in it.
    Updated {
        /// Entries not seen before.
        new: u32,
        /// Entries that say something else than before.
        changed: u32,
    },
    /// 200, but no feed: why.
    NotAFeed(String),
    /// A status that means nothing special.
    HttpStatus(u16),
    /// Refused by protection against robots (403, 401, 503 …).
    Blocked(u16),
    /// 429, or 503 with Retry-After.
    RateLimited {
        /// Seconds that the server asks to wait, if it says.
        retry_after_s: Option<u64>,
    },
    /// 410: it is not coming back.
    Gone,
    /// 404.
    NotFound,
    /// No answer: DNS, connection, TLS, a broken body.
    Network(String),
    /// An address that may not be asked.
    Refused(String),
    /// The answer is larger than the limit, in bytes.
    TooLarge(u64),
    /// Not done within the time for a poll.
    Timeout,
    /// Redirected where it was not followed: where to, and why not.
    Redirected(String),
    /// The parser died on it twice: not tried again until it changes or a person asks.
    Quarantined,
}

impl Outcome {
    /// True where the feed was read, or is known not to have changed.
    pub fn is_success(&self) -> bool {
        matches!(self, Self::NotModified | Self::Unchanged | Self::Updated { .. })
    }

    /// One word for the list of feeds: "ok", "failing", "blocked", "gone", "slowed", "quarantined".
    pub fn state(&self) -> &'static str {
        match self {
            Self::NotModified | Self::Unchanged | Self::Updated { .. } => "ok",
            Self::Blocked(_) => "blocked",
            Self::Gone => "gone",
            Self::NotFound | Self::RateLimited { .. } => "slowed",
            Self::Quarantined => "quarantined",
            Self::NotAFeed(_)
            | Self::HttpStatus(_)
            | Self::Network(_)
            | Self::Refused(_)
            | Self::TooLarge(_)
            | Self::Timeout
            | Self::Redirected(_) => "failing",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotModified => f.write_str("not modified"),
            Self::Unchanged => f.write_str("nothing new"),
            Self::Updated { new, changed: 0 } => write!(f, "{new} new"),
            Self::Updated { new: 0, changed } => write!(f, "{changed} changed"),
            Self::Updated { new, changed } => write!(f, "{new} new, {changed} changed"),
            Self::NotAFeed(why) => write!(f, "not a feed: {why}"),
            Self::HttpStatus(status) => write!(f, "the server answered {status}"),
            Self::Blocked(status) => write!(f, "blocked by the site ({status})"),
            Self::RateLimited { retry_after_s: Some(s) } => write!(f, "asked to wait {s} s"),
            Self::RateLimited { retry_after_s: None } => f.write_str("asked to slow down"),
            Self::Gone => f.write_str("gone for good (410)"),
            Self::NotFound => f.write_str("not found (404)"),
            Self::Network(why) => write!(f, "no answer: {why}"),
            Self::Refused(why) => write!(f, "address refused: {why}"),
            Self::TooLarge(limit) => write!(f, "larger than {limit} bytes"),
            Self::Timeout => f.write_str("timed out"),
            Self::Redirected(why) => write!(f, "redirect not followed: {why}"),
            Self::Quarantined => f.write_str("the parser died on it twice; set aside"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_storage() {
        for outcome in [
            Outcome::NotModified,
            Outcome::Updated { new: 2, changed: 0 },
            Outcome::Blocked(403),
            Outcome::RateLimited { retry_after_s: Some(9) },
            Outcome::NotAFeed("an HTML page".to_owned()),
        ] {
            let stored = serde_json::to_string(&outcome).unwrap();
            assert_eq!(serde_json::from_str::<Outcome>(&stored).unwrap(), outcome, "{stored}");
            assert_eq!(outcome.is_success(), outcome.state() == "ok");
        }
    }
}

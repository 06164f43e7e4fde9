//! Dates as the wild writes them.

use jiff::Timestamp;

/// Reads a date in any form that feeds and pages use; one without a zone is read as UTC. `None` where it is no date.
/// Year 1 and the like mean undated, and give `None`.
pub fn parse_date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    text.parse().ok().or_else(|| jiff::fmt::rfc2822::parse(text).ok().map(|z| z.timestamp()))
}

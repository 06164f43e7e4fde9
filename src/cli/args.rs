//! Arguments that several commands share.

use crate::cli::exit::Failure;
use crate::cli::look::Look;
use crate::cli::times;
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

/// Reads a time as people give it.
///
/// # Errors
/// A usage error.
pub fn at_or_before(text: &str, look: &Look) -> anyhow::Result<Timestamp> {
    times::parse_when(text, look.now, &look.zone)
        .map_err(|message| Failure::usage(message, "relative times count back from now; times without a zone are local"))
}

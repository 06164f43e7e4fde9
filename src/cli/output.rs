//! The only place that prints.

use serde::Serialize;
use std::io::{self, Write};

/// Prints `value` as one line of JSON.
///
/// # Errors
/// Where standard output cannot be written; a closed pipe is one of these.
pub fn json_line(to: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *to, value)?;
    to.write_all(b"\n")
}

/// Prints an error for people.
pub fn error(error: &anyhow::Error) {
    eprintln!("newsfold: {error:#}");
}

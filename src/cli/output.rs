//! The only place that prints.

use crate::cli::doc::Doc;
use crate::cli::exit;
use crate::cli::json;
use crate::cli::look::Look;
use crate::cli::sanitize::clean;
use crate::config::ConfigErrors;
use serde::Serialize;
use std::io::{self, BufWriter, Write};

/// Standard output, buffered. What is not flushed when it is dropped is lost: end with [`Out::flush`].
pub struct Out {
    to: BufWriter<Box<dyn Write>>,
}

impl Out {
    /// Takes standard output.
    pub fn stdout() -> Self {
        Self::into(Box::new(io::stdout().lock()))
    }

    /// Prints to something else: for tests.
    pub(in crate::cli) fn into(to: Box<dyn Write>) -> Self {
        Self { to: BufWriter::with_capacity(1 << 16, to) }
    }

    /// Prints what is for people.
    ///
    /// # Errors
    /// Where standard output cannot be written; a closed pipe is one of these. So with all others.
    pub fn doc(&mut self, doc: &Doc, look: &Look) -> io::Result<()> {
        self.to.write_all(doc.render(look).as_bytes())
    }

    /// Prints what is for programs: one line of JSON.
    pub fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        json::line(&mut self.to, value)
    }

    /// Prints a text that newsfold made itself, as it is: ids, a manual page, a configuration.
    pub fn own(&mut self, text: &str) -> io::Result<()> {
        self.to.write_all(text.as_bytes())
    }

    /// Hands everything on.
    pub fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }

    /// Takes the terminal's other screen, on which nothing scrolls by, or gives back the one that was there before.
    pub fn screen(&mut self, on: bool) -> io::Result<()> {
        // No cursor, and no line that is too long goes on below.
        self.own(if on { "\x1b[?1049h\x1b[?25l\x1b[?7l" } else { "\x1b[?7h\x1b[?25h\x1b[?1049l" })?;
        self.flush()
    }

    /// Shows `doc` in place of what the terminal shows.
    pub fn repaint(&mut self, doc: &Doc, look: &Look) -> io::Result<()> {
        // Home, then each line cleared to its end, then the rest of the screen: no flicker.
        self.own("\x1b[H")?;
        self.own(&doc.render(look).replace('\n', "\x1b[K\n"))?;
        self.own("\x1b[J")?;
        self.flush()
    }
}

/// Prints `value` as one line of JSON.
///
/// # Errors
/// Where standard output cannot be written; a closed pipe is one of these.
pub fn json_line(to: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    json::line(to, value)
}

/// Tells people something that is no part of the answer. That nobody listens is no fault.
pub fn note(text: &str) {
    let lines = text.lines().map(clean).collect::<Vec<_>>().join("\n");
    let _ = writeln!(io::stderr(), "{lines}");
}

/// Prints an error for people, and what to do next.
pub fn error(error: &anyhow::Error) {
    note(&told(error));
}

/// An error with its causes, each once: some say their cause in their own words.
fn whole(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |text, cause| match text.as_str() {
        "" => cause,
        said if said.ends_with(&cause) => text,
        said => format!("{said}: {cause}"),
    })
}

/// An error in words, with a hint below it.
pub(in crate::cli) fn told(error: &anyhow::Error) -> String {
    let mut text = match error.downcast_ref::<ConfigErrors>() {
        // Each on a line of its own that starts with file and line, for editors.
        Some(problems) => format!("newsfold: bad configuration\n{problems}"),
        None => format!("newsfold: {}", whole(error)),
    };
    if let (_, Some(hint)) = exit::verdict(error) {
        text.push_str(&format!("\nhint: {hint}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreError;

    #[test]
    fn a_cause_is_said_once() {
        let source = io::Error::new(io::ErrorKind::InvalidInput, "it is no backup");
        let error = anyhow::Error::new(StoreError::Io { path: "a.db".into(), source }).context("restoring");
        assert_eq!(whole(&error), "restoring: a.db: it is no backup");
    }
}

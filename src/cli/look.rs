//! How output looks here and now: width, colour, time and zone.

use crate::clock::Clock;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::io::IsTerminal;

/// Everything that the rendering of a record depends on besides the record.
#[derive(Clone, Debug)]
pub struct Look {
    /// Columns; `None` where nothing is to be cut, as in a pipe.
    pub width: Option<usize>,
    /// Lines of the terminal; `None` where there is none.
    pub height: Option<usize>,
    /// Escape sequences for colour.
    pub color: bool,
    /// Escape sequences for links.
    pub links: bool,
    /// True where a person watches: standard output is a terminal.
    pub terminal: bool,
    /// The present instant.
    pub now: Timestamp,
    /// The zone that people read times in.
    pub zone: TimeZone,
}

impl Look {
    /// Of standard output. A pipe changes colour and width, never content.
    pub fn of_stdout(clock: &Clock) -> Self {
        let out = std::io::stdout();
        let terminal = out.is_terminal();
        let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
        let dumb = std::env::var_os("TERM").is_none_or(|t| t == "dumb");
        let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
        let measured = terminal.then(|| rustix::termios::tcgetwinsize(&out).ok()).flatten();
        let width = columns.or(measured.map(|size| usize::from(size.ws_col))).filter(|&w| w > 0);
        let height = measured.map(|size| usize::from(size.ws_row)).filter(|&h| h > 0);
        let color = terminal && !dumb && !set("NO_COLOR");
        Self { width: width.map(|w: usize| w.max(20)), height, color, links: color, terminal, now: clock.now(), zone: local_zone() }
    }

    /// Width for running text: that of the screen, but no wider than is good to read.
    pub fn text_width(&self) -> usize {
        self.width.unwrap_or(100).min(100)
    }
}

/// The zone that people here live in. `TimeZone::system` reads the whole zone database's folders first, which takes as
/// long as all else that a short command does; what /etc/localtime holds is the zone itself.
fn local_zone() -> TimeZone {
    if std::env::var_os("TZ").is_some() {
        return TimeZone::system();
    }
    let read = std::fs::read("/etc/localtime").ok();
    read.and_then(|bytes| TimeZone::tzif("local", &bytes).ok()).unwrap_or_else(TimeZone::system)
}

#[cfg(test)]
impl Look {
    /// For tests: a width, no colour, UTC, 2026-11-22 10:00.
    pub fn test(width: Option<usize>) -> Self {
        let now = "2026-11-22T10:00:00Z".parse().expect("a date");
        Self { width, height: None, color: false, links: false, terminal: false, now, zone: TimeZone::UTC }
    }
}

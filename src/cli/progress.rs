//! Progress of what takes long: on stderr, and only where that is a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// Between two turns of the spinner.
const TURN: Duration = Duration::from_millis(120);

/// A line that moves while work goes on, and is gone when it ends.
pub struct Bar(ProgressBar);

impl Bar {
    /// For work whose end is not known: `what` is newsfold's own words.
    pub fn of(what: &'static str) -> Self {
        Self::styled(what, "{spinner} {msg} {elapsed}")
    }

    /// For things that are counted as they are done.
    pub fn counting(what: &'static str) -> Self {
        Self::styled(what, "{spinner} {msg} {human_pos} {elapsed}")
    }

    /// For work that knows how much it is: see [`Bar::show`].
    pub fn measured(what: &'static str) -> Self {
        Self::styled(what, "{spinner} [{bar:24}] {msg} {elapsed}")
    }

    /// [`Bar::counting`] for what is printed: on a terminal the lines themselves are progress enough.
    pub fn printing(what: &'static str, to_terminal: bool) -> Self {
        let bar = Self::counting(what);
        if to_terminal {
            bar.0.set_draw_target(ProgressDrawTarget::hidden());
        }
        bar
    }

    fn styled(what: &'static str, template: &str) -> Self {
        let bar = ProgressBar::new(0).with_message(what);
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.progress_chars("=> "));
        if !bar.is_hidden() {
            bar.enable_steady_tick(TURN);
        }
        Self(bar)
    }

    /// So much of so much is done.
    pub fn show(&self, done: u64, all: u64) {
        self.0.set_length(all);
        self.0.set_position(done);
    }

    /// What is under way now.
    pub fn say(&self, what: String) {
        self.0.set_message(what);
    }

    /// One more is done.
    pub fn one(&self) {
        self.0.inc(1);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

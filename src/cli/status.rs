//! `newsfold status`

use crate::cli::context::Context;
use crate::cli::doc::{Doc, Role};
use crate::cli::exit::Exit;
use crate::cli::look::Look;
use crate::cli::sanitize::wrap;
use crate::cli::times;
use crate::cli::words::{count, size};
use crate::cli::{json, output};
use crate::daemon::{
    self,
    control::{self, ControlError, DaemonStatus},
    health::{self, Reason},
    metrics::{self, Measured},
};
use crate::model::views::{Counts, FeedHealth, HeldHost};
use crate::store::StoreError;
use serde::Serialize;

/// Feeds named one by one before the rest is only counted.
const NAMED: usize = 5;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes: 0 the daemon runs, 3 it does not (what the database holds is shown all the same).

Examples:
  newsfold status
  newsfold status --json | jq '.health[].text'
  newsfold status --prometheus
  newsfold status > /dev/null || systemctl start newsfold")]
pub struct Args {
    /// One JSON object
    #[arg(long)]
    json: bool,
    /// Numbers in the text format of Prometheus
    #[arg(long, conflicts_with = "json")]
    prometheus: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    running: bool,
    /// What is not well, the worst first.
    health: &'a [Reason],
    state_dir: &'a std::path::Path,
    #[serde(flatten)]
    counts: &'a Counts,
    /// Hosts that are left alone for a while, and why.
    held: &'a [HeldHost],
    /// What the daemon says of itself; null where none answers.
    daemon: &'a Option<DaemonStatus>,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    let state_dir = context.state_dir()?;
    let (counts, ill, held) = match context.reader() {
        Ok(reader) => {
            let counts = reader.counts(context.look.now)?;
            let ill = if counts.failing > 0 || args.prometheus { reader.feeds(context.look.now)? } else { Vec::new() };
            (counts, ill, daemon::held_hosts(&reader, context.look.now)?)
        }
        // Nothing was polled yet: that is an answer too.
        Err(error) if matches!(error.downcast_ref(), Some(StoreError::Missing(_))) => (Counts::default(), Vec::new(), Vec::new()),
        Err(error) => return Err(error),
    };
    let (running, daemon) = ask(&state_dir);
    let health = health::reasons(running, daemon.as_ref(), &counts);
    if args.prometheus {
        let measured = Measured { running, daemon: daemon.as_ref(), counts: &counts, feeds: &ill, at: context.look.now };
        context.out.own(&metrics::prometheus(&measured))?;
    } else if args.json {
        context.out.json(&json::versioned(
            "newsfold/status/1",
            &Report { running, health: &health, state_dir: &state_dir, counts: &counts, held: &held, daemon: &daemon },
        ))?;
    } else {
        context.out.doc(&render((running, &health), daemon.as_ref(), &counts, (&ill, &held), &context.look), &context.look)?;
    }
    Ok(if running { Exit::Done } else { Exit::NotRunning })
}

/// Whether a daemon runs, and what it says of itself. One that runs and does not answer says so on stderr.
fn ask(state_dir: &std::path::Path) -> (bool, Option<DaemonStatus>) {
    match control::call(state_dir, control::Command::Status, |_| {}) {
        Ok(answer) => (true, serde_json::from_value(answer).ok()),
        Err(ControlError::NotRunning(_)) => (false, None),
        Err(error) => {
            output::note(&error.to_string());
            (true, None)
        }
    }
}

/// One line when all is well; else what is not, a line each.
fn render(
    (running, health): (bool, &[Reason]),
    daemon: Option<&DaemonStatus>,
    counts: &Counts,
    (feeds, held): (&[FeedHealth], &[HeldHost]),
    look: &Look,
) -> Doc {
    let mut doc = Doc::new();
    let holds = format!(
        "{}, {}, {}, {}",
        count(counts.feeds, "feed", "feeds"),
        count(counts.articles, "article", "articles"),
        count(counts.stories, "story", "stories"),
        size(counts.bytes)
    );
    let refused = daemon.and_then(|d| d.reload_error.as_deref());
    let (role, word) = match (running, counts.failing) {
        _ if daemon.is_some_and(|d| d.space_low) => (Role::Bad, "the disk is full, polling rests"),
        _ if daemon.is_some_and(|d| d.paused) => (Role::Warn, "paused"),
        (true, 0) if health.is_empty() => (Role::Good, "all is well"),
        (true, _) => (Role::Good, "running"),
        (false, _) => (Role::Warn, "not running"),
    };
    let pending = if counts.pending > 0 { format!(", {} pending", crate::cli::words::grouped(counts.pending)) } else { String::new() };
    let lines = wrap(&format!("{word}: {holds}{pending}"), look.width.unwrap_or(usize::MAX));
    for (i, line) in lines.iter().enumerate() {
        match line.strip_prefix(word).filter(|_| i == 0) {
            Some(rest) => doc.add(role, word).text(rest).end(),
            None => doc.line(Role::Plain, line),
        };
    }
    if counts.failing > 0 {
        doc.add(Role::Bad, format!("{} failing", count(counts.failing, "feed", "feeds"))).text(", see `newsfold feeds`:").end();
        let ill = feeds.iter().filter(|f| f.failing_since.is_some());
        for feed in ill.take(NAMED) {
            let since = feed.failing_since.map(|at| format!(" for {}", crate::cli::times::age(look, at))).unwrap_or_default();
            let line = format!("{}{since}: {}", feed.url, feed.last_outcome.as_deref().unwrap_or(&feed.state));
            doc.pad(2)
                .text(look.width.map_or(crate::cli::sanitize::clean(&line), |w| {
                    crate::cli::sanitize::cut(&crate::cli::sanitize::clean(&line), w.saturating_sub(2))
                }))
                .end();
        }
        let more = counts.failing.saturating_sub(NAMED as u64);
        if more > 0 {
            doc.pad(2).line(Role::Faint, format!("and {more} more"));
        }
    }
    hosts(&mut doc, held, look);
    // The others stand in the first line, or below.
    for reason in health.iter().filter(|reason| matches!(reason.code.as_str(), "alerts" | "behind" | "network" | "silent")) {
        doc.wrapped(Role::Warn, &reason.text, look.text_width());
    }
    if let Some(why) = refused {
        doc.add(Role::Bad, "the last reload was refused").text(", the configuration before it goes on:").end();
        why.lines().for_each(|line| {
            doc.wrapped(Role::Plain, line, look.text_width());
        });
    }
    if !running {
        let hint = "`newsfold run` or `systemctl start newsfold` starts it; `newsfold poll` makes one pass";
        doc.wrapped(Role::Faint, hint, look.text_width());
    }
    doc
}

/// Hosts that are left alone: nothing is wrong here, but nothing comes from them either.
fn hosts(doc: &mut Doc, held: &[HeldHost], look: &Look) {
    if held.is_empty() {
        return;
    }
    doc.add(Role::Warn, format!("{} left alone for now", count(held.len() as u64, "host", "hosts"))).text(":").end();
    for host in held.iter().take(NAMED) {
        let what = host.kind.as_deref().map(|kind| format!(" (for its {kind}s)")).unwrap_or_default();
        let line = format!("  {}{what} {}, until {}", host.host, host.why, times::full(look, host.until));
        doc.wrapped(Role::Plain, line, look.text_width());
    }
    let more = held.len().saturating_sub(NAMED);
    if more > 0 {
        doc.pad(2).line(Role::Faint, format!("and {more} more"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixtures;

    #[test]
    fn all_well_is_one_line_and_what_is_not_is_named() {
        let counts = Counts { feeds: 131, articles: 1556, stories: 540, bytes: 12_300_000, ..Counts::default() };
        let look = Look::test(Some(80));
        let render = |running: bool, daemon: Option<&DaemonStatus>, counts: &Counts, ill: (&[FeedHealth], &[HeldHost])| {
            let known = daemon.cloned().unwrap_or_default();
            super::render((running, &health::reasons(running, Some(&known), counts)), daemon, counts, ill, &look).render(&look)
        };
        let well = render(true, None, &counts, (&[], &[]));
        assert_eq!(well, "all is well: 131 feeds, 1,556 articles, 540 stories, 12.3 MB\n");
        let counts = Counts { failing: 1, pending: 3, ..counts };
        let held: Vec<HeldHost> = fixtures::feeds().into_iter().filter_map(|feed| feed.held).collect();
        let ill = render(false, None, &counts, (&fixtures::feeds(), &held));
        assert!(ill.contains("1 feeds failing") || ill.contains("1 feed failing"), "{ill}");
        assert!(ill.contains("ledger.example") && ill.contains("3 pending") && ill.contains("not running"), "{ill}");
        assert!(
            ill.contains("1 host left alone for now") && ill.contains("ledger.example asked to be left alone (Retry-After), until"),
            "{ill}"
        );
        assert!(!ill.contains('\u{1b}'));
        let slowed = FeedHealth { state: "slowed".to_owned(), failing_since: Some(look.now), ..fixtures::feeds().swap_remove(0) };
        let named = render(false, None, &Counts { feeds: 1, ..counts.clone() }, (std::slice::from_ref(&slowed), &[]));
        assert!(named.contains("1 feed failing") && named.contains(&slowed.url), "what is counted is named: {named}");
        let daemon = DaemonStatus { reload_error: Some("newsfold.toml:3:1: unknown key `inclde`".to_owned()), ..DaemonStatus::default() };
        let refused = render(true, Some(&daemon), &Counts::default(), (&[], &[]));
        assert!(!refused.contains("all is well") && refused.contains("newsfold.toml:3:1"), "{refused}");
        let paused = DaemonStatus { paused: true, reload_error: None, ..daemon };
        let full = DaemonStatus { space_low: true, ..paused.clone() };
        let paused = render(true, Some(&paused), &Counts::default(), (&[], &[]));
        let full = render(true, Some(&full), &Counts::default(), (&[], &[]));
        assert!(full.starts_with("the disk is full"), "{full}");
        assert!(paused.starts_with("paused: "), "{paused}");
        let late = DaemonStatus { overdue_s: 3_600, ..DaemonStatus::default() };
        let late = render(true, Some(&late), &Counts::default(), (&[], &[]));
        assert!(late.starts_with("running: ") && late.contains("due for 60 min"), "{late}");
    }
}

//! `newsfold status`

use crate::cli::context::Context;
use crate::cli::doc::{Doc, Role};
use crate::cli::exit::Exit;
use crate::cli::json;
use crate::cli::look::Look;
use crate::cli::words::{count, size};
use crate::model::views::{Counts, FeedHealth};
use serde::Serialize;

/// Feeds named one by one before the rest is only counted.
const NAMED: usize = 5;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes: 0 the daemon runs, 3 it does not (what the database holds is shown all the same).

Examples:
  newsfold status
  newsfold status --json | jq .pending
  newsfold status > /dev/null || systemctl start newsfold")]
pub struct Args {
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    running: bool,
    state_dir: &'a std::path::Path,
    #[serde(flatten)]
    counts: &'a Counts,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    let state_dir = context.state_dir()?;
    let reader = context.reader()?;
    let counts = reader.counts(context.look.now)?;
    let running = is_running(&state_dir);
    if args.json {
        context.out.json(&json::versioned("newsfold/status/1", &Report { running, state_dir: &state_dir, counts: &counts }))?;
    } else {
        let ill = if counts.failing > 0 { reader.feeds(context.look.now)? } else { Vec::new() };
        context.out.doc(&render(running, &counts, &ill, &context.look), &context.look)?;
    }
    Ok(if running { Exit::Done } else { Exit::NotRunning })
}

/// True where a daemon answers on the control socket.
fn is_running(state_dir: &std::path::Path) -> bool {
    std::os::unix::net::UnixStream::connect(state_dir.join("newsfold.sock")).is_ok()
}

/// One line when all is well; else what is not, a line each.
fn render(running: bool, counts: &Counts, feeds: &[FeedHealth], look: &Look) -> Doc {
    let mut doc = Doc::new();
    let holds = format!(
        "{}, {}, {}, {}",
        count(counts.feeds, "feed", "feeds"),
        count(counts.articles, "article", "articles"),
        count(counts.stories, "story", "stories"),
        size(counts.bytes)
    );
    match (running, counts.failing) {
        (true, 0) => doc.add(Role::Good, "all is well").text(format!(": {holds}")),
        (true, _) => doc.add(Role::Good, "running").text(format!(": {holds}")),
        (false, _) => doc.add(Role::Warn, "not running").text(format!(": {holds}")),
    };
    if counts.pending > 0 {
        doc.text(format!(", {} pending", crate::cli::words::grouped(counts.pending)));
    }
    doc.end();
    if counts.failing > 0 {
        doc.add(Role::Bad, format!("{} failing", count(counts.failing, "feed", "feeds"))).text(", see `newsfold feeds`:").end();
        let ill = feeds.iter().filter(|f| matches!(f.state.as_str(), "failing" | "blocked" | "quarantined" | "gone"));
        for feed in ill.take(NAMED) {
            let since = feed.failing_since.map(|at| format!(" for {}", crate::cli::times::age(look, at))).unwrap_or_default();
            let line = format!("{}{since}: {}", feed.url, feed.last_outcome.as_deref().unwrap_or(&feed.state));
            doc.pad(2)
                .text(look.width.map_or(crate::cli::sanitize::clean(&line), |w| {
                    crate::cli::sanitize::cut(&crate::cli::sanitize::clean(&line), w.saturating_sub(2))
                }))
                .end();
        }
    }
    if !running {
        doc.line(Role::Faint, "`newsfold run` or `systemctl start newsfold` starts it; `newsfold poll` makes one pass");
    }
    doc
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixtures;

    #[test]
    fn all_well_is_one_line_and_what_is_not_is_named() {
        let counts = Counts { feeds: 131, articles: 1556, stories: 540, bytes: 12_300_000, ..Counts::default() };
        let look = Look::test(Some(80));
        let well = render(true, &counts, &[], &look).render(&look);
        assert_eq!(well, "all is well: 131 feeds, 1,556 articles, 540 stories, 12.3 MB\n");
        let counts = Counts { failing: 1, pending: 3, ..counts };
        let ill = render(false, &counts, &fixtures::feeds(), &look).render(&look);
        assert!(ill.contains("1 feeds failing") || ill.contains("1 feed failing"), "{ill}");
        assert!(ill.contains("ledger.example") && ill.contains("3 pending") && ill.contains("not running"), "{ill}");
        assert!(!ill.contains('\u{1b}'));
    }
}

//! `newsfold stories`

use crate::cli::args::{Filter, Form};
use crate::cli::context::{Context, Short};
use crate::cli::doc::{Doc, Role};
use crate::cli::exit::{Exit, Failure};
use crate::cli::look::Look;
use crate::cli::sanitize::cut;
use crate::cli::table::{self, Table, cell};
use crate::cli::words::count;
use crate::cli::{hints, json, output, times};
use crate::model::views::StoryRow;
use crate::store::Reader;
use clap::ValueEnum;
use jiff::SignedDuration;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// Rows of the table where `-n` does not say.
const ROWS: u32 = 20;

/// How far back it looks where `--since` does not say.
const SINCE: &str = "24h";

/// Between two looks of `--follow`.
const EVERY: Duration = Duration::from_secs(2);

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  newsfold stories                                the last day
  newsfold stories --since 7d --min-publishers 3  what three owners carried
  newsfold stories --publisher Reuters -n 5       the widest five with Reuters
  newsfold stories --since 7d --sort reprints     whose texts were printed most
  newsfold stories --ids | head -1 | xargs newsfold story
  newsfold stories --json --since all | jq -r 'select(.copies > 10) | .title'
  newsfold stories -f                             leave it open on a screen")]
pub struct Args {
    #[command(flatten)]
    filter: Filter,
    /// What comes first
    #[arg(long, value_enum, default_value_t = Sort::Publishers)]
    sort: Sort,
    /// At most so many; 0: all [default: 20 in the table, all with --json and --ids]
    #[arg(short = 'n', long = "limit", value_name = "N")]
    limit: Option<u32>,
    /// Stay, and show what changes in place
    #[arg(short, long, conflicts_with_all = ["json", "ids"])]
    follow: bool,
    #[command(flatten)]
    form: Form,
}

/// Orders of stories.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Sort {
    // No docs on these: clap would spread the whole help over twice as many lines.
    Publishers,
    Reprints,
    Copies,
    Newest,
    Oldest,
    Active,
}

impl Args {
    /// How many rows to show; `None`: all.
    fn rows(&self) -> Option<u32> {
        match self.limit {
            Some(0) => None,
            Some(n) => Some(n),
            None if self.form.is_table() => Some(ROWS),
            None => None,
        }
    }
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    if args.follow {
        return follow(args, context);
    }
    let reader = context.reader()?;
    let (rows, more) = read(args, &reader, &context.look)?;
    if args.form.ids {
        rows.iter().try_for_each(|row| context.out.own(&format!("{}\n", row.id)))?;
    } else if args.form.json {
        rows.iter().try_for_each(|row| context.out.json(&json::versioned("newsfold/story-row/1", row)))?;
    } else {
        let short = context.short(&reader, &rows.iter().map(|r| r.id).collect::<Vec<_>>());
        context.out.doc(&render(&rows, false, short, &context.look), &context.look)?;
        context.out.flush()?;
        if more {
            output::note(&format!("only the first {}; -n 0 shows all", rows.len()));
        }
    }
    if rows.is_empty() {
        output::note(&hints::no_stories(&reader, &args.filter, args.filter.since(SINCE)));
    }
    Ok(Exit::Done)
}

/// The stories asked for, and whether more were left out.
fn read(args: &Args, reader: &Reader, look: &Look) -> anyhow::Result<(Vec<StoryRow>, bool)> {
    let mut filter = args.filter.of(SINCE, reader, look)?;
    // The database orders by publishers; any other order needs all rows first.
    let one_more = args.rows().map(|n| n.saturating_add(1));
    filter.limit = one_more.filter(|_| args.sort == Sort::Publishers);
    let mut rows = reader.stories(&filter)?;
    match args.sort {
        Sort::Publishers => {}
        // Articles beyond the first of each text.
        Sort::Reprints => rows.sort_by_key(|r| std::cmp::Reverse(r.copies.saturating_sub(r.texts))),
        Sort::Copies => rows.sort_by_key(|r| std::cmp::Reverse(r.copies)),
        Sort::Newest => rows.sort_by_key(|r| std::cmp::Reverse(r.first_seen_at)),
        Sort::Oldest => rows.sort_by_key(|r| r.first_seen_at),
        Sort::Active => rows.sort_by_key(|r| std::cmp::Reverse(r.last_seen_at)),
    }
    let most = args.rows().map_or(usize::MAX, |n| n as usize);
    let more = rows.len() > most;
    rows.truncate(most);
    Ok((rows, more))
}

/// Shows the table in place until interrupted.
fn follow(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    if !context.look.terminal {
        return Err(Failure::usage(
            "--follow needs a terminal",
            "in a script, run `newsfold stories --json` now and then, or `newsfold log -f --json`",
        ));
    }
    // What cannot be answered is said before the screen is taken.
    read(args, &context.reader()?, &context.look)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    context.out.screen(true)?;
    let done = runtime.block_on(watch(args, context));
    context.out.screen(false)?;
    done
}

/// Paints the table every few seconds and when the terminal changes its size; ends in order, so that the screen is
/// given back.
async fn watch(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    let mut ends = [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?, signal(SignalKind::hangup())?];
    let mut resized = signal(SignalKind::window_change())?;
    loop {
        context.look = Look::of_stdout(&crate::clock::Clock::system());
        let doc = screen(args, context)?;
        context.out.repaint(&doc, &context.look)?;
        let [interrupt, terminate, hangup] = &mut ends;
        tokio::select! {
            _ = interrupt.recv() => return Ok(Exit::Done),
            _ = terminate.recv() => return Ok(Exit::Done),
            _ = hangup.recv() => return Ok(Exit::Done),
            _ = resized.recv() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// One screen of `--follow`: a line that says what it is, and as many rows as fit.
pub(in crate::cli) fn screen(args: &Args, context: &Context) -> anyhow::Result<Doc> {
    let (reader, look) = (context.reader()?, &context.look);
    let (mut rows, more) = read(args, &reader, look)?;
    // The line above, the table's head, and the last line, which stays empty.
    let fit = look.height.map_or(usize::MAX, |lines| lines.saturating_sub(3).max(1));
    let more = more || rows.len() > fit;
    rows.truncate(fit);
    let short = context.short(&reader, &rows.iter().map(|r| r.id).collect::<Vec<_>>());
    let mut doc = Doc::new();
    let since = args.filter.since(SINCE);
    let what = match (rows.len(), since) {
        (0, since) => format!("no such stories since {since}"),
        (n, "all") => format!("{}{} of all times", if more { "the first " } else { "" }, count(n as u64, "story", "stories")),
        (n, since) => format!("{}{} since {since}", if more { "the first " } else { "" }, count(n as u64, "story", "stories")),
    };
    let at = times::stamp(look, look.now);
    let line = format!("{what} · {at} · Ctrl-C ends");
    doc.line(Role::Faint, look.width.map_or_else(|| line.clone(), |w| cut(&line, w)));
    doc.append(render(&rows, true, short, look));
    Ok(doc)
}

/// Stories that grew within this time are told from the others while one watches.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// The table; `live` adds when a story last grew.
fn render(rows: &[StoryRow], live: bool, short: Short, look: &Look) -> Doc {
    let mut columns = vec![
        table::whole("ID"),
        table::whole("AGE"),
        table::number("PUBS"),
        table::number("COPIES"),
        table::flexible("ORIGIN", 10).part(5).spare(2),
        table::flexible("STORY", 20).wish(28),
    ];
    if live {
        columns.insert(2, table::whole("GREW").spare(1));
    }
    let mut table = Table::new(&columns);
    for row in rows {
        let mut cells = vec![
            cell(Role::Id, short.of(row.id)),
            cell(Role::Plain, times::age(look, row.first_seen_at)),
            cell(Role::Strong, row.publishers.to_string()),
            cell(Role::Plain, row.copies.to_string()),
            cell(Role::Plain, row.origin.as_deref().unwrap_or("—")),
            cell(Role::Plain, &row.title),
        ];
        if live {
            let fresh = look.now.duration_since(row.last_seen_at) < FRESH;
            let role = if fresh { Role::Good } else { Role::Faint };
            cells.insert(2, cell(role, times::age(look, row.last_seen_at)));
        }
        table.row(cells);
    }
    table.into_doc(look)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixtures;

    #[test]
    fn the_table_reads_well_at_every_width() {
        let rows = fixtures::story_rows();
        let short = Short::for_ids(&rows.iter().map(|r| r.id).collect::<Vec<_>>(), 7);
        fixtures::at_widths("stories", |look| render(&rows, false, short, look));
        fixtures::at_widths("stories_live", |look| render(&rows, true, short, look));
    }
}

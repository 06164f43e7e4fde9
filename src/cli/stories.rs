//! `newsfold stories`

use crate::cli::args::{Filter, Form};
use crate::cli::context::{Context, Short};
use crate::cli::doc::{Doc, Role};
use crate::cli::exit::{Exit, Failure};
use crate::cli::look::Look;
use crate::cli::table::{self, Table, cell};
use crate::cli::{hints, json, output, times};
use crate::model::views::StoryRow;
use clap::ValueEnum;
use std::time::Duration;

/// Rows of the table where `-n` does not say.
const ROWS: u32 = 20;

/// How far back it looks where `--since` does not say.
const SINCE: &str = "24h";

/// Between two looks of `--follow`.
const EVERY: Duration = Duration::from_secs(5);

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  newsfold stories                                what the last day brought
  newsfold stories --since 7d --min-publishers 3  a week's stories that three owners carried
  newsfold stories --publisher Reuters -n 5       the five widest with Reuters in them
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
    let (rows, more) = read(args, context)?;
    if args.form.ids {
        rows.iter().try_for_each(|row| context.out.own(&format!("{}\n", row.id)))?;
    } else if args.form.json {
        rows.iter().try_for_each(|row| context.out.json(&json::versioned("newsfold/story-row/1", row)))?;
    } else {
        let short = context.short(&reader, &rows.iter().map(|r| r.id).collect::<Vec<_>>());
        context.out.doc(&render(&rows, short, &context.look), &context.look)?;
        context.out.flush()?;
        if rows.is_empty() {
            output::note(&hints::no_stories(&reader, args.filter.since(SINCE), args.filter.publisher.as_deref(), context.look.now));
        } else if more {
            output::note(&format!("only the first {}; -n 0 shows all", rows.len()));
        }
    }
    Ok(Exit::Done)
}

/// The stories asked for, and whether more were left out.
fn read(args: &Args, context: &Context) -> anyhow::Result<(Vec<StoryRow>, bool)> {
    let mut filter = args.filter.of(SINCE, &context.look)?;
    // The database orders by publishers; any other order needs all rows first.
    let one_more = args.rows().map(|n| n.saturating_add(1));
    filter.limit = one_more.filter(|_| args.sort == Sort::Publishers);
    let mut rows = context.reader()?.stories(&filter)?;
    match args.sort {
        Sort::Publishers => {}
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
    context.out.own("\x1b[H\x1b[2J")?;
    loop {
        context.look = Look::of_stdout(&crate::clock::Clock::system());
        let (rows, _) = read(args, context)?;
        let short = context.short(&context.reader()?, &rows.iter().map(|r| r.id).collect::<Vec<_>>());
        let mut doc = Doc::new();
        doc.line(
            Role::Faint,
            format!(
                "newsfold stories since {}, {}   (Ctrl-C ends)",
                args.filter.since(SINCE),
                times::full(&context.look, context.look.now)
            ),
        );
        doc.append(render(&rows, short, &context.look));
        context.out.repaint(&doc, &context.look)?;
        std::thread::sleep(EVERY);
    }
}

/// The table.
fn render(rows: &[StoryRow], short: Short, look: &Look) -> Doc {
    let mut table = Table::new(&[
        table::whole("ID"),
        table::whole("AGE"),
        table::number("PUBS"),
        table::number("COPIES"),
        table::flexible("ORIGIN", 10).part(5).spare(1),
        table::flexible("STORY", 20),
    ]);
    for row in rows {
        table.row(vec![
            cell(Role::Id, short.of(row.id)),
            cell(Role::Plain, times::age(look, row.first_seen_at)),
            cell(Role::Strong, row.publishers.to_string()),
            cell(Role::Plain, row.copies.to_string()),
            cell(Role::Plain, row.origin.as_deref().unwrap_or("—")),
            cell(Role::Plain, &row.title),
        ]);
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
        let short = Short::for_ids(&rows.iter().map(|r| r.id).collect::<Vec<_>>(), |_| true);
        fixtures::at_widths("stories", |look| render(&rows, short, look));
    }
}

//! `newsfold log`

use crate::cli::args::when;
use crate::cli::context::Context;
use crate::cli::doc::{Doc, Role};
use crate::cli::exit::Exit;
use crate::cli::look::Look;
use crate::cli::{hints, json, output, times};
use crate::clock::Clock;
use crate::model::views::EventRow;
use crate::store::{Named, Reader};
use std::collections::VecDeque;
use std::time::Duration;

/// Events read at a time.
const PAGE: u32 = 500;

/// Between two looks of `--follow`.
const EVERY: Duration = Duration::from_millis(500);

/// Events shown before `--follow` waits, where `-n` does not say.
const BEFORE_FOLLOWING: usize = 10;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  newsfold log                         the last day, event by event
  newsfold log -f                      ten events, then what happens
  newsfold log --since 1h --kind poll
  newsfold log -f --json --kind new_story  for programs
  newsfold log -f --past 5             stories as their fifth publisher comes
  newsfold log -f --json --after 4711  go on after event 4711

Kinds: poll, article, cluster (an article joined copies), story (it joined other reports), revision, new_cluster, new_story, grew, origin, corrected, merged, split, and what the daemon and people do. docs/database.md describes each.")]
pub struct Args {
    /// Stay, and print what happens
    #[arg(short, long)]
    follow: bool,
    /// Only events since: 24h, 7d, yesterday, 2026-11-22, an RFC 3339 time, or “all”
    #[arg(long, value_name = "WHEN", default_value = "24h")]
    since: String,
    /// Only the last N
    #[arg(short = 'n', long = "lines", value_name = "N")]
    lines: Option<usize>,
    /// Only events of this kind: poll, article, story … (may be given more than once)
    #[arg(long, value_name = "KIND")]
    kind: Vec<String>,
    /// Only stories that grow to N independent publishers or past them
    #[arg(long, value_name = "N", conflicts_with = "kind")]
    past: Option<u64>,
    /// Only events after this one: its `seq` in --json. The period does not matter then
    #[arg(long, value_name = "SEQ")]
    after: Option<i64>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    let reader = context.reader()?;
    args.kind.iter().for_each(|kind| doubt(&reader, kind));
    let mut cursor = args.after.unwrap_or(0);
    let last = args.lines.or((args.follow && args.after.is_none()).then_some(BEFORE_FOLLOWING));
    // Only the last few are kept, however long the log is.
    let mut kept = VecDeque::new();
    let since = (args.since != "all" && args.after.is_none()).then(|| when(&args.since, &context.look)).transpose()?;
    let mut gone = args.after.is_some();
    let after = cursor;
    pages(&reader, &mut cursor, since, |event| {
        if std::mem::take(&mut gone) && event.seq > after + 1 {
            output::note(&format!("events {} to {} are forgotten", after + 1, event.seq - 1));
        }
        if !wanted(args, &event) {
            return Ok(());
        }
        match last {
            None => show(args, context, &event),
            Some(0) => Ok(()),
            Some(n) => {
                kept.push_back(event);
                kept.drain(..kept.len().saturating_sub(n));
                Ok(())
            }
        }
    })?;
    kept.iter().try_for_each(|event| show(args, context, event))?;
    if !args.follow {
        return Ok(Exit::Done);
    }
    loop {
        context.out.flush()?;
        std::thread::sleep(EVERY);
        context.look.now = Clock::system().now();
        pages(&reader, &mut cursor, None, |event| if wanted(args, &event) { show(args, context, &event) } else { Ok(()) })?;
    }
}

/// Says where events of a kind never happened so far, and which kind was probably meant.
fn doubt(reader: &Reader, kind: &str) {
    let happened = reader.known(Named::Event).unwrap_or_default();
    if happened.iter().any(|known| known == kind) {
        return;
    }
    let near = hints::nearest(kind, happened.iter().map(String::as_str)).map(|near| format!("; did you mean {near}?"));
    let kinds = || format!("; what happened so far is of the kinds {}", happened.join(", "));
    output::note(&format!("no event of the kind “{kind}” has happened yet{}", near.unwrap_or_else(kinds)));
}

/// Every event after `cursor`, oldest first; moves the cursor on.
fn pages(
    reader: &Reader,
    cursor: &mut i64,
    since: Option<jiff::Timestamp>,
    mut each: impl FnMut(EventRow) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    loop {
        let page = reader.events(*cursor, since, PAGE)?;
        let full = page.len() >= PAGE as usize;
        for event in page {
            *cursor = event.seq.max(*cursor);
            each(event)?;
        }
        if !full {
            return Ok(());
        }
    }
}

fn wanted(args: &Args, event: &EventRow) -> bool {
    if let Some(n) = args.past {
        let number = |key: &str| event.data.get(key).and_then(serde_json::Value::as_u64).unwrap_or(0);
        return event.kind == "grew" && number("from") < n && number("publishers") >= n;
    }
    args.kind.is_empty() || args.kind.contains(&event.kind)
}

fn show(args: &Args, context: &mut Context, event: &EventRow) -> anyhow::Result<()> {
    match args.json {
        true => context.out.json(&json::versioned("newsfold/event/1", event))?,
        false => context.out.doc(&render(event, &context.look), &context.look)?,
    }
    Ok(())
}

/// One line, never cut: a log is for grep too.
fn render(event: &EventRow, look: &Look) -> Doc {
    let mut doc = Doc::new();
    doc.add(Role::Faint, times::stamp(look, event.at)).text("  ").label(&event.kind, 13);
    if let Some(id) = event.id {
        doc.add(Role::Id, id.to_string()).text("  ");
    }
    doc.text(&event.text).end();
    doc
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixtures::{HOSTILE, at};
    use crate::model::Id;

    #[test]
    fn an_event_is_one_harmless_line() {
        let event = EventRow {
            seq: 3,
            at: at("2026-11-22T07:41:03Z"),
            kind: "article".to_owned(),
            id: Some(Id(7)),
            text: HOSTILE.to_owned(),
            data: serde_json::Value::Null,
        };
        let text = render(&event, &Look::test(None)).render(&Look::test(None));
        assert!(text.starts_with("Nov 22 07:41:03  article      0000000000000007  Free␛[2J"), "{text}");
        assert_eq!(text.lines().count(), 1);
    }
}

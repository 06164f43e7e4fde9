//! `newsfold report`

use crate::cli::args::when;
use crate::cli::context::Context;
use crate::cli::doc::{Doc, Role};
use crate::cli::exit::Exit;
use crate::cli::look::Look;
use crate::cli::table::{self, Table, cell};
use crate::cli::{json, output, words};
use crate::dedup::lag::{self, Appearance, Lags, Leader, Pair};
use crate::model::views::{Carried, ClockView};
use crate::store::Reader;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::HashMap;

/// Rows of each table, where nobody says otherwise.
const ROWS: usize = 20;

/// What happened over a period, summed up
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
#[command(after_help = "\
Examples:
  newsfold report lag  the last week: who leads, who follows whom, how fast
  newsfold report lag --since 30d --events  a month, by events
  newsfold report lag --json  for programs: see docs/json.md")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Who leads, who follows whom, how fast
    Lag(Lag),
}

/// Who leads, who follows whom, how fast
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A text's leader is its origin; texts whose origin is unknown have none. With --events whoever reported an event first leads. Times are those that publishers state, set right by what was learnt of their clocks, and never later than they were seen. Where a text was only seen through those who carried it, time counts from the first of them, whose own lag nobody knows: —.

Examples:
  newsfold report lag --since 30d
  newsfold report lag --events --publisher \"Al Jazeera\"
  newsfold report lag --json | jq -c 'select(.kind == \"pair\")'")]
pub struct Lag {
    /// Articles first seen since: 24h, 7d, yesterday, 2026-11-22, an RFC 3339 time, or “all”
    #[arg(long, value_name = "WHEN", default_value = "7d")]
    since: String,
    /// Articles first seen before
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
    /// Events and their first reports, instead of texts and their copies
    #[arg(long)]
    events: bool,
    /// Only this publisher, as it leads and follows
    #[arg(long, value_name = "NAME")]
    publisher: Option<String>,
    /// Pairs that are seen at least so often
    #[arg(long, value_name = "N", default_value_t = 1)]
    min_times: u32,
    /// At most so many rows of each table; 0: all
    #[arg(short = 'n', long = "limit", value_name = "N")]
    limit: Option<usize>,
    /// One JSON object a line: the period, then each leader, then each pair
    #[arg(long)]
    json: bool,
}

/// A line of `--json`.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Line<'a> {
    Period { since: Option<Timestamp>, until: Option<Timestamp>, by: &'static str, groups: u32, unknown: u32 },
    Leader(&'a Leader),
    Pair(&'a Pair),
}

/// Runs the command.
///
/// # Errors
/// Where a time is none, or the database cannot be read.
pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    let Command::Lag(args) = &args.command;
    let look = &context.look;
    let since = (args.since != "all").then(|| when(&args.since, look)).transpose()?;
    let until = args.until.as_deref().map(|text| when(text, look)).transpose()?;
    let reader = context.reader()?;
    let mut lags = lag::lags(&appearances(&reader, since, until, args.events)?, args.events);
    narrow(&mut lags, args);
    if args.json {
        let by = if args.events { "event" } else { "text" };
        let head = Line::Period { since, until, by, groups: lags.groups, unknown: lags.unknown };
        let lines = std::iter::once(head).chain(lags.leaders.iter().map(Line::Leader)).chain(lags.pairs.iter().map(Line::Pair));
        for line in lines {
            context.out.json(&json::versioned("newsfold/lag/1", &line))?;
        }
        return Ok(Exit::Done);
    }
    let rows = args.limit.unwrap_or(ROWS);
    context.out.doc(&render(&lags, args.events, if rows == 0 { usize::MAX } else { rows }, &context.look), &context.look)?;
    context.out.flush()?;
    if lags.groups == 0 {
        let what = if args.events { "no event that two owners reported" } else { "no text that two owners carried" };
        output::note(&format!("{what} since {}; --since reaches further back", args.since));
    }
    Ok(Exit::Done)
}

/// What the database knows of the period, with times set right.
fn appearances(reader: &Reader, since: Option<Timestamp>, until: Option<Timestamp>, events: bool) -> anyhow::Result<Vec<Appearance>> {
    let clocks: HashMap<String, ClockView> = reader.clocks(None)?.into_iter().map(|c| (c.publisher.clone(), c)).collect();
    let carried = reader.carried(since, until, events)?;
    Ok(carried
        .into_iter()
        .map(|c| Appearance {
            at: appeared(&c, clocks.get(&c.publisher)),
            group: c.group,
            publisher: c.publisher,
            owner: c.owner,
            origin: c.origin,
        })
        .collect())
}

/// When an article appeared: as stated, set right by its publisher's clock, but not after it was seen.
fn appeared(c: &Carried, clock: Option<&ClockView>) -> Timestamp {
    let offset = SignedDuration::from_secs(clock.map_or(0, |clock| clock.offset_s));
    c.published_at.and_then(|at| at.checked_sub(offset).ok()).filter(|at| *at <= c.seen_at).unwrap_or(c.seen_at)
}

/// Leaves what the arguments ask for.
fn narrow(lags: &mut Lags, args: &Lag) {
    lags.pairs.retain(|p| p.times >= args.min_times);
    if let Some(name) = &args.publisher {
        let is = |other: &str| other.to_lowercase() == name.to_lowercase();
        lags.pairs.retain(|p| is(&p.leader) || is(&p.follower));
        lags.leaders.retain(|l| is(&l.publisher));
    }
    if let Some(n) = args.limit.filter(|n| *n > 0) {
        lags.leaders.truncate(n);
        lags.pairs.truncate(n);
    }
}

/// A length of time: "38 s", "12 min", "3:05 h", "2 days".
fn span(seconds: i64) -> String {
    match seconds {
        s if s < 120 => format!("{s} s"),
        s if s < 7200 => format!("{} min", (s + 30) / 60),
        s if s < 172_800 => format!("{}:{:02} h", s / 3600, s % 3600 / 60),
        s => format!("{} days", (s + 43_200) / 86_400),
    }
}

/// A summary and two tables.
fn render(lags: &Lags, events: bool, rows: usize, look: &Look) -> Doc {
    let mut doc = Doc::new();
    let what = if events { words::count(lags.groups.into(), "event", "events") } else { words::count(lags.groups.into(), "text", "texts") };
    let unknown = match (lags.unknown, events) {
        (0, _) => String::new(),
        (n, false) => format!(", {} of unknown origin", words::grouped(n.into())),
        (n, true) => format!(", {} first reported by several at once", words::grouped(n.into())),
    };
    let verb = if events { "reported" } else { "carried" };
    doc.wrapped(Role::Plain, format!("{what} {verb} by publishers of different owners{unknown}"), look.width.unwrap_or(usize::MAX));
    if lags.leaders.is_empty() && lags.pairs.is_empty() {
        return doc;
    }
    doc.end();
    let columns = [
        table::flexible("PUBLISHER", 12),
        table::number("LEADS"),
        table::number(if events { "REPORTS" } else { "COPIES" }),
        table::number("FOLLOWERS").spare(1),
        table::number("TYPICAL LAG"),
        table::number("FOLLOWS"),
    ];
    let mut leaders = Table::new(&columns);
    for l in lags.leaders.iter().take(rows) {
        leaders.row(vec![
            cell(
                Role::Strong,
                if l.through_others { format!("{} (partly seen through others)", l.publisher) } else { l.publisher.clone() },
            ),
            cell(Role::Plain, words::grouped(l.led.into())),
            cell(Role::Plain, words::grouped(l.copies.into())),
            cell(Role::Plain, words::grouped(l.followers.into())),
            cell(Role::Plain, l.median_s.map_or("—".to_owned(), span)),
            cell(Role::Plain, words::grouped(l.followed.into())),
        ]);
    }
    doc.append(leaders.into_doc(look)).end();
    let columns = [
        table::flexible("FOLLOWER", 12),
        table::flexible("LEADER", 12),
        table::number("TIMES"),
        table::number("TYPICAL"),
        table::number("FASTEST").spare(1),
        table::number("SLOWEST").spare(2),
    ];
    let mut pairs = Table::new(&columns);
    for p in lags.pairs.iter().take(rows) {
        pairs.row(vec![
            cell(Role::Strong, &p.follower),
            cell(Role::Plain, &p.leader),
            cell(Role::Plain, words::grouped(p.times.into())),
            cell(Role::Plain, p.median_s.map_or("—".to_owned(), span)),
            cell(Role::Plain, p.fastest_s.map_or("—".to_owned(), span)),
            cell(Role::Plain, p.slowest_s.map_or("—".to_owned(), span)),
        ]);
    }
    doc.append(pairs.into_doc(look));
    doc
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixtures::{self, HOSTILE, at};
    use crate::model::Id;

    #[test]
    fn the_tables_read_well_at_every_width() {
        let seen = |group, publisher: &str, time: &str, origin: Option<&str>| Appearance {
            group: Id(group),
            publisher: publisher.to_owned(),
            owner: publisher.to_owned(),
            at: at(time),
            origin: origin.map(str::to_owned),
        };
        let lags = lag::lags(
            &[
                seen(1, "Meridian Wire", "2026-11-22T07:00:00Z", Some("Meridian Wire")),
                seen(1, "Harbour Post", "2026-11-22T07:12:00Z", Some("Meridian Wire")),
                seen(1, HOSTILE, "2026-11-22T12:03:00Z", Some("Meridian Wire")),
                seen(2, "Harbour Post", "2026-11-20T07:12:00Z", Some("Al Jazeera")),
                seen(2, "The Ledger", "2026-11-22T09:12:00Z", Some("Al Jazeera")),
                seen(3, "Harbour Post", "2026-11-20T07:12:00Z", None),
                seen(3, "The Ledger", "2026-11-20T07:12:40Z", None),
            ],
            false,
        );
        fixtures::at_widths("report_lag", |look| render(&lags, false, 20, look));
    }

    #[test]
    fn times_are_set_right_by_the_clock_and_never_after_they_were_seen() {
        let stated = |text: &str| Carried {
            group: Id(1),
            article: Id(2),
            publisher: "Ahead".into(),
            owner: "Ahead".into(),
            published_at: Some(at(text)),
            seen_at: at("2026-11-22T08:00:00Z"),
            origin: None,
        };
        let ahead = ClockView { publisher: "Ahead".into(), observed: 40, offset_s: 7200, spread_s: 60 };
        assert_eq!(appeared(&stated("2026-11-22T09:30:00Z"), Some(&ahead)), at("2026-11-22T07:30:00Z"));
        assert_eq!(appeared(&stated("2026-11-22T09:30:00Z"), None), at("2026-11-22T08:00:00Z"));
        assert_eq!(appeared(&stated("2026-11-22T07:30:00Z"), None), at("2026-11-22T07:30:00Z"));
        assert_eq!((span(38), span(725), span(11_100), span(260_000)), ("38 s".into(), "12 min".into(), "3:05 h".into(), "3 days".into()));
    }
}

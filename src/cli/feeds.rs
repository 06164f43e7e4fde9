//! `newsfold feeds`

use crate::cli::args::Form;
use crate::cli::context::{Context, FEWEST, Short};
use crate::cli::doc::{Doc, Role};
use crate::cli::exit::{Exit, Failure};
use crate::cli::look::Look;
use crate::cli::sanitize::{clean, cut};
use crate::cli::table::{self, Table, cell};
use crate::cli::{hints, json, output, probe, times, words};
use crate::config;
use crate::daemon;
use crate::model::views::{ClockView, FeedHealth, HeldHost};
use crate::store::{BoilerplateRow, Named, Reader};
use serde::Serialize;
use std::collections::HashSet;
use std::path::Path;

/// What a feed's state can be.
const STATES: [&str; 8] = ["ok", "new", "failing", "blocked", "gone", "slowed", "quarantined", "disabled"];

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "\
Examples:
  newsfold feeds  health at a glance, what needs a look first
  newsfold feeds --state failing
  newsfold feeds show https://www.aljazeera.com/xml/rss/all.xml
  newsfold feeds --json | jq -r 'select(.new_a_day == 0) | .url'")]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    list: List,
}

#[derive(Debug, clap::Args)]
struct List {
    /// Only feeds in this state
    #[arg(long, value_name = "STATE", value_parser = STATES)]
    state: Option<String>,
    /// Only feeds of this publisher
    #[arg(long, value_name = "NAME")]
    publisher: Option<String>,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// All feeds and their health; what needs a look comes first
    #[command(after_help = "\
Examples:
  newsfold feeds list --state failing")]
    List(List),
    /// One feed: everything known of it
    Show(Show),
    /// Find a site's feeds, and print their `[[feed]]` blocks to paste
    Check(probe::Check),
    /// Find a site's feed, and append its `[[feed]]` block to the configuration
    Add(probe::Add),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  newsfold feeds show https://www.aljazeera.com/xml/rss/all.xml
  newsfold feeds show jazeera  a part of its address or publisher
  newsfold feeds show 41b7998 --json")]
struct Show {
    /// Its address, the first digits of its id, or a part of either address or publisher
    #[arg(value_name = "FEED")]
    feed: String,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    match &args.command {
        None => list(&args.list, context),
        Some(Command::List(args)) => list(args, context),
        Some(Command::Show(args)) => show(args, context),
        Some(Command::Check(args)) => probe::check(args, context),
        Some(Command::Add(args)) => probe::add(args, context),
    }
}

fn list(args: &List, context: &mut Context) -> anyhow::Result<Exit> {
    let reader = context.reader()?;
    let mut feeds = known(&reader, context.look.now)?;
    let known = feeds.len();
    // `feeds show` knows feeds alone, those that are not listed too.
    let short = Short::for_ids(&feeds.iter().map(|f| f.id).collect::<Vec<_>>(), FEWEST);
    let for_people = !args.form.ids && !args.form.json;
    let waiting = for_people.then(|| never_polled(&feeds, context)).flatten();
    let same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
    feeds.retain(|f| args.state.as_deref().is_none_or(|s| same(s, &f.state)));
    feeds.retain(|f| args.publisher.as_deref().is_none_or(|p| f.publisher.as_deref().is_some_and(|q| same(p, q))));
    feeds.sort_by(|a, b| (rank(&a.state), &a.publisher, &a.url).cmp(&(rank(&b.state), &b.publisher, &b.url)));
    if args.form.ids {
        feeds.iter().try_for_each(|feed| context.out.own(&format!("{}\n", feed.id)))?;
    } else if args.form.json {
        feeds.iter().try_for_each(|feed| context.out.json(&json::versioned("newsfold/feed/1", feed)))?;
    } else {
        context.out.doc(&render(&feeds, short, &context.look), &context.look)?;
        context.out.flush()?;
        if let Some(waiting) = &waiting {
            output::note(waiting);
        }
        match (feeds.is_empty(), known) {
            (true, 0) if waiting.is_some() => {}
            (true, 0) => output::note("no feeds yet; declare some in newsfold.toml, and `newsfold poll`"),
            (true, _) => {
                let unknown = args.publisher.as_deref().and_then(|name| hints::unknown(&reader, Named::Publisher, name));
                output::note(&unknown.unwrap_or_else(|| "no such feeds".to_owned()));
            }
            _ => {}
        }
    }
    Ok(Exit::Done)
}

/// A word on the feeds of the configuration that the database does not know yet. Where something was written to the database
/// since the configuration was, they are known, or the daemon was not told: to read hundreds of feeds only to say so takes
/// longer than the list.
fn never_polled(known: &[FeedHealth], context: &Context) -> Option<String> {
    const NAMED: usize = 3;
    let changed = |path: &Path| path.metadata().and_then(|m| m.modified()).ok();
    let state = context.state_dir().ok()?;
    let written = ["newsfold.db", "newsfold.db-wal"].iter().filter_map(|name| changed(&state.join(name))).max();
    if changed(&config::find(context.config.as_deref())?) < written && !known.is_empty() {
        return None;
    }
    let config = context.config().ok()?;
    let known: HashSet<&str> = known.iter().map(|f| f.url.as_str()).collect();
    let new: Vec<&str> = config.feeds.iter().filter(|f| f.enabled).map(|f| f.url.as_str()).filter(|url| !known.contains(url)).collect();
    let (named, rest) = new.split_at(NAMED.min(new.len()));
    let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
    let waiting = words::count(new.len() as u64, "feed of the configuration was", "feeds of the configuration were");
    (!new.is_empty()).then(|| clean(&format!("{waiting} never polled: {}{more}; `newsfold poll` does", named.join(", "))))
}

/// All feeds, with the pauses of their hosts.
fn known(reader: &Reader, now: jiff::Timestamp) -> anyhow::Result<Vec<FeedHealth>> {
    let mut feeds = reader.feeds(now)?;
    let held = daemon::held_hosts(reader, now)?;
    if held.is_empty() {
        return Ok(feeds);
    }
    for feed in &mut feeds {
        let host = url::Url::parse(&feed.url).ok().map(|url| crate::net::Client::host_key(&url));
        feed.held = held.iter().find(|held| Some(&held.host) == host.as_ref()).cloned();
    }
    Ok(feeds)
}

/// "until 14:20, 2h: asked to be left alone (Retry-After)".
pub(super) fn held_words(held: &HeldHost, look: &Look) -> String {
    let what = match held.kind.as_deref() {
        Some("page") => "pages of its host left alone",
        _ => "host left alone",
    };
    format!("{what} until {} ({}): it {}", times::full(look, held.until), times::ahead(look, held.until), held.why)
}

/// What needs a look first comes first.
fn rank(state: &str) -> u8 {
    match state {
        "failing" | "blocked" | "quarantined" => 0,
        "gone" | "slowed" | "silent" => 1,
        "ok" => 3,
        "disabled" => 4,
        _ => 2,
    }
}

fn role_of(state: &str) -> Role {
    match rank(state) {
        0 => Role::Bad,
        1 => Role::Warn,
        3 => Role::Good,
        _ => Role::Faint,
    }
}

/// Why the feed is not well, or what it said last.
fn remark(feed: &FeedHealth, look: &Look) -> String {
    let mut parts = Vec::new();
    parts.extend(feed.mute.then(|| "muted".to_owned()));
    parts.extend(feed.failing_since.map(|since| format!("failing for {}", times::age(look, since))));
    if rank(&feed.state) < 3 {
        parts.extend(feed.last_outcome.clone());
    }
    parts.extend(feed.held.as_ref().map(|held| held_words(held, look)));
    parts.extend(feed.notes.iter().cloned());
    parts.join("; ")
}

/// The table. What is to be said of a feed stands beside it where there is room for all of it, else below.
fn render(feeds: &[FeedHealth], short: Short, look: &Look) -> Doc {
    let beside = laid_out(feeds, true, short, look);
    let table = if beside.fits(look) { beside } else { laid_out(feeds, false, short, look) };
    table.into_doc(look)
}

fn laid_out(feeds: &[FeedHealth], beside: bool, short: Short, look: &Look) -> Table {
    let mut columns = vec![
        table::whole("ID"),
        table::whole("STATE"),
        table::whole("LAST OK"),
        table::whole("NEXT"),
        table::number("NEW/DAY").spare(2),
        table::flexible("PUBLISHER", 10).part(3),
        table::flexible("FEED", 12).spare(1),
    ];
    if beside {
        columns.push(table::flexible("REMARK", 8));
    }
    let mut table = Table::new(&columns);
    for feed in feeds {
        let mut cells = vec![
            cell(Role::Id, short.of(feed.id)),
            cell(role_of(&feed.state), cut(&clean(&feed.state), 12)),
            cell(Role::Plain, feed.last_success_at.map_or("never".to_owned(), |at| times::age(look, at))),
            cell(Role::Plain, feed.next_poll_at.map_or("—".to_owned(), |at| times::ahead(look, at))),
            cell(Role::Plain, format!("{:.1}", feed.new_a_day)),
            cell(Role::Plain, feed.publisher.as_deref().or(feed.title.as_deref()).unwrap_or("—")),
            cell(Role::Faint, feed.url.split_once("://").map_or(feed.url.as_str(), |(_, rest)| rest)),
        ];
        let remark = remark(feed, look);
        if beside {
            cells.push(cell(Role::Plain, &remark));
        }
        table.row(cells);
        if !beside && !remark.is_empty() {
            table.note(role_of(&feed.state), &remark);
        }
    }
    table
}

fn show(args: &Show, context: &mut Context) -> anyhow::Result<Exit> {
    let reader = context.reader()?;
    let feeds = known(&reader, context.look.now)?;
    let feed = find(&feeds, &args.feed)?;
    let publisher = feed.publisher.as_deref().unwrap_or_default();
    let mut repeats = reader.boilerplate_of(publisher)?;
    repeats.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.sample.cmp(&b.sample)));
    let clock = reader.clocks(Some(publisher))?.pop();
    if args.json {
        let repeats = repeats.iter().map(|r| Repeat { line: &r.sample, articles: r.count, last_seen_at: r.last_seen_at }).collect();
        context.out.json(&json::versioned("newsfold/feed/1", &Shown { feed, repeats, clock }))?;
    } else {
        context.out.doc(&detail(feed, &repeats, clock.as_ref(), &context.look), &context.look)?;
    }
    Ok(Exit::Done)
}

/// A feed with what its publisher repeats and what was learnt of its clock: what `--json` prints.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    feed: &'a FeedHealth,
    /// Lines that are left out of its articles, the commonest first.
    repeats: Vec<Repeat<'a>>,
    /// What was learnt of its publisher's clock.
    clock: Option<ClockView>,
}

#[derive(Serialize)]
struct Repeat<'a> {
    line: &'a str,
    articles: u32,
    last_seen_at: jiff::Timestamp,
}

/// Repeated lines that the page for people lists.
const LISTED: usize = 12;

/// A publisher's clock in words: "2 h ahead, judged by 40 articles".
fn clock_words(clock: &ClockView) -> String {
    let (hours, minutes) = (clock.offset_s.abs() / 3600, clock.offset_s.abs() % 3600 / 60);
    let by = match (hours, minutes) {
        (0, m) => format!("{m} min"),
        (h, 0) => format!("{h} h"),
        (h, m) => format!("{h}:{m:02} h"),
    };
    let is = match clock.offset_s {
        0 => "right".to_owned(),
        s if s > 0 => format!("{by} ahead, and set right by so much"),
        _ => format!("{by} behind, and set right by so much"),
    };
    format!("{is}; judged by {}", words::count(clock.observed.into(), "article", "articles"))
}

/// The feed that `text` means: an address, an id's first digits, or a part that only one has.
pub(in crate::cli) fn find<'a>(feeds: &'a [FeedHealth], text: &str) -> anyhow::Result<&'a FeedHealth> {
    if let Some(feed) = feeds.iter().find(|f| f.url == text) {
        return Ok(feed);
    }
    let wanted = text.to_lowercase();
    let host = |f: &FeedHealth| url::Url::parse(&f.url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let named = |f: &&FeedHealth| f.publisher.as_ref().is_some_and(|p| p.to_lowercase() == wanted) || host(f).as_ref() == Some(&wanted);
    // A whole name goes before a part of longer ones.
    if let [feed] = feeds.iter().filter(named).collect::<Vec<_>>().as_slice() {
        return Ok(feed);
    }
    let is = |f: &&FeedHealth| {
        f.id.to_string().starts_with(&wanted)
            || f.url.to_lowercase().contains(&wanted)
            || f.publisher.as_ref().is_some_and(|p| p.to_lowercase().contains(&wanted))
    };
    let found = feeds.iter().filter(is).collect::<Vec<_>>();
    match found.as_slice() {
        [feed] => Ok(feed),
        [] => {
            let hosts = feeds.iter().filter_map(host).collect::<Vec<_>>();
            let names = feeds.iter().flat_map(|f| f.publisher.as_deref().into_iter().chain([f.url.as_str()]));
            let near = hints::nearest(text, names.chain(hosts.iter().map(String::as_str))).map(|n| format!("did you mean {n}?"));
            Err(Failure::no_such_id(format!("no feed “{text}”"), near.unwrap_or_else(|| "`newsfold feeds` lists them".to_owned())))
        }
        several => {
            let some = several.iter().take(10).map(|f| format!("\n  {} {}", f.id, f.url)).collect::<String>();
            let more = several.len().checked_sub(10).filter(|n| *n > 0).map(|n| format!("\n  and {n} more")).unwrap_or_default();
            Err(Failure::usage(format!("“{text}” could be{some}{more}"), "give the address, or more digits of the id"))
        }
    }
}

/// Label and value, a line each.
fn detail(feed: &FeedHealth, repeats: &[BoilerplateRow], clock: Option<&ClockView>, look: &Look) -> Doc {
    let mut doc = Doc::new();
    doc.wrapped(Role::Strong, feed.title.as_deref().or(feed.publisher.as_deref()).unwrap_or("(no title yet)"), look.text_width());
    let when = |at: Option<jiff::Timestamp>| {
        at.map(|at| format!("{}, {} ago", times::full(look, at), times::age(look, at)).replace("now ago", "just now"))
    };
    let rows = [
        ("address", Some(feed.url.clone())),
        ("id", Some(feed.id.to_string())),
        ("publisher", feed.publisher.clone()),
        ("state", Some(if feed.mute { format!("{}, muted", feed.state) } else { feed.state.clone() })),
        ("failing since", when(feed.failing_since)),
        ("last outcome", feed.last_outcome.clone()),
        ("last poll", when(feed.last_poll_at).or(Some("never".to_owned()))),
        ("last success", when(feed.last_success_at).or(Some("never".to_owned()))),
        ("next poll", feed.next_poll_at.map(|at| format!("{}, {}", times::full(look, at), times::ahead(look, at)))),
        ("clock", clock.map(clock_words)),
        ("host", feed.held.as_ref().map(|held| held_words(held, look))),
        ("entries", Some(format!("{}, {:.1} new a day this week", words::grouped(feed.entries), feed.new_a_day))),
    ];
    let notes = feed.notes.iter().map(|note| ("note", Some(note.clone())));
    // Host and clock are spoken of only where there is something to say.
    let rows = rows.into_iter().filter(|(label, value)| !matches!(*label, "host" | "clock") || value.is_some());
    for (label, value) in rows.chain(notes) {
        let role = if label == "state" { role_of(&feed.state) } else { Role::Plain };
        doc.fact(label, role, value.unwrap_or_default(), (15, look.text_width()));
    }
    for (at, row) in repeats.iter().take(LISTED).enumerate() {
        let label = if at == 0 { "repeats" } else { "" };
        let line = format!("“{}” ({} articles)", cut(&row.sample, 90), words::grouped(u64::from(row.count)));
        doc.fact(label, Role::Plain, line, (15, look.text_width()));
    }
    if let Some(more) = repeats.len().checked_sub(LISTED).filter(|more| *more > 0) {
        doc.fact("", Role::Plain, format!("and {more} lines more; --json has them"), (15, look.text_width()));
    }
    doc
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixtures;

    #[test]
    fn health_is_seen_at_a_glance() {
        let feeds = fixtures::feeds();
        let short = Short::for_ids(&feeds.iter().map(|f| f.id).collect::<Vec<_>>(), 7);
        fixtures::at_widths("feeds", |look| render(&feeds, short, look));
    }

    #[test]
    fn one_feed_tells_everything() {
        let feeds = fixtures::feeds();
        let repeats = [("Sign up for the Harbour letter, which comes before breakfast.", 41), ("\u{1b}[31mWrite to the desk", 3)];
        let repeats = repeats.map(|(line, count)| BoilerplateRow {
            publisher: "The Ledger".to_owned(),
            hash: 1,
            sample: line.to_owned(),
            count,
            last_seen_at: "2026-11-22T09:00:00Z".parse().unwrap(),
        });
        let clock = ClockView { observed: 40, offset_s: -5400, spread_s: 60, ..ClockView::default() };
        fixtures::at_widths("feeds_show", |look| detail(&feeds[1], &repeats, Some(&clock), look));
    }

    #[test]
    fn a_feed_is_found_by_what_a_person_knows_of_it() {
        let feeds = fixtures::feeds();
        assert_eq!(find(&feeds, "https://meridian.example/rss").unwrap().id, feeds[0].id);
        assert_eq!(find(&feeds, "ledger").unwrap().id, feeds[1].id);
        assert_eq!(find(&feeds, "海港").unwrap().id, feeds[2].id);
        let mut more = feeds.clone();
        more[1].publisher = Some("Meridian Wire Sport".to_owned());
        assert_eq!(find(&more, "meridian wire").unwrap().id, feeds[0].id, "a whole name goes before a part");
        assert!(find(&feeds, "example").unwrap_err().to_string().contains("could be"));
        let (code, hint) = crate::cli::exit::verdict(&find(&feeds, "meridean wire").unwrap_err());
        assert_eq!((code, hint.as_deref()), (4, Some("did you mean Meridian Wire?")));
    }
}

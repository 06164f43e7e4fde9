//! `newsfold story`

use crate::cli::context::{Context, Short};
use crate::cli::doc::{Doc, Role};
use crate::cli::exit::{Exit, Failure};
use crate::cli::look::Look;
use crate::cli::sanitize::{clean, cut, width, wrap};
use crate::cli::table::{self, Table, cell};
use crate::cli::{diff, json, times, words};
use crate::dedup::changes::{self, Changes, Kind, Replaced};
use crate::model::Id;
use crate::model::views::{ClockView, ClusterDetail, MemberRow, OriginView, StoryDetail, Wording};
use crate::store::Reader;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::HashMap;

/// Members whose texts are compared with their origin's; the rest of a very large story is told by numbers.
const COMPARED: usize = 100;

/// Columns of the spread's sparkline.
const BARS: usize = 8;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  newsfold story a3f91c2  who carried it, who had it first, what each changed
  newsfold story a3f91c2 --ids  its articles, for other commands
  newsfold story a3f91c2 --json | jq '.clusters[].members[].publisher'")]
pub struct Args {
    /// The story, or one of its articles: first digits of the id
    #[arg(required = true, value_name = "ID")]
    stories: Vec<String>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// Full ids of its articles, one a line
    #[arg(long, conflicts_with = "json")]
    ids: bool,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    let reader = context.reader()?;
    for (i, text) in args.stories.iter().enumerate() {
        let id = context.story_id(&reader, text)?;
        let story = reader.story(id)?.ok_or_else(|| Failure::no_such_id(format!("no story {id}"), "`newsfold stories` lists them"))?;
        let members = || story.clusters.iter().flat_map(|c| &c.members);
        if args.json {
            let made = changes(&reader, &story)?;
            let did = |m: &MemberRow| made.get(&m.id).map(|made| ChangeRow { article: m.id, made });
            let shown = Shown { story: &story, changes: members().filter_map(did).collect() };
            context.out.json(&json::versioned("newsfold/story/1", &shown))?;
        } else if args.ids {
            members().try_for_each(|m| context.out.own(&format!("{}\n", m.id)))?;
        } else {
            let short = context.short(&reader, &members().map(|m| m.id).collect::<Vec<_>>());
            let made = changes(&reader, &story)?;
            if i > 0 {
                context.out.own("\n")?;
            }
            let told = by_clocks(story, &reader.clocks(None)?);
            context.out.doc(&render(&told, &made, short, &context.look), &context.look)?;
        }
    }
    Ok(Exit::Done)
}

/// What `--json` prints: the story, and what each copy did.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    story: &'a StoryDetail,
    changes: Vec<ChangeRow<'a>>,
}

/// What one copy did with its origin's text.
#[derive(Serialize)]
struct ChangeRow<'a> {
    article: Id,
    #[serde(flatten)]
    made: &'a Copied,
}

/// What each member did with the text of its cluster's origin, for as many as are worth the time.
type Made = HashMap<Id, Copied>;

/// What a copy did with a text, and what it has not done since.
#[derive(Clone, Debug, Serialize)]
struct Copied {
    /// The article that it is held against.
    of: Id,
    #[serde(flatten)]
    changes: Changes,
    /// What the origin has corrected since and this copy still carries.
    uncorrected: Vec<Replaced>,
}

/// Compares the members' texts with their origin's.
fn changes(reader: &Reader, story: &StoryDetail) -> anyhow::Result<Made> {
    let mut made = Made::new();
    for cluster in &story.clusters {
        let Some(base) = base(cluster).filter(|_| cluster.members.len() > 1) else { continue };
        let Some(origin) = reader.wording(base.id)? else { continue };
        for member in cluster.members.iter().filter(|m| m.id != base.id) {
            if made.len() >= COMPARED {
                return Ok(made);
            }
            if let Some(copy) = reader.wording(member.id)? {
                let changes = changes::changes(text(base, &origin), text(member, &copy));
                let uncorrected = diff::uncorrected(reader, (base.id, &origin), &copy.text)?;
                made.insert(member.id, Copied { of: base.id, changes, uncorrected });
            }
        }
    }
    Ok(made)
}

fn text<'a>(member: &'a MemberRow, wording: &'a Wording) -> changes::Text<'a> {
    changes::Text { title: &member.title, text: &wording.text, credit: member.credit.as_ref().map(|c| c.words.as_str()) }
}

/// The member that the others are held against: the origin's article, else the first.
fn base(cluster: &ClusterDetail) -> Option<&MemberRow> {
    let origin = cluster.origin.as_ref().and_then(|o| o.article);
    cluster.members.iter().find(|m| Some(m.id) == origin).or(cluster.members.first())
}

/// The story with stated times set right by what was learnt of the publishers' clocks: for people, who ask how it spread.
fn by_clocks(mut story: StoryDetail, clocks: &[ClockView]) -> StoryDetail {
    let offsets: HashMap<&str, i64> = clocks.iter().filter(|c| c.offset_s != 0).map(|c| (c.publisher.as_str(), c.offset_s)).collect();
    for member in story.clusters.iter_mut().flat_map(|c| &mut c.members) {
        if let Some(offset) = offsets.get(member.publisher.as_str()) {
            member.published_at = member.published_at.and_then(|at| at.checked_sub(SignedDuration::from_secs(*offset)).ok());
        }
    }
    for cluster in &mut story.clusters {
        cluster.members.sort_by_key(appeared);
    }
    story
}

/// When a member appeared, as far as can be known: as stated, but not after newsfold saw it.
fn appeared(member: &MemberRow) -> Timestamp {
    member.published_at.filter(|at| *at <= member.seen_at).unwrap_or(member.seen_at)
}

/// The whole story.
fn render(story: &StoryDetail, made: &Made, short: Short, look: &Look) -> Doc {
    let mut doc = Doc::new();
    doc.wrapped(Role::Strong, words::titled(&story.row.title), look.width.unwrap_or(usize::MAX));
    head(&mut doc, story, look);
    let mut times = story.clusters.iter().flat_map(|c| &c.members).map(appeared);
    let first = times.next().map(|t| times.fold(t, Timestamp::min)).unwrap_or(story.row.first_seen_at);
    let (lone, shared): (Vec<_>, Vec<_>) = story.clusters.iter().partition(|c| c.members.len() == 1 && c.origin.is_none());
    for (i, cluster) in shared.into_iter().enumerate() {
        doc.end();
        origin_line(&mut doc, i + 1, cluster, look);
        doc.append(members(cluster, made, first, short, look));
    }
    own_reports(&mut doc, &lone, first, short, look);
    doc
}

/// Texts that nobody copied: one table, not a block each.
fn own_reports(doc: &mut Doc, lone: &[&ClusterDetail], first: Timestamp, short: Short, look: &Look) {
    let mut members = lone.iter().flat_map(|c| &c.members).collect::<Vec<_>>();
    if members.is_empty() {
        return;
    }
    members.sort_by_key(|m| appeared(m));
    doc.end().line(Role::Faint, words::count(members.len() as u64, "own report", "own reports"));
    let columns = [table::whole(""), table::whole(""), table::flexible("", 10).part(4), table::number(""), table::flexible("", 10)];
    let mut table = Table::bare(&columns, 2, 2);
    for member in members {
        let at = appeared(member);
        table.row(vec![
            cell(Role::Plain, if at == first { times::local(look, at) } else { times::offset(first, at) }),
            cell(Role::Id, short.of(member.id)),
            cell(Role::Plain, &member.publisher),
            cell(Role::Plain, words::count(member.words.into(), "word", "words")),
            cell(Role::Faint, words::titled(&member.title)),
        ]);
    }
    doc.append(table.into_doc(look));
}

fn head(doc: &mut Doc, story: &StoryDetail, look: &Look) {
    let row = &story.row;
    let publishers = words::count(row.publishers.into(), "independent publisher", "independent publishers");
    let copies = words::count(row.copies.into(), "copy", "copies");
    let texts = words::count(row.texts.into(), "text", "texts");
    let through = match through_others(story).as_slice() {
        [] => String::new(),
        names => format!(" and, through them alone, {}", names.join(", ")),
    };
    let line = format!("{publishers}{through}, {copies} of {texts}, first seen {}", times::full(look, row.first_seen_at));
    let times = story.clusters.iter().flat_map(|c| &c.members).map(appeared).collect::<Vec<_>>();
    let bars = times::sparkline(&times, BARS);
    let mut lines = wrap(&line, look.width.unwrap_or(usize::MAX));
    let line = lines.pop().unwrap_or_default();
    lines.iter().for_each(|line| {
        doc.line(Role::Plain, line);
    });
    doc.text(&line);
    if !bars.is_empty() {
        let wanted = width(&line) + 2 + "spread ".len() + BARS;
        match look.width {
            Some(screen) if wanted > screen => doc.end(),
            screen => doc.pad(screen.unwrap_or(0).min(100).saturating_sub(wanted) + 2),
        };
        doc.add(Role::Faint, "spread ").add(Role::Good, bars);
    }
    doc.end();
}

/// Origins that none of the articles is of: agencies, mostly. They report, but who carried them is counted.
fn through_others(story: &StoryDetail) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for origin in story.clusters.iter().filter_map(|c| c.origin.as_ref()).filter(|o| o.article.is_none()) {
        if !names.contains(&origin.publisher) {
            names.push(origin.publisher.clone());
        }
    }
    names
}

/// "text 1   origin Al Jazeera, confident: credited by 4 copies, longest".
fn origin_line(doc: &mut Doc, number: usize, cluster: &ClusterDetail, look: &Look) {
    let title = format!("text {number}   ");
    doc.add(Role::Faint, &title);
    let named = |name: &str| cut(&clean(name), look.width.map_or(usize::MAX, |w| w.saturating_sub(width(&title) + "origin ".len() + 1)));
    let Some(origin) = &cluster.origin else {
        doc.text("origin unknown");
        doc.end();
        return;
    };
    doc.text("origin ").add(Role::Strong, named(&origin.publisher));
    let why = format!(
        ", {}{}",
        trust(origin),
        if origin.evidence.is_empty() { String::new() } else { format!(": {}", origin.evidence.join(", ")) }
    );
    let used = doc.open_width();
    match look.width {
        Some(screen) if used + width(&clean(&why)) > screen => {
            doc.text(cut(&clean(&format!(", {}:", trust(origin))), screen.saturating_sub(used))).end();
            for line in wrap(&clean(&origin.evidence.join(", ")), screen.saturating_sub(width(&title))) {
                doc.pad(width(&title)).text(line).end();
            }
        }
        _ => {
            doc.text(why).end();
        }
    }
}

/// How sure the origin is, in a word.
fn trust(origin: &OriginView) -> &'static str {
    match origin.confidence {
        _ if origin.by_hand => "set by hand",
        c if c >= 0.8 => "confident",
        c if c >= 0.5 => "likely",
        _ => "uncertain",
    }
}

/// A line a member.
fn members(cluster: &ClusterDetail, made: &Made, first: Timestamp, short: Short, look: &Look) -> Doc {
    let origin = cluster.origin.as_ref().and_then(|o| o.article);
    let base = base(cluster);
    let mut table =
        Table::bare(&[table::whole(""), table::whole(""), table::flexible("", 10).part(4), table::whole(""), table::flexible("", 8)], 2, 4);
    for (i, member) in cluster.members.iter().enumerate() {
        let at = appeared(member);
        let when = if at == first && i == 0 { times::local(look, at) } else { times::offset(first, at) };
        let did = did(member, base, (origin, cluster.members.len() == 1), made.get(&member.id));
        table.row(vec![
            cell(Role::Plain, when),
            cell(Role::Id, short.of(member.id)),
            cell(Role::Plain, &member.publisher),
            cell(did.role, did.word),
            cell(Role::Plain, did.details.join(", ")),
        ]);
    }
    table.into_doc(look)
}

/// What a member did with the text.
struct Did {
    word: &'static str,
    role: Role,
    details: Vec<String>,
}

/// Reads it from the comparison of the texts or, where there was none, from the numbers alone.
fn did(member: &MemberRow, base: Option<&MemberRow>, (origin, alone): (Option<Id>, bool), made: Option<&Copied>) -> Did {
    let length = words::count(member.words.into(), "word", "words");
    if origin == Some(member.id) {
        return Did { word: "origin", role: Role::Strong, details: vec![length] };
    }
    let plain = |word| Did { word, role: Role::Plain, details: vec![length] };
    let base = match base {
        Some(base) if base.id != member.id => base,
        // The only one there is needs no word: the line above says whose it is.
        _ => return plain(if alone { "" } else { "first listed" }),
    };
    let (word, mut details) = match made {
        Some(Copied { changes, .. }) => {
            (kind(changes.kind), changes.summary().split_once(", ").map(|(_, rest)| rest.to_owned()).into_iter().collect())
        }
        None => by_numbers(member, base),
    };
    let still = made.into_iter().flat_map(|made| &made.uncorrected).take(2).map(|r| format!("{} (now {})", r.from, r.to));
    let still = still.collect::<Vec<_>>().join(", ");
    details.extend((!still.is_empty()).then(|| format!("not corrected: still {still}")));
    details.extend(member.distance.filter(|d| *d > 0).map(|d| format!("distance {d}")));
    Did { word, role: Role::Plain, details }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Verbatim => "verbatim",
        Kind::Trimmed => "trimmed",
        Kind::Extended => "extended",
        Kind::Edited => "edited",
    }
}

/// For members beyond those that are compared.
fn by_numbers(member: &MemberRow, base: &MemberRow) -> (&'static str, Vec<String>) {
    let change = i64::from(member.words) - i64::from(base.words);
    let tenth = i64::from(base.words / 10).max(3);
    let word = match member.distance {
        Some(0) if change == 0 => "verbatim",
        _ if change < -tenth => "trimmed",
        _ if change > tenth => "extended",
        _ => "edited",
    };
    let mut details = Vec::new();
    if change != 0 {
        details.push(format!(
            "{}{} {}",
            if change < 0 { '−' } else { '+' },
            change.abs(),
            if change.abs() == 1 { "word" } else { "words" }
        ));
    }
    details.extend((member.title.trim() != base.title.trim()).then(|| "new headline".to_owned()));
    details.extend(member.credit.as_ref().map(|credit| format!("credit “{}”", credit.words)));
    (word, details)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixtures;

    #[test]
    fn offsets_are_counted_by_the_publishers_clocks() {
        let mut story = fixtures::story_detail();
        let members = &mut story.clusters[0].members;
        let (first, seen) = (members[0].seen_at, members[1].seen_at);
        members[1].published_at = Some(seen + SignedDuration::from_hours(2));
        let clock = ClockView { publisher: members[1].publisher.clone(), observed: 40, offset_s: 7800, spread_s: 60 };
        let told = by_clocks(story, &[clock]);
        let copy = told.clusters[0].members.iter().find(|m| m.seen_at == seen).map(appeared);
        assert_eq!(copy, Some(seen - SignedDuration::from_mins(10)));
        assert_eq!(told.clusters[0].members.iter().map(appeared).min(), Some(first));
    }

    #[test]
    fn a_story_says_who_had_what_first_and_what_each_did() {
        let story = fixtures::story_detail();
        let short = Short::for_ids(&[Id(0x11 << 40)], 7);
        let origin =
            changes::Text { title: &story.row.title, text: "The ferry left at noon with 34,000 on board.\n\nMore later.", credit: None };
        let copy = changes::Text {
            title: "Ferry: what we know",
            text: "The ferry left at noon with 43,000 on board.",
            credit: Some("Source: Meridian Wire"),
        };
        let uncorrected = vec![Replaced { from: "43,000".to_owned(), to: "34,000".to_owned() }];
        let made = Made::from([(Id(0x12 << 40), Copied { of: Id(0x11 << 40), changes: changes::changes(origin, copy), uncorrected })]);
        fixtures::at_widths("story", |look| render(&story, &made, short, look));
    }
}

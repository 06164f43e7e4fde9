//! `newsfold search`

use crate::cli::args::{Form, when};
use crate::cli::context::{Context, Short};
use crate::cli::doc::{Doc, Role};
use crate::cli::exit::Exit;
use crate::cli::look::Look;
use crate::cli::sanitize::{clean, cut, width};
use crate::cli::{hints, json, output, times, words};
use crate::model::views::SearchHit;
use crate::store::{Named, Reader, SearchOrder};
use clap::ValueEnum;

/// Where a hit starts and ends within a snippet.
const HIT: [char; 2] = ['\u{e000}', '\u{e001}'];

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  newsfold search ceasefire doha              both words
  newsfold search '\"week-long pause\"'         in this order
  newsfold search 'ferr*' since:7d            words that start so
  newsfold search publisher:reuters -storm    without a word
  newsfold search lang:de tag:world Streik    filters narrow
  newsfold search ceasefire --sort relevance  best first, not newest
  newsfold search storm --ids | xargs newsfold article")]
pub struct Args {
    /// Words, "a phrase", -not or NOT, OR, prefix*, publisher:, owner:, feed:, lang:, tag:, since:, until:
    #[arg(required = true, value_name = "QUERY", allow_hyphen_values = false)]
    query: Vec<String>,
    /// What comes first; relevance looks at the newest 1,000
    #[arg(long, value_enum, default_value_t = Sort::Newest)]
    sort: Sort,
    /// At most so many; 0: all [default: 20 in the table, all with --json and --ids]
    #[arg(short = 'n', long = "limit", value_name = "N")]
    limit: Option<u32>,
    #[command(flatten)]
    form: Form,
}

/// Orders of hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Sort {
    Newest,
    Relevance,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    let reader = context.reader()?;
    let limit = match args.limit {
        Some(0) => u32::MAX,
        Some(limit) => limit,
        None if args.form.is_table() => ROWS,
        None => u32::MAX,
    };
    let order = match args.sort {
        Sort::Newest => SearchOrder::Newest,
        Sort::Relevance => SearchOrder::Relevance,
    };
    let query = query(&args.query, &reader, &context.look)?;
    let hits = reader.search_by(&query, limit, order)?;
    let none = hits.is_empty();
    if args.form.ids {
        hits.iter().try_for_each(|hit| context.out.own(&format!("{}\n", hit.id)))?;
    } else if args.form.json {
        for mut hit in hits {
            hit.snippet.retain(|c| !HIT.contains(&c));
            context.out.json(&json::versioned("newsfold/hit/1", &hit))?;
        }
    } else {
        let short = context.short(&reader, &hits.iter().map(|h| h.id).collect::<Vec<_>>());
        context.out.doc(&render(&hits, short, &context.look), &context.look)?;
        context.out.flush()?;
        if !none && hits.len() == limit as usize {
            let which = if args.sort == Sort::Newest { "newest" } else { "best" };
            output::note(&format!("only the {which} {limit}; -n 0 shows all"));
        }
    }
    if none {
        output::note(&nothing(&reader, &query));
    }
    Ok(Exit::Done)
}

/// Hits in the table, where `-n` does not say.
const ROWS: u32 = 20;

/// The arguments as one query. A name that the shell took out of its quotes, `publisher:"Al Jazeera"`, gets them back, and a
/// time is understood as `--since` understands it.
fn query(args: &[String], reader: &Reader, look: &Look) -> anyhow::Result<String> {
    let mut pieces = Vec::with_capacity(args.len());
    for arg in args {
        pieces.push(match arg.split_once(':') {
            Some((field, value)) if value.contains(' ') && !value.starts_with('"') && names_one(reader, field, value) => {
                format!("{field}:\"{value}\"")
            }
            _ => times_read(arg, look)?,
        });
    }
    Ok(pieces.join(" "))
}

/// Whether all of a value is one name: `publisher:Al Jazeera`, and not `publisher:Reuters storm`.
fn names_one(reader: &Reader, field: &str, value: &str) -> bool {
    let what = match field {
        "publisher" => Named::Publisher,
        "owner" => Named::Owner,
        "tag" => Named::Tag,
        _ => return false,
    };
    // Of a name that is not known, its first word is no filter that anybody meant.
    reader.known(what).is_ok_and(|known| {
        let is_one = |text: &str| known.iter().any(|name| name.to_lowercase() == text.to_lowercase());
        is_one(value) || !value.split(' ').next().is_some_and(is_one)
    })
}

/// `since:yesterday` with the time that it means, outside of phrases.
fn times_read(arg: &str, look: &Look) -> anyhow::Result<String> {
    let mut in_phrase = false;
    let read = arg.split(' ').map(|piece| {
        let said = match piece.split_once(':') {
            Some((field @ ("since" | "until"), value)) if !in_phrase && !value.is_empty() && !value.contains('"') => {
                format!("{field}:{}", when(value, look)?)
            }
            _ => piece.to_owned(),
        };
        in_phrase ^= piece.matches('"').count() % 2 == 1;
        Ok(said)
    });
    Ok(read.collect::<anyhow::Result<Vec<_>>>()?.join(" "))
}

/// Filters that a query can have.
const FILTERS: [&str; 7] = ["publisher", "owner", "feed", "lang", "tag", "since", "until"];

/// Why nothing may have been found.
fn nothing(reader: &Reader, query: &str) -> String {
    for (field, value) in query.split_whitespace().filter_map(|piece| piece.split_once(':')) {
        let what = match field {
            "publisher" => Named::Publisher,
            "owner" => Named::Owner,
            "lang" => Named::Lang,
            "tag" => Named::Tag,
            _ if FILTERS.contains(&field) || value.starts_with("//") || !field.chars().all(char::is_alphabetic) => continue,
            _ => {
                let near = hints::nearest(field, FILTERS).map(|near| format!("; did you mean {near}:{value}?")).unwrap_or_default();
                let filters = FILTERS.map(|filter| format!("{filter}:")).join(", ");
                return format!("nothing found: “{field}:” is no filter ({filters} are), so it was looked for as a word{near}");
            }
        };
        // A quoted name goes on behind the next blank: it is looked up as far as it stands here.
        if let Some(said) = (!value.starts_with('"')).then(|| hints::unknown(reader, what, value)).flatten() {
            return format!("nothing found: {said}");
        }
    }
    "nothing found; fewer words, or word* for any ending, find more".to_owned()
}

/// Two lines a hit.
fn render(hits: &[SearchHit], short: Short, look: &Look) -> Doc {
    let mut doc = Doc::new();
    for hit in hits {
        let id = short.of(hit.id);
        doc.add(Role::Id, &id).text("  ");
        let publisher = cut(&clean(&hit.publisher), 24);
        let age = times::age(look, hit.seen_at);
        let room = look.width.map_or(usize::MAX, |w| w.saturating_sub(width(&id) + 2 + 2 + width(&publisher) + 2 + age.len()));
        let title = if hit.headline.trim().is_empty() { words::titled(&hit.title) } else { &hit.headline };
        marked(&mut doc, title, Role::Strong, room);
        doc.text("  ").add(Role::Plain, publisher).text("  ").add(Role::Faint, age).end();
        doc.pad(4);
        marked(&mut doc, &hit.snippet, Role::Plain, look.width.map_or(usize::MAX, |w| w.saturating_sub(4)));
        doc.end();
    }
    doc
}

/// A text with its hits shown as such, on as much of one line as there is.
fn marked(doc: &mut Doc, text: &str, role: Role, mut room: usize) {
    let from = doc.open_width();
    for (i, part) in text.split(HIT[0]).enumerate() {
        let (hit, after) = if i == 0 { ("", part) } else { part.split_once(HIT[1]).unwrap_or((part, "")) };
        for (role, piece) in [(Role::Hit, hit), (role, after)] {
            let piece = clean(piece);
            let piece = if doc.open_width() == from { piece.trim_start() } else { &piece };
            let shown = cut(piece, room);
            room = if shown == piece { room - width(&shown) } else { 0 };
            doc.add(role, shown);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixtures::{HOSTILE, at, at_widths};
    use crate::model::Id;

    #[test]
    fn hits_are_shown_within_their_words() {
        let hit = |title: &str, snippet: &str| SearchHit {
            id: Id(0x19c4_a0b0_0000_0001),
            story: Id(7),
            publisher: "Harbour Post".to_owned(),
            title: title.to_owned(),
            url: "https://harbour.example/a".to_owned(),
            seen_at: at("2026-11-22T07:41:00Z"),
            snippet: snippet.to_owned(),
            headline: title.replacen("Ferry", "\u{e000}Ferry\u{e001}", 1).replacen("停火", "\u{e000}停火\u{e001}", 1),
        };
        let hits = [
            hit(
                "Ferry talks resume",
                "… the \u{e000}ferry\u{e001} talks that were broken off a week ago, when a \u{e000}ferry\u{e001} ran aground off Port Amalie, resume on …",
            ),
            hit(
                "停火谈判在多哈恢复，此前停顿一周，各方代表周日抵达谈判地点",
                "\u{e000}停火\u{e001}谈判在多哈恢复，此前停顿一周，各方代表周日抵达谈判地点，各方代表周日抵达谈判地点",
            ),
            hit(HOSTILE, HOSTILE),
        ];
        at_widths("search", |look| render(&hits, Short::for_ids(&[hits[0].id], 7), look));
    }
}

//! `newsfold search`

use crate::cli::args::Form;
use crate::cli::context::{Context, Short};
use crate::cli::doc::{Doc, Role};
use crate::cli::exit::Exit;
use crate::cli::look::Look;
use crate::cli::sanitize::{clean, cut, width};
use crate::cli::{json, output, times, words};
use crate::model::views::SearchHit;

/// Where a hit starts and ends within a snippet.
const HIT: [char; 2] = ['\u{e000}', '\u{e001}'];

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  newsfold search ceasefire doha              articles with both words
  newsfold search '\"week-long pause\"'         with these words in this order
  newsfold search 'ferr*' since:7d            words that start so, of the last week
  newsfold search publisher:reuters -storm    one publisher's, without a word
  newsfold search storm --ids | xargs newsfold article")]
pub struct Args {
    /// Words, "a phrase", -not, OR, prefix*, publisher:, lang:, tag:, since:
    #[arg(required = true, value_name = "QUERY", allow_hyphen_values = false)]
    query: Vec<String>,
    /// At most so many; 0: all
    #[arg(short = 'n', long = "limit", value_name = "N", default_value_t = 20)]
    limit: u32,
    #[command(flatten)]
    form: Form,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    let reader = context.reader()?;
    let limit = if args.limit == 0 { u32::MAX } else { args.limit };
    let hits = reader.search(&args.query.join(" "), limit)?;
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
        if hits.is_empty() {
            output::note("nothing found; fewer words, or word* for any ending, find more");
        } else if hits.len() == limit as usize {
            output::note(&format!("only the best {limit}; -n 0 shows all"));
        }
    }
    Ok(Exit::Done)
}

/// Two lines a hit.
fn render(hits: &[SearchHit], short: Short, look: &Look) -> Doc {
    let mut doc = Doc::new();
    for hit in hits {
        let id = short.of(hit.id);
        doc.add(Role::Id, &id).text("  ");
        let publisher = cut(&clean(&hit.publisher), 24);
        let age = times::age(look, hit.seen_at);
        let room = look.width.map(|w| w.saturating_sub(width(&id) + 2 + 2 + width(&publisher) + 2 + age.len()));
        let title = clean(words::titled(&hit.title));
        doc.add(Role::Strong, room.map_or(title.clone(), |room| cut(&title, room)));
        doc.text("  ").add(Role::Plain, publisher).text("  ").add(Role::Faint, age).end();
        snippet(&mut doc, &hit.snippet, look);
    }
    doc
}

/// The words around the hit, the hit itself bold, on as much of one line as there is.
fn snippet(doc: &mut Doc, text: &str, look: &Look) {
    let mut room = look.width.map_or(usize::MAX, |w| w.saturating_sub(4));
    doc.pad(4);
    for (i, part) in text.split(HIT[0]).enumerate() {
        let (hit, after) = if i == 0 { ("", part) } else { part.split_once(HIT[1]).unwrap_or((part, "")) };
        for (role, piece) in [(Role::Hit, hit), (Role::Plain, after)] {
            let piece = clean(piece);
            let shown = cut(if doc.open_width() == 4 { piece.trim_start() } else { &piece }, room);
            room = if shown.len() < piece.trim_start().len() { 0 } else { room - width(&shown) };
            doc.add(role, shown);
        }
    }
    doc.end();
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
        at_widths("search", |look| render(&hits, Short::for_ids(&[hits[0].id], |_| true), look));
    }
}

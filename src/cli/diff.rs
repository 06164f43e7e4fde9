//! `newsfold diff`

use crate::cli::context::{Context, Short};
use crate::cli::doc::{Doc, Role};
use crate::cli::exit::{Exit, Failure};
use crate::cli::look::Look;
use crate::cli::sanitize::{clean, cut, width};
use crate::cli::{json, times, words};
use crate::dedup::changes::{self, Piece, Replaced, Run, Side};
use crate::model::Id;
use crate::model::views::{ArticleDetail, Wording};
use crate::store::Reader;
use serde::Serialize;

/// From this width on two columns can be read.
const WIDE: usize = 100;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Words between [- and -] stand in A only, those between {+ and +} in B only.

Examples:
  newsfold diff 19c4a0b          what the last revision of one article changed
  newsfold diff 19c4a0b d02e11f  two articles; side by side where wide
  newsfold diff 19c4a0b d02e11f --inline --full
  newsfold diff 19c4a0b d02e11f --json | jq -c '.parts[]'")]
pub struct Args {
    /// First digits of the id, or the address
    #[arg(value_name = "A")]
    a: String,
    /// The other; without it A's former text is compared with its present one
    #[arg(value_name = "B")]
    b: Option<String>,
    /// In two columns
    #[arg(short = 'y', long)]
    side_by_side: bool,
    /// One below the other
    #[arg(long, conflicts_with = "side_by_side")]
    inline: bool,
    /// Show paragraphs that are alike too
    #[arg(long)]
    full: bool,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    a: Id,
    b: Id,
    parts: &'a [Piece],
    /// What A has corrected since and B still carries, and the other way round.
    uncorrected_in_b: &'a [Replaced],
    uncorrected_in_a: &'a [Replaced],
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    let reader = context.reader()?;
    let read = |text: &str| -> anyhow::Result<ArticleDetail> {
        let id = context.article_id(&reader, text)?;
        reader.article(id)?.ok_or_else(|| Failure::no_such_id(format!("no article {id}"), "`newsfold search WORDS` finds articles"))
    };
    let (a, b) = match &args.b {
        Some(b) => (read(&args.a)?, read(b)?),
        None => {
            let now = read(&args.a)?;
            (former(&reader, &now)?, now)
        }
    };
    let parts = settled(changes::diff(&a.text, &b.text));
    let behind = [behind(&reader, &a, &b)?, behind(&reader, &b, &a)?];
    if args.json {
        let [uncorrected_in_a, uncorrected_in_b] = &behind;
        let report = Report { a: a.member.id, b: b.member.id, parts: &parts, uncorrected_in_b, uncorrected_in_a };
        context.out.json(&json::versioned("newsfold/diff/1", &report))?;
        return Ok(Exit::Done);
    }
    let columns = args.side_by_side || (!args.inline && context.look.width.is_some_and(|w| w >= WIDE));
    let short = context.short(&reader, &[a.member.id, b.member.id]);
    let doc = render((&a, &b), &parts, &behind, (columns, args.full), short, &context.look);
    context.out.doc(&doc, &context.look)?;
    Ok(Exit::Done)
}

/// What `origin` has corrected since it was first seen and `copy` still carries, where the two carry one text.
fn behind(reader: &Reader, copy: &ArticleDetail, origin: &ArticleDetail) -> anyhow::Result<Vec<Replaced>> {
    if copy.cluster != origin.cluster || copy.member.id == origin.member.id {
        return Ok(Vec::new());
    }
    let wording = Wording { text: origin.text.clone(), revisions: origin.revisions };
    uncorrected(reader, (origin.member.id, &wording), &copy.text)
}

/// What an origin has corrected since its first text and `copy` still says as it was.
pub fn uncorrected(reader: &Reader, (id, origin): (Id, &Wording), copy: &str) -> anyhow::Result<Vec<Replaced>> {
    if origin.revisions == 0 {
        return Ok(Vec::new());
    }
    let earlier = reader.revisions(id)?;
    Ok(earlier.first().map(|earlier| changes::uncorrected(&earlier.text, &origin.text, copy)).unwrap_or_default())
}

/// The article as it was before its last revision.
fn former(reader: &Reader, now: &ArticleDetail) -> anyhow::Result<ArticleDetail> {
    let Some(before) = reader.revisions(now.member.id)?.pop() else {
        return Err(Failure::usage(format!("{} has one text only, no revision", now.member.id), "name the article to compare it with"));
    };
    let mut former = now.clone();
    (former.member.title, former.member.words, former.text) = (before.title, before.words, before.text);
    Ok(former)
}

/// Heads, summary, and the parts in one column or two.
fn render(
    (a, b): (&ArticleDetail, &ArticleDetail),
    parts: &[Piece],
    behind: &[Vec<Replaced>; 2],
    (columns, full): (bool, bool),
    short: Short,
    look: &Look,
) -> Doc {
    let mut doc = Doc::new();
    for (mark, role, article) in [("A", Role::Bad, a), ("B", Role::Good, b)] {
        let m = &article.member;
        let about =
            [m.publisher.clone(), times::full(look, m.published_at.unwrap_or(m.seen_at)), words::count(m.words.into(), "word", "words")];
        doc.add(role, mark).text("  ").add(Role::Id, short.of(m.id)).text("  ");
        put_cut(&mut doc, Role::Plain, &about.join("  "), look).end();
        doc.pad(3);
        put_cut(&mut doc, Role::Strong, words::titled(&m.title), look).end();
    }
    doc.end();
    for (still, (copy, origin)) in behind.iter().zip([("A", "B"), ("B", "A")]).filter(|(still, _)| !still.is_empty()) {
        let said = still.iter().map(|r| format!("{} → {}", r.from, r.to)).collect::<Vec<_>>().join(", ");
        let line = format!("{copy} still has what {origin} has corrected since: {said}");
        doc.wrapped(Role::Warn, line, look.text_width());
    }
    doc.line(Role::Faint, summary(parts)).end();
    if columns {
        side_by_side(&mut doc, parts, full, look);
    } else {
        inline(&mut doc, parts, full, look);
    }
    doc
}

/// Adds as much of `text` as the open line has room for.
fn put_cut<'a>(doc: &'a mut Doc, role: Role, text: &str, look: &Look) -> &'a mut Doc {
    let text = clean(text);
    let room = look.width.map_or(usize::MAX, |w| w.saturating_sub(doc.open_width()));
    doc.add(role, cut(&text, room))
}

/// "5 paragraphs alike, 1 changed, 2 only in A".
fn summary(parts: &[Piece]) -> String {
    let n = |is: fn(&Piece) -> bool| parts.iter().filter(|p| is(p)).count();
    let counts = [
        (n(|p| matches!(p, Piece::Same { .. })), "alike"),
        (n(|p| matches!(p, Piece::Reworded { .. })), "changed"),
        (n(|p| matches!(p, Piece::Removed { .. })), "only in A"),
        (n(|p| matches!(p, Piece::Added { .. })), "only in B"),
    ];
    let said = counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect::<Vec<_>>();
    if said.is_empty() { "neither has a text".to_owned() } else { format!("paragraphs: {}", said.join(", ")) }
}

/// How words of a fate look, and how they are marked where there is no colour.
fn marked(side: Side) -> (Role, &'static str, &'static str) {
    match side {
        Side::Both => (Role::Plain, "", ""),
        Side::First => (Role::Bad, "[-", "-]"),
        Side::Second => (Role::Good, "{+", "+}"),
    }
}

/// Paragraphs one below the other, each with its mark at the edge.
fn inline(doc: &mut Doc, parts: &[Piece], full: bool, look: &Look) {
    let room = look.text_width().saturating_sub(2);
    let mut alike = 0;
    for (i, part) in parts.iter().enumerate() {
        let (mark, role, pieces) = match part {
            Piece::Same { .. } if !full => {
                alike += 1;
                if !matches!(parts.get(i + 1), Some(Piece::Same { .. })) {
                    doc.line(Role::Faint, format!("  … {} alike", words::count(alike, "paragraph", "paragraphs")));
                    alike = 0;
                }
                continue;
            }
            Piece::Same { text } => (" ", Role::Plain, vec![(Role::Plain, text.clone())]),
            Piece::Removed { text } => ("-", Role::Bad, vec![(Role::Bad, text.clone())]),
            Piece::Added { text } => ("+", Role::Good, vec![(Role::Good, text.clone())]),
            Piece::Reworded { words } => ("~", Role::Warn, both(words)),
        };
        for line in flow(&pieces, room) {
            doc.add(role, mark).pad(1);
            line.into_iter().for_each(|(role, text)| {
                doc.add(role, text);
            });
            doc.end();
        }
    }
}

/// All words of an edited paragraph, marked; blanks at a mark's edges stand outside it. What changed within one stretch
/// is shown as one: all that went, then all that came.
fn both(runs: &[Run]) -> Vec<(Role, String)> {
    let mut out = Vec::new();
    let mut changed: [String; 2] = Default::default();
    for run in runs {
        match run.side {
            Side::First => changed[0].push_str(&run.text),
            Side::Second => changed[1].push_str(&run.text),
            // A blank between two changes belongs to both.
            Side::Both if run.text.trim().is_empty() => changed.iter_mut().for_each(|side| side.push_str(&run.text)),
            Side::Both => {
                flush(&mut out, &mut changed);
                out.push((Role::Plain, run.text.clone()));
            }
        }
    }
    flush(&mut out, &mut changed);
    out
}

/// Moves the changed words of a stretch to `out`, marked.
fn flush(out: &mut Vec<(Role, String)>, changed: &mut [String; 2]) {
    let sides = std::mem::take(changed);
    let before = sides.iter().any(|side| side.starts_with(char::is_whitespace));
    let after = sides.iter().any(|side| side.ends_with(char::is_whitespace));
    let blank = || (Role::Plain, " ".to_owned());
    out.extend(before.then(blank));
    let mut shown = false;
    for (text, side) in sides.iter().zip([Side::First, Side::Second]) {
        let words = text.trim();
        if words.is_empty() {
            continue;
        }
        let (role, open, close) = marked(side);
        out.push((role, format!("{open}{words}{close}")));
        shown = true;
    }
    out.extend((after && shown).then(blank));
}

/// Paragraphs that were paired and share next to nothing are told as one that went and one that came.
fn settled(parts: Vec<Piece>) -> Vec<Piece> {
    let mut out = Vec::with_capacity(parts.len());
    for part in parts {
        match part {
            Piece::Reworded { words } if share(&words) < KIN => {
                let of = |side: Side| words.iter().filter(|r| r.side == Side::Both || r.side == side).map(|r| r.text.as_str()).collect();
                out.extend([Piece::Removed { text: of(Side::First) }, Piece::Added { text: of(Side::Second) }]);
            }
            other => out.push(other),
        }
    }
    out
}

/// Least share of the shorter paragraph that a reworded one has in common with it.
const KIN: f64 = 0.4;

/// Share of the shorter side's letters that stand in both.
fn share(runs: &[Run]) -> f64 {
    let letters = |side: Side| -> usize {
        runs.iter().filter(|r| r.side == side).map(|r| r.text.chars().filter(|c| c.is_alphanumeric()).count()).sum()
    };
    let both = letters(Side::Both);
    both as f64 / (both + letters(Side::First).min(letters(Side::Second))).max(1) as f64
}

/// The words of an edited paragraph that one of the texts has.
fn only(runs: &[Run], side: Side) -> Vec<(Role, String)> {
    both(&runs.iter().filter(|r| r.side == Side::Both || r.side == side).cloned().collect::<Vec<_>>())
}

/// A in the left half, B in the right.
fn side_by_side(doc: &mut Doc, parts: &[Piece], full: bool, look: &Look) {
    let half = look.width.unwrap_or(160).saturating_sub(3) / 2;
    let mut alike = 0;
    for (i, part) in parts.iter().enumerate() {
        let whole = |role, text: &String| vec![(role, text.clone())];
        let (left, mark, right) = match part {
            Piece::Same { .. } if !full => {
                alike += 1;
                if !matches!(parts.get(i + 1), Some(Piece::Same { .. })) {
                    doc.line(Role::Faint, format!("… {} alike", words::count(alike, "paragraph", "paragraphs"))).end();
                    alike = 0;
                }
                continue;
            }
            Piece::Same { text } => (whole(Role::Plain, text), " ", whole(Role::Plain, text)),
            Piece::Removed { text } => (whole(Role::Bad, text), "<", Vec::new()),
            Piece::Added { text } => (Vec::new(), ">", whole(Role::Good, text)),
            Piece::Reworded { words } => (only(words, Side::First), "|", only(words, Side::Second)),
        };
        let (left, right) = (flow(&left, half), flow(&right, half));
        for line in 0..left.len().max(right.len()) {
            let mut used = 0;
            for (role, text) in left.get(line).into_iter().flatten() {
                used += width(text);
                doc.add(*role, text);
            }
            doc.pad(half.saturating_sub(used) + 1).add(Role::Faint, mark).pad(1);
            for (role, text) in right.get(line).into_iter().flatten() {
                doc.add(*role, text);
            }
            doc.end();
        }
        doc.end();
    }
}

/// Breaks styled words into lines of at most `room` columns.
fn flow(pieces: &[(Role, String)], room: usize) -> Vec<Vec<(Role, String)>> {
    let room = room.max(2);
    let mut lines: Vec<Vec<(Role, String)>> = vec![Vec::new()];
    let mut used = 0;
    for (role, text) in pieces {
        let text = clean(text);
        for word in text.split_inclusive(' ') {
            let wide = width(word.trim_end());
            if used > 0 && used + wide > room {
                lines.push(Vec::new());
                used = 0;
            }
            // What has no blanks for a whole line is broken where the line ends.
            for chunk in chunks(word, room) {
                let wide = width(&chunk);
                if used > 0 && used + width(chunk.trim_end()) > room {
                    lines.push(Vec::new());
                    used = 0;
                }
                used += wide;
                if let Some(line) = lines.last_mut() {
                    line.push((*role, chunk));
                }
            }
        }
    }
    for line in &mut lines {
        if let Some((_, last)) = line.last_mut() {
            last.truncate(last.trim_end().len());
        }
    }
    lines
}

/// A word in pieces of at most `room` columns, its trailing blank not counted.
fn chunks(word: &str, room: usize) -> Vec<String> {
    if width(word.trim_end()) <= room {
        return vec![word.to_owned()];
    }
    crate::cli::sanitize::wrap(word, room)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixtures;

    fn shown(columns: bool, full: bool, name: &str) {
        let a = fixtures::article();
        let mut b = a.clone();
        b.member.id = Id(0x13 << 40);
        b.member.publisher = "The Ledger".to_owned();
        b.text = a.text.replace("resumed on Sunday", "broke off on Monday").replace("各方代表", "双方代表").replace("Free", "Ours\n\nFree")
            + "\n\nThe end.";
        let parts = changes::diff(&a.text, &b.text);
        let short = Short::for_ids(&[a.member.id, b.member.id], 7);
        fixtures::at_widths(name, |look| render((&a, &b), &parts, &[Vec::new(), Vec::new()], (columns, full), short, look));
    }

    #[test]
    fn a_stretch_of_changes_is_one_change() {
        let runs = [
            (Side::Both, "The "),
            (Side::First, "old"),
            (Side::Second, "new"),
            (Side::Both, " "),
            (Side::First, "ferry"),
            (Side::Second, "boat"),
            (Side::Both, " left."),
        ];
        let runs = runs.map(|(side, text)| Run { side, text: text.to_owned() });
        let shown = both(&runs).into_iter().map(|(_, text)| text).collect::<String>();
        assert_eq!(shown, "The [-old ferry-]{+new boat+} left.");
    }

    #[test]
    fn paragraphs_with_nothing_in_common_are_no_edit() {
        let runs = |both: &str| {
            let run = |side, text: &str| Run { side, text: text.to_owned() };
            vec![Piece::Reworded {
                words: vec![run(Side::First, "A library of nine titles "), run(Side::Both, both), run(Side::Second, " is here.")],
            }]
        };
        assert_eq!(settled(runs("to")).len(), 2);
        assert_eq!(settled(runs("and a few more announcements")).len(), 1);
    }

    #[test]
    fn changes_are_seen_one_below_the_other() {
        shown(false, false, "diff_inline");
    }

    #[test]
    fn changes_are_seen_side_by_side() {
        shown(true, true, "diff_columns");
    }
}

//! The judgement of single blocks within the container.

use super::body::{Known, Verdict, sentence};
use super::flat::{Block, Flat, Tag};
use super::hints::{self, Hints};
use super::lines;
use crate::model::lines::line_hash;
use std::collections::HashSet;

/// Judges the blocks `first..last` of the container.
pub(super) fn judge_blocks(
    flat: &Flat,
    known: &Known<'_>,
    junk: &[Hints],
    known_to: Option<&[bool]>,
    (first, last): (usize, usize),
    verdicts: &mut [Verdict],
) {
    let plain = in_paragraphs(&flat.blocks[first..last]);
    let title = known.title.map(lines::squash).unwrap_or_default();
    let mut seen: HashSet<&str, ahash::RandomState> = HashSet::default();
    for i in first..last {
        let b = &flat.blocks[i];
        let text = flat.of(b);
        let witnessed = known_to.is_some_and(|k| k[i]);
        verdicts[i] = judge_one(b, text, junk[i], witnessed, plain, &title);
        if verdicts[i].kept() && i < first + 6 && date_line(b, text) {
            verdicts[i] = Verdict::Line("date");
        }
        if let Some(boilerplate) = known.boilerplate
            && repeats(text, boilerplate)
        {
            verdicts[i] = Verdict::Boilerplate;
        }
        if verdicts[i].kept() && b.weight > 60 && !seen.insert(text) {
            verdicts[i] = Verdict::Repeated;
        }
    }
    link_lists(flat, first, last, verdicts);
    labels(flat, first, last, verdicts);
    about_authors(flat, known, first, last, verdicts);
    teasers(flat, first, last, verdicts);
    headings(flat, first, last, verdicts);
}

/// True where every line is one that the outlet repeats.
fn repeats(text: &str, boilerplate: &HashSet<u64>) -> bool {
    !boilerplate.is_empty() && text.lines().all(|line| boilerplate.contains(&line_hash(line)))
}

/// True where the report is set in paragraphs: loose lines between them are then no part of it.
fn in_paragraphs(blocks: &[Block]) -> bool {
    let (mut set, mut loose) = (0, 0);
    for b in blocks.iter().filter(|b| sentence(b) && b.link * 2 <= b.weight) {
        match b.tag {
            Tag::Paragraph => set += b.weight,
            Tag::Item | Tag::Cell | Tag::Quote | Tag::Heading(_) => {}
            _ => loose += b.weight,
        }
    }
    set > 3 * loose
}

/// The part of the dropping hints that holds for a block of this shape.
///
/// A name above a block is weak evidence against a whole sentence in a paragraph: bodies unfold, slide and are laid out as cards.
fn standing(b: &Block, junk: Hints, witnessed: bool) -> Hints {
    let mut junk = junk;
    if witnessed {
        junk &= !(hints::CARDS | hints::META | hints::TAGS | hints::GALLERY | hints::HIDDEN);
    }
    let prose = matches!(b.tag, Tag::Paragraph | Tag::Item) && sentence(b);
    if prose {
        junk &= !hints::GALLERY;
        let plain = b.weight >= 90 && b.link * 10 <= b.weight;
        if junk == hints::HIDDEN || (junk == hints::RELATED && plain) {
            junk = 0;
        }
    }
    match b.tag {
        Tag::Cell => junk &= !(hints::CAPTION | hints::GALLERY),
        Tag::Item if b.link * 2 <= b.weight => junk &= !hints::CARDS,
        _ => {}
    }
    junk
}

fn judge_one(b: &Block, text: &str, junk: Hints, witnessed: bool, plain: bool, title: &str) -> Verdict {
    let junk = standing(b, junk, witnessed);
    if junk != 0 {
        return Verdict::Named(junk);
    }
    if !title.is_empty() && b.weight < 300 && (matches!(b.tag, Tag::Heading(_)) || b.weight > 20) && lines::is_squashed(text, title) {
        return Verdict::Title;
    }
    if matches!(b.tag, Tag::Heading(1)) && b.links > 0 && b.link * 2 > b.weight {
        return Verdict::Linked;
    }
    if let Some(why) = lines::junk(text).or_else(|| if witnessed { None } else { lines::about_the_page(text) }) {
        return Verdict::Line(why);
    }
    let linked = b.link as f32 / b.weight.max(1) as f32;
    if linked > 0.8 && !matches!(b.tag, Tag::Item | Tag::Cell | Tag::Heading(_)) && !(witnessed && b.words > 4) {
        return Verdict::Linked;
    }
    let loose = !matches!(b.tag, Tag::Paragraph | Tag::Heading(_) | Tag::Item | Tag::Cell | Tag::Quote | Tag::Pre);
    if loose && !witnessed && !sentence(b) && (plain || b.words < 4 && b.stops == 0) {
        return Verdict::Fragment;
    }
    Verdict::Kept
}

/// Takes in the summary that stands between the headline and the container.
pub(super) fn lead(flat: &Flat, known: &Known<'_>, junk: &[Hints], first: usize, verdicts: &mut [Verdict]) {
    let title = known.title.map(lines::squash).unwrap_or_default();
    let Some(heading) = flat.blocks[..first].iter().rposition(|b| matches!(b.tag, Tag::Heading(1)) && b.weight > 10) else { return };
    if first - heading > 40 {
        return;
    }
    let description = known.description.map(lines::squash).unwrap_or_default();
    for i in heading + 1..first {
        let b = &flat.blocks[i];
        if junk[i] & !(hints::META | hints::AUTHOR) != 0 || b.link * 4 > b.weight || b.weight < 40 || b.words < 6 || b.weight > 700 {
            continue;
        }
        let text = flat.of(b);
        let squashed = lines::squash(text);
        let described = description.len() > 40
            && (description.starts_with(squashed.get(..squashed.floor_char_boundary(60)).unwrap_or("")) || squashed.contains(&description));
        let named = flat.chain(b.el).take(3).any(|(_, e)| e.hints & hints::LEAD != 0);
        if !(described || named) || squashed == title || lines::junk(text).is_some() || lines::about_the_page(text).is_some() {
            continue;
        }
        let repeated = (first..verdicts.len().min(first + 12))
            .any(|k| verdicts[k].kept() && lines::squash(flat.of(&flat.blocks[k])).contains(&squashed));
        if !repeated {
            verdicts[i] = Verdict::Kept;
        }
    }
}

/// A line above the text that is a date, with a weekday or a time at most.
fn date_line(b: &Block, text: &str) -> bool {
    let loose = !matches!(b.tag, Tag::Heading(_) | Tag::Item | Tag::Quote | Tag::Pre);
    loose
        && b.weight <= 45
        && b.words <= 9
        && text.bytes().any(|c| c.is_ascii_digit())
        && super::dates::in_text(text, super::dates::Order::DayFirst).is_some()
}

/// Drops lists that are mostly links.
fn link_lists(flat: &Flat, first: usize, last: usize, verdicts: &mut [Verdict]) {
    for el in &flat.els {
        if el.tag != Tag::List || (el.first as usize) < first || el.last as usize > last || el.first == el.last {
            continue;
        }
        let blocks = &flat.blocks[el.first as usize..el.last as usize];
        let (w, l) = blocks.iter().fold((0, 0), |(w, l), b| (w + b.weight, l + b.link));
        if l * 10 > w * 6 {
            for v in &mut verdicts[el.first as usize..el.last as usize] {
                if v.kept() {
                    *v = Verdict::Linked;
                }
            }
        }
    }
}

/// Drops the labels above the text: sections, kinds of piece, reading times. A text of nothing else stays.
fn labels(flat: &Flat, first: usize, last: usize, verdicts: &mut [Verdict]) {
    let label = |i: usize| {
        let b = &flat.blocks[i];
        let text = flat.of(b);
        // A dateline, a source and a byline may stand in blocks of their own.
        let opening = text.contains(['-', '–', '—', ':', '|', '(', '/']) || super::credits::without_by(text) != text;
        b.words <= 4 && b.weight < 40 && b.stops == 0 && !matches!(b.tag, Tag::Heading(_)) && !opening
    };
    let Some(start) = (first..last).find(|i| verdicts[*i].kept() && !label(*i)) else { return };
    for verdict in verdicts[first..start].iter_mut().filter(|v| v.kept()) {
        *verdict = Verdict::Fragment;
    }
}

/// Blocks at the end of the text in which authors are introduced and reached.
const END: usize = 8;

/// Drops what is said of the authors at the end of the text: a paragraph that opens with the name of one whom the metadata names, and
/// short lines with an address.
fn about_authors(flat: &Flat, known: &Known<'_>, first: usize, last: usize, verdicts: &mut [Verdict]) {
    let title = known.title.unwrap_or("").to_lowercase();
    let byline = known.byline.unwrap_or("").to_lowercase();
    let names = byline.split(", ").flat_map(|n| n.split(" and ")).map(str::trim);
    let names: Vec<&str> = names.filter(|n| n.contains(' ') && n.len() >= 6 && !title.contains(n)).collect();
    let kept: Vec<usize> = (first..last).filter(|i| verdicts[*i].kept()).collect();
    if kept.len() < 6 {
        return;
    }
    for (back, i) in kept.iter().rev().take(END.min(kept.len() - 3)).enumerate() {
        let b = &flat.blocks[*i];
        let text = flat.of(b);
        if matches!(b.tag, Tag::Heading(_) | Tag::Quote) || b.weight > 900 {
            continue;
        }
        let introduced = || {
            let low: String = text.chars().take(80).flat_map(char::to_lowercase).collect();
            names.iter().any(|n| low.starts_with(n))
        };
        // An address in a report is not the author's unless the author stands beside it.
        let reached = || {
            let handle = |(at, _): (usize, char)| text.get(at + 1..).is_some_and(|r| r.starts_with(|c: char| c.is_ascii_alphanumeric()));
            let own =
                || b.words <= 6 || names.iter().any(|n| n.split(' ').any(|part| part.len() >= 3 && text.to_lowercase().contains(part)));
            // In brackets stand the credits of agencies.
            let short = back < 4 && b.weight <= 400 && !text.starts_with('(');
            short && text.char_indices().filter(|(_, c)| *c == '@').any(handle) && own()
        };
        if introduced() || reached() {
            verdicts[*i] = Verdict::Line("author");
        }
    }
}

/// Drops a row of teasers at the end: short texts of which each stands under a headline that is all link, with a name and a date between
/// them at most. Names and cards know most such rows; this knows them where nothing but their order says so.
fn teasers(flat: &Flat, first: usize, last: usize, verdicts: &mut [Verdict]) {
    let leads = |b: &Block| b.words >= 4 && b.link * 10 > b.weight * 8;
    let text = |i: usize, verdicts: &[Verdict]| verdicts[i].kept() && !leads(&flat.blocks[i]);
    let mut row: Vec<usize> = Vec::new();
    let mut i = last;
    while i > first {
        i -= 1;
        if !text(i, verdicts) {
            continue;
        }
        let b = &flat.blocks[i];
        let under = (first.max(i.saturating_sub(3))..i).rev().take_while(|k| !text(*k, verdicts)).any(|k| leads(&flat.blocks[k]));
        if !under || b.weight > 300 || matches!(b.tag, Tag::Heading(_)) {
            break;
        }
        row.push(i);
    }
    let weight = |blocks: &mut dyn Iterator<Item = usize>| blocks.map(|i| flat.blocks[i].weight).sum::<u32>();
    let all = weight(&mut (first..last).filter(|i| verdicts[*i].kept()));
    let (Some(start), true) = (row.last().copied(), row.len() >= 3) else { return };
    if weight(&mut row.iter().copied()) * 2 > all {
        return;
    }
    // The first one's headline stands above it.
    for verdict in verdicts[first.max(start.saturating_sub(3))..last].iter_mut().zip(first.max(start.saturating_sub(3))..) {
        if verdict.0.kept() && (verdict.1 >= start || leads(&flat.blocks[verdict.1])) {
            *verdict.0 = Verdict::Line("teaser");
        }
    }
}

/// Drops headings over nothing that was kept.
fn headings(flat: &Flat, first: usize, last: usize, verdicts: &mut [Verdict]) {
    let mut next: Option<u8> = None; // level of the heading that follows without text between; None: text follows
    let mut end = true;
    for i in (first..last).rev() {
        if !verdicts[i].kept() {
            continue;
        }
        if let Tag::Heading(level) = flat.blocks[i].tag {
            if end || next.is_some_and(|n| n <= level) {
                verdicts[i] = Verdict::Hanging;
            } else {
                next = Some(level);
            }
        } else {
            next = None;
            end = false;
        }
    }
}

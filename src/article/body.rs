//! Which blocks of a page are the report.
//!
//! Every block gets a mass: sentences weigh for, links and fragments against. The container is the element whose blocks sum to
//! most after names, roles and repeated cards have taken out what is no text; elements that are named as an article's body count
//! for more. Within the container each block is judged by itself and by its neighbours. JSON-LD's `articleBody` is a witness for
//! both steps, and replaces the result only where the page's own text is missing.

use super::flat::{Block, El, Flat, Kind, Ruled, Tag};
use super::hints::{self, Hints};
use super::lines;
use super::witness::Witness;

/// Why a block was kept or dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Kept,
    Outside,
    /// A name, role or repeated card above it.
    Named(Hints),
    /// The same, and outside the container.
    NamedOutside(Hints),
    Linked,
    Line(&'static str),
    Title,
    /// A heading over nothing.
    Hanging,
    Fragment,
    Repeated,
    Boilerplate,
}

impl Verdict {
    pub fn kept(self) -> bool {
        self == Self::Kept
    }
}

/// The judged page.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub verdicts: Vec<Verdict>,
    /// The container, where there is one.
    pub container: Option<u32>,
    /// Mass of the page's blocks and of those in the container.
    pub page_mass: f32,
    pub body_mass: f32,
    /// Link weight and weight of the page, for the gate.
    pub link_share: f32,
}

/// What is known before the blocks are judged.
pub(super) struct Known<'a> {
    /// The main heading of the page, or else its title.
    pub title: Option<&'a str>,
    /// The authors that the metadata names.
    pub byline: Option<&'a str>,
    /// The summary that the head gives.
    pub description: Option<&'a str>,
    pub witness: Option<&'a Witness>,
    pub boilerplate: Option<&'a std::collections::HashSet<u64>>,
}

/// Judges every block.
pub(super) fn judge(flat: &Flat, known: &Known<'_>) -> Judged {
    let mass: Vec<f32> = flat.blocks.iter().map(|b| mass(flat, b)).collect();
    let mut hints = effective_hints(flat, without_comments(flat, &mass));
    let mut junk = junk_of_blocks(flat, &hints);
    let headline = headline(flat, known);
    forgive(flat, &mass, headline, &mut hints, &mut junk);
    let mut judged = Judged { verdicts: vec![Verdict::Outside; flat.blocks.len()], ..Judged::default() };
    let (weight, link) = flat.blocks.iter().fold((0u64, 0u64), |(w, l), b| (w + u64::from(b.weight), l + u64::from(b.link)));
    judged.link_share = if weight == 0 { 0.0 } else { link as f32 / weight as f32 };
    judged.page_mass = mass.iter().filter(|m| **m > 0.0).sum();
    if flat.els.is_empty() {
        return judged;
    }
    let known_to: Option<Vec<bool>> = known.witness.map(|w| flat.blocks.iter().map(|b| w.knows(flat.of(b))).collect());
    let container = choose(flat, &mass, &hints, &junk, known_to.as_deref(), headline);
    let (first, last) = range(flat, container);
    judged.container = Some(container);
    for (verdict, junk) in judged.verdicts.iter_mut().zip(&junk).filter(|(_, j)| **j != 0) {
        *verdict = Verdict::NamedOutside(*junk);
    }
    judged.body_mass = mass.get(first..last).map_or(0.0, |m| m.iter().filter(|m| **m > 0.0).sum());
    let (first, last) = one_of_several(flat, container, &mass, known, (first, last));
    super::blocks::judge_blocks(flat, known, &junk, known_to.as_deref(), (first, last), &mut judged.verdicts);
    if flat.els.get(container as usize).is_some_and(|e| e.ruled != Ruled::Body) {
        super::blocks::lead(flat, known, &junk, first, &mut judged.verdicts);
    }
    judged
}

fn range(flat: &Flat, el: u32) -> (usize, usize) {
    flat.els.get(el as usize).map_or((0, 0), |e| (e.first as usize, e.last as usize))
}

/// What a block says for (positive) or against its being the report.
fn mass(flat: &Flat, b: &Block) -> f32 {
    let weight = b.weight as f32;
    if weight == 0.0 {
        return 0.0;
    }
    let linked = b.link as f32 / weight;
    if linked > 0.5 {
        return -0.5 * weight.min(160.0) - 4.0;
    }
    match b.tag {
        Tag::Heading(_) => return if linked > 0.3 { -20.0 } else { 0.0 },
        Tag::Cell => return if sentence(b) { 0.3 * weight } else { -4.0 },
        _ => {}
    }
    if sentence(b) {
        if weight < 900.0 && lines::about_the_page(flat.of(b)).is_some() {
            return -0.3 * weight;
        }
        let worth = weight * (1.0 - linked);
        return match b.tag {
            Tag::Paragraph => worth,
            Tag::Item => 0.6 * worth,
            _ => 0.85 * worth,
        };
    }
    if lines::junk(flat.of(b)).is_some() { -40.0 } else { -6.0 }
}

/// Reads like a sentence.
pub(super) fn sentence(b: &Block) -> bool {
    (b.stops > 0 && (b.words >= 8 || b.weight >= 50)) || b.weight >= 120
}

/// The mass of a short report.
const ENOUGH: f32 = 400.0;

/// What speaks for each block, comments left out: they may be longer than the piece they are about, which stands outside of them with
/// its headline.
fn without_comments(flat: &Flat, mass: &[f32]) -> Vec<f32> {
    let mut out: Vec<f32> = mass.iter().map(|m| m.max(0.0)).collect();
    let sums = prefix(out.iter().copied());
    let headings = prefix(flat.blocks.iter().map(|b| if b.tag == Tag::Heading(1) { 1.0 } else { 0.0 }));
    let within = |sums: &[f32], el: &El| sums[el.last as usize] - sums[el.first as usize];
    let mut left = sums.last().copied().unwrap_or(0.0);
    let mut until = 0;
    for (i, el) in flat.els.iter().enumerate() {
        if i < until || el.tag == Tag::Body || el.hints & hints::COMMENTS == 0 {
            continue;
        }
        let own = within(&sums, el);
        if left - own > ENOUGH && within(&headings, el) == 0.0 {
            until = el.end as usize;
            left -= own;
            out[el.first as usize..el.last as usize].fill(0.0);
        }
    }
    out
}

/// The elements' hints, without those that cannot be meant because most of the text stands below them.
fn effective_hints(flat: &Flat, positive: Vec<f32>) -> Vec<Hints> {
    let positive = prefix(positive.into_iter());
    let total = positive.last().copied().unwrap_or(0.0).max(1.0);
    let mut out: Vec<Hints> = flat.els.iter().map(|e| e.hints).collect();
    letters(flat, &mut out);
    // Does a body stand below? Elements come before what is below them, so one pass backwards.
    let mut holds_body = vec![0f32; out.len()];
    for (i, el) in flat.els.iter().enumerate().rev() {
        let share = (positive[el.last as usize] - positive[el.first as usize]) / total;
        let inner = holds_body[i];
        let drop = out[i] & hints::DROP;
        let limit = if drop & (hints::COMMENTS | hints::RELATED | hints::HIDDEN) != 0 { 0.75 } else { 0.5 };
        if el.tag == Tag::Body || (drop != 0 && (share > limit || inner > 0.3)) {
            out[i] &= !hints::DROP;
        }
        let own = if out[i] & hints::BODY != 0 && out[i] & hints::DROP == 0 { share } else { 0.0 };
        let up = inner.max(own);
        if el.parent as usize != i
            && let Some(parent) = holds_body.get_mut(el.parent as usize)
        {
            *parent = parent.max(up);
        }
    }
    cards(flat, &positive, total, &mut out);
    out
}

/// Weight of the box around a field for a mail address: from where it says what it is, and up to where it may be a report.
const BOX: std::ops::RangeInclusive<u32> = 40..=300;

/// Marks the boxes that ask for a mail address, whatever they are called: newsletters, forms for comments.
fn letters(flat: &Flat, out: &mut [Hints]) {
    let weight = |el: &El| flat.blocks.get(el.first as usize..el.last as usize).map_or(0, |of| of.iter().map(|b| b.weight).sum::<u32>());
    for control in flat.controls.iter().filter(|c| c.kind == Kind::Mail) {
        let mut at = control.el;
        while let Some(el) = flat.els.get(at as usize).filter(|el| el.parent != at && weight(el) < *BOX.start()) {
            at = el.parent;
        }
        let asks = |el: &El| {
            BOX.contains(&weight(el)) && !flat.blocks[el.first as usize..el.last as usize].iter().any(|b| b.tag == Tag::Heading(1))
        };
        if flat.els.get(at as usize).is_some_and(asks) {
            out[at as usize] |= hints::NEWSLETTER;
        }
    }
}

/// Marks rows of alike elements that are links with a little text: teasers.
fn cards(flat: &Flat, positive: &[f32], total: f32, out: &mut [Hints]) {
    let weights = prefix(flat.blocks.iter().map(|b| b.weight as f32));
    let links = prefix(flat.blocks.iter().map(|b| b.link as f32));
    let mut group: Vec<(usize, bool)> = Vec::new();
    for (i, el) in flat.els.iter().enumerate() {
        let mut at = i + 1;
        let mut kinds: Vec<(u64, u32)> = Vec::new();
        while at < el.end as usize {
            let child = &flat.els[at];
            if matches!(child.tag, Tag::Block | Tag::Item | Tag::Article | Tag::List) && child.last > child.first {
                let room = kinds.len() < 24;
                match kinds.iter_mut().find(|k| k.0 == child.kind) {
                    Some(k) => k.1 += 1,
                    None if room => kinds.push((child.kind, 1)),
                    None => {}
                }
            }
            at = (child.end as usize).max(at + 1);
        }
        for (kind, count) in kinds {
            if count < 3 {
                continue;
            }
            group.clear();
            let mut at = i + 1;
            while at < el.end as usize {
                let child = &flat.els[at];
                if child.kind == kind && child.last > child.first {
                    let (a, b) = (child.first as usize, child.last as usize);
                    let (w, l) = (weights[b] - weights[a], links[b] - links[a]);
                    let linked_heading = flat.blocks[a..b].iter().any(|b| matches!(b.tag, Tag::Heading(_)) && b.link * 2 > b.weight);
                    let card = w < 700.0 && l > 0.0 && (l / w > 0.35 || (linked_heading && l / w > 0.08));
                    group.push((at, card));
                }
                at = (child.end as usize).max(at + 1);
            }
            let yes = group.iter().filter(|g| g.1).count();
            let share: f32 = group.iter().map(|g| positive[flat.els[g.0].last as usize] - positive[flat.els[g.0].first as usize]).sum();
            if yes * 10 >= group.len() * 7 && share < 0.6 * total {
                for (at, _) in &group {
                    out[*at] |= hints::CARDS;
                }
            }
        }
    }
}

/// The dropping hints that stand above each block.
fn junk_of_blocks(flat: &Flat, hints: &[Hints]) -> Vec<Hints> {
    let mut junk = vec![0; flat.blocks.len()];
    let mut above = vec![0; flat.els.len()];
    for (i, el) in flat.els.iter().enumerate() {
        let inherited = if el.parent as usize == i { 0 } else { above[el.parent as usize] };
        let mut own = hints[i] & hints::DROP;
        if el.ruled == Ruled::Remove {
            own |= hints::REMOVED;
        }
        // What a person names as the body is one, whatever it is called.
        above[i] = if el.ruled == Ruled::Body { 0 } else { inherited | own };
    }
    for (b, junk) in flat.blocks.iter().zip(&mut junk) {
        *junk = above[b.el as usize];
        // Contents are listed in links: a paragraph of prose is what they list.
        if *junk & hints::TOC != 0 && b.tag == Tag::Paragraph && sentence(b) && b.link * 10 <= b.weight {
            *junk &= !hints::TOC;
        }
    }
    junk
}

/// The block that is the headline, where one heading says it.
fn headline(flat: &Flat, known: &Known<'_>) -> Option<u32> {
    let title = known.title.map(lines::squash).filter(|t| t.len() >= 8)?;
    let mut found =
        flat.blocks.iter().enumerate().filter(|(_, b)| matches!(b.tag, Tag::Heading(1 | 2)) && lines::is_squashed(flat.of(b), &title));
    let (at, _) = found.next()?;
    found.next().is_none().then_some(at as u32)
}

/// Where hints took out nearly everything, the hint that took out most cannot mean what it says on this page: a page builder that
/// calls every part a widget, a body that a script would have shown.
fn forgive(flat: &Flat, mass: &[f32], headline: Option<u32>, hints: &mut [Hints], junk: &mut Vec<Hints>) {
    let from = headline.map_or(0, |at| at as usize);
    let mass = mass.get(from..).unwrap_or(&[]);
    let total: f32 = mass.iter().filter(|m| **m > 0.0).sum();
    for _ in 0..4 {
        let mut by_bit = [0f32; 32];
        let mut left = 0.0;
        for (m, j) in mass.iter().zip(junk.iter().skip(from)).filter(|(m, _)| **m > 0.0) {
            if *j == 0 {
                left += m;
            }
            for (bit, sum) in by_bit.iter_mut().enumerate().filter(|(bit, _)| j & (1 << bit) != 0) {
                // Comments may well be longer than what they are about.
                *sum += if 1 << bit == hints::COMMENTS { m * 0.05 } else { *m };
            }
        }
        let Some((bit, most)) = by_bit.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1)) else { return };
        if left > 0.2 * total && left > 150.0 || left > 1500.0 || most < 2.0 * left || most < 120.0 {
            return;
        }
        for h in hints.iter_mut() {
            *h &= !(1 << bit);
        }
        *junk = junk_of_blocks(flat, hints);
    }
}

/// How much more the blocks of an element count for what the element is called.
fn factor(el: &El, hints: Hints) -> f32 {
    let mut f = 1.0;
    if hints & hints::ARTICLE_BODY != 0 {
        f += 0.35;
    } else if hints & hints::BODY != 0 {
        f += 0.25;
    }
    if el.tag == Tag::Article || hints & hints::ARTICLE != 0 {
        f += 0.1;
    }
    if hints & hints::MAIN != 0 {
        f += 0.04;
    }
    if hints & hints::CONTENT != 0 {
        f += 0.03;
    }
    f
}

/// The element that holds the report.
fn choose(flat: &Flat, mass: &[f32], hints: &[Hints], junk: &[Hints], known_to: Option<&[bool]>, headline: Option<u32>) -> u32 {
    if let Some(at) = flat.els.iter().position(|e| e.ruled == Ruled::Body) {
        return at as u32;
    }
    let worth = |i: usize| {
        if junk[i] != 0 {
            return 0.0;
        }
        match known_to.and_then(|k| k.get(i)) {
            Some(true) => mass[i].abs() * 1.6,
            Some(false) if mass[i] > 0.0 => mass[i] * 0.25,
            _ => mass[i],
        }
    };
    // What stands above the headline is no report, where enough stands below it.
    let below = |at: u32| (at as usize..mass.len()).map(worth).sum::<f32>() > ENOUGH;
    let headline = headline.filter(|at| below(*at)).unwrap_or(0);
    let sums = prefix((0..mass.len()).map(|i| if i < headline as usize { worth(i).min(0.0) } else { worth(i) }));
    let mut best = (0u32, f32::MIN);
    for (i, el) in flat.els.iter().enumerate() {
        if el.last <= headline || el.last == el.first || matches!(el.tag, Tag::Paragraph | Tag::Heading(_) | Tag::Inline | Tag::Link) {
            continue;
        }
        let sum = sums[el.last as usize] - sums[el.first as usize];
        let score = if sum > 0.0 { sum * factor(el, hints[i]) } else { sum };
        if score >= best.1 {
            best = (i as u32, score);
        }
    }
    best.0
}

/// Pages that load one article after the other: of several that each have a main heading, the one with the page's title, else the
/// first.
fn one_of_several(flat: &Flat, container: u32, mass: &[f32], known: &Known<'_>, whole: (usize, usize)) -> (usize, usize) {
    let Some(outer) = flat.els.get(container as usize) else { return whole };
    let title = known.title.map(lines::squash).unwrap_or_default();
    let mut found: Vec<(usize, usize, bool)> = Vec::new();
    let mut at = container as usize + 1;
    while at < outer.end as usize {
        let el = &flat.els[at];
        let (a, b) = (el.first as usize, el.last as usize);
        if el.tag == Tag::Article {
            let headings = flat.blocks[a..b].iter().filter(|b| b.tag == Tag::Heading(1) && b.link * 2 <= b.weight);
            let (count, titled) = headings.fold((0, false), |(n, t), h| (n + 1, t || lines::squash(flat.of(h)) == title));
            if count == 1 && mass[a..b].iter().filter(|m| **m > 0.0).sum::<f32>() > 500.0 {
                found.push((a, b, titled));
            }
            at = (el.end as usize).max(at + 1);
        } else {
            at += 1;
        }
    }
    if found.len() < 2 {
        return whole;
    }
    found.iter().find(|f| f.2).or(found.first()).map_or(whole, |f| (f.0, f.1))
}

/// Prefix sums, one longer than the input.
fn prefix(values: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut sum = 0.0;
    std::iter::once(0.0)
        .chain(values.map(|v| {
            sum += v;
            sum
        }))
        .collect()
}

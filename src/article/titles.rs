//! The headline: what is printed over the text, told from what was written for search engines by the witnesses of head and address.

use super::flat::{Block, El, Flat, Tag};
use super::hints;
use super::jsonld::Linked;
use super::lines::{is_squashed, squash};
use super::meta::{meta, publisher, tidy};
use super::slug::{Slug, plain};
use url::Url;

/// Longest headline, in characters (those of scripts without spaces counted threefold).
const LONGEST: u32 = 400;
/// Headings that are looked at for one that says what is printed above the text.
const MAX_HEADINGS: usize = 64;
/// Where a heading is no headline.
const ELSEWHERE: hints::Hints =
    hints::RELATED | hints::NAV | hints::FOOTER | hints::COMMENTS | hints::ASIDE | hints::CONSENT | hints::HIDDEN | hints::NEWSLETTER;

/// The beginning of a line: no headline is longer, and each line is held against every heading.
fn clip(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LONGEST as usize * 4)).unwrap_or(text)
}

/// What the head says, without the site's name.
struct Said {
    social: Option<String>,
    headline: Option<String>,
    tag: Option<String>,
}

impl Said {
    fn each(&self) -> impl Iterator<Item = &String> {
        [&self.social, &self.headline, &self.tag].into_iter().flatten()
    }
}

/// The headline of a page.
#[derive(Default)]
pub(super) struct Headline {
    pub title: Option<String>,
    /// The page's main heading where another line is the title: no part of the text either.
    pub overruled: Option<String>,
}

/// The headline as it is written, without the site's name.
///
/// `url` is where the page came from, `address` the one that it names as its own.
pub(super) fn headline(flat: &Flat, linked: Option<&Linked>, url: Option<&Url>, address: Option<&Url>) -> Headline {
    let titled = |title: Option<String>| Headline { title, overruled: None };
    let home = || home_heading(flat, linked);
    let site = publisher(flat, linked).or_else(home).map(|site| clip(&site).to_owned());
    let host = url.and_then(Url::host_str);
    let line = |text: &str| tidy(clip(text));
    let strip = |text: &str| strip_site(&line(text), site.as_deref(), host);
    let social = meta(flat, &["og:title", "twitter:title"]);
    let said = Said {
        social: social.map(strip).filter(|t| !t.is_empty()),
        headline: linked.and_then(|l| l.headline.as_deref()).map(line).filter(|t| !t.is_empty()),
        tag: flat.head.title.as_deref().map(strip).filter(|t| !t.is_empty()),
    };
    let witnesses: Vec<String> = said.each().map(|t| squash(t)).collect();
    let named = |b: &Block, own: &str| b.link == b.weight && site.as_deref().is_some_and(|site| squash(site) == own);
    let known = |b: &&Block| {
        let own = squash(flat.of(b));
        own.len() >= 8 && !named(b, &own) && witnesses.iter().any(|w| w.contains(&own) || (own.contains(w.as_str()) && w.len() > 12))
    };
    let headings = || flat.blocks.iter().filter(|b| b.tag == Tag::Heading(1) && b.weight < LONGEST);
    // A heading that is all link leads elsewhere, to the front page more often than not.
    let first = headings().filter(|b| b.link < b.weight).find(known).or_else(|| headings().find(known));
    if let Some(below) = first.and_then(|first| printed_below(flat, first, &witnesses, site.as_deref())) {
        return titled(Some(below));
    }
    let first = first.map(|first| flat.of(first).replace('\n', " "));
    let printed = first.or_else(|| printed_title(flat, site.as_deref(), &said));
    let whole = social.map(line);
    let filed = address.or(url).and_then(|address| filed_title(address, printed.as_deref()?, &said, whole.as_ref()));
    match filed {
        Some(filed) => Headline { title: Some(filed), overruled: printed },
        None => titled(printed.or(said.social).or(said.headline).or(said.tag)),
    }
}

/// The headline over the text, where the page's main heading stands in its navigation: what closes a row of breadcrumbs is written
/// for search engines.
fn printed_below(flat: &Flat, main: &Block, witnesses: &[String], site: Option<&str>) -> Option<String> {
    let within = |b: &Block, hints: hints::Hints| flat.chain(b.el).any(|(_, e)| e.tag != Tag::Body && e.hints & hints != 0);
    if !within(main, hints::NAV) {
        return None;
    }
    let (own, site) = (squash(flat.of(main)), squash(site.unwrap_or("")));
    let opens = |b: &&Block| b.tag != Tag::Paragraph || b.weight < 80 || b.link * 2 > b.weight || within(b, ELSEWHERE);
    let above_the_text = flat.blocks.iter().filter(|b| b.start >= main.end).take_while(opens);
    let headings = above_the_text.filter(|b| matches!(b.tag, Tag::Heading(1..=3)) && b.weight < LONGEST && b.link == 0);
    headings.filter(|b| !within(b, ELSEWHERE)).take(MAX_HEADINGS).find_map(|b| {
        let text = squash(flat.of(b));
        let said = |w: &&String| w.chars().count() > 12 && **w != own && **w != site && text.ends_with(w.as_str());
        let witness = witnesses.iter().filter(|_| text != own).find(said)?;
        without_kicker(&flat.of(b).replace('\n', " "), witness)
    })
}

/// The end of a heading that says what a squashed witness says; before it stands the line over the headline. `None` where that end
/// begins within a word.
fn without_kicker(heading: &str, witness: &str) -> Option<String> {
    let starts = heading.char_indices().filter(|(_, c)| c.is_alphanumeric()).map(|(at, _)| at);
    let start = starts.rev().find(|at| heading.get(*at..).is_some_and(|tail| squash(tail).len() >= witness.len()))?;
    let (before, _) = heading.split_at(start);
    if before.ends_with(char::is_alphanumeric) {
        return None;
    }
    // Marks that open the headline belong to it, and not those that close the line over it.
    let marked =
        before.trim_end_matches(['"', '\'', '“', '„', '”', '«', '»', '‹', '‘', '’', '「', '『', '(', '[', '¿', '¡', '#', '$', '€', '£']);
    let start = if marked.ends_with(char::is_alphanumeric) { start } else { marked.len() };
    heading.get(start..).map(|headline| headline.trim().to_owned())
}

/// The headline under which a text was filed: a line of the head that the words of the address say too. It counts where fewer lines of
/// the head know the main heading, and the one that readers share does not: such a heading is the last line of a ticker, or an offer.
/// Needs words with spaces between them, so that it never speaks for Chinese, Japanese or Thai.
fn filed_title(address: &Url, printed: &str, said: &Said, whole: Option<&String>) -> Option<String> {
    let slug = Slug::of(address)?;
    let own = plain(printed);
    let same = |a: &str, b: &str| a.len().min(b.len()) >= 8 && (a.contains(b) || b.contains(a));
    let cut = |title: &str| title.ends_with(['…', '.']) && title.trim_end_matches(['…', '.']).len() + 2 < title.len();
    let candidates = said.social.iter().chain(whole).chain(&said.headline);
    let filed = candidates.into_iter().find(|title| title.len() < LONGEST as usize * 2 && !cut(title) && slug.says(title))?;
    let line = plain(filed);
    let shared = said.social.as_deref().map(plain);
    if same(&line, &own) || shared.is_some_and(|shared| same(&shared, &own)) {
        return None;
    }
    // The heading and the address have a voice each, and every line of the head that agrees with one of them.
    let voices = |own: &str| 1 + said.each().filter(|title| same(&plain(title), own)).count();
    (voices(&line) > voices(&own)).then(|| filed.clone())
}

/// A heading of its own that says what is printed above the text; the head's titles are often written for search engines.
fn printed_title(flat: &Flat, site: Option<&str>, said: &Said) -> Option<String> {
    let blocks = |e: &El| flat.blocks.get(e.first as usize..e.last as usize).unwrap_or(&[]);
    let all: u32 = flat.blocks.iter().map(|b| b.weight).sum();
    // A name over much of the page is the page's, and says nothing of its heading.
    let wide = |e: &El| blocks(e).iter().map(|b| b.weight).sum::<u32>() * 3 > all;
    let mut all_main = flat.blocks.iter().filter(|b| b.tag == Tag::Heading(1)).map(|b| flat.of(b));
    let only = all_main.next().is_some_and(|first| all_main.all(|other| other == first));
    // The one main heading of a page may lie over a picture.
    let elsewhere = if only { ELSEWHERE & !(hints::CONSENT | hints::ASIDE) } else { ELSEWHERE };
    let site = squash(site.unwrap_or(""));
    let mut main = flat.blocks.iter().enumerate().filter(|(_, b)| b.tag == Tag::Heading(1)).take(MAX_HEADINGS);
    let (at, _) = main.find(|(_, b)| {
        b.weight > 14
            && b.weight < 200
            && b.link * 2 <= b.weight
            && b.words >= if only { 2 } else { 3 }
            && !flat.chain(b.el).any(|(_, e)| e.tag != Tag::Body && e.hints & elsewhere != 0 && !wide(e))
            && squash(flat.of(b)) != site
    })?;
    let text = flat.of(flat.blocks.get(at)?);
    // One word of weight in common is enough to know it for a headline of the same text.
    let low = text.to_lowercase();
    let shares = |t: &String| t.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|w| w.len() > 3 && low.contains(w));
    // What stands above it in the words of the head is the headline, and this one heads a part of the text.
    let titles: Vec<String> = said.each().map(|t| squash(t)).collect();
    let above = flat.blocks.get(..at)?.iter().any(|b| {
        matches!(b.tag, Tag::Heading(_)) && b.link < b.weight && b.weight > 14 && titles.iter().any(|t| is_squashed(flat.of(b), t))
    });
    (!above && (titles.is_empty() || said.each().any(shares))).then(|| text.replace('\n', " "))
}

/// The site's name where a linked main heading says it above the headline: a title of the head is then this heading and another one.
fn home_heading(flat: &Flat, linked: Option<&Linked>) -> Option<String> {
    let found = flat.blocks.iter().find(|b| b.tag == Tag::Heading(1) && b.link == b.weight && b.weight < 60)?;
    let own = squash(flat.of(found));
    let titles = [meta(flat, &["og:title"]), linked.and_then(|l| l.headline.as_deref()), flat.head.title.as_deref()];
    let rests: Vec<String> = titles
        .into_iter()
        .flatten()
        .map(squash)
        .filter_map(|t| t.strip_prefix(&own).or_else(|| t.strip_suffix(&own)).map(str::to_owned))
        .filter(|rest| rest.len() >= 8)
        .collect();
    let other = |b: &Block| matches!(b.tag, Tag::Heading(_)) && b.weight < 300 && rests.contains(&squash(flat.of(b)));
    flat.blocks.iter().any(other).then(|| flat.of(found).to_owned())
}

/// Takes the site's name off a title.
fn strip_site(title: &str, site: Option<&str>, host: Option<&str>) -> String {
    let site = site.map(squash).unwrap_or_default();
    let host = host.map(|h| squash(h.trim_start_matches("www."))).unwrap_or_default();
    let names = |part: &str| {
        let part = squash(part);
        !part.is_empty() && (part == site || (part.len() >= 3 && host.starts_with(&part)) || (site.len() > 3 && part.contains(&site)))
    };
    let mut title = title.trim();
    for _ in 0..2 {
        let cut = [" | ", " - ", " – ", " — ", " :: ", " » ", " · ", " • ", " // ", " / ", ": "];
        let last = cut.iter().filter_map(|s| title.rfind(s).map(|i| (i, s.len()))).max();
        if let Some((at, len)) = last
            && let (Some(head), Some(tail)) = (title.get(..at), title.get(at + len..))
        {
            let bar = matches!(title.as_bytes().get(at + 1), Some(b'|' | b':'));
            let short = tail.split_whitespace().count() <= 4 && head.split_whitespace().count() >= 4;
            if names(tail) || (bar && len == 3 && short) {
                title = head.trim();
                continue;
            }
        }
        let first = cut.iter().take(10).filter_map(|s| title.find(s).map(|i| (i, s.len()))).min();
        if let Some((at, len)) = first
            && let (Some(head), Some(tail)) = (title.get(..at), title.get(at + len..))
            && names(head)
            && !tail.trim().is_empty()
        {
            title = tail.trim();
            continue;
        }
        break;
    }
    title.to_owned()
}

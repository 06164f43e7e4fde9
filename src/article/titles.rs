//! The headline: what is printed over the text, told from what was written for search engines by the witnesses of head and address.

use super::flat::{Block, El, Flat, Tag};
use super::hints;
use super::jsonld::Linked;
use super::lines::squash;
use super::meta::{meta, publisher, tidy};
use super::slug::Slug;
use url::Url;

/// The headline as it is written, without the site's name.
///
/// `url` is the page's own address or the one that it names as its own.
pub(super) fn title(flat: &Flat, linked: Option<&Linked>, url: Option<&Url>) -> Option<String> {
    let home = || home_heading(flat, linked);
    let site = publisher(flat, linked).or_else(home);
    let host = url.and_then(Url::host_str);
    let strip = |text: &str| strip_site(&tidy(text), site.as_deref(), host);
    let social = meta(flat, &["og:title", "twitter:title"]).map(strip).filter(|t| !t.is_empty());
    let headline = linked.and_then(|l| l.headline.as_deref()).map(tidy).filter(|t| !t.is_empty());
    let tag = flat.head.title.as_deref().map(strip).filter(|t| !t.is_empty());
    let witnesses: Vec<String> = [&social, &headline, &tag].into_iter().flatten().map(|t| squash(t)).collect();
    let named = |b: &Block, own: &str| b.link == b.weight && site.as_deref().is_some_and(|site| squash(site) == own);
    let known = |b: &&Block| {
        let own = squash(flat.of(b));
        own.len() >= 8 && !named(b, &own) && witnesses.iter().any(|w| w.contains(&own) || (own.contains(w.as_str()) && w.len() > 12))
    };
    let headings = || flat.blocks.iter().filter(|b| b.tag == Tag::Heading(1) && b.weight < 400);
    // A heading that is all link leads elsewhere, to the front page more often than not.
    let first = headings().filter(|b| b.link < b.weight).find(known).or_else(|| headings().find(known));
    let first = first.map(|first| printed_below(flat, first, &witnesses).unwrap_or_else(|| flat.of(first).replace('\n', " ")));
    let head = [social.as_deref(), headline.as_deref(), tag.as_deref()];
    let printed = first.or_else(|| printed_title(flat, site.as_deref(), &head));
    let whole = meta(flat, &["og:title", "twitter:title"]).map(tidy);
    let filed = url.and_then(|url| filed_title(url, printed.as_deref()?, [&whole, &social, &headline]));
    filed.or(printed).or(social).or(headline).or(tag)
}

/// The headline over the text, where the page's main heading stands in its navigation: the last of the breadcrumbs is written for
/// search engines.
fn printed_below(flat: &Flat, main: &Block, witnesses: &[String]) -> Option<String> {
    let navigation = |b: &Block| flat.chain(b.el).any(|(_, e)| e.tag != Tag::Body && e.hints & hints::NAV != 0);
    if !navigation(main) {
        return None;
    }
    let below = flat.blocks.iter().filter(|b| b.start >= main.end && matches!(b.tag, Tag::Heading(2)) && b.weight < 400 && b.link == 0);
    let own = squash(flat.of(main));
    below.filter(|b| !navigation(b)).find_map(|b| {
        let text = squash(flat.of(b));
        let said = |w: &&String| w.len() > 12 && **w != own && text.ends_with(w.as_str());
        let witness = witnesses.iter().find(said)?;
        Some(without_kicker(&flat.of(b).replace('\n', " "), witness))
    })
}

/// The end of a heading that says what a squashed witness says; before it stands the line over the headline.
fn without_kicker(heading: &str, witness: &str) -> String {
    let starts = heading.char_indices().filter(|(_, c)| c.is_alphanumeric()).map(|(at, _)| at);
    let tail = starts.rev().filter_map(|at| heading.get(at..)).find(|tail| squash(tail).len() >= witness.len());
    let tail = tail.unwrap_or(heading);
    // Marks that open the headline belong to it.
    let before = heading.len() - tail.len();
    let opened = heading.get(..before).map_or(before, |b| b.trim_end_matches(|c: char| !c.is_alphanumeric() && !c.is_whitespace()).len());
    heading.get(opened..).unwrap_or(tail).trim().to_owned()
}

/// The headline under which a text was filed: what the head and the words of the address say alike, where the head knows nothing of
/// the main heading: that is the last line of a ticker then, or an offer in place of a headline.
fn filed_title(url: &Url, printed: &str, said: [&Option<String>; 3]) -> Option<String> {
    let own = squash(printed);
    let same = |title: &&String| {
        let title = squash(title);
        title.contains(&own) || own.contains(&title)
    };
    let [social, ..] = said;
    if social.iter().any(|s| same(&s)) {
        return None;
    }
    let slug = Slug::of(url)?;
    said.into_iter().flatten().find(|title| slug.says(title) && !same(title)).cloned()
}

/// A heading of its own that says what is printed above the text; the head's titles are often written for search engines.
fn printed_title(flat: &Flat, site: Option<&str>, head: &[Option<&str>]) -> Option<String> {
    const ELSEWHERE: hints::Hints =
        hints::RELATED | hints::NAV | hints::FOOTER | hints::COMMENTS | hints::ASIDE | hints::CONSENT | hints::HIDDEN | hints::NEWSLETTER;
    let blocks = |e: &El| flat.blocks.get(e.first as usize..e.last as usize).unwrap_or(&[]);
    let all: u32 = flat.blocks.iter().map(|b| b.weight).sum();
    // A name over much of the page is the page's, and says nothing of its heading.
    let wide = |e: &El| blocks(e).iter().map(|b| b.weight).sum::<u32>() * 3 > all;
    let mut all_main = flat.blocks.iter().filter(|b| b.tag == Tag::Heading(1)).map(|b| flat.of(b));
    let only = all_main.next().is_some_and(|first| all_main.all(|other| other == first));
    // The one main heading of a page may lie over a picture.
    let elsewhere = if only { ELSEWHERE & !(hints::CONSENT | hints::ASIDE) } else { ELSEWHERE };
    let site = squash(site.unwrap_or(""));
    let at = flat.blocks.iter().position(|b| {
        b.tag == Tag::Heading(1)
            && b.weight > 14
            && b.weight < 200
            && b.link * 2 <= b.weight
            && b.words >= if only { 2 } else { 3 }
            && !flat.chain(b.el).any(|(_, e)| e.tag != Tag::Body && e.hints & elsewhere != 0 && !wide(e))
            && squash(flat.of(b)) != site
    })?;
    let text = flat.of(flat.blocks.get(at)?);
    let titles = || head.iter().copied().flatten();
    // One word of weight in common is enough to know it for a headline of the same text.
    let low = text.to_lowercase();
    let shares = |t: &str| t.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|w| w.len() > 3 && low.contains(w));
    // What stands above it in the words of the head is the headline, and this one heads a part of the text.
    let above = flat.blocks.get(..at)?.iter().any(|b| {
        matches!(b.tag, Tag::Heading(_)) && b.link < b.weight && b.weight > 14 && titles().any(|t| squash(t) == squash(flat.of(b)))
    });
    (!above && (titles().next().is_none() || titles().any(shares))).then(|| text.replace('\n', " "))
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

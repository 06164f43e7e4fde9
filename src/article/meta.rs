//! Title, times, names and addresses of a page, each from the best of its sources.

use super::flat::{Block, El, Flat, Tag};
use super::hints;
use super::jsonld::Linked;
use super::lines::squash;
use crate::model::canonical::{canonical_url, same_site};
use crate::model::entities::unescape;
use url::Url;

/// The first of these names or properties that the head gives.
pub(super) fn meta<'a>(flat: &'a Flat, keys: &[&str]) -> Option<&'a str> {
    keys.iter().find_map(|key| flat.head.metas.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str()))
}

/// Text of an attribute, a script or a headline in one line; entities that are left because it was escaped twice are resolved.
pub(super) fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let text = unescape(text);
    for word in text.split(|c: char| c.is_whitespace() || c == '\u{200b}').filter(|w| !w.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// The headline as it is written, without the site's name.
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
    if let Some(first) = first {
        return Some(flat.of(first).replace('\n', " "));
    }
    let printed = printed_title(flat, site.as_deref(), &[social.as_deref(), headline.as_deref(), tag.as_deref()]);
    printed.or(social).or(headline).or(tag)
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
    let other = |b: &super::flat::Block| matches!(b.tag, Tag::Heading(_)) && b.weight < 300 && rests.contains(&squash(flat.of(b)));
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

/// The site's name.
pub(super) fn publisher(flat: &Flat, linked: Option<&Linked>) -> Option<String> {
    meta(flat, &["og:site_name", "application-name", "apple-mobile-web-app-title"])
        .map(tidy)
        .or_else(|| linked.and_then(|l| l.publisher.as_deref()).map(tidy))
        .filter(|n| !n.is_empty())
}

/// The authors that the metadata names.
pub(super) fn byline(flat: &Flat, linked: Option<&Linked>) -> Option<String> {
    let site = squashed_site(flat, linked);
    if let Some(linked) = linked {
        let names: Vec<String> = linked.authors.iter().map(|a| tidy(a)).filter(|name| is_name(name, &site)).collect();
        if !names.is_empty() {
            return Some(names.join(", "));
        }
    }
    meta(flat, &["author", "article:author", "parsely-author", "dc.creator", "byl", "sailthru.author", "og:article:author"])
        .map(tidy)
        .filter(|name| is_name(name, &site))
        .map(|name| super::credits::without_by(&name).to_owned())
}

/// The author that is printed in the blocks `top`.
pub(super) fn printed_byline(flat: &Flat, linked: Option<&Linked>, top: std::ops::Range<usize>) -> Option<String> {
    let site = squashed_site(flat, linked);
    flat.blocks.get(top)?.iter().find_map(|b| {
        let text = flat.of(b);
        let named = flat.chain(b.el).take(4).any(|(_, e)| e.hints & hints::AUTHOR != 0);
        if b.words < 2 || b.words > 12 || !named {
            return None;
        }
        Some(super::credits::without_by(text.lines().next()?.trim()).to_owned()).filter(|name| is_name(name, &site))
    })
}

fn squashed_site(flat: &Flat, linked: Option<&Linked>) -> String {
    publisher(flat, linked).map(|p| squash(&p)).unwrap_or_default()
}

/// May be an author's name: no address, and not the site's.
fn is_name(name: &str, site: &str) -> bool {
    !name.is_empty() && name.len() < 200 && !name.contains("http") && !name.contains('@') && squash(name) != site
}

/// The address that identifies the page, and a canonical address on another host.
pub(super) fn addresses(flat: &Flat, linked: Option<&Linked>, url: Option<&Url>) -> (Option<String>, Option<String>) {
    let own = url.and_then(|u| canonical_url(u.as_str()));
    let base = url.cloned();
    let mut elsewhere = None;
    let candidates = [flat.head.canonical.as_deref(), meta(flat, &["og:url"]), linked.and_then(|l| l.url.as_deref())];
    for candidate in candidates.into_iter().flatten() {
        let resolved = match &base {
            Some(base) => base.join(candidate.trim()).ok(),
            None => Url::parse(candidate.trim()).ok(),
        };
        let Some(found) = resolved.filter(|u| matches!(u.scheme(), "http" | "https") && u.host_str().is_some()) else { continue };
        let Some(canonical) = canonical_url(found.as_str()) else { continue };
        match url {
            // A home page as canonical address of an article is a template's mistake.
            Some(url) if same_site(url, &found) && (found.path().len() > 1 || url.path().len() <= 1) => {
                return (Some(canonical), elsewhere);
            }
            Some(url) if same_site(url, &found) => {}
            Some(_) => {
                elsewhere.get_or_insert(canonical);
            }
            None if found.path().len() > 1 => return (Some(canonical), elsewhere),
            None => {}
        }
    }
    (own, elsewhere)
}

/// The summary that the head gives.
pub(super) fn description(flat: &Flat) -> Option<&str> {
    meta(flat, &["og:description", "description", "twitter:description"])
}

/// Section, lead picture.
pub(super) fn filing(flat: &Flat, linked: Option<&Linked>, url: Option<&Url>) -> (Option<String>, Option<String>) {
    let section = meta(flat, &["article:section"]).map(tidy).or_else(|| linked.and_then(|l| l.section.as_deref()).map(tidy));
    let image = meta(flat, &["og:image", "og:image:url", "twitter:image"]).or_else(|| linked.and_then(|l| l.image.as_deref()));
    let image = image.and_then(|i| match url {
        Some(url) => url.join(i).ok(),
        None => Url::parse(i).ok(),
    });
    (section.filter(|s| !s.is_empty()), image.filter(|u| matches!(u.scheme(), "http" | "https")).map(String::from))
}

/// The language that the page declares, two letters.
pub(super) fn declared_lang(flat: &Flat, linked: Option<&Linked>) -> Option<String> {
    let declared = flat
        .head
        .lang
        .as_deref()
        .or_else(|| meta(flat, &["og:locale", "content-language", "language"]))
        .or(linked.and_then(|l| l.lang.as_deref()))?;
    let code: String = declared.trim().chars().take_while(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
    (code.len() == 2 || code.len() == 3).then_some(code)
}

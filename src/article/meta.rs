//! Title, times, names and addresses of a page, each from the best of its sources.

use super::dates::{self, Order};
use super::flat::{Flat, Tag};
use super::hints;
use super::jsonld::Linked;
use super::lines::squash;
use crate::model::canonical::{canonical_url, same_site};
use jiff::Timestamp;
use url::Url;

/// The first of these names or properties that the head gives.
fn meta<'a>(flat: &'a Flat, keys: &[&str]) -> Option<&'a str> {
    keys.iter().find_map(|key| flat.head.metas.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str()))
}

/// Text of an attribute or a script, its white space and stray entities resolved.
pub(super) fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let resolved;
    let text = if text.contains('&') && text.contains(';') {
        resolved = unescape(text);
        &resolved
    } else {
        text
    };
    for word in text.split(|c: char| c.is_whitespace() || c == '\u{200b}').filter(|w| !w.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Resolves the entities that survive in metadata that was escaped twice.
pub(super) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(rest.get(..at).unwrap_or(""));
        rest = rest.get(at..).unwrap_or("");
        let end = rest.as_bytes().iter().take(10).position(|b| *b == b';');
        let name = end.and_then(|e| rest.get(1..e));
        let resolved = name.and_then(|name| match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" | "rsquo" | "lsquo" => Some('\''),
            "nbsp" => Some(' '),
            "ndash" => Some('–'),
            "mdash" => Some('—'),
            "hellip" => Some('…'),
            "ldquo" => Some('“'),
            "rdquo" => Some('”'),
            _ => {
                let number = name.strip_prefix('#')?;
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => number.parse().ok()?,
                };
                char::from_u32(code)
            }
        });
        match (resolved, end) {
            (Some(c), Some(e)) => {
                out.push(c);
                rest = rest.get(e + 1..).unwrap_or("");
            }
            _ => {
                out.push('&');
                rest = rest.get(1..).unwrap_or("");
            }
        }
    }
    out.push_str(rest);
    out
}

/// The headline, without the site's name.
pub(super) fn title(flat: &Flat, linked: Option<&Linked>, url: Option<&Url>) -> Option<String> {
    let home = || home_heading(flat, linked);
    let site = publisher(flat, linked).or_else(home);
    let host = url.and_then(Url::host_str);
    let strip = |text: &str| strip_site(&tidy(text), site.as_deref(), host);
    let social = meta(flat, &["og:title", "twitter:title"]).map(strip).filter(|t| !t.is_empty());
    let headline = linked.and_then(|l| l.headline.as_deref()).map(tidy).filter(|t| !t.is_empty());
    let tag = flat.head.title.as_deref().map(strip).filter(|t| !t.is_empty());
    let witnesses: Vec<String> = [&social, &headline, &tag].into_iter().flatten().map(|t| squash(t)).collect();
    let first = flat.blocks.iter().filter(|b| b.tag == Tag::Heading(1) && b.weight < 400).map(|b| (b, flat.of(b))).find(|(b, text)| {
        let own = squash(text);
        let named = b.link == b.weight && site.as_deref().is_some_and(|site| squash(site) == own);
        own.len() >= 8 && !named && witnesses.iter().any(|w| w.contains(&own) || (own.contains(w.as_str()) && w.len() > 12))
    });
    if let Some((_, first)) = first {
        return Some(first.replace('\n', " "));
    }
    // A heading of its own says what is printed above the text; the head's titles are often written for search engines.
    let printed =
        flat.blocks.iter().filter(|b| b.tag == Tag::Heading(1) && b.weight > 14 && b.weight < 300 && b.link * 2 <= b.weight).find(|b| {
            const ELSEWHERE: hints::Hints = hints::RELATED
                | hints::NAV
                | hints::FOOTER
                | hints::COMMENTS
                | hints::ASIDE
                | hints::CONSENT
                | hints::HIDDEN
                | hints::NEWSLETTER;
            let named = flat.chain(b.el).any(|(_, e)| e.tag != Tag::Body && e.hints & ELSEWHERE != 0);
            !named && b.words >= 3 && squash(flat.of(b)) != squash(site.as_deref().unwrap_or(""))
        });
    let shares = |text: &str| {
        // One word of weight in common is enough to know it for a headline of the same text.
        let low = text.to_lowercase();
        [&social, &headline, &tag]
            .into_iter()
            .flatten()
            .any(|t| t.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|w| w.len() > 3 && low.contains(w)))
    };
    let printed = printed.map(|b| flat.of(b).replace('\n', " ")).filter(|text| witnesses.is_empty() || shares(text));
    printed.or(social).or(headline).or(tag)
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

/// The printed author.
pub(super) fn byline(flat: &Flat, linked: Option<&Linked>, top: std::ops::Range<usize>) -> Option<String> {
    let site = publisher(flat, linked).map(|p| squash(&p)).unwrap_or_default();
    let usable =
        |name: &String| !name.is_empty() && name.len() < 200 && !name.contains("http") && !name.contains('@') && squash(name) != site;
    if let Some(linked) = linked {
        let names: Vec<String> = linked.authors.iter().map(|a| tidy(a)).filter(usable).collect();
        if !names.is_empty() {
            return Some(names.join(", "));
        }
    }
    if let Some(name) =
        meta(flat, &["author", "article:author", "parsely-author", "dc.creator", "byl", "sailthru.author", "og:article:author"])
            .map(tidy)
            .filter(usable)
    {
        return Some(super::credits::without_by(&name).to_owned());
    }
    flat.blocks.get(top)?.iter().find_map(|b| {
        let text = flat.of(b);
        let named = flat.chain(b.el).take(4).any(|(_, e)| e.hints & hints::AUTHOR != 0);
        if b.words < 2 || b.words > 12 || !named {
            return None;
        }
        Some(super::credits::without_by(text.lines().next()?.trim()).to_owned()).filter(usable)
    })
}

/// First publication and last change.
pub(super) fn times(
    flat: &Flat,
    linked: Option<&Linked>,
    url: Option<&Url>,
    body: std::ops::Range<usize>,
    page: &str,
) -> (Option<Timestamp>, Option<Timestamp>) {
    let order = order(flat, linked);
    let read = |text: &str| dates::read(text, order);
    let modified = linked
        .and_then(|l| l.modified.as_deref())
        .and_then(read)
        .or_else(|| meta(flat, &["article:modified_time", "og:updated_time", "datemodified", "last-modified"]).and_then(read))
        .or_else(|| flat.head.dates.iter().find(|d| d.modified).and_then(|d| read(&d.value)));
    let stated = linked.and_then(|l| l.published.as_deref()).and_then(read).or_else(|| {
        const KEYS: &[&str] = &[
            "article:published_time",
            "og:published_time",
            "og:article:published_time",
            "article:published",
            "datepublished",
            "parsely-pub-date",
            "sailthru.date",
            "publishdate",
            "publish-date",
            "publish_date",
            "published_time",
            "publication_date",
            "pubdate",
            "cxenseparse:recs:publishtime",
            "article.published",
            "dcterms.created",
            "dcterms.date",
            "dc.date.issued",
            "dc.date.created",
            "dc.date",
            "article_date_original",
            "article:created_time",
            "datecreated",
            "citation_publication_date",
            "citation_date",
            "date",
        ];
        KEYS.iter().find_map(|k| meta(flat, &[k]).and_then(read)).or_else(|| {
            let first = |(name, value): &(String, String)| publication(name).then(|| read(value)).flatten();
            flat.head.metas.iter().find_map(first)
        })
    });
    let marked = || flat.head.dates.iter().find(|d| d.published).and_then(|d| read(&d.value));
    let path = || url.and_then(|u| dates::in_path(u.path()));
    let top = body.start.saturating_sub(30)..(body.start + 6).min(flat.blocks.len());
    let near = || {
        let tag = flat.head.dates.iter().filter(|d| !d.modified && top.contains(&(d.block as usize))).find_map(|d| read(&d.value));
        tag.or_else(|| printed_date(flat, &body, order))
            .or_else(|| flat.head.dates.iter().filter(|d| !d.modified).find_map(|d| read(&d.value)))
    };
    let published = stated.or_else(marked).or_else(|| match (path(), near()) {
        // The address knows the day only; a printed time of the same day knows more.
        (Some(day), Some(time)) if (time.as_second() - day.as_second()).abs() < 2 * 86_400 => Some(time),
        (day, time) => day.or(time),
    });
    // What a page renders from it states too; and a page that says only when it changed was there by then.
    let published = published.or_else(|| dates::in_state(page, order)).or(modified);
    (published, modified)
}

/// True for a head's name that says it is the time of publication, in whatever order and with whatever prefix.
fn publication(name: &str) -> bool {
    let has = |part: &str| name.contains(part);
    has("publi")
        && !has("publisher")
        && !has("modif")
        && !has("updat")
        && !has("expir")
        && (has("date") || has("time") || name == "published")
}

/// Which of two numbers between slashes is the day, by the language and country that the page declares: the month comes first in the
/// United States, and in English without a country.
fn order(flat: &Flat, linked: Option<&Linked>) -> Order {
    let declared =
        [flat.head.lang.as_deref(), meta(flat, &["og:locale", "content-language", "language"]), linked.and_then(|l| l.lang.as_deref())];
    let low: Vec<String> = declared.into_iter().flatten().map(|l| l.trim().to_ascii_lowercase().replace('_', "-")).collect();
    let country = low.iter().find(|l| l.len() > 2 && l.starts_with("en-"));
    match country.or(low.first()) {
        Some(lang) if matches!(lang.as_str(), "en" | "en-us") => Order::MonthFirst,
        _ => Order::DayFirst,
    }
}

/// The date that is printed nearest to the headline, to the start of the text or to its end; those in a line that is marked as the
/// piece's data come first.
fn printed_date(flat: &Flat, body: &std::ops::Range<usize>, order: Order) -> Option<Timestamp> {
    let heading = flat.blocks.get(..body.end)?.iter().position(|b| b.tag == Tag::Heading(1));
    let mut best: Option<(usize, Timestamp)> = None;
    for (i, b) in flat.blocks.iter().enumerate() {
        let text = flat.of(b);
        if b.weight > 140 || !text.bytes().any(|c| c.is_ascii_digit()) {
            continue;
        }
        let near = [heading, Some(body.start), Some(body.end)].into_iter().flatten().map(|at| at.abs_diff(i)).min().unwrap_or(usize::MAX);
        let marked = flat.chain(b.el).take(3).any(|(_, e)| e.hints & (hints::META | hints::AUTHOR) != 0);
        let inside = body.contains(&i) && i > body.start + 2 && i + 2 < body.end;
        if (!marked && (near > 12 || inside)) || near > 80 {
            continue;
        }
        let away = near + if marked { 0 } else { 12 } + if i > body.start + 3 { 10 } else { 0 } + if b.weight > 60 { 6 } else { 0 };
        if best.is_none_or(|(a, _)| away < a)
            && let Some(at) = dates::in_text(text, order)
        {
            best = Some((away, at));
        }
    }
    best.map(|(_, at)| at)
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

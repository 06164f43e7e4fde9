//! What a page links: the site's feeds, and the items of a listing page that has none.

use super::{dates, dom, meta, thin};
use crate::config::PageSelectors;
use crate::model::{ParsedEntry, encoding};
use scraper::{ElementRef, Html, Selector};
use std::collections::{HashMap, HashSet};
use url::Url;

/// Items of a listing page that are read.
const MAX_ITEMS: usize = 500;

/// Feeds that a page links: address, title, and media type or nothing where only the address says that it is one.
///
/// `<link rel=alternate>` comes first, in document order, then links in the body whose address reads like a feed's. Absolute
/// http(s) addresses only, each once.
pub fn feed_links(html: &[u8], base: Option<&Url>) -> Vec<(String, String, String)> {
    let (dom, base) = open(html, base);
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for element in elements(&dom).filter(|e| e.value().name() == "link") {
        let rel = element.attr("rel").unwrap_or("");
        let kind = element.attr("type").unwrap_or("").to_ascii_lowercase();
        let alternate = rel.split_ascii_whitespace().any(|r| r.eq_ignore_ascii_case("alternate") || r.eq_ignore_ascii_case("feed"));
        if alternate && is_feed_type(&kind) {
            add(&mut found, &mut seen, base.as_ref(), element.attr("href"), element.attr("title").unwrap_or(""), &kind);
        }
    }
    for element in elements(&dom).filter(|e| e.value().name() == "a") {
        let Some(href) = element.attr("href").filter(|h| reads_like_feed(h)) else { continue };
        let text: String = element.text().take(20).collect();
        add(&mut found, &mut seen, base.as_ref(), Some(href), &text, "");
    }
    found.truncate(100);
    found
}

fn is_feed_type(kind: &str) -> bool {
    ["rss", "atom", "feed+json", "rdf"].iter().any(|k| kind.contains(k)) || kind == "application/json" && kind.contains("feed")
}

/// An address that ends or passes as feeds' addresses do.
fn reads_like_feed(href: &str) -> bool {
    let low = href.trim().to_ascii_lowercase();
    let path = low.split(['?', '#']).next().unwrap_or("").trim_end_matches('/');
    let last = path.rsplit('/').next().unwrap_or("");
    let named = matches!(last, "rss" | "feed" | "feeds" | "atom" | "rss2" | "rdf")
        || [".rss", ".atom", ".rdf", "rss.xml", "atom.xml", "feed.xml", "feed.json", "index.xml", "rss.php"]
            .iter()
            .any(|e| last.ends_with(e));
    named
        || (last.ends_with(".xml") && (path.contains("/rss") || path.contains("/feed")))
        || low.contains("feed=rss")
        || low.contains("format=rss")
}

fn add(
    found: &mut Vec<(String, String, String)>,
    seen: &mut HashSet<String>,
    base: Option<&Url>,
    href: Option<&str>,
    title: &str,
    kind: &str,
) {
    let Some(url) = href.and_then(|h| absolute(h, base)) else { return };
    let url = String::from(url);
    if seen.insert(url.clone()) {
        found.push((url, meta::tidy(title), kind.to_owned()));
    }
}

/// The items of a listing page, in document order, each address once; the first 500.
pub fn listing(html: &[u8], base: Option<&Url>, selectors: &PageSelectors) -> Vec<ParsedEntry> {
    let (dom, base) = open(html, base);
    let Ok(item) = Selector::parse(&selectors.item) else { return Vec::new() };
    let parse = |s: &Option<String>| s.as_deref().and_then(|s| Selector::parse(s).ok());
    let (link, title, date) = (parse(&selectors.link), parse(&selectors.headline), parse(&selectors.date));
    let mut seen = HashSet::new();
    let mut entries = Vec::new();
    for element in dom.select(&item) {
        let linked = match &link {
            Some(link) => element.select(link).next(),
            None => best_anchor(element),
        };
        let Some(linked) = linked else { continue };
        let Some(url) = linked.attr("href").and_then(|h| absolute(h, base.as_ref())) else { continue };
        if !seen.insert(url.clone()) {
            continue;
        }
        let heading = match &title {
            Some(title) => element.select(title).next(),
            None => element.descendent_elements().find(|e| matches!(e.value().name(), "h1" | "h2" | "h3" | "h4" | "h5")),
        };
        let text = |e: ElementRef<'_>| Some(meta::tidy(&e.text().collect::<String>())).filter(|t| !t.is_empty());
        let dated = match &date {
            Some(date) => element.select(date).next(),
            None => element.descendent_elements().find(|e| e.value().name() == "time"),
        };
        let published_at = dated.and_then(|e| {
            e.attr("datetime")
                .and_then(|t| dates::read(t, dates::Order::DayFirst))
                .or_else(|| text(e).and_then(|t| dates::in_text(&t, dates::Order::DayFirst)))
                .map(|stated| stated.at)
        });
        entries.push(ParsedEntry {
            url: Some(url.into()),
            title: heading.and_then(text).or_else(|| text(linked)),
            published_at,
            ..ParsedEntry::default()
        });
        if entries.len() >= MAX_ITEMS {
            break;
        }
    }
    entries
}

/// The anchor of an item: the element itself, the one in a heading, else the one with most text.
fn best_anchor(element: ElementRef<'_>) -> Option<ElementRef<'_>> {
    if element.value().name() == "a" {
        return Some(element);
    }
    element.descendent_elements().filter(|e| e.value().name() == "a" && e.attr("href").is_some()).max_by_key(|a| {
        let in_heading =
            a.ancestors().take(4).filter_map(ElementRef::wrap).any(|e| matches!(e.value().name(), "h1" | "h2" | "h3" | "h4" | "h5"));
        (in_heading, a.text().map(str::len).sum::<usize>(), std::cmp::Reverse(0))
    })
}

/// Proposes selectors for a listing page: the kind of element that repeats most, each with a link of several words to a page of
/// its own on the same host. `None` where nothing repeats three times.
pub fn propose_listing(html: &[u8], base: Option<&Url>) -> Option<PageSelectors> {
    let (dom, base) = open(html, base);
    // selector → (addresses, words, with heading, with time)
    let mut kinds: HashMap<String, (HashSet<String>, usize, usize, usize)> = HashMap::new();
    for anchor in elements(&dom).filter(|e| e.value().name() == "a").take(5000) {
        let Some(url) = anchor.attr("href").and_then(|h| absolute(h, base.as_ref())) else { continue };
        let words = anchor.text().take(40).flat_map(str::split_whitespace).count();
        let elsewhere = base.as_ref().is_some_and(|b| b.host_str() != url.host_str());
        if !(4..=40).contains(&words) || elsewhere || url.path().len() < 8 {
            continue;
        }
        for above in anchor.ancestors().filter_map(ElementRef::wrap).take(6) {
            let element = above.value();
            if matches!(element.name(), "body" | "html" | "main" | "nav" | "footer" | "header" | "ul" | "ol") {
                break;
            }
            for selector in selectors_of(element) {
                let entry = kinds.entry(selector).or_default();
                if entry.0.insert(url.to_string()) {
                    entry.1 += words;
                    let below = || above.descendent_elements();
                    entry.2 += usize::from(below().any(|e| matches!(e.value().name(), "h1" | "h2" | "h3" | "h4")));
                    entry.3 += usize::from(below().any(|e| e.value().name() == "time"));
                }
            }
        }
    }
    let (item, (urls, _, headed, timed)) = kinds
        .into_iter()
        .filter(|(selector, (urls, ..))| {
            urls.len() >= 3
                && Selector::parse(selector).is_ok_and(|s| (urls.len().div_ceil(2)..=urls.len() * 2).contains(&dom.select(&s).count()))
        })
        .max_by_key(|(selector, (urls, words, headed, timed))| {
            (urls.len() * 2 + words / 8 + headed + timed, std::cmp::Reverse(selector.clone()))
        })?;
    let date = (timed * 2 > urls.len()).then(|| "time".to_owned());
    let title = (headed * 2 > urls.len()).then(|| "h1, h2, h3, h4".to_owned());
    Some(PageSelectors { item, link: None, headline: title, date })
}

/// "article.teaser", one for each plain class; bare names only where they mean an item.
fn selectors_of(element: &scraper::node::Element) -> Vec<String> {
    let plain = |c: &&str| {
        let named = c.len() <= 40 && c.starts_with(|f: char| f.is_ascii_alphabetic());
        named && c.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let mut all: Vec<String> = element.classes().filter(plain).take(4).map(|class| format!("{}.{class}", element.name())).collect();
    if all.is_empty() && element.name() == "article" {
        all.push("article".to_owned());
    }
    all
}

fn open(html: &[u8], base: Option<&Url>) -> (Html, Option<Url>) {
    let html = html.get(..html.len().min(8 << 20)).unwrap_or(html);
    let (text, _) = encoding::decode(html, None, super::page::declared_charset(html).as_deref());
    let dom = dom::parse(&thin::thin(&text, false).html).html;
    let declared = elements(&dom).find(|e| e.value().name() == "base").and_then(|e| e.attr("href")).map(str::to_owned);
    let base = match (declared, base) {
        (Some(href), Some(base)) => base.join(&href).ok().or_else(|| Some(base.clone())),
        (Some(href), None) => Url::parse(&href).ok(),
        (None, base) => base.cloned(),
    };
    (dom, base)
}

fn elements(dom: &Html) -> impl Iterator<Item = ElementRef<'_>> {
    dom.tree.root().descendants().filter_map(ElementRef::wrap)
}

fn absolute(href: &str, base: Option<&Url>) -> Option<Url> {
    let href = href.trim();
    let mut url = match base {
        Some(base) => base.join(href).ok()?,
        None => Url::parse(href).ok()?,
    };
    url.set_fragment(None);
    (matches!(url.scheme(), "http" | "https") && url.host_str().is_some()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r##"<head><link rel="alternate" type="application/rss+xml" title="All" href="/all.rss"><link rel="alternate" hreflang="de" href="/de"></head>
        <nav><a href="/about-the-editors">About the people here</a></nav>
        <div class="list"><article class="card c1"><h2><a href="/2024/one-long-way-home">One long way home today</a></h2><time datetime="2024-01-03">3 Jan</time></article>
        <article class="card c2"><h2><a href="/2024/two-ships-in-a-harbour">Two ships in a harbour</a></h2><time datetime="2024-01-02">2 Jan</time><a href="/2024/two-ships-in-a-harbour#c">12 comments</a></article>
        <article class="card c3"><h2><a href="/2024/three-days-of-rain">Three days of heavy rain</a></h2><time datetime="2024-01-01">1 Jan</time></article></div>
        <footer><a href="https://example.org/feed/">Feed</a><a href="javascript:x()//rss">no</a><a href="/all.rss">again</a></footer>"##;

    fn base() -> Url {
        Url::parse("https://example.org/news").expect("an address")
    }

    #[test]
    fn feeds_that_the_page_links() {
        let found = feed_links(PAGE.as_bytes(), Some(&base()));
        let all: Vec<_> = found.iter().map(|(u, t, k)| (u.as_str(), t.as_str(), k.as_str())).collect();
        assert_eq!(all, [("https://example.org/all.rss", "All", "application/rss+xml"), ("https://example.org/feed/", "Feed", "")]);
    }

    #[test]
    fn the_items_of_a_listing_by_proposed_selectors() {
        let selectors = propose_listing(PAGE.as_bytes(), Some(&base())).expect("a proposal");
        assert_eq!(selectors.item, "article.card");
        let items = listing(PAGE.as_bytes(), Some(&base()), &selectors);
        let titles: Vec<_> = items.iter().filter_map(|i| i.title.as_deref()).collect();
        assert_eq!(titles, ["One long way home today", "Two ships in a harbour", "Three days of heavy rain"]);
        assert_eq!(items.first().and_then(|i| i.url.as_deref()), Some("https://example.org/2024/one-long-way-home"));
        assert_eq!(items.first().and_then(|i| i.published_at).map(|t| t.to_string()).as_deref(), Some("2024-01-03T00:00:00Z"));
    }

    #[test]
    fn nothing_repeats() {
        assert!(propose_listing(b"<p>a <a href='/x'>b</a></p>", Some(&base())).is_none());
        assert!(listing(b"<p>a", None, &PageSelectors { item: "[[".to_owned(), link: None, headline: None, date: None }).is_empty());
    }
}

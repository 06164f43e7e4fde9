//! Which feeds does a site have? Its page says, or its usual paths do.

use super::extract::absolute;
use super::scan::{Scanner, Token, attribute};
use super::text::plain;
use crate::model::encoding::decode;
use crate::model::entities::unescape;
use std::collections::HashSet;
use url::Url;

/// No more than so many candidates are given for a page.
const MOST: usize = 50;

/// Where feeds usually stand on a site, likeliest first.
const USUAL: &[&str] = &[
    "/feed",
    "/rss",
    "/feed.xml",
    "/rss.xml",
    "/atom.xml",
    "/index.xml",
    "/feeds/posts/default",
    "/feed.json",
    "/news-sitemap.xml",
    "/sitemap-news.xml",
    "/sitemap_news.xml",
];

/// Where a feed may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The address to try.
    pub url: String,
    /// What the page calls it.
    pub title: Option<String>,
    /// Why it is a candidate.
    pub evidence: Evidence,
}

/// Why an address may be a feed's, surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// `link rel=alternate` (or `feed`) with the type of a feed.
    Declared,
    /// A link on the page whose address or text looks like a feed's.
    Linked,
    /// A path where feeds usually stand; nothing on the page says so.
    Usual,
}

/// The feeds that `html`, the page at `url`, may have, surest first, each once. `content_type` is that header as received.
///
/// A light scan that never fails and takes time in proportion to the page.
pub fn discover(html: &[u8], url: &Url, content_type: Option<&str>) -> Vec<Candidate> {
    let (text, _) = decode(html, content_type.and_then(super::charset), meta_charset(html));
    let mut found = Vec::new();
    let mut base = url.clone();
    let mut scanner = Scanner::new(&text, 0);
    while let Some(token) = scanner.next() {
        let Token::Start { name, attrs, .. } = token else { continue };
        if attrs.len() > 8_192 {
            continue;
        }
        if name.eq_ignore_ascii_case("base") {
            if let Some(other) = attribute(attrs, "href").and_then(|h| url.join(unescape(h).trim()).ok()) {
                base = other;
            }
        } else if name.eq_ignore_ascii_case("link") {
            found.extend(declared(attrs, &base));
        } else if name.eq_ignore_ascii_case("a") && found.len() < 4 * MOST {
            found.extend(linked(attrs, &base));
        } else if name.eq_ignore_ascii_case("script") || name.eq_ignore_ascii_case("style") {
            skip_raw(&text, &mut scanner, name);
        }
    }
    for path in USUAL {
        if let Ok(at) = url.join(path) {
            found.push(Candidate { url: at.into(), title: None, evidence: Evidence::Usual });
        }
    }
    found.sort_by_key(|candidate| candidate.evidence);
    let mut seen = HashSet::new();
    found.retain(|candidate| web(&candidate.url) && seen.insert(candidate.url.trim_end_matches('/').to_owned()));
    found.truncate(MOST);
    found
}

fn web(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

fn declared(attrs: &str, base: &Url) -> Option<Candidate> {
    let rel = attribute(attrs, "rel")?.to_ascii_lowercase();
    let has = |word: &str| rel.split_ascii_whitespace().any(|r| r == word);
    let kind = attribute(attrs, "type").unwrap_or("").to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or("").trim();
    let feed_type = matches!(
        kind,
        "application/rss+xml"
            | "application/atom+xml"
            | "application/feed+json"
            | "application/rdf+xml"
            | "application/x-rss+xml"
            | "text/rss+xml"
    ) || (matches!(kind, "application/json" | "text/xml" | "application/xml")
        && looks_like_feed(attribute(attrs, "href")?));
    // WordPress declares its oEmbed and API answers as alternates too; these are of type JSON and look like no feed.
    ((has("alternate") && feed_type) || has("feed")).then_some(())?;
    let url = absolute(unescape(attribute(attrs, "href")?).trim(), Some(base));
    let url = url.strip_prefix("feed://").map_or(url.clone(), |rest| format!("https://{rest}"));
    Some(Candidate { url, title: attribute(attrs, "title").and_then(|t| plain(&unescape(t))), evidence: Evidence::Declared })
}

fn linked(attrs: &str, base: &Url) -> Option<Candidate> {
    let href = attribute(attrs, "href")?;
    looks_like_feed(href).then_some(())?;
    let url = absolute(unescape(href).trim(), Some(base));
    Some(Candidate { url, title: attribute(attrs, "title").and_then(|t| plain(&unescape(t))), evidence: Evidence::Linked })
}

/// True for an address whose path has a word that feeds have.
fn looks_like_feed(href: &str) -> bool {
    let href = href.to_ascii_lowercase();
    let path = href.split('#').next().unwrap_or("");
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let word = |part: &str| matches!(part, "rss" | "feed" | "feeds" | "atom" | "rss2" | "rdf" | "rss.php" | "feed.php");
    let file = |part: &str| {
        let stem = part
            .strip_suffix(".xml")
            .or_else(|| part.strip_suffix(".rss"))
            .or_else(|| part.strip_suffix(".atom"))
            .or_else(|| part.strip_suffix(".rdf"))
            .or_else(|| part.strip_suffix(".json"));
        stem.is_some_and(|s| {
            part.ends_with(".rss")
                || part.ends_with(".atom")
                || part.ends_with(".rdf")
                || s.split(['-', '_', '.']).any(|w| word(w) || w == "index" && part.ends_with(".xml"))
        })
    };
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    word(last)
        || file(last)
        || query
            .split('&')
            .any(|q| matches!(q, "feed=rss" | "feed=rss2" | "feed=atom" | "format=rss" | "type=rss" | "output=rss" | "alt=rss"))
}

/// Goes on behind the end of an element whose inside is no mark-up.
fn skip_raw(text: &str, scanner: &mut Scanner<'_>, name: &str) {
    let from = scanner.position();
    let mut at = from;
    while let Some(open) = text.get(at..).and_then(|rest| memchr::memmem::find(rest.as_bytes(), b"</")) {
        at += open + 2;
        if text.get(at..at + name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name)) {
            scanner.seek(at - 2);
            return;
        }
    }
    scanner.seek(text.len());
}

/// The encoding that a `meta` element names, looked for in the first bytes.
fn meta_charset(html: &[u8]) -> Option<&str> {
    let head = html.get(..html.len().min(2_048)).unwrap_or(b"");
    let at = memchr::memmem::find(head, b"charset=")? + "charset=".len();
    let value = head.get(at..)?;
    let value = value.strip_prefix(b"\"").or_else(|| value.strip_prefix(b"'")).unwrap_or(value);
    let end = value.iter().position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':' | b'.')))?;
    std::str::from_utf8(value.get(..end)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> Vec<(String, Evidence)> {
        let url = Url::parse("https://example.com/news/").unwrap();
        discover(html.as_bytes(), &url, None).into_iter().filter(|c| c.evidence != Evidence::Usual).map(|c| (c.url, c.evidence)).collect()
    }

    #[test]
    fn declared_before_linked() {
        let found = page(
            "<html><head><script>document.write('<link rel=alternate type=\"application/rss+xml\" href=\"/no\">')</script>
            <link rel=\"alternate\" type=\"application/json+oembed\" href=\"/oembed\"><link rel='stylesheet' href='/feed.css'>
            <a href=\"rss/\">RSS</a><a href='/feed.xml'>again</a><a href='/feedback'>no</a><a href='javascript:rss'>no</a>
            <LINK REL=Alternate TYPE=application/rss+xml HREF='/feed.xml' title='News &amp; more'>
            <link rel=alternate type=application/feed+json href=//cdn.example.com/feed.json>",
        );
        let want = [
            ("https://example.com/feed.xml".to_owned(), Evidence::Declared),
            ("https://cdn.example.com/feed.json".to_owned(), Evidence::Declared),
            ("https://example.com/news/rss/".to_owned(), Evidence::Linked),
        ];
        assert_eq!(found, want);
    }

    #[test]
    fn usual_paths_come_last_and_any_bytes_are_survived() {
        let url = Url::parse("https://example.com/a/b").unwrap();
        for html in [&b""[..], b"<link", b"<script", b"<a href=", b"\xFF\xFE<\0", b"<base href='::'>"] {
            let found = discover(html, &url, Some("text/html; charset=x"));
            assert_eq!(found.len(), USUAL.len());
            assert_eq!(found[0].url, "https://example.com/feed");
        }
    }
}

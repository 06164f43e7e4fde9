//! Names and addresses of a page, and how it is filed, each from the best of its sources.

use super::flat::Flat;
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

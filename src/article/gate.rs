//! The quality gate: pages that answer with something other than an article.
//!
//! A wall is short, and says what it is: in its headline, or in the few sentences it has. So a page is only suspected when little
//! text came out of it, or when the text itself opens with the wall's words; an article *about* cookies or robots is neither.

mod words;

use super::flat::{Flat, Tag};
use super::jsonld::Linked;
use crate::model::Quality;
use words::*;

/// Words below which a text is compared to nothing with profit.
const SHORT: usize = 40;
/// Words below which a page may be a wall.
const SUSPECT: usize = 160;

/// What the gate looks at.
pub(super) struct Seen<'a> {
    pub flat: &'a Flat,
    pub linked: Option<&'a Linked>,
    pub title: Option<&'a str>,
    pub text: &'a str,
    pub words: usize,
    /// Share of the page's text that is links.
    pub link_share: f32,
    pub noscript: &'a str,
    pub path: Option<&'a str>,
    pub cut: bool,
}

/// Says what kind of page it is, and why where it is no article.
pub(super) fn judge(seen: &Seen<'_>) -> (Quality, Option<String>) {
    // Two characters of a script without spaces weigh like one word.
    let wide = seen.text.chars().take(4000).filter(|c| super::flat::is_wide(*c)).count();
    let words = seen.words.saturating_sub(wide / 2);
    if words < SUSPECT
        && let Some((quality, why)) = wall(seen, words)
    {
        return (quality, Some(why));
    }
    if seen.cut && words < SHORT {
        return (Quality::TooComplex, Some("the page is too deep or too large to read".to_owned()));
    }
    match words {
        0 => (Quality::Empty, Some("no text found".to_owned())),
        w if w < SHORT => (Quality::Short, Some(format!("{w} words"))),
        _ => (Quality::Article, None),
    }
}

fn wall(seen: &Seen<'_>, words: usize) -> Option<(Quality, String)> {
    let title = lower(seen.title.unwrap_or(""), 200);
    let tag = lower(seen.flat.head.title.as_deref().unwrap_or(""), 200);
    let page = page_text(seen.flat, 4000);
    let text = lower(seen.text, 1200);
    let article = seen.linked.is_some_and(|l| l.headline.is_some() && l.published.is_some());
    let headlined = |phrases: &'static [&'static str]| phrases.iter().find(|p| title.contains(**p) || tag.contains(**p));
    let said = |phrases: &'static [&'static str]| phrases.iter().filter(|p| page.contains(**p)).count();
    let first = |phrases: &'static [&'static str]| phrases.iter().find(|p| page.contains(**p)).map_or(String::new(), |p| format!("“{p}”"));
    let small = seen.flat.blocks.len() < 60;

    if let Some(phrase) = headlined(BOT_TITLES) {
        return Some((Quality::BotCheck, format!("headline: “{phrase}”")));
    }
    if !article && (words < SHORT || small) && (said(BOT) >= 2 || (said(BOT) == 1 && words < 100 && small)) {
        return Some((Quality::BotCheck, first(BOT)));
    }
    let bare = !article && (words < SHORT || (small && words < 90));
    if bare && (CHECKED.iter().any(|p| page.contains(p)) || together(&page, HUMAN, PROVE)) {
        return Some((Quality::BotCheck, "asks for a proof that a person reads".to_owned()));
    }
    if !article && let Some(phrase) = headlined(MISSING_TITLES).filter(|_| words < 120) {
        return Some((Quality::SoftNotFound, format!("headline: “{phrase}”")));
    }
    if !article && is_number_404(&title, &tag) && words < 120 {
        return Some((Quality::SoftNotFound, "headline: 404".to_owned()));
    }
    if !article && words < 100 && MISSING.iter().any(|p| text.contains(p) || (words < SHORT && page.contains(p))) {
        return Some((Quality::SoftNotFound, first(MISSING)));
    }
    if bare && words < SHORT && together(&page, PAGE, ABSENT) {
        return Some((Quality::SoftNotFound, "says that the page is missing".to_owned()));
    }
    if bare && words < SHORT && page.contains("javascript") && together(&page, &["javascript"], NEEDED) {
        return Some((Quality::JavaScript, "asks for JavaScript".to_owned()));
    }
    let script = SCRIPT.iter().any(|p| text.contains(p)) || (words < SHORT && said(SCRIPT) > 0);
    if script && words < 100 || (words < 12 && small && SCRIPT.iter().any(|p| lower(seen.noscript, 1500).contains(p))) {
        return Some((Quality::JavaScript, first(SCRIPT)));
    }
    if !article && (headlined(CONSENT_TITLES).is_some() || consents(&text) >= 2) {
        return Some((Quality::Consent, "asks for consent".to_owned()));
    }
    let fenced = seen.flat.els.iter().any(|e| e.hints & super::hints::PAYWALL != 0 && e.last > e.first && e.tag != Tag::Body);
    let asked = said(PAYWALL) > 0 || (small && words < 60 && together(&page, OFFER, READING));
    let sold = seen.linked.and_then(|l| l.free) == Some(false);
    // A short piece under a header that invites to subscribe is a short piece: two witnesses, or hardly any text.
    if (asked && (words < 80 || sold || fenced)) || (fenced && sold) {
        return Some((Quality::Paywall, first(PAYWALL)));
    }
    if !article && words < SHORT && small && consents(&page) >= 2 {
        return Some((Quality::Consent, "asks for consent".to_owned()));
    }
    let any = |list: &[&str]| list.iter().any(|w| page.contains(w));
    if bare && any(COOKIES) && any(SPEAKER) && any(AGREE) {
        return Some((Quality::Consent, "asks for consent".to_owned()));
    }
    let front = seen.path.is_some_and(|p| p.len() <= 1);
    let listed = seen.linked.is_some_and(|l| l.listing);
    let dated =
        article || seen.flat.head.metas.iter().any(|(k, v)| (k == "og:type" && v.contains("article")) || k == "article:published_time");
    if !dated && (front || listed || (seen.link_share > 0.55 && words < SHORT)) && linked_headings(seen.flat) >= 5 {
        return Some((Quality::Listing, "links to articles, and no text of its own".to_owned()));
    }
    None
}

/// Headings or items that are links with several words: what a front page is made of.
fn linked_headings(flat: &Flat) -> usize {
    flat.blocks.iter().filter(|b| b.words >= 4 && b.link * 10 > b.weight * 8).count()
}

fn is_number_404(title: &str, tag: &str) -> bool {
    [title, tag].iter().any(|t| {
        let words = || t.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
        let number = |w: &str| matches!(w, "404" | "410");
        words().next().is_some_and(number) || (words().any(number) && words().any(|w| ERROR.contains(&w) || w == "gone"))
    })
}

/// True where one sentence has a word of each list; neighbouring sentences of a line count as one, as "Want more? Subscribe." does.
fn together(text: &str, a: &[&str], b: &[&str]) -> bool {
    text.lines().any(|line| a.iter().any(|w| line.contains(w)) && b.iter().any(|w| line.contains(w)))
}

fn consents(text: &str) -> usize {
    CONSENT.iter().filter(|p| text.contains(**p)).count()
}

fn page_text(flat: &Flat, limit: usize) -> String {
    lower(&flat.text, limit)
}

fn lower(text: &str, limit: usize) -> String {
    text.chars().take(limit).flat_map(char::to_lowercase).map(|c| if c == '’' { '\'' } else { c }).collect()
}

/// What an error's number stands beside.
const ERROR: &[&str] =
    &["error", "fehler", "erreur", "errore", "erro", "ошибка", "помилка", "fout", "fel", "feil", "fejl", "błąd", "hata", "http"];

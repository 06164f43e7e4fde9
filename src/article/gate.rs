//! The quality gate: pages that answer with something other than an article.
//!
//! No phrase and no site is known here. A report tells of third parties; a wall speaks to its reader, of the way to the text. So the
//! gate weighs evidence: what the page speaks of, by concept and per word, whom it speaks to, what it quotes and counts, what stands to
//! be pressed or filled in, and what its metadata announces. It looks at short texts only, and the longer a text is the more is asked.

mod kinds;
mod stems;
mod talk;
mod zones;

use super::body::Judged;
use super::flat::Flat;
use super::jsonld::Linked;
use crate::model::Quality;
use zones::Zones;

/// Words below which a text is compared to nothing with profit.
const SHORT: usize = 40;
/// Words below which a page may be a wall.
const SUSPECT: usize = 700;
/// Words below which a text with an offer behind it is believed to be cut.
const BRIEF: usize = 45;
/// Words from which a paragraph of a page with a date is no teaser.
const TOLD: u16 = 60;
/// Words that tell of others from which a text may be whole, however short.
const TOLD_OF: usize = 80;
/// Words from which two witnesses are asked for it, and from which none is believed.
const STUB: usize = 140;
const LONG_STUB: usize = 250;

/// Headlines that lead elsewhere on a page without a date from which a short text introduces them.
const FRONT: u16 = 6;

/// How much like a wall a page without a date must be that is of no kind in particular.
const UNNAMED: f32 = 0.5;

/// What the gate looks at.
pub(super) struct Seen<'a> {
    pub flat: &'a Flat,
    pub judged: &'a Judged,
    pub linked: Option<&'a Linked>,
    pub title: Option<&'a str>,
    pub text: &'a str,
    pub words: usize,
    /// The text stands in the page's metadata, and not on the page.
    pub rescued: bool,
    pub noscript: &'a str,
    pub path: Option<&'a str>,
    /// Says whether the page dates itself.
    pub dated: &'a dyn Fn() -> bool,
    pub cut: bool,
}

/// Says what kind of page it is, and why where it is no article.
pub(super) fn judge(seen: &Seen<'_>) -> (Quality, Option<String>) {
    // Two characters of a script without spaces weigh like one word.
    let wide = seen.text.chars().take(4000).filter(|c| super::flat::is_wide(*c)).count();
    let words = seen.words.saturating_sub(wide / 2);
    if words < SUSPECT
        && !seen.rescued
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
    let article = seen.linked.is_some_and(|l| l.headline.is_some() && l.published.is_some());
    if article && words >= LONG_STUB {
        // Most pages end here, so that they cost nothing more.
        return None;
    }
    let mut zones = Zones::read(seen.flat, seen.judged, seen.title.unwrap_or(""));
    let typed = seen.flat.head.metas.iter().any(|(k, v)| (k == "og:type" && v.contains("article")) || k == "article:published_time");
    let sold = seen.linked.and_then(|l| l.free) == Some(false);
    if words == 0 || !zones.sentence {
        // Nothing that could be a report: whatever the page says is what it is.
        zones.text += zones.beside;
        zones.told = zones.text;
        zones.beside = talk::Talk::default();
        let script = talk::talk(seen.noscript, 1500);
        let nearest = || Some(kinds::nearest(&zones)).filter(|(quality, _)| *quality != Quality::Empty);
        let (quality, does) = match kinds::kind(&zones).or_else(nearest) {
            Some(found) if kinds::wallness(&zones, kinds::Standing::default()) > 0.0 => found,
            _ if script.of(stems::Concept::Script) > 0 && seen.flat.blocks.len() < 12 => (Quality::JavaScript, "asks for JavaScript"),
            _ => (Quality::Empty, "no text found"),
        };
        return Some((quality, does.to_owned()));
    }
    let standing = kinds::Standing { announced: article, typed, dated: (seen.dated)() };
    let wallness = kinds::wallness(&zones, standing);
    let unnamed = || (!article && !standing.dated && wallness > UNNAMED && zones.speaks()).then(|| kinds::nearest(&zones));
    if wallness > 0.0
        && let Some((quality, does)) = kinds::kind(&zones).or_else(unnamed)
    {
        return Some((quality, format!("{does}; its {words} words report nothing")));
    }
    if sold && words < STUB && kinds::asks(&zones) {
        return Some((Quality::Paywall, format!("its publisher sells the text, and its {words} words speak of that")));
    }
    let witnesses = [zones.torn, sold, zones.named, zones.fences > 0, words < BRIEF].into_iter().filter(|w| *w).count();
    let asked = if words < STUB && usize::from(zones.core) < TOLD_OF { 1 } else { 2 };
    if words < LONG_STUB && witnesses >= asked && kinds::offers(&zones) {
        return Some((Quality::Paywall, "an offer to subscribe or to register stands where the text ends".to_owned()));
    }
    let undated = !article && !typed && !standing.dated;
    let front = undated && zones.headlines >= FRONT && words < STUB && zones.core < TOLD;
    (!article && !typed && (front || listing(seen, &zones, words)))
        .then(|| (Quality::Listing, format!("{} headlines that lead elsewhere, and hardly a text of its own", zones.headlines)))
}

/// A list of articles: its texts stand under headlines that are links, or it has none to speak of.
fn listing(seen: &Seen<'_>, zones: &Zones, words: usize) -> bool {
    let announced = seen.linked.is_some_and(|l| l.listing) || seen.path.is_some_and(|p| p.len() <= 1);
    let share = f32::from(zones.teased) / f32::from(zones.text.words.max(1));
    let teased = share >= 0.9 || (share >= 0.7 && words < 200);
    zones.headlines >= 4
        && (zones.longest < TOLD || !(seen.dated)())
        && ((announced && (share >= 0.4 || words < 25)) || (teased && (zones.teasers >= 2 || words < 25)))
}

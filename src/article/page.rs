//! One page, from bytes to what it says.

use super::body::{self, Judged, Known, Verdict};
use super::flat::{self, Flat, Ruled, Tag};
use super::lines::squash;
use super::titles::Headline;
use super::witness::Witness;
use super::{Page, SiteRules, credits, dates, dom, gate, hints, jsonld, lang, meta, thin, times, titles};
use crate::model::entities::unescape;
use crate::model::lines::line_hash;
use crate::model::{Extracted, encoding};
use jiff::Timestamp;
use scraper::{ElementRef, Html, Selector};
use std::borrow::Cow;
use std::collections::HashSet;
use url::Url;

/// Bytes of a page that are looked at; a longer one is said to be read in part.
pub const MAX_PAGE: usize = 16 << 20;

/// A page with the judgement of its blocks, for people.
#[derive(Clone, Debug, Default)]
pub struct Explained {
    /// What [`extract`] returns.
    pub extracted: Extracted,
    /// Every block of text in document order: why it was kept or dropped, and its opening.
    pub blocks: Vec<(String, String)>,
}

/// Takes body, metadata and credits from a page. Never fails: what is no article says so in `quality` and `warnings`.
pub fn extract(page: Page<'_>) -> Extracted {
    run(page, false).extracted
}

/// Like [`extract`], and says of each block why it was kept or dropped.
pub fn explain(page: Page<'_>) -> Explained {
    run(page, true)
}

fn run(page: Page<'_>, explain: bool) -> Explained {
    let bytes = page.html.get(..page.html.len().min(MAX_PAGE)).unwrap_or(page.html);
    let (text, mut warnings) = encoding::decode(bytes, page.content_type.and_then(charset), declared_charset(bytes).as_deref());
    let text = mended(text);
    let thinned = thin::thin(&text, page.rules.is_some());
    let linked = jsonld::read(thinned.json_ld.iter().filter_map(|r| text.get(r.clone())));
    let dom = dom::parse(&thinned.html);
    if dom.cut || thinned.cut || bytes.len() < page.html.len() {
        warnings.push("too complex: read in part".to_owned());
    }
    let rules = page.rules.map(Rules::new);
    let ruled = |element: ElementRef<'_>| rules.as_ref().map_or(Ruled::No, |r| r.of(element));
    let flat = flat::flatten(&dom.html, &ruled, rules.is_some());
    let linked = linked.as_ref();

    let mut out = Extracted { warnings, ..Extracted::default() };
    (out.canonical_url, out.canonical_elsewhere) = meta::addresses(&flat, linked, page.url);
    let address = out.canonical_url.as_deref().and_then(|u| Url::parse(u).ok());
    let ruled_title = rules.as_ref().and_then(|r| r.text(&dom.html, &r.title));
    let headline = match ruled_title {
        Some(title) => Headline { title: Some(title), overruled: None },
        None => titles::headline(&flat, linked, page.url, address.as_ref()),
    };
    out.title = headline.title.or_else(|| page.feed_title.map(str::to_owned));
    let witness = linked.and_then(|l| l.body.as_deref()).map(plain).and_then(Witness::new);
    let stated_byline = meta::byline(&flat, linked);
    let known = Known {
        title: headline.overruled.as_deref().or(out.title.as_deref()),
        byline: stated_byline.as_deref(),
        description: meta::description(&flat),
        witness: witness.as_ref(),
        boilerplate: page.boilerplate,
    };
    let judged = body::judge(&flat, &known);
    let mut body = render(&flat, &judged);
    let kept: Vec<bool> = judged.verdicts.iter().map(|v| v.kept()).collect();
    let first = kept.iter().position(|k| *k).unwrap_or(0);
    let rescue = witness.as_ref().filter(|w| squash(&body).len() * 2 < w.len());
    if let Some(witness) = rescue {
        body.clone_from(&witness.text);
        out.warnings.push("text taken from the page's metadata".to_owned());
    }
    out.repeated = repeated_lines(&flat, &judged);
    if let Some(boilerplate) = page.boilerplate.filter(|b| !b.is_empty()) {
        body = without_repeated(&body, boilerplate, &mut out.repeated);
    }
    // Metadata about the article may be the origin's on a reprint; the site's name is the page's own.
    let outlet = meta::meta(&flat, &["og:site_name", "application-name"]).filter(|_| out.canonical_elsewhere.is_none());
    let credited = credits(&body, outlet);
    out.text = credited.text;
    out.dateline = credited.dateline;
    out.credit = credited.credit;
    let printed_byline = || meta::printed_byline(&flat, linked, first.saturating_sub(30)..first + 3);
    out.byline = stated_byline.or_else(printed_byline).or(credited.byline);
    out.publisher = meta::publisher(&flat, linked);
    let (published, modified) = times::times(&flat, linked, page.url.or(address.as_ref()), &kept, &text);
    let ruled = rules.as_ref().and_then(|r| r.text(&dom.html, &r.published)).and_then(|t| dates::read(&t, dates::Order::DayFirst));
    (out.published_at, out.published_offset) = stated(ruled.or(published));
    (out.modified_at, out.modified_offset) = stated(modified);
    (out.section, out.image) = meta::filing(&flat, linked, page.url);
    out.free = linked.and_then(|l| l.free);
    out.lang = lang::language(&out.text, meta::declared_lang(&flat, linked).as_deref());
    out.words = count_words(&out.text);
    let noscript: String = thinned.noscript.iter().filter_map(|r| text.get(r.clone())).take(4).collect::<Vec<_>>().join(" ");
    // An address has its day whatever it answers with.
    let dated = || times::times(&flat, linked, None, &kept, "").0.is_some();
    let seen = gate::Seen {
        flat: &flat,
        judged: &judged,
        linked,
        title: out.title.as_deref(),
        text: &out.text,
        words: out.words,
        rescued: rescue.is_some(),
        noscript: &noscript,
        path: page.url.or(address.as_ref()).map(Url::path),
        dated: &dated,
        cut: dom.cut || thinned.cut,
    };
    let (quality, why) = gate::judge(&seen);
    out.quality = quality;
    out.warnings.extend(why);
    // What is printed was told by the headline as it is written; kept, it says what it means.
    out.title = out.title.map(|title| meta::tidy(&title)).filter(|title| !title.is_empty());
    let blocks = if explain { list(&flat, &judged) } else { Vec::new() };
    Explained { extracted: out, blocks }
}

/// The lines of the blocks that were dropped as the outlet's.
fn repeated_lines(flat: &Flat, judged: &Judged) -> Vec<u64> {
    let dropped = flat.blocks.iter().zip(&judged.verdicts).filter(|(_, v)| **v == Verdict::Boilerplate);
    dropped.flat_map(|(b, _)| flat.of(b).lines().map(line_hash)).collect()
}

/// A text without the outlet's lines that stand in the middle of its paragraphs.
fn without_repeated(text: &str, boilerplate: &HashSet<u64>, found: &mut Vec<u64>) -> String {
    let own = |line: &str, found: &mut Vec<u64>| {
        let hash = line_hash(line);
        let repeated = hash != 0 && boilerplate.contains(&hash);
        if repeated {
            found.push(hash);
        }
        !repeated
    };
    let paragraphs = text.split("\n\n").map(|p| p.lines().filter(|line| own(line, found)).collect::<Vec<_>>().join("\n"));
    paragraphs.filter(|p| !p.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// The instant, and the zone that the page gives with it in minutes east of UTC.
fn stated(date: Option<dates::Stated>) -> (Option<Timestamp>, Option<i16>) {
    let offset = date.and_then(|d| d.offset).and_then(|o| i16::try_from(o.seconds() / 60).ok());
    (date.map(|d| d.at), offset)
}

/// The kept blocks as paragraphs.
fn render(flat: &Flat, judged: &Judged) -> String {
    let mut out = String::new();
    let mut before: Option<Tag> = None;
    for (block, verdict) in flat.blocks.iter().zip(&judged.verdicts) {
        if !verdict.kept() {
            continue;
        }
        if before.is_some() {
            out.push_str(if before == Some(Tag::Item) && block.tag == Tag::Item { "\n" } else { "\n\n" });
        }
        out.push_str(flat.of(block));
        before = Some(block.tag);
    }
    out
}

fn list(flat: &Flat, judged: &Judged) -> Vec<(String, String)> {
    let of = |v: &Verdict| match v {
        Verdict::Kept => "kept".to_owned(),
        Verdict::Named(h) => format!("named {}", hints::names(*h)),
        Verdict::NamedOutside(h) => format!("outside, named {}", hints::names(*h)),
        Verdict::Line(why) => format!("line: {why}"),
        other => format!("{other:?}").to_lowercase(),
    };
    flat.blocks
        .iter()
        .zip(&judged.verdicts)
        .map(|(b, v)| (format!("{} {:?}", of(v), b.tag).to_lowercase(), flat.of(b).to_owned()))
        .collect()
}

/// Words as Unicode has them; in scripts without spaces characters.
fn count_words(text: &str) -> usize {
    let (mut count, mut inside) = (0, false);
    for c in text.chars() {
        if !c.is_ascii() && flat::is_wide(c) {
            count += 1;
            inside = false;
        } else if c.is_alphanumeric() {
            count += usize::from(!inside);
            inside = true;
        } else if !matches!(c, '\'' | '’') {
            inside = false;
        }
    }
    count
}

/// Metadata's text, its markup and entities resolved.
fn plain(text: &str) -> String {
    let mut text = text.to_owned();
    if text.contains("&lt;") || text.contains("&amp;") || text.contains("&quot;") || text.contains("&#") {
        text = unescape(&text).into_owned();
    }
    let has_tags = text.contains("</") || text.contains("<p>") || text.contains("<br");
    if !has_tags {
        return text.lines().map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join("\n\n");
    }
    let dom = dom::parse(&thin::thin(&format!("<body>{text}"), false).html);
    let flat = flat::flatten(&dom.html, &|_| Ruled::No, false);
    flat.blocks.iter().map(|b| flat.of(b)).collect::<Vec<_>>().join("\n\n")
}

/// Text in which UTF-8 was read as Latin-1 and encoded again, mended run by run: the controls that give it away (U+0080–U+009F) stand in
/// no text, and what does not come out as UTF-8 stays as it is.
fn mended(text: Cow<'_, str>) -> Cow<'_, str> {
    let control = |c: char| ('\u{80}'..='\u{9f}').contains(&c);
    let shows = memchr::memchr_iter(0xc2, text.as_bytes()).any(|at| matches!(text.as_bytes().get(at + 1), Some(0x80..=0x9f)));
    if !shows {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = rest.find(|c| ('\u{80}'..='\u{ff}').contains(&c)) {
        let (head, tail) = rest.split_at(at);
        let end = tail.find(|c| !('\u{80}'..='\u{ff}').contains(&c)).unwrap_or(tail.len());
        let (run, tail) = tail.split_at(end);
        out.push_str(head);
        let bytes = || run.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect::<Vec<u8>>();
        match run.contains(control).then(|| String::from_utf8(bytes())) {
            Some(Ok(run)) => out.push_str(&run),
            _ => out.push_str(run),
        }
        rest = tail;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The `charset` of a Content-Type.
fn charset(content_type: &str) -> Option<&str> {
    let at = content_type.to_ascii_lowercase().find("charset=")? + 8;
    let value = content_type.get(at..)?.trim_matches(['"', '\'', ' ']);
    value.split([';', ' ', '"', '\'']).next().filter(|v| !v.is_empty())
}

/// The `charset` that the page declares in its first kilobytes.
pub(super) fn declared_charset(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..bytes.len().min(4096))?.to_ascii_lowercase();
    let mut from = 0;
    while let Some(at) = memchr::memmem::find(head.get(from..)?, b"charset") {
        let rest = head.get(from + at + 7..)?;
        let value: Vec<u8> = rest
            .iter()
            .copied()
            .skip_while(|b| matches!(b, b' ' | b'=' | b'"' | b'\''))
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':'))
            .collect();
        if rest.iter().take(3).any(|b| *b == b'=') && !value.is_empty() {
            return String::from_utf8(value).ok();
        }
        from += at + 7;
    }
    None
}

/// A site's rules, their selectors parsed; a selector that does not parse selects nothing.
struct Rules {
    body: Vec<Selector>,
    remove: Vec<Selector>,
    title: Vec<Selector>,
    published: Vec<Selector>,
}

impl Rules {
    fn new(rules: &SiteRules) -> Self {
        let all = |list: &[String]| list.iter().filter_map(|s| Selector::parse(s).ok()).collect();
        Self { body: all(&rules.body), remove: all(&rules.remove), title: all(&rules.title), published: all(&rules.published) }
    }

    fn of(&self, element: ElementRef<'_>) -> Ruled {
        if self.remove.iter().any(|s| s.matches(&element)) {
            Ruled::Remove
        } else if self.body.iter().any(|s| s.matches(&element)) {
            Ruled::Body
        } else {
            Ruled::No
        }
    }

    /// The text, or the machine-readable value, of what is selected first.
    fn text(&self, html: &Html, selectors: &[Selector]) -> Option<String> {
        selectors.iter().find_map(|s| {
            let element = html.select(s).next()?;
            let value = element.attr("datetime").or_else(|| element.attr("content"));
            let text = value.map_or_else(|| meta::tidy(&element.text().collect::<String>()), str::to_owned);
            Some(text).filter(|t| !t.is_empty())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::mended;

    #[test]
    fn text_that_was_encoded_twice_is_mended_where_it_shows() {
        for (text, want) in [
            ("Investor\u{e2}\u{80}\u{99}s café", "Investor’s café"),
            ("a\u{c3}\u{85}b \u{85} c", "aÅb \u{85} c"),
            ("café à la carte", "café à la carte"),
            ("Москва", "Москва"),
        ] {
            assert_eq!(mended(text.into()), want);
        }
    }
}

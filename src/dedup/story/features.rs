//! What a story decision needs of an article, in some 200 bytes: its weightiest terms, its time and its language.

use super::Settings;
use super::background::{Background, Listed, UNLISTED};
use super::stated::{self, Calendar, Stated};
use super::terms::{self, Shape, TermHash};
use ahash::AHashMap;
use jiff::Timestamp;

/// An article (or the text of a cluster) as stories see it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Features {
    /// The weightiest terms, by hash.
    pub(super) terms: Box<[Term]>,
    /// Which of them stand in the headline, and which in headline or lead.
    pub(super) places: Places,
    /// Days, months and figures that headline and opening state.
    pub(super) stated: Stated,
    /// When it was published, or else first seen: minutes since 1970.
    pub(super) minute: Option<i32>,
    /// Language, ISO 639-1, zeros when unknown.
    pub(super) lang: [u8; 2],
    /// Who published it: 16 bits of a hash, 0 when unknown.
    pub(super) publisher: u16,
    /// The terms' words, in the terms' order; empty after [`Features::restore`].
    pub(super) words: Vec<Box<str>>,
}

/// A term of one article in 32 bits: 24 of hash, 3 of weight within the article, 1 for a name, 4 of built-in class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Term(pub(super) u32);

/// Step of the logarithm between two weights within an article.
const WEIGHT_STEP: f32 = 0.3;

impl Term {
    fn new(hash: TermHash, local: f32, name: bool, class: u8) -> Self {
        let level = (local.max(1.0).ln() / WEIGHT_STEP).round().clamp(0.0, 7.0) as u32;
        Self(hash << 8 | level << 5 | u32::from(name) << 4 | u32::from(class & 15))
    }
    /// Identity of the term.
    #[inline]
    pub fn hash(self) -> TermHash {
        self.0 >> 8
    }
    /// Weight within the article, one of eight levels: how often, and where it stands.
    #[inline]
    pub fn level(self) -> usize {
        (self.0 >> 5) as usize & 7
    }
    /// What the levels weigh, 1 to 8, to the power of `damp`.
    pub fn damped(damp: f32) -> [f32; 8] {
        let (mut next, step) = (1.0, (WEIGHT_STEP * damp).exp());
        std::array::from_fn(|_| {
            let weight = next;
            next *= step;
            weight
        })
    }
    /// True for a name (as far as capitals tell) or a number that is no small one.
    #[inline]
    pub fn is_name(self) -> bool {
        self.0 & 16 != 0
    }
    /// Built-in class: how common the word is in its language.
    #[inline]
    pub fn class(self) -> u8 {
        (self.0 & 15) as u8
    }
}

/// Where an article's terms stand, a bit a term in the order of the terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Places {
    title: u64,
    lead: u64,
}

/// Bytes of each of the two as they are stored: a bit for every term kept.
const PLACE_BYTES: usize = 6;

impl Places {
    fn mark(&mut self, at: usize, title: bool, lead: bool) {
        let bit = if at < 64 { 1 << at } else { 0 };
        self.title |= if title { bit } else { 0 };
        self.lead |= if title || lead { bit } else { 0 };
    }
    /// The term at this place stands in the headline.
    #[inline]
    pub fn in_title(self, at: usize) -> bool {
        at < 64 && self.title >> at & 1 == 1
    }
    /// The term at this place stands in the headline or the lead.
    #[inline]
    pub fn in_lead(self, at: usize) -> bool {
        at < 64 && self.lead >> at & 1 == 1
    }
    /// As kept and stored.
    pub(super) fn packed(self) -> [[u8; PLACE_BYTES]; 2] {
        [self.title, self.lead].map(|bits| {
            let mut bytes = [0; PLACE_BYTES];
            bytes.iter_mut().zip(bits.to_le_bytes()).for_each(|(to, b)| *to = b);
            bytes
        })
    }
    /// What [`Places::packed`] made.
    pub(super) fn unpacked(packed: [[u8; PLACE_BYTES]; 2]) -> Self {
        let [title, lead] = packed.map(|bytes| {
            let mut bits = [0; 8];
            bits.iter_mut().zip(bytes).for_each(|(to, b)| *to = b);
            u64::from_le_bytes(bits)
        });
        Self { title, lead }
    }
}

/// What is known of an article besides its text.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    /// Headline.
    pub title: &'a str,
    /// Body.
    pub text: &'a str,
    /// Language, ISO 639-1.
    pub lang: Option<&'a str>,
    /// The publisher's name or host, in whatever form is always the same.
    pub publisher: Option<&'a str>,
    /// As the publisher states it; a time after `seen_at` is not believed.
    pub published_at: Option<Timestamp>,
    /// When newsfold first saw it.
    pub seen_at: Option<Timestamp>,
}

/// How a term stands in a text.
#[derive(Default)]
struct Use<'t> {
    word: &'t str,
    title: bool,
    lead: bool,
    body: u32,
    plain: u32,
    capital: u32,
    number: bool,
}

/// The longest text that is read, in bytes: what comes later says nothing new about the event.
const LONGEST: usize = 24_000;

/// Reads an article. The background decides which terms are the weightiest.
pub fn features(about: About<'_>, background: &Background, settings: &Settings) -> Features {
    let mut uses: AHashMap<TermHash, Use<'_>> = AHashMap::with_capacity(256);
    let (mut stated, calendar) = (Stated::default(), about.lang.and_then(Calendar::of));
    terms::tokens(clip(about.title, 1000), |t| {
        stated.see(t.hash, t.word, t.shape == Shape::Number, calendar);
        let used = uses.entry(t.hash).or_default();
        used.word = t.word;
        used.title = true;
        used.number |= t.shape == Shape::Number;
    });
    let title = about.title.trim();
    // Some bodies repeat the headline: it is not to count as the lead.
    let body = about.text.trim_start();
    let body = if title.is_empty() { body } else { body.strip_prefix(title).unwrap_or(body) };
    let mut length = 0usize;
    terms::tokens(clip(body, LONGEST), |t| {
        let used = uses.entry(t.hash).or_default();
        if used.word.is_empty() || t.shape == Shape::Word {
            used.word = t.word;
        }
        used.lead |= t.at < settings.lead;
        if t.at < settings.opening {
            stated.see(t.hash, t.word, t.shape == Shape::Number, calendar);
        }
        used.body += 1;
        match t.shape {
            Shape::Capital => used.capital += 1,
            Shape::Number => used.number = true,
            Shape::Word => used.plain += u32::from(t.word.starts_with(char::is_lowercase)),
            Shape::Pair => {}
        }
        length += 1;
    });
    let listed = about.lang.and_then(Listed::of);
    let mut weighed: Vec<(f32, Term, &str, (bool, bool))> = uses
        .into_iter()
        .map(|(hash, used)| {
            let class = if used.number { number_class(used.word) } else { listed.map_or(UNLISTED, |l| l.class(hash)) };
            let dated = calendar.is_some_and(|c| c.names(hash));
            let name = if used.number { settings.number_names && class > 6 } else { used.capital > used.plain && !dated };
            let local = local_weight(&used, settings);
            (
                local * (settings.any_term + background.idf(hash, class)),
                Term::new(hash, local, name, class),
                used.word,
                (used.title, used.lead),
            )
        })
        .collect();
    if weighed.len() > settings.terms {
        weighed.select_nth_unstable_by(settings.terms, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        weighed.truncate(settings.terms);
    }
    weighed.sort_unstable_by_key(|w| w.1.hash());
    let mut places = Places::default();
    weighed.iter().enumerate().for_each(|(at, w)| places.mark(at, w.3.0, w.3.1));
    let time = match (about.published_at, about.seen_at) {
        (Some(p), Some(s)) => Some(p.min(s)),
        (p, s) => p.or(s),
    };
    Features {
        terms: weighed.iter().map(|w| w.1).collect(),
        places,
        stated,
        minute: time.map(|t| (t.as_second() / 60).clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32),
        lang: about.lang.map_or([0; 2], lang_code),
        publisher: about.publisher.map_or(0, |p| (terms::hash(p) as u16).max(1)),
        words: weighed.iter().map(|w| w.2.into()).collect(),
    }
}

/// A language in two bytes: its code of two letters as it is, one of three letters as what is no letter. Zeros for anything else.
fn lang_code(tag: &str) -> [u8; 2] {
    let code = tag.split(['-', '_']).next().unwrap_or("").as_bytes();
    match *code {
        [a, b] if code.is_ascii() => [a.to_ascii_lowercase(), b.to_ascii_lowercase()],
        [a, b, c] if code.is_ascii() => {
            let [b, c] = [b, c].map(|letter| letter.to_ascii_lowercase());
            [a.to_ascii_lowercase(), 0x80 | (b.wrapping_mul(27).wrapping_add(c) & 0x7f)]
        }
        _ => [0; 2],
    }
}

fn local_weight(used: &Use<'_>, settings: &Settings) -> f32 {
    let mut weight = if used.body > 0 { 1.0 + (used.body as f32).ln() } else { 1.0 };
    if used.title {
        weight += settings.title_bonus;
    }
    if used.lead {
        weight += settings.lead_bonus;
    }
    if used.capital > used.plain {
        weight *= settings.name_factor;
    }
    if used.number {
        weight *= settings.number_factor;
    }
    weight
}

/// How common a number is: small ones and years stand in many articles.
fn number_class(word: &str) -> u8 {
    match word.chars().filter(|c| c.is_alphanumeric()).count() {
        0 | 1 => 2,
        2 => 6,
        4 if word.starts_with("20") || word.starts_with("19") => 4,
        3 => 9,
        _ => 12,
    }
}

/// At most the first `most` bytes, cut at a character.
fn clip(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or(text)
}

/// The first byte of a stored row: its layout. Rows of layout 1 do not say where the terms stand, those of layout 2 not what
/// the opening states.
const ROW_VERSION: u8 = 3;

impl Features {
    /// The row to store: 32 bytes and 4 a term.
    pub fn row(&self) -> Vec<u8> {
        let mut row = Vec::with_capacity(32 + 4 * self.terms.len());
        row.extend([ROW_VERSION, self.lang[0], self.lang[1], u8::from(self.minute.is_some())]);
        row.extend(self.minute.unwrap_or(0).to_le_bytes());
        row.extend(self.publisher.to_le_bytes());
        row.extend(self.places.packed().as_flattened());
        row.extend(self.stated.packed());
        self.terms.iter().for_each(|t| row.extend(t.0.to_le_bytes()));
        row
    }

    /// What [`Features::row`] wrote, now or in an earlier layout; none for a row of an unknown layout or a damaged one.
    pub fn restore(row: &[u8]) -> Option<Self> {
        let (head, rest) = row.split_at_checked(10)?;
        let &[version, l0, l1, timed, m0, m1, m2, m3, p0, p1] = head else { return None };
        let (places, rest) = match version {
            1 => (Places::default(), rest),
            2 | ROW_VERSION => {
                let (places, rest) = rest.split_at_checked(2 * PLACE_BYTES)?;
                let (title, lead) = places.split_at_checked(PLACE_BYTES)?;
                (Places::unpacked([title.try_into().ok()?, lead.try_into().ok()?]), rest)
            }
            _ => return None,
        };
        let (stated, terms) = match version {
            ROW_VERSION => rest.split_first_chunk::<{ stated::BYTES }>().map(|(s, terms)| (Stated::unpacked(*s), terms))?,
            _ => (Stated::default(), rest),
        };
        if terms.len() % 4 != 0 {
            return None;
        }
        let minute = i32::from_le_bytes([m0, m1, m2, m3]);
        let terms: Box<[Term]> = terms.as_chunks::<4>().0.iter().map(|t| Term(u32::from_le_bytes(*t))).collect();
        terms.is_sorted_by_key(|t| t.hash()).then_some(Self {
            terms,
            places,
            stated,
            minute: (timed != 0).then_some(minute),
            lang: [l0, l1],
            publisher: u16::from_le_bytes([p0, p1]),
            words: Vec::new(),
        })
    }

    /// What [`Background::learn`] counts: the terms, and the publisher when it is known.
    pub fn hashes(&self) -> impl Iterator<Item = TermHash> + '_ {
        let publisher = (self.publisher != 0).then(|| super::background::publisher_key(self.publisher));
        self.terms.iter().map(|t| t.hash()).chain(publisher)
    }

    /// The time that counts, in minutes since 1970.
    pub fn minute(&self) -> Option<i32> {
        self.minute
    }

    fn term(&self, hash: TermHash) -> Option<&Term> {
        self.terms.get(self.terms.binary_search_by_key(&hash, |t| t.hash()).ok()?)
    }

    /// True when it holds the term, as a name.
    pub fn is_name(&self, hash: TermHash) -> bool {
        self.term(hash).is_some_and(|t| t.is_name())
    }

    /// The term's built-in class, when this holds it.
    pub fn class(&self, hash: TermHash) -> Option<u8> {
        self.term(hash).map(|t| t.class())
    }

    /// The word of a term, when this article was read and not restored.
    pub fn word(&self, hash: TermHash) -> Option<&str> {
        let at = self.terms.binary_search_by_key(&hash, |t| t.hash()).ok()?;
        self.words.get(at).map(|w| &**w)
    }
}

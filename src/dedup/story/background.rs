//! How common a term is: a small built-in list of each language's commonest words, and the document frequencies of what
//! newsfold has seen itself, aged.

use super::terms::TermHash;
use ahash::AHashMap;

/// Frequencies of the commonest words of 42 languages; see docs/SOURCES.md for where they come from and their licence.
///
/// Layout: u8 number of languages; per language 3 bytes of code (padded with 0) and u32 LE offset; at the offset 257 u16 LE
/// bucket starts (by the upper 8 bits of the hash), then records of 3 bytes: lower 16 bits LE and class.
static BUILT_IN: &[u8] = include_bytes!("background.bin");

/// Steps of ln(1 / share of documents) between two classes.
const CLASS_STEP: f32 = 0.55;
/// The class of words that are not in the list.
pub const UNLISTED: u8 = 15;
/// Words in the article that the word frequencies of the list are turned into document frequencies for.
const TYPICAL_WORDS: f64 = 300.0;

/// The class 0–14 of a word that makes up the share `frequency` of running text.
pub fn class_of(frequency: f64) -> u8 {
    let documents = 1.0 - (-frequency * TYPICAL_WORDS).exp();
    ((-documents.max(1e-9).ln() / f64::from(CLASS_STEP)).round() as u8).min(UNLISTED - 1)
}

/// The share of documents that words of a class stand in, before anything was seen.
fn share_of(class: u8, unlisted: f32) -> f32 {
    if class >= UNLISTED { unlisted } else { (-f32::from(class) * CLASS_STEP).exp() }
}

/// The built-in list of one language.
#[derive(Clone, Copy, Debug)]
pub struct Listed(&'static [u8]);

impl Listed {
    /// The list for an ISO 639-1 code (or what begins with one: "pt-BR"); none where there is no list.
    pub fn of(lang: &str) -> Option<Self> {
        let code = lang.split(['-', '_']).next().unwrap_or("").as_bytes();
        let code = match code {
            b"no" | b"nn" => b"nb".as_slice(),
            b"hr" | b"sr" | b"bs" => b"sh",
            b"tl" => b"fil",
            other => other,
        };
        let (&count, table) = BUILT_IN.split_first()?;
        let entry = table
            .chunks_exact(7)
            .take(count as usize)
            .find(|e| e.get(..code.len()) == Some(code) && e.get(code.len()..3).is_some_and(|p| p.iter().all(|&b| b == 0)))?;
        let offset = u32::from_le_bytes(entry.get(3..7)?.try_into().ok()?) as usize;
        BUILT_IN.get(offset..).map(Self)
    }

    /// The class of a term, [`UNLISTED`] when the list does not hold it.
    pub fn class(self, hash: TermHash) -> u8 {
        self.find(hash).unwrap_or(UNLISTED)
    }

    fn find(self, hash: TermHash) -> Option<u8> {
        let start = |bucket: usize| {
            let bytes = self.0.get(bucket * 2..bucket * 2 + 2)?;
            Some(u16::from_le_bytes(bytes.try_into().ok()?) as usize)
        };
        let bucket = (hash >> 16) as usize & 0xff;
        let records = self.0.get(257 * 2 + start(bucket)? * 3..257 * 2 + start(bucket + 1)? * 3)?;
        let low = (hash as u16).to_le_bytes();
        records.chunks_exact(3).find(|r| r.starts_with(&low)).and_then(|r| r.get(2).copied())
    }
}

/// Writes the built-in list from lines of (language, hash, class). For the tool that makes the file.
pub fn encode_list(languages: &[(String, Vec<(TermHash, u8)>)]) -> Vec<u8> {
    let mut head = vec![languages.len() as u8];
    let mut body = Vec::new();
    let base = 1 + 7 * languages.len();
    for (code, words) in languages {
        let mut sorted = words.clone();
        sorted.sort_unstable();
        let mut padded = [0u8; 3];
        padded.iter_mut().zip(code.bytes()).for_each(|(to, b)| *to = b);
        head.extend(padded);
        head.extend(((base + body.len()) as u32).to_le_bytes());
        for bucket in 0..=256u32 {
            body.extend((sorted.partition_point(|w| (w.0 >> 16) < bucket) as u16).to_le_bytes());
        }
        for (hash, class) in sorted {
            body.extend((hash as u16).to_le_bytes());
            body.push(class);
        }
    }
    head.extend(body);
    head
}

/// Document frequencies of what was seen, aged, over the built-in list.
#[derive(Clone, Debug)]
pub struct Background {
    seen: AHashMap<TermHash, f32>,
    documents: f32,
    /// Documents that the built-in list counts for.
    prior: f32,
    /// Share of documents that a word outside the list is taken to stand in.
    unlisted: f32,
}

impl Default for Background {
    fn default() -> Self {
        Self { seen: AHashMap::new(), documents: 0.0, prior: 1000.0, unlisted: 0.0005 }
    }
}

/// Publishers are counted among the terms, beyond the terms' 24 bits.
pub(super) fn publisher_key(publisher: u16) -> u32 {
    1 << 24 | u32::from(publisher)
}

/// When more documents than this were counted, all counts are halved: what was common a year ago fades.
const HALVE_AT: f32 = 400_000.0;

impl Background {
    /// Another belief in the built-in list: the documents it counts for, and the share of documents that a word outside it is
    /// taken to stand in. For measurements.
    pub fn believing(mut self, prior: f32, unlisted: f32) -> Self {
        (self.prior, self.unlisted) = (prior.max(1.0), unlisted.clamp(1e-6, 1.0));
        self
    }

    /// What was stored: number of documents, and rows of (term, documents with it).
    pub fn restore(documents: f32, rows: impl IntoIterator<Item = (TermHash, f32)>) -> Self {
        Self { seen: rows.into_iter().filter(|r| r.1 > 0.0).collect(), documents: documents.max(0.0), ..Self::default() }
    }

    /// Documents counted so far (aged, so not a whole number).
    pub fn documents(&self) -> f32 {
        self.documents
    }

    /// What to store: every term with the documents it was seen in.
    pub fn rows(&self) -> impl Iterator<Item = (TermHash, f32)> + '_ {
        self.seen.iter().map(|(&t, &n)| (t, n))
    }

    /// Counts one document's terms with `weight` (1 for a text, less for one more text of the same event).
    pub fn learn(&mut self, terms: impl IntoIterator<Item = TermHash>, weight: f32) {
        self.documents += weight;
        for term in terms {
            *self.seen.entry(term).or_insert(0.0) += weight;
        }
        if self.documents > HALVE_AT {
            self.documents /= 2.0;
            self.seen.retain(|_, n| {
                *n /= 2.0;
                *n >= 1.0
            });
        }
    }

    /// The share of the documents seen that come from this publisher (as [`super::Features`] hashes it); small while few were
    /// seen.
    pub fn publisher_share(&self, publisher: u16) -> f32 {
        let seen = self.seen.get(&publisher_key(publisher)).copied().unwrap_or(0.0);
        (seen / (self.documents + 10.0)).min(1.0)
    }

    /// ln(1 / share of documents) of a term of this built-in class: 0 for what stands everywhere.
    pub fn idf(&self, term: TermHash, class: u8) -> f32 {
        let seen = self.seen.get(&term).copied().unwrap_or(0.0);
        let share = (self.prior * share_of(class, self.unlisted) + seen) / (self.prior + self.documents);
        -share.min(1.0).ln()
    }
}

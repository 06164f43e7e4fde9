//! How common a term is: a small built-in list of each language's commonest words, and the document frequencies of what
//! newsfold has seen itself, aged.

use super::terms::TermHash;
use rustc_hash::FxHashMap;

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
    if class < UNLISTED { (-f32::from(class) * CLASS_STEP).exp() } else { unlisted }
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
        let [low, high] = (hash as u16).to_le_bytes();
        records.as_chunks().0.iter().find(|[a, b, _]| (*a, *b) == (low, high)).map(|[.., class]| *class)
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
    seen: FxHashMap<TermHash, u32>,
    documents: u32,
    /// Logarithm of all documents, those of the built-in list included.
    ln_documents: f32,
    expected: Expected,
}

/// What the built-in list makes of a term that was seen so often.
#[derive(Clone, Debug)]
struct Expected {
    /// Documents that the built-in list counts for.
    prior: f32,
    /// Share of documents that a word outside the list is taken to stand in.
    unlisted: f32,
    /// Logarithms of a term's documents, by class, then by how often it was seen; every term of every candidate asks for one.
    logs: Box<[f32]>,
}

/// Terms seen less often than this have their logarithm ready.
const READY: u32 = 64;

impl Expected {
    fn new(prior: f32, unlisted: f32) -> Self {
        let mut it = Self { prior, unlisted, logs: Box::default() };
        it.logs =
            (0..=UNLISTED).flat_map(|class| (0..READY).map(move |seen| (class, seen))).map(|(class, seen)| it.ln(class, seen)).collect();
        it
    }

    /// The logarithm of the documents that a term stands in.
    #[inline]
    fn ln_of(&self, class: u8, seen: u32) -> f32 {
        let ready = if seen < READY { self.logs.get(usize::from(class) * READY as usize + seen as usize) } else { None };
        ready.copied().unwrap_or_else(|| self.ln(class, seen))
    }

    fn ln(&self, class: u8, seen: u32) -> f32 {
        (self.prior * share_of(class, self.unlisted) + seen as f32).ln()
    }
}

impl Default for Background {
    fn default() -> Self {
        Self::over(Expected::new(1000.0, 0.0005), FxHashMap::default(), 0)
    }
}

/// Publishers are counted among the terms, beyond the terms' 24 bits.
pub(super) fn publisher_key(publisher: u16) -> u32 {
    1 << 24 | u32::from(publisher)
}

/// When more documents than this were counted, all counts are halved: what was common a year ago fades.
const HALVE_AT: u32 = 400_000;

impl Background {
    /// Another belief in the built-in list: the documents it counts for, and the share of documents that a word outside it is
    /// taken to stand in. For measurements.
    pub fn believing(self, prior: f32, unlisted: f32) -> Self {
        Self::over(Expected::new(prior.max(1.0), unlisted.clamp(1e-6, 1.0)), self.seen, self.documents)
    }

    fn over(expected: Expected, seen: FxHashMap<TermHash, u32>, documents: u32) -> Self {
        let mut it = Self { seen, documents, ln_documents: 0.0, expected };
        it.count(documents);
        it
    }

    fn count(&mut self, documents: u32) {
        (self.documents, self.ln_documents) = (documents, (self.expected.prior + documents as f32).ln());
    }

    /// What [`Background::pack`] made; none where it is damaged.
    pub fn unpack(packed: &[u8]) -> Option<Self> {
        let mut bytes = packed.iter().copied();
        let (documents, terms) = (read(&mut bytes)?, read(&mut bytes)?);
        // two bytes a term are the least: a damaged count reserves no more than there can be
        let mut seen = FxHashMap::with_capacity_and_hasher((terms as usize).min(packed.len() / 2), Default::default());
        let mut term = 0u32;
        for _ in 0..terms {
            term = term.checked_add(read(&mut bytes)?)?;
            seen.insert(term, read(&mut bytes)?);
        }
        bytes.next().is_none().then(|| Self::over(Self::default().expected, seen, documents))
    }

    /// Everything counted, some two bytes a term: what [`Background::unpack`] makes decides the same.
    pub fn pack(&self) -> Vec<u8> {
        let mut rows: Vec<(TermHash, u32)> = self.seen.iter().map(|(&term, &n)| (term, n)).collect();
        rows.sort_unstable();
        let mut packed = Vec::with_capacity(rows.len() * 2 + 16);
        write(&mut packed, self.documents);
        write(&mut packed, rows.len() as u32);
        let mut before = 0;
        for (term, n) in rows {
            write(&mut packed, term - before);
            write(&mut packed, n);
            before = term;
        }
        packed
    }

    /// Documents counted so far (aged).
    pub fn documents(&self) -> u32 {
        self.documents
    }

    /// Counts the terms of one document.
    pub fn learn(&mut self, terms: impl IntoIterator<Item = TermHash>) {
        self.count(self.documents + 1);
        for term in terms {
            *self.seen.entry(term).or_insert(0) += 1;
        }
        if self.documents > HALVE_AT {
            self.count(self.documents / 2);
            self.seen.retain(|_, n| {
                *n /= 2;
                *n > 0
            });
        }
    }

    /// The share of the documents seen that come from this publisher (as [`super::Features`] hashes it); small while few were
    /// seen.
    pub fn publisher_share(&self, publisher: u16) -> f32 {
        let seen = self.seen.get(&publisher_key(publisher)).copied().unwrap_or(0);
        (seen as f32 / (self.documents as f32 + 10.0)).min(1.0)
    }

    /// ln(1 / share of documents) of a term of this built-in class: 0 for what stands everywhere.
    #[inline]
    pub fn idf(&self, term: TermHash, class: u8) -> f32 {
        let seen = self.seen.get(&term).copied().unwrap_or(0);
        (self.ln_documents - self.expected.ln_of(class, seen)).max(0.0)
    }
}

/// A number in as few bytes of seven bits as it takes, lowest first (LEB128).
fn write(to: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

fn read(bytes: &mut impl Iterator<Item = u8>) -> Option<u32> {
    let mut number = 0u32;
    for shift in (0..32).step_by(7) {
        let byte = bytes.next()?;
        number |= u32::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

//! The window's articles in arrival order, in pages: no spare capacity, and the oldest page goes as a whole.

use super::features::{Features, Places, Term};
use super::stated::{self, Stated};
use crate::model::Id;
use std::collections::VecDeque;

/// Number of an article in arrival order; numbers are never used again.
pub type At = u32;
/// No article.
pub const NONE: At = At::MAX;
/// Terms of an article that find it again.
pub const KEYS: usize = 8;
/// Terms an article keeps.
pub const TERMS: usize = 48;
const PAGE: usize = 2048;

/// One cluster's text as the index keeps it: 272 bytes.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The cluster.
    pub cluster: Id,
    /// Slot of its story.
    pub story: u32,
    /// The next older member of its story, or [`NONE`].
    pub older: At,
    /// Minutes since 1970, when `timed`.
    pub minute: i32,
    /// Language.
    pub lang: [u8; 2],
    /// Who published it: 16 bits of a hash, 0 when unknown.
    pub publisher: u16,
    /// `minute` is known.
    pub timed: bool,
    /// Terms in use.
    pub count: u8,
    /// For each of its key terms the posting before it: article × KEYS + key.
    pub before: [u32; KEYS],
    stated: [u8; stated::BYTES],
    places: [[u8; 6]; 2],
    terms: [Term; TERMS],
}

impl Entry {
    /// An entry of no cluster and no story yet.
    pub fn new(f: &Features) -> Self {
        let mut terms = [Term::default(); TERMS];
        terms.iter_mut().zip(&f.terms).for_each(|(to, t)| *to = *t);
        Self {
            cluster: Id::default(),
            story: u32::MAX,
            older: NONE,
            minute: f.minute.unwrap_or(0),
            lang: f.lang,
            publisher: f.publisher,
            timed: f.minute.is_some(),
            count: f.terms.len().min(TERMS) as u8,
            before: [NONE; KEYS],
            stated: f.stated.packed(),
            places: f.places.packed(),
            terms,
        }
    }
    /// Its terms, by hash.
    pub fn terms(&self) -> &[Term] {
        self.terms.get(..usize::from(self.count)).unwrap_or(&[])
    }
    /// Where its terms stand.
    pub fn places(&self) -> Places {
        Places::unpacked(self.places)
    }
    /// What its opening states.
    pub fn stated(&self) -> Stated {
        Stated::unpacked(self.stated)
    }
    /// Its time.
    pub fn minute(&self) -> Option<i32> {
        self.timed.then_some(self.minute)
    }
}

/// The pages.
#[derive(Debug, Default)]
pub struct Pages {
    pages: VecDeque<Page>,
    /// Number of the first article of the first page.
    base: At,
}

#[derive(Debug)]
struct Page {
    entries: Vec<Entry>,
    /// The latest arrival in it, minutes since 1970.
    latest: i32,
}

impl Pages {
    /// Adds an entry that arrived at `arrived` (minutes since 1970) and returns its number.
    pub fn push(&mut self, entry: Entry, arrived: i32) -> At {
        if self.pages.back().is_none_or(|p| p.entries.len() == PAGE) {
            self.pages.push_back(Page { entries: Vec::with_capacity(PAGE), latest: i32::MIN });
        }
        let full = (self.pages.len() - 1) * PAGE;
        let mut at = self.base;
        if let Some(page) = self.pages.back_mut() {
            at = self.base + (full + page.entries.len()) as At;
            page.latest = page.latest.max(arrived);
            page.entries.push(entry);
        }
        at
    }
    /// The entry with that number, unless it was forgotten.
    pub fn get(&self, at: At) -> Option<&Entry> {
        let i = at.checked_sub(self.base)? as usize;
        self.pages.get(i / PAGE)?.entries.get(i % PAGE)
    }
    /// The same, to change.
    pub fn get_mut(&mut self, at: At) -> Option<&mut Entry> {
        let i = at.checked_sub(self.base)? as usize;
        self.pages.get_mut(i / PAGE)?.entries.get_mut(i % PAGE)
    }
    /// Numbers of the oldest page when all of it arrived before `minute`; the newest page always stays.
    pub fn oldest(&self, minute: i32) -> Option<std::ops::Range<At>> {
        let page = self.pages.front().filter(|p| self.pages.len() > 1 && p.latest < minute)?;
        Some(self.base..self.base + page.entries.len() as At)
    }
    /// Takes out what [`Pages::oldest`] tells.
    pub fn forget_page(&mut self, minute: i32) -> Option<Vec<(At, Entry)>> {
        self.oldest(minute)?;
        let page = self.pages.pop_front()?;
        let first = self.base;
        self.base += PAGE as At;
        Some((first..).zip(page.entries).collect())
    }
    /// Numbers in use.
    pub fn range(&self) -> std::ops::Range<At> {
        let held: usize = self.pages.iter().map(|p| p.entries.len()).sum();
        self.base..self.base + held as At
    }
    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.pages.len() * (PAGE * size_of::<Entry>() + size_of::<Page>())
    }
}

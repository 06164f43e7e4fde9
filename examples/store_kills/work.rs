//! The ingest that is disturbed, and the comparison of what it said with what is there.

use anyhow::ensure;
use jiff::{SignedDuration, Timestamp};
use newsfold::model::{Id, ParsedEntry, Quality};
use newsfold::store::*;
use std::collections::{HashMap, HashSet};
use std::path::Path;

const FEED: &str = "https://outlet.example/feed";
/// Entries of one cycle.
pub const ENTRIES: u64 = 12;
/// Cycles from one round of idle work to the next.
const TIDY: u64 = 4;

/// The cluster that entry `n` belongs to: three in a row share one.
fn cluster(n: u64) -> Id {
    Id::derive("cluster", &[&(n / 3).to_string()])
}

fn url(n: u64) -> String {
    format!("https://outlet.example/{n}")
}

fn entry(n: u64) -> NewEntry {
    NewEntry {
        id: Id::entry(Id::feed(FEED), &url(n)),
        keys: EntryKeys { guid: None, url: Some(url(n)), title: None },
        content_hash: n,
        entry: ParsedEntry { url: Some(url(n)), title: Some(n.to_string()), ..ParsedEntry::default() },
    }
}

fn article(n: u64, entry: Id, at: Timestamp) -> ArticleCommit {
    ArticleCommit {
        entry,
        article: Article {
            id: Id::article(&url(n)),
            canonical_url: url(n),
            publisher: format!("Outlet {}", n % 7),
            title: format!("Report {n}"),
            seen_at: at,
            quality: Quality::Article,
            text: format!("Report number {n} of the harbour master. ").repeat(60),
            ..Article::default()
        },
        fingerprint: n,
        fingerprint_version: 1,
        index_row: vec![7; 200],
        cluster: cluster(n),
        story: Id::story(cluster(n)),
        // As after a real placement: the second of three finds the first one's cluster and one that must go.
        merged_clusters: vec![Id::derive("lone", &[&n.to_string()])],
        because: serde_json::json!({"rule": "test", "with": n}),
        at,
        ..ArticleCommit::default()
    }
}

/// Pages of a log that is so short that the thread which brings it home is at work all the time.
const SHORT_LOG: u32 = 60;

/// Opens the writer, and waits for space where there is none.
pub fn open(dir: &Path, full_sync: bool, log_pages: u32) -> Result<Writer, StoreError> {
    let options = Options { reserve: 1 << 20, full_sync, log_pages, ..Options::default() };
    let mut opened = Writer::open(dir, options.clone());
    for _ in 0..100 {
        match &opened {
            Err(e) if e.advice() == Advice::Retry => opened = Writer::open(dir, options.clone()),
            _ => break,
        }
    }
    opened
}

/// Ingests `cycles` times, saying what is committed.
pub fn ingest(dir: &Path, cycles: u64, full_sync: bool, say: &mut dyn FnMut(&str)) -> anyhow::Result<()> {
    let mut writer = open(dir, full_sync, SHORT_LOG)?;
    let mut failed = 0;
    let mut done = 0;
    while done < cycles {
        match cycle(&mut writer, say) {
            Ok(()) => done += 1,
            // As the daemon does: what was not committed is tried again.
            Err(e) if e.advice() == Advice::Retry && failed < 1_000 => {
                failed += 1;
                writer.recover_space();
            }
            Err(e) => return Err(e.into()),
        }
    }
    Ok(writer.close()?)
}

/// As [`take_in`], with a round of idle work after every fourth.
pub fn cycle(writer: &mut Writer, say: &mut dyn FnMut(&str)) -> Result<(), StoreError> {
    let first = take_in(writer, say)?;
    if (first / ENTRIES) % TIDY == TIDY - 1 {
        writer.tidy()?;
    }
    Ok(())
}

/// One poll and the articles that it leads to, saying what is committed: "E n" an entry, "A n" an article. Interrupted
/// at any point, the next one does the same again. The first entry's number.
pub fn take_in(writer: &mut Writer, say: &mut dyn FnMut(&str)) -> Result<u64, StoreError> {
    let at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(500_000);
    let feed = DeclaredFeed { url: FEED.to_owned(), enabled: true, full_text: true, kind: "feed".to_owned(), ..DeclaredFeed::default() };
    let first: u64 = match writer.meta("next")? {
        Some(next) => next.parse().unwrap_or(0),
        None => {
            writer.sync_feeds(std::slice::from_ref(&feed), at)?;
            0
        }
    };
    let new: Vec<NewEntry> = (first..first + ENTRIES).map(entry).collect();
    writer.commit_poll(&PollCommit { new, ..poll(at) })?;
    (first..first + ENTRIES).for_each(|n| say(&format!("E {n}")));
    loop {
        let pending = writer.pending(at + SignedDuration::from_hours(1), 5, 100, &HashSet::new())?;
        if pending.is_empty() {
            break;
        }
        let numbers: Vec<u64> = pending.iter().filter_map(|p| p.entry.title.as_deref()?.parse().ok()).collect();
        let commits: Vec<ArticleCommit> = numbers.iter().zip(&pending).map(|(&n, p)| article(n, p.id, at)).collect();
        writer.commit_articles(&commits)?;
        numbers.iter().for_each(|n| say(&format!("A {n}")));
    }
    writer.set_meta("next", &(first + ENTRIES).to_string())?;
    Ok(first)
}

fn poll(at: Timestamp) -> PollCommit {
    PollCommit {
        feed: Id::feed(FEED),
        at,
        outcome: "updated".to_owned(),
        outcome_text: "new".to_owned(),
        outcome_data: serde_json::Value::Null,
        success: true,
        full: true,
        status: Some(200),
        elapsed_ms: 1,
        bytes: 1,
        validated_url: None,
        validators: None,
        next_poll_at: Some(at),
        identity: None,
        rhythm: None,
        title: None,
        site_url: None,
        failures: 0,
        moved_to: None,
        moved_polls: 0,
        url: None,
        stopped: false,
        state: "ok".to_owned(),
        new: Vec::new(),
        changed: Vec::new(),
        not_before: HashMap::new(),
        notes: Vec::new(),
    }
}

/// What was said to be committed, in this order.
#[derive(Clone, Default)]
pub struct Said {
    all: Vec<(Kind, u64)>,
    /// Articles among it.
    pub articles: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Entry,
    Article,
}

impl Said {
    /// Takes in one line of [`ingest`].
    pub fn hear(&mut self, line: &str) {
        if let Some((kind, n)) = line.trim_end().split_once(' ')
            && let Ok(n) = n.parse()
        {
            let kind = if kind == "E" { Kind::Entry } else { Kind::Article };
            self.articles += usize::from(kind == Kind::Article);
            self.all.push((kind, n));
        }
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Compares all that was said with what is there; how many entries there are.
    pub fn check(&self, dir: &Path) -> anyhow::Result<usize> {
        Ok(self.check_first(dir, self.len())?.entries)
    }

    /// As [`Said::check`] where only the first `safe` must be there: what follows may be lost from its end, not from
    /// its middle.
    pub fn check_first(&self, dir: &Path, safe: usize) -> anyhow::Result<There> {
        for finding in doctor(dir, true) {
            // A test's disk may be as small as it likes.
            ensure!(finding.health != Health::Bad || finding.check == "space", "doctor: {finding:?}");
        }
        let reader = Reader::open(dir)?;
        let mut seen: HashMap<String, Option<Id>> = HashMap::new();
        let mut double = 0;
        reader.export(&mut |row| {
            double += usize::from(seen.insert(row.entry_url.unwrap_or_default(), row.cluster).is_some());
            Ok(())
        })?;
        ensure!(double == 0, "{double} entries twice");
        let mut lost: Option<usize> = None;
        for (place, (kind, n)) in self.all.iter().enumerate() {
            let there = seen.get(&url(*n));
            if let Some(Some(at)) = there {
                ensure!(*at == cluster(*n), "article {n} misplaced: {at}");
            }
            let held = if *kind == Kind::Entry { there.is_some() } else { there.is_some_and(Option::is_some) };
            if !held {
                ensure!(place >= safe, "{kind:?} {n} lost, number {place} of {safe} that were safe");
                lost.get_or_insert(place);
            }
            ensure!(!held || lost.is_none(), "{kind:?} {n} is there, though what was said before it is lost");
        }
        Ok(There { entries: seen.len(), held: lost.unwrap_or(self.len()) })
    }
}

/// What a check found.
pub struct There {
    pub entries: usize,
    /// How many of what was said are there, from the first on.
    pub held: usize,
}

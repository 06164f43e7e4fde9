//! New, changed or known: the entries of a document against what is stored.
//!
//! Every entry is looked for under all its keys. Which of them may speak is decided by evidence: a key that two entries
//! of the document share names neither, a key that moves from poll to poll is overruled by the next.

use super::extract::MOST_ENTRIES;
use super::identity::{IdentityPolicy, KnownEntry, Trust, content_hash, keys, title_half};
use crate::model::{EntryKeys, Id, NewEntry, ParsedEntry};
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, HashSet};

/// Entries older than this come late: if there are many, the feed publishes its archive.
const OLD: SignedDuration = SignedDuration::from_hours(24 * 7);

/// So many old entries at once make an archive.
const ARCHIVE: usize = 10;

/// What a document brought.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Classified {
    /// Entries not seen before, in the document's order.
    pub new: Vec<NewEntry>,
    /// Entries that are stored and say something else now, with the id they have and the keys and hash to store.
    pub changed: Vec<NewEntry>,
    /// Entries that are stored and unchanged, tombstones and repetitions within the document among them.
    pub known: usize,
    /// True where old entries came in numbers: the feed republishes its archive and need not be polled so often.
    pub archive: bool,
    /// What a person should know, for `feeds`.
    pub notes: Vec<String>,
}

/// Sorts the entries of one document of `feed` into new, changed and known. `known` are the stored entries of this
/// feed, tombstones too, that share a key with one of them; others do no harm. `policy` learns from what it sees.
///
/// Ids of new entries depend only on what the entries say and on what is known, so that a repeated run gives the same.
pub fn classify(policy: &mut IdentityPolicy, entries: Vec<ParsedEntry>, known: &[KnownEntry], feed: Id, now: Timestamp) -> Classified {
    let mut out = Classified::default();
    let mut entries = entries;
    if entries.len() > MOST_ENTRIES {
        out.notes.push(format!("{} entries; the first {MOST_ENTRIES} were taken", entries.len()));
        entries.truncate(MOST_ENTRIES);
    }
    let items = without_repetitions(entries, &mut out.known);
    let shared = Shared::of(&items);
    let index = Index::of(known);
    let mut tally = Tally::default();
    let matches = find(policy, &items, &shared, &index, known, &mut tally);
    let mut taken: HashSet<Id> = known.iter().map(|k| k.id).collect();
    let mut old_news = 0;
    for ((keys, entry), found) in items.into_iter().zip(matches) {
        let hash = content_hash(&entry);
        match found.and_then(|at| known.get(at)) {
            Some(before) => {
                tally.matched += 1;
                let texts_count = !policy.ignores_texts();
                let title_changed = title_half(before.content_hash) != title_half(hash);
                tally.text_changed += u32::from(before.content_hash != hash && !title_changed);
                if !before.tombstone && (title_changed || (texts_count && before.content_hash != hash)) {
                    out.changed.push(NewEntry { id: before.id, keys, content_hash: hash, entry });
                } else {
                    out.known += 1;
                }
            }
            None => {
                old_news += usize::from(is_old(&entry, now));
                let id = new_id(feed, policy.trust, &keys, &shared, hash, &mut taken);
                out.new.push(NewEntry { id, keys, content_hash: hash, entry });
            }
        }
    }
    learn(policy, &tally, &mut out.notes);
    // The first document of a feed is always old; later ones that are have brought the archive.
    if policy.polls > 0 && old_news >= ARCHIVE && old_news * 2 > out.new.len() {
        out.archive = true;
        policy.archives = policy.archives.saturating_add(1);
        out.notes.push(format!(
            "publishes its archive: {old_news} entries older than a week came at once; polled less often, its pages fetched one by one"
        ));
    } else if policy.polls > 0 && tally.back >= ARCHIVE && tally.back > 2 * usize::try_from(policy.pruned_last).unwrap_or(0) {
        // A slow feed carries entries past their retention at every poll; only a sudden return means something.
        out.archive = true;
        policy.archives = policy.archives.saturating_add(1);
        out.notes.push(format!("republishes its archive: {} entries that were pruned came again; polled less often", tally.back));
    }
    policy.pruned_last = u32::try_from(tally.back).unwrap_or(u32::MAX);
    policy.polls = policy.polls.saturating_add(1);
    out
}

fn is_old(entry: &ParsedEntry, now: Timestamp) -> bool {
    entry.published_at.is_some_and(|at| at.saturating_add(OLD).is_ok_and(|limit| limit < now))
}

/// When the pages of an archive are to be asked for, so that its coming is no flood for its site: old entries one a minute, all within
/// twelve hours; what is fresh, or has no date, is not in here and need not wait.
pub fn spread(classified: &Classified, now: Timestamp) -> HashMap<Id, Timestamp> {
    const GAP: SignedDuration = SignedDuration::from_mins(1);
    const ALL: SignedDuration = SignedDuration::from_hours(12);
    if !classified.archive {
        return HashMap::new();
    }
    let old: Vec<Id> = classified.new.iter().chain(&classified.changed).filter(|e| is_old(&e.entry, now)).map(|e| e.id).collect();
    let count = i32::try_from(old.len()).unwrap_or(i32::MAX).max(1);
    let gap = GAP.min(ALL / count);
    let after = |n: usize| now.saturating_add(gap * i32::try_from(n).unwrap_or(i32::MAX)).unwrap_or(now);
    old.into_iter().enumerate().map(|(n, id)| (id, after(n))).collect()
}

/// The entries with their keys; one that is there twice, by guid and by link or title, once.
fn without_repetitions(entries: Vec<ParsedEntry>, repeated: &mut usize) -> Vec<(EntryKeys, ParsedEntry)> {
    let mut seen: HashSet<(Option<String>, Option<String>, Option<String>)> = HashSet::new();
    let mut items = Vec::with_capacity(entries.len());
    for entry in entries {
        let keys = keys(&entry);
        // Two of three keys name an entry; with fewer the whole text has to.
        let pairs = match (&keys.guid, &keys.url, &keys.title) {
            (Some(_), Some(_), Some(_)) => vec![
                (keys.guid.clone(), keys.url.clone(), None),
                (keys.guid.clone(), None, keys.title.clone()),
                (None, keys.url.clone(), keys.title.clone()),
            ],
            (None, None, None) => vec![(None, None, Some(format!("{:016x}", content_hash(&entry))))],
            _ => vec![(keys.guid.clone(), keys.url.clone(), keys.title.clone())],
        };
        if pairs.iter().any(|pair| seen.contains(pair)) {
            *repeated += 1;
            continue;
        }
        seen.extend(pairs);
        items.push((keys, entry));
    }
    items
}

/// Keys that more than one entry of the document has: they name none of them.
#[derive(Default)]
struct Shared {
    guids: HashSet<String>,
    urls: HashSet<String>,
    titles: HashSet<String>,
}

impl Shared {
    fn of(items: &[(EntryKeys, ParsedEntry)]) -> Self {
        fn twice<'a>(keys: impl Iterator<Item = &'a String>) -> HashSet<String> {
            let mut once = HashSet::new();
            keys.filter(|key| !once.insert(key.as_str())).cloned().collect()
        }
        Self {
            guids: twice(items.iter().filter_map(|(k, _)| k.guid.as_ref())),
            urls: twice(items.iter().filter_map(|(k, _)| k.url.as_ref())),
            titles: twice(items.iter().filter_map(|(k, _)| k.title.as_ref())),
        }
    }

    fn guid<'a>(&self, keys: &'a EntryKeys) -> Option<&'a str> {
        keys.guid.as_deref().filter(|k| !self.guids.contains(*k))
    }

    fn url<'a>(&self, keys: &'a EntryKeys) -> Option<&'a str> {
        keys.url.as_deref().filter(|k| !self.urls.contains(*k))
    }

    fn title<'a>(&self, keys: &'a EntryKeys) -> Option<&'a str> {
        keys.title.as_deref().filter(|k| !self.titles.contains(*k))
    }
}

/// The stored entries by each key.
struct Index<'a> {
    guids: HashMap<&'a str, Vec<usize>>,
    urls: HashMap<&'a str, Vec<usize>>,
    titles: HashMap<&'a str, Vec<usize>>,
    /// By all keys together.
    whole: HashMap<&'a EntryKeys, usize>,
    hashes: HashMap<u64, usize>,
}

impl<'a> Index<'a> {
    fn of(known: &'a [KnownEntry]) -> Self {
        fn by(known: &[KnownEntry], key: fn(&EntryKeys) -> Option<&String>) -> HashMap<&str, Vec<usize>> {
            let mut map: HashMap<&str, Vec<usize>> = HashMap::new();
            for (at, entry) in known.iter().enumerate() {
                if let Some(key) = key(&entry.keys) {
                    map.entry(key).or_default().push(at);
                }
            }
            map
        }
        Self {
            guids: by(known, |k| k.guid.as_ref()),
            urls: by(known, |k| k.url.as_ref()),
            titles: by(known, |k| k.title.as_ref()),
            whole: known.iter().enumerate().map(|(at, k)| (&k.keys, at)).collect(),
            hashes: known.iter().enumerate().filter(|(_, k)| k.keys.is_empty()).map(|(at, k)| (k.content_hash, at)).collect(),
        }
    }

    fn under<'s>(map: &'s HashMap<&'a str, Vec<usize>>, key: Option<&str>) -> &'s [usize] {
        key.and_then(|k| map.get(k)).map_or(&[], Vec::as_slice)
    }
}

/// What one document showed of the feed's habits.
#[derive(Default)]
struct Tally {
    matched: u32,
    guid_changed: u32,
    guid_repeated: u32,
    guid_missing: u32,
    url_changed: u32,
    url_repeated: u32,
    text_changed: u32,
    /// Tombstones that came again.
    back: usize,
}

/// For every item the stored entry that it is, if any. No stored entry is two items.
fn find(
    policy: &IdentityPolicy,
    items: &[(EntryKeys, ParsedEntry)],
    shared: &Shared,
    index: &Index<'_>,
    known: &[KnownEntry],
    tally: &mut Tally,
) -> Vec<Option<usize>> {
    let mut claimed: HashSet<usize> = HashSet::new();
    let mut found: Vec<Option<usize>> = vec![None; items.len()];
    // All three agreeing or two of them is sure, and is claimed before a single key may.
    for pass in [Pass::Sure, Pass::Single] {
        for ((keys, entry), slot) in items.iter().zip(&mut found).filter(|(_, slot)| slot.is_none()) {
            let hit = by_keys(policy, pass, keys, entry, shared, index, known, &claimed);
            if let Some(at) = hit {
                claimed.insert(at);
                *slot = Some(at);
            }
        }
    }
    moved(items, shared, index, policy, known, &mut claimed, &mut found);
    for ((keys, _), slot) in items.iter().zip(&found) {
        tally.guid_missing += u32::from(keys.guid.is_none());
        tally.guid_repeated += u32::from(keys.guid.is_some() && shared.guid(keys).is_none());
        tally.url_repeated += u32::from(keys.url.is_some() && shared.url(keys).is_none());
        if let Some(before) = slot.and_then(|at| known.get(at)) {
            tally.guid_changed += u32::from(keys.guid.is_some() && before.keys.guid.is_some() && keys.guid != before.keys.guid);
            tally.url_changed += u32::from(keys.url.is_some() && before.keys.url.is_some() && keys.url != before.keys.url);
            tally.back += usize::from(before.tombstone);
        }
    }
    found
}

#[derive(Clone, Copy, PartialEq)]
enum Pass {
    Sure,
    Single,
}

#[allow(clippy::too_many_arguments)]
fn by_keys(
    policy: &IdentityPolicy,
    pass: Pass,
    keys: &EntryKeys,
    entry: &ParsedEntry,
    shared: &Shared,
    index: &Index<'_>,
    known: &[KnownEntry],
    claimed: &HashSet<usize>,
) -> Option<usize> {
    let free = |at: &&usize| !claimed.contains(*at);
    if keys.is_empty() {
        return index.hashes.get(&content_hash(entry)).copied().filter(|at| !claimed.contains(at));
    }
    if let Some(at) = index.whole.get(keys).filter(free) {
        return Some(*at);
    }
    let same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
    let agreeing = |at: usize| {
        known.get(at).map_or(0, |k| {
            u8::from(same(&k.keys.guid, &keys.guid)) + u8::from(same(&k.keys.url, &keys.url)) + u8::from(same(&k.keys.title, &keys.title))
        })
    };
    let guids = Index::under(&index.guids, keys.guid.as_deref());
    let urls = Index::under(&index.urls, keys.url.as_deref());
    let titles = Index::under(&index.titles, keys.title.as_deref());
    if pass == Pass::Sure {
        // A bound on the work: a hostile feed may give one key to thousands of entries.
        let candidates = guids.iter().take(50).chain(urls.iter().take(50)).chain(titles.iter().take(50)).filter(free);
        return candidates.copied().filter(|at| agreeing(*at) >= 2).max_by_key(|at| agreeing(*at));
    }
    let by_url = shared.url(keys).and_then(|_| urls.iter().find(free)).copied();
    let by_guid = shared.guid(keys).and_then(|_| guids.iter().find(free)).copied().filter(|at| !reused(keys, entry, known.get(*at)));
    let by_title = shared.title(keys).and_then(|_| titles.iter().find(free)).copied();
    match policy.trust {
        Trust::Guid => by_guid.or(by_url).or_else(|| by_title.filter(|_| keys.url.is_none() && keys.guid.is_none())),
        Trust::Link => by_url.or_else(|| by_title.filter(|_| keys.url.is_none())).or(by_guid.filter(|_| keys.url.is_none())),
        Trust::Title => by_url.or(by_title),
    }
}

/// True where a guid has come to name another entry: link, title and date are all different.
fn reused(keys: &EntryKeys, entry: &ParsedEntry, before: Option<&KnownEntry>) -> bool {
    let Some(before) = before else { return false };
    let differs = |a: &Option<String>, b: &Option<String>| matches!((a, b), (Some(a), Some(b)) if a != b);
    let dated = matches!((entry.published_at, before.published_at), (Some(a), Some(b)) if a == b);
    differs(&keys.url, &before.keys.url) && differs(&keys.title, &before.keys.title) && !dated
}

/// A feed that moved house: guids and links are all new, titles and days are not. One such entry may be chance (a
/// column of one name); when most of what seems new is so, it is not.
fn moved(
    items: &[(EntryKeys, ParsedEntry)],
    shared: &Shared,
    index: &Index<'_>,
    policy: &IdentityPolicy,
    known: &[KnownEntry],
    claimed: &mut HashSet<usize>,
    found: &mut [Option<usize>],
) {
    let open: Vec<usize> = found.iter().enumerate().filter(|(_, f)| f.is_none()).map(|(n, _)| n).collect();
    let mut pairs = Vec::new();
    let mut wanted: HashSet<usize> = HashSet::new();
    for n in &open {
        let Some((keys, _)) = items.get(*n) else { continue };
        let hit = shared
            .title(keys)
            .and_then(|title| Index::under(&index.titles, Some(title)).iter().find(|at| !claimed.contains(*at) && !wanted.contains(*at)));
        if let Some(at) = hit.copied() {
            wanted.insert(at);
            pairs.push((*n, at));
        }
    }
    let most = pairs.len() >= 3 && pairs.len() * 2 >= open.len();
    // Or the one entry has not moved but lost its links: what is left of it is the same in every letter.
    for (n, at) in pairs {
        let identical = || {
            items.get(n).zip(known.get(at)).is_some_and(|((_, entry), k)| {
                entry.published_at.is_some() && entry.published_at == k.published_at && content_hash(entry) == k.content_hash
            })
        };
        if (most || policy.trust == Trust::Title || identical())
            && let Some(slot) = found.get_mut(n)
        {
            claimed.insert(at);
            *slot = Some(at);
        }
    }
}

/// An id out of the best key that is the entry's own; with more keys and a number if that is taken.
fn new_id(feed: Id, trust: Trust, keys: &EntryKeys, shared: &Shared, hash: u64, taken: &mut HashSet<Id>) -> Id {
    let guid = shared.guid(keys).filter(|_| trust == Trust::Guid).map(|k| format!("guid {k}"));
    let url = || shared.url(keys).map(|k| format!("url {k}"));
    let title = || shared.title(keys).map(|k| format!("title {k}"));
    let all = || format!("all {:?} {:?} {:?}", keys.guid, keys.url, keys.title);
    let first = guid.or_else(url).or_else(title).unwrap_or_else(all);
    let fuller = format!("{first} {}", all());
    let tries =
        [first, fuller.clone(), format!("{fuller} {hash:016x}")].into_iter().chain((2..).map(|n| format!("{fuller} {hash:016x} {n}")));
    let mut ids = tries.map(|identity| Id::entry(feed, &identity));
    // The numbers never end, so an id that is free is found.
    ids.find(|id| taken.insert(*id)).unwrap_or_default()
}

/// Lowers the trust in what proved wrong, and says so once.
fn learn(policy: &mut IdentityPolicy, tally: &Tally, notes: &mut Vec<String>) {
    policy.guid_changed = policy.guid_changed.saturating_add(tally.guid_changed);
    policy.guid_repeated = policy.guid_repeated.saturating_add(tally.guid_repeated);
    policy.guid_missing = policy.guid_missing.saturating_add(tally.guid_missing);
    policy.url_changed = policy.url_changed.saturating_add(tally.url_changed);
    policy.url_repeated = policy.url_repeated.saturating_add(tally.url_repeated);
    let most = |part: u32| tally.matched >= 5 && part * 2 > tally.matched;
    if tally.matched >= 5 {
        policy.guid_unrest = if most(tally.guid_changed) { policy.guid_unrest.saturating_add(1) } else { 0 };
        policy.text_unrest = match (policy.text_unrest, tally.text_changed * 5 > tally.matched * 4) {
            (unrest, true) => unrest.saturating_add(1).min(6),
            (unrest, false) => unrest.saturating_sub(1),
        };
    }
    if most(tally.guid_changed) {
        notes.push(format!("{} of {} known entries came with new guids; recognised by link or title", tally.guid_changed, tally.matched));
    }
    // Once may be a move to another system; again and again is a habit.
    if policy.trust == Trust::Guid && policy.guid_unrest >= 2 {
        policy.trust = Trust::Link;
        notes.push("guids change from poll to poll; entries are recognised by their links".to_owned());
    }
    if policy.trust == Trust::Link && policy.guid_unrest >= 2 && most(tally.url_changed) {
        policy.trust = Trust::Title;
        notes.push("links change too; entries are recognised by title and date".to_owned());
    }
}

/// When an entry counts as published for ordering: as stated, but never after it was first seen, and first seen where
/// the feed gives no date or one that no feed can mean (before 1990).
pub fn ordering_time(published_at: Option<Timestamp>, seen_at: Timestamp) -> Timestamp {
    const YEAR_1990: i64 = 631_152_000;
    published_at.filter(|at| at.as_second() >= YEAR_1990).map_or(seen_at, |at| at.min(seen_at))
}

#[cfg(test)]
mod tests;

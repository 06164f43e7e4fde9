use super::*;

const FEED: Id = Id(7);

fn at(day: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + day * 86_400).unwrap()
}

/// A store of one feed, as the daemon keeps it.
#[derive(Default)]
struct Store {
    policy: IdentityPolicy,
    known: Vec<KnownEntry>,
    day: i64,
}

impl Store {
    /// Polls a document a day later; returns what was new, changed and known.
    fn poll(&mut self, entries: &[ParsedEntry]) -> (usize, usize, usize, Classified) {
        self.day += 1;
        let now = at(self.day);
        let wanted: Vec<EntryKeys> = entries.iter().map(keys).collect();
        let shares = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
        let known: Vec<KnownEntry> = self
            .known
            .iter()
            .filter(|k| {
                k.keys.is_empty()
                    || wanted
                        .iter()
                        .any(|w| shares(&w.guid, &k.keys.guid) || shares(&w.url, &k.keys.url) || shares(&w.title, &k.keys.title))
            })
            .cloned()
            .collect();
        let done = classify(&mut self.policy, entries.to_vec(), &known, FEED, now);
        for new in &done.new {
            assert!(self.known.iter().all(|k| k.id != new.id), "an id twice");
            let NewEntry { id, keys, content_hash, entry } = new.clone();
            self.known.push(KnownEntry { id, keys, content_hash, tombstone: false, published_at: entry.published_at, seen_at: now });
        }
        for changed in &done.changed {
            let known = self.known.iter_mut().find(|k| k.id == changed.id).unwrap();
            known.keys = changed.keys.clone();
            known.content_hash = changed.content_hash;
        }
        assert_eq!(done.new.len() + done.changed.len() + done.known, entries.len());
        (done.new.len(), done.changed.len(), done.known, done)
    }
}

fn items(range: std::ops::Range<i64>) -> Vec<ParsedEntry> {
    range
        .map(|n| ParsedEntry {
            guid: Some(format!("http://example.com/?p={n}")),
            url: Some(format!("http://example.com/story-{n}")),
            title: Some(format!("What happened in the town of number {n}")),
            published_at: Some(at(0).saturating_add(jiff::SignedDuration::from_hours(n)).unwrap()),
            summary: Some(format!("A text about {n}")),
            ..ParsedEntry::default()
        })
        .collect()
}

fn with(entries: Vec<ParsedEntry>, change: impl Fn(usize, &mut ParsedEntry)) -> Vec<ParsedEntry> {
    entries
        .into_iter()
        .enumerate()
        .map(|(n, mut entry)| {
            change(n, &mut entry);
            entry
        })
        .collect()
}

fn counts(result: (usize, usize, usize, Classified)) -> (usize, usize, usize) {
    (result.0, result.1, result.2)
}

#[test]
fn the_common_case() {
    let mut store = Store::default();
    assert_eq!(counts(store.poll(&items(0..20))), (20, 0, 0));
    assert_eq!(counts(store.poll(&items(0..20))), (0, 0, 20));
    assert_eq!(counts(store.poll(&items(3..23))), (3, 0, 17));
    let edited = with(items(3..23), |n, e| {
        if n == 0 {
            e.title = Some("Another headline altogether, now".to_owned())
        }
    });
    assert_eq!(counts(store.poll(&edited)), (0, 1, 19));
    assert_eq!(counts(store.poll(&edited)), (0, 0, 20));
}

#[test]
fn guids_of_a_whole_feed_change() {
    let mut store = Store::default();
    store.poll(&items(0..20));
    let changed = with(items(1..21), |n, e| e.guid = Some(format!("tag:new-{n}")));
    assert_eq!(counts(store.poll(&changed)), (1, 0, 19));
    let again = with(items(1..21), |n, e| e.guid = Some(format!("tag:newer-{n}")));
    assert_eq!(counts(store.poll(&again)), (0, 0, 20));
    assert_eq!(store.policy.trust, Trust::Link);
    assert_eq!(counts(store.poll(&items(2..22))), (1, 0, 19));
}

#[test]
fn http_becomes_https() {
    let mut store = Store::default();
    store.poll(&items(0..20));
    let secure = with(items(0..20), |_, e| {
        e.guid = e.guid.as_ref().map(|g| g.replace("http:", "https:"));
        e.url = e.url.as_ref().map(|u| u.replace("http:", "https:"));
    });
    assert_eq!(counts(store.poll(&secure)), (0, 0, 20));
    assert_eq!(store.policy.trust, Trust::Guid);
}

#[test]
fn a_guid_for_all_loses_nothing() {
    let mut store = Store::default();
    let one = |range| with(items(range), |_, e| e.guid = Some("1".to_owned()));
    assert_eq!(counts(store.poll(&one(0..10))), (10, 0, 0));
    assert_eq!(counts(store.poll(&one(2..12))), (2, 0, 8));
    // One item a document, all under one guid: still each its own.
    assert_eq!(counts(store.poll(&one(12..13))), (1, 0, 0));
    assert_eq!(counts(store.poll(&one(13..14))), (1, 0, 0));
}

#[test]
fn no_guid_no_link() {
    let mut store = Store::default();
    let bare = |range| with(items(range), |_, e| (e.guid, e.url) = (None, None));
    assert_eq!(counts(store.poll(&bare(0..10))), (10, 0, 0));
    assert_eq!(counts(store.poll(&bare(1..11))), (1, 0, 9));
    let texts = |range| with(items(range), |_, e| (e.guid, e.url, e.title) = (None, None, None));
    assert_eq!(counts(store.poll(&texts(20..25))), (5, 0, 0));
    assert_eq!(counts(store.poll(&texts(20..26))), (1, 0, 5));
}

#[test]
fn a_site_moves_house() {
    let mut store = Store::default();
    store.poll(&items(0..20));
    let moved = with(items(2..22), |n, e| (e.guid, e.url) = (Some(format!("id-{n}")), Some(format!("https://example.org/{n}/x"))));
    assert_eq!(counts(store.poll(&moved)), (2, 0, 18));
}

#[test]
fn one_link_for_all_loses_nothing() {
    let mut store = Store::default();
    let front = |range| with(items(range), |_, e| e.url = Some("http://example.com/news".to_owned()));
    assert_eq!(counts(store.poll(&front(0..10))), (10, 0, 0));
    assert_eq!(counts(store.poll(&front(3..13))), (3, 0, 7));
}

#[test]
fn repetitions_within_a_document_count_once() {
    let mut store = Store::default();
    let doubled: Vec<ParsedEntry> = items(0..5).into_iter().chain(items(0..5)).collect();
    assert_eq!(counts(store.poll(&doubled)), (5, 0, 5));
}

#[test]
fn the_archive_is_recognised_and_stays_known() {
    let mut store = Store::default();
    store.poll(&items(0..40));
    for known in &mut store.known {
        known.tombstone = true;
    }
    store.day = 300;
    let (new, changed, known, done) = store.poll(&with(items(0..40), |_, e| e.title = e.title.as_ref().map(|t| t.to_uppercase() + "!")));
    assert_eq!((new, changed, known, done.archive), (0, 0, 40, true));
    assert!(done.notes.iter().any(|n| n.contains("archive")), "{:?}", done.notes);
    let (.., done) = store.poll(&items(0..40));
    assert!(!done.archive, "said once");
    assert!(spread(&done, at(store.day)).is_empty(), "no archive, no waiting");
    let fresh = with(items(160..161), |_, e| e.published_at = Some(at(301)));
    let (new, .., done) = store.poll(&[items(100..160), fresh].concat());
    assert_eq!((new, done.archive), (61, true));
    let now = at(store.day);
    let mut tries: Vec<i64> = spread(&done, now).values().map(|at| at.duration_since(now).as_secs()).collect();
    tries.sort_unstable();
    assert_eq!(tries, (0..60).map(|n| n * 60).collect::<Vec<_>>(), "the old ones, one a minute");
    let many = (0..2_000).map(|n| NewEntry { id: Id(n), ..done.new[0].clone() }).collect();
    let tries = spread(&Classified { archive: true, new: many, ..Classified::default() }, now);
    assert!(tries.len() == 2_000 && tries.values().all(|at| at.duration_since(now).as_hours() < 12));
}

#[test]
fn texts_that_always_change_stop_counting() {
    let mut store = Store::default();
    store.poll(&items(0..10));
    let noisy =
        |poll: i64| with(items(0..10), move |n, e| e.summary = Some(format!("Read {} times", poll * 100 + i64::try_from(n).unwrap())));
    let changed: Vec<usize> = (0..8).map(|poll| store.poll(&noisy(poll)).1).collect();
    assert_eq!(changed, [10, 10, 10, 0, 0, 0, 0, 0]);
}

#[test]
fn order_of_dates() {
    let seen = at(5);
    assert_eq!(ordering_time(None, seen), seen);
    assert_eq!(ordering_time(Some(at(4)), seen), at(4));
    assert_eq!(ordering_time(Some(at(9)), seen), seen);
    assert_eq!(ordering_time(Some(Timestamp::UNIX_EPOCH), seen), seen);
}

//! The store from outside, on a real file.

use super::*;
use crate::model::views::{OriginView, StoryFilter};
use crate::model::{Credit, Id, ParsedEntry, Quality, Validators};
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, HashSet};
use std::path::Path;

const FEEDS: [(&str, &str); 3] = [
    ("https://harbour.example/rss", "Harbour Post"),
    ("https://ledger.example/rss", "The Ledger"),
    ("https://coast.example/rss", "Coast Today"),
];

fn at(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-03-01T08:00:00Z".parse().unwrap();
    start + SignedDuration::from_mins(minutes)
}

fn open(dir: &Path) -> Writer {
    Writer::open(dir, Options { reserve: 0, ..Options::default() }).unwrap()
}

fn feed(url: &str, publisher: &str) -> DeclaredFeed {
    DeclaredFeed {
        url: url.to_owned(),
        publisher: Some(publisher.to_owned()),
        tags: vec!["coast".to_owned()],
        enabled: true,
        full_text: true,
        kind: "feed".to_owned(),
        ..DeclaredFeed::default()
    }
}

/// A writer with the three feeds above.
fn stocked(dir: &Path) -> Writer {
    let mut writer = open(dir);
    let feeds: Vec<DeclaredFeed> = FEEDS.iter().map(|(url, publisher)| feed(url, publisher)).collect();
    writer.sync_feeds(&feeds, at(0)).unwrap();
    writer
}

fn entry(feed: Id, n: u32) -> NewEntry {
    let url = format!("https://harbour.example/news/{n}?ref=rss");
    NewEntry {
        id: Id::entry(feed, &n.to_string()),
        keys: EntryKeys { guid: Some(format!("guid-{n}")), url: Some(url.clone()), title: Some(format!("title-{n}")) },
        content_hash: u64::MAX - u64::from(n),
        entry: ParsedEntry { guid: Some(format!("guid-{n}")), url: Some(url), title: Some(format!("Entry {n}")), ..ParsedEntry::default() },
    }
}

fn poll(feed: Id, minutes: i64, new: Vec<NewEntry>) -> PollCommit {
    PollCommit {
        feed,
        at: at(minutes),
        outcome: "updated".to_owned(),
        outcome_text: format!("{} new", new.len()),
        outcome_data: serde_json::json!({"new": new.len()}),
        success: true,
        full: true,
        status: Some(200),
        elapsed_ms: 12,
        bytes: 3_400,
        validated_url: None,
        validators: Some(Validators { etag: Some("\"a\"".to_owned()), last_modified: None }),
        next_poll_at: Some(at(minutes + 30)),
        identity: Some(r#"{"trust":1}"#.to_owned()),
        rhythm: None,
        title: Some("Harbour Post: all".to_owned()),
        site_url: None,
        failures: 0,
        moved_to: None,
        moved_polls: 0,
        url: None,
        stopped: false,
        state: "ok".to_owned(),
        new,
        changed: Vec::new(),
        not_before: HashMap::new(),
        notes: Vec::new(),
    }
}

fn placed(entry: Id, n: u32, publisher: &str, cluster: u32, story: u32, minutes: i64) -> ArticleCommit {
    ArticleCommit {
        entry,
        article: Article {
            id: Id::article(&url(n)),
            canonical_url: url(n),
            publisher: publisher.to_owned(),
            title: format!("Ferry runs aground, report {n}"),
            credit: (n == 2).then(|| Credit { name: "Harbour Post".to_owned(), words: "Source: Harbour Post".to_owned() }),
            lang: Some("en".to_owned()),
            seen_at: at(minutes),
            words: 100 + n,
            quality: Quality::Article,
            text: format!("The ferry Aurelia ran aground near the café at dawn, number {n}. Nobody was hurt."),
            ..Article::default()
        },
        fingerprint: 0xF0 | u64::from(n),
        fingerprint_version: 1,
        index_row: vec![1, 2, 3],
        story_row: vec![4],
        cluster: cluster_id(cluster),
        story: story_id(story),
        because: serde_json::json!({"rule": "contained", "thresholds": {"containment": 0.75}}),
        at: at(minutes),
        ..ArticleCommit::default()
    }
}

fn url(n: u32) -> String {
    format!("https://site{n}.example/{n}")
}

/// The cluster that article `n` starts.
fn cluster_id(n: u32) -> Id {
    Id::cluster(Id::article(&url(n)))
}

/// The story that article `n` starts.
fn story_id(n: u32) -> Id {
    Id::story(cluster_id(n))
}

/// Three articles: 1 and 2 in cluster 1, 3 in cluster 3, all in story 1, by three publishers.
fn three(writer: &mut Writer) -> Vec<ArticleCommit> {
    let mut commits = Vec::new();
    for (n, (url, publisher)) in (1u32..).zip(FEEDS) {
        let one = entry(Id::feed(url), n);
        writer.commit_poll(&poll(Id::feed(url), i64::from(n), vec![one.clone()])).unwrap();
        commits.push(placed(one.id, n, publisher, if n == 3 { 3 } else { 1 }, 1, i64::from(n)));
    }
    writer.commit_articles(&commits).unwrap();
    commits
}

#[test]
fn feeds_follow_the_configuration() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    assert_eq!(writer.due(at(0), 10).unwrap().len(), 3);
    assert_eq!(writer.sync_feeds(&[feed(FEEDS[0].0, FEEDS[0].1)], at(1)).unwrap(), Synced { removed: 2, kept: 1, ..Synced::default() });
    assert_eq!(writer.due(at(9), 10).unwrap().len(), 1);
    let off = DeclaredFeed { enabled: false, ..feed(FEEDS[1].0, FEEDS[1].1) };
    assert_eq!(writer.sync_feeds(&[feed(FEEDS[0].0, FEEDS[0].1), off], at(2)).unwrap(), Synced { added: 1, kept: 1, ..Synced::default() });
    assert_eq!(writer.due(at(9), 10).unwrap().len(), 1, "a disabled feed is not due");
    assert_eq!(writer.feeds_by(&FeedSelector::All).unwrap().len(), 1);
    assert_eq!(writer.feeds_by(&FeedSelector::Urls(vec![FEEDS[1].0.to_owned(), "https://none.example".to_owned()])).unwrap().len(), 1);
    let reader = Reader::open(dir.path()).unwrap();
    let states: Vec<String> = reader.feeds(at(3)).unwrap().into_iter().map(|f| f.state).collect();
    assert_eq!(states, ["new", "disabled"]);
}

#[test]
fn commit_a_stores_once_and_asks_again_later() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    let id = Id::feed(FEEDS[0].0);
    let first = poll(id, 5, vec![entry(id, 1), entry(id, 2)]);
    assert_eq!(writer.commit_poll(&first).unwrap(), PollStored { new: 2, changed: 0 });
    assert_eq!(writer.commit_poll(&first).unwrap(), PollStored { new: 0, changed: 0 }, "a repeated commit changes nothing");
    let due = writer.feeds_by(&FeedSelector::Ids(vec![id])).unwrap().remove(0);
    assert_eq!((due.validators.etag.as_deref(), due.next_poll_at, due.last_success_at), (Some("\"a\""), Some(at(35)), Some(at(5))));
    assert_eq!((due.identity.as_deref(), due.rhythm), (Some(r#"{"trust":1}"#), None));
    assert!(!writer.due(at(34), 10).unwrap().iter().any(|f| f.id == id));
    assert!(writer.due(at(35), 10).unwrap().iter().any(|f| f.id == id));

    let failed =
        PollCommit { success: false, full: false, failures: 1, state: "failing".to_owned(), validators: None, ..poll(id, 40, vec![]) };
    writer.commit_poll(&failed).unwrap();
    writer.commit_poll(&PollCommit { at: at(50), failures: 2, ..failed }).unwrap();
    let due = writer.feeds_by(&FeedSelector::Ids(vec![id])).unwrap().remove(0);
    assert_eq!((due.failures, due.failing_since, due.last_success_at), (2, Some(at(40)), Some(at(5))));
    assert_eq!(due.validators.etag.as_deref(), Some("\"a\""));
    assert!(matches!(writer.commit_poll(&poll(Id(7), 5, vec![])), Err(StoreError::Unknown { what: "feed", .. })));
}

/// Clusters and stories are asked for in two ways, by what they are called (see `groups`): nobody may be lost between them.
#[test]
fn all_of_a_cluster_and_of_a_story_are_found_whoever_started_it() {
    const ARTICLES: u32 = 12;
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    let feed = Id::feed(FEEDS[0].0);
    writer.commit_poll(&poll(feed, 1, (0..ARTICLES).map(|n| entry(feed, n)).collect())).unwrap();
    let commits: Vec<_> = (0..ARTICLES).map(|n| placed(entry(feed, n).id, n, FEEDS[0].1, n, n, 1)).collect();
    writer.commit_articles(&commits).unwrap();
    let ids: Vec<Id> = commits.iter().map(|commit| commit.article.id).collect();
    let conn = rusqlite::Connection::open(dir.path().join("newsfold.db")).unwrap();
    let indexed = |conn: &rusqlite::Connection| -> (u32, u32) {
        let sql =
            "SELECT (SELECT COUNT(*) FROM placed WHERE cluster <> own_cluster), (SELECT COUNT(*) FROM placed WHERE story <> own_story)";
        conn.query_row(sql, [], |r| Ok((r.get(0)?, r.get(1)?))).unwrap()
    };
    assert_eq!(indexed(&conn), (0, 0), "whoever is alone is in no index");

    // Those that articles started, and some that earlier versions or decisions named.
    let clusters: Vec<Id> = (0..ARTICLES).map(cluster_id).chain((0..4).map(|n| Id::derive("cluster", &[&n.to_string()]))).collect();
    let stories: Vec<Id> = (0..ARTICLES).map(story_id).chain((0..4).map(|n| Id::derive("story", &[&n.to_string()]))).collect();
    let mut stands: Vec<(Id, Id)> = commits.iter().map(|commit| (commit.cluster, commit.story)).collect();
    let reader = Reader::open(dir.path()).unwrap();
    let mut rng = fastrand::Rng::with_seed(8);
    for step in 0..150 {
        let (n, cluster, story) = (rng.usize(..ids.len()), rng.usize(..clusters.len()), rng.usize(..stories.len()));
        stands[n] = (clusters[cluster], stories[story]);
        let one = Move { article: ids[n], cluster: clusters[cluster], story: stories[story], because: None };
        writer.apply_moves(&[one], at(step)).unwrap();
        let shared = stands.iter().filter(|one| stands.iter().filter(|other| other.0 == one.0).count() > 1).count();
        let copies: i64 = conn.query_row("SELECT COUNT(*) FROM v_copies", [], |r| r.get(0)).unwrap();
        assert_eq!(copies, shared as i64, "v_copies after step {step}");
        for id in &clusters {
            let inside: Vec<Id> = ids.iter().zip(&stands).filter(|(_, (c, _))| c == id).map(|(article, _)| *article).collect();
            assert_eq!(reader.articles_of(*id).unwrap(), inside, "cluster {id} after step {step}");
            assert_eq!(writer.story_of(*id).unwrap().is_some(), !inside.is_empty());
            assert_eq!(reader.resolve(&id.to_string()).unwrap().contains(&Found::Cluster(*id)), !inside.is_empty());
        }
        for id in &stories {
            let inside = stands.iter().filter(|(_, s)| s == id).count();
            assert_eq!(writer.story_headlines(*id, 99).unwrap().0.len(), inside, "story {id} after step {step}");
            assert_eq!(writer.story_holds(*id).unwrap(), inside > 0);
            assert_eq!(reader.resolve(&id.to_string()).unwrap().contains(&Found::Story(*id)), inside > 0);
            let copies = reader.story(*id).unwrap().map(|story| story.row.copies as usize);
            // One that is empty leads to where its last article went.
            assert!(inside == 0 || copies == Some(inside), "story {id} after step {step}: {copies:?}");
        }
    }
}

#[test]
fn a_storys_headlines_are_those_in_the_language_of_most() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    let feed = Id::feed(FEEDS[0].0);
    writer.commit_poll(&poll(feed, 1, (1..=5).map(|n| entry(feed, n)).collect())).unwrap();
    let langs = [Some("fr"), Some("de"), Some("de"), None, Some("fr")];
    for (count, lang, headlines) in [(2, "fr", vec![1]), (4, "de", vec![2, 3, 4]), (5, "fr", vec![1, 4, 5])] {
        let commits: Vec<_> = (1..=count)
            .zip(langs)
            .map(|(n, lang)| {
                let mut one = placed(entry(feed, n).id, n, FEEDS[0].1, n, 1, 1);
                one.article.lang = lang.map(str::to_owned);
                one
            })
            .collect();
        writer.commit_articles(&commits).unwrap();
        let wanted: Vec<String> = headlines.iter().map(|n| format!("Ferry runs aground, report {n}")).collect();
        assert_eq!(writer.story_headlines(story_id(1), 99).unwrap(), (wanted, Some(lang.to_owned())));
        assert_eq!(Reader::open(dir.path()).unwrap().story(story_id(1)).unwrap().unwrap().row.lang.as_deref(), Some(lang), "of {count}");
    }
}

#[test]
fn entries_are_known_by_any_key() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    let (id, other) = (Id::feed(FEEDS[0].0), Id::feed(FEEDS[1].0));
    writer.commit_poll(&poll(id, 1, vec![entry(id, 1), entry(id, 2)])).unwrap();
    let ask =
        |guid: Option<&str>, title: Option<&str>| EntryKeys { guid: guid.map(str::to_owned), url: None, title: title.map(str::to_owned) };
    let known = writer.known_entries(id, &[ask(Some("guid-1"), None), ask(Some("new"), Some("title-1"))]).unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!((known[0].keys.guid.as_deref(), known[0].keys.title.as_deref()), (Some("guid-1"), Some("title-1")));
    assert!(known[0].keys.url.as_deref().is_some_and(|u| u.starts_with('\0')));
    assert_eq!((known[0].content_hash, known[0].tombstone, known[0].article), (u64::MAX - 1, false, None));
    assert!(writer.known_entries(other, &[ask(Some("guid-1"), None)]).unwrap().is_empty(), "keys belong to a feed");
}

#[test]
fn the_queue_is_fair_and_patient() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    let id = Id::feed(FEEDS[0].0);
    writer.commit_poll(&poll(id, 1, (0..5).map(|n| entry(id, n)).collect())).unwrap();
    assert_eq!(writer.pending(at(0), 10, 10, &HashSet::new()).unwrap().len(), 0);
    let two = writer.pending(at(1), 10, 2, &HashSet::new()).unwrap();
    assert_eq!(two.len(), 2, "at most two of one host");
    let flying: HashSet<Id> = two.iter().map(|e| e.id).collect();
    assert!(writer.pending(at(1), 10, 2, &flying).unwrap().is_empty(), "those in flight count for their host");
    let others = writer.pending_but_of(&HashSet::from([two[0].feed]), &HashSet::new(), at(1), 10, 10, &HashSet::new()).unwrap();
    assert!(others.is_empty(), "its feed has its share");
    let host = url::Url::parse(two[0].url.as_deref().unwrap()).unwrap().host_str().unwrap().to_owned();
    let elsewhere = writer.pending_but_of(&HashSet::new(), &HashSet::from([host]), at(1), 10, 10, &HashSet::new()).unwrap();
    assert!(elsewhere.is_empty(), "its host is busy");
    let rest = writer.pending(at(1), 10, 4, &flying).unwrap();
    assert!(rest.len() == 2 && rest.iter().all(|e| !flying.contains(&e.id)));
    assert_eq!(two[0].publisher.as_deref(), Some("Harbour Post"));
    assert!(two[0].entry.title.is_some() && two[0].url.is_some());
    writer.retry_entry(two[0].id, at(60), "timeout").unwrap();
    assert_eq!(writer.pending(at(1), 10, 10, &HashSet::new()).unwrap().len(), 4);
    let again = writer.pending(at(60), 10, 10, &HashSet::new()).unwrap();
    assert_eq!(again.last().map(|e| (e.id, e.attempts)), Some((two[0].id, 1)));
    assert_eq!(writer.pending_left().unwrap(), (5, Some(at(1))));
}

#[test]
fn a_story_is_told_with_its_clusters() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    writer
        .sync_publishers(&[DeclaredPublisher { name: "The Ledger".to_owned(), owner: Some("Coast Group".to_owned()), domains: vec![] }])
        .unwrap();
    let commits = three(&mut writer);
    let origin = OriginView {
        article: Some(commits[0].article.id),
        publisher: "Harbour Post".to_owned(),
        confidence: 0.9,
        evidence: vec!["first by 1 min".to_owned()],
        by_hand: false,
    };
    writer.set_origins(&[OriginRow { cluster: cluster_id(1), origin: Some(origin.clone()) }], at(5)).unwrap();
    let reader = Reader::open(dir.path()).unwrap();
    let rows = reader.stories(&StoryFilter::default()).unwrap();
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!((row.publishers, row.copies, row.texts, row.origin.as_deref()), (3, 3, 2, Some("Harbour Post")));
    assert_eq!((row.first_seen_at, row.last_seen_at, row.lang.as_deref()), (at(1), at(3), Some("en")));
    let story = reader.story(row.id).unwrap().unwrap();
    assert_eq!(story.clusters.len(), 2);
    let first = &story.clusters[0];
    assert_eq!((first.id, first.origin.as_ref()), (cluster_id(1), Some(&origin)));
    assert_eq!(first.members.iter().map(|m| m.distance).collect::<Vec<_>>(), [Some(0), Some(2)]);
    assert_eq!(first.members[1].because, commits[1].because);
    assert_eq!(first.members[1].credit, commits[1].article.credit);
    // Two publishers of one owner are one independent publisher.
    let owned = |name: &str| DeclaredPublisher { name: name.to_owned(), owner: Some("Coast Group".to_owned()), domains: vec![] };
    writer.sync_publishers(&[owned("The Ledger"), owned("Coast Today")]).unwrap();
    assert_eq!(reader.stories(&StoryFilter::default()).unwrap()[0].publishers, 2);
}

#[test]
fn filters_of_stories() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    three(&mut writer);
    let id = Id::feed(FEEDS[2].0);
    writer.commit_poll(&poll(id, 9, vec![entry(id, 9)])).unwrap();
    writer.commit_articles(&[placed(Id::entry(id, "9"), 9, "Coast Today", 9, 9, 9)]).unwrap();
    let reader = Reader::open(dir.path()).unwrap();
    let count = |filter: StoryFilter| {
        let rows = reader.stories(&filter).unwrap();
        assert_eq!(reader.stories_where(&filter, 0).unwrap(), rows, "begun with the stories, the answer is the same");
        rows.len()
    };
    let some = |s: &str| vec![s.to_owned()];
    assert_eq!(count(StoryFilter::default()), 2, "one story of three articles, one of one");
    assert_eq!(count(StoryFilter { limit: Some(1), ..Default::default() }), 1);
    assert_eq!(count(StoryFilter { since: Some(at(4)), ..Default::default() }), 1);
    assert_eq!(count(StoryFilter { until: Some(at(4)), ..Default::default() }), 1);
    assert_eq!(count(StoryFilter { min_publishers: Some(2), ..Default::default() }), 1);
    assert_eq!(count(StoryFilter { min_copies: Some(4), ..Default::default() }), 0);
    assert_eq!(count(StoryFilter { publisher: some("coast today"), ..Default::default() }), 2);
    assert_eq!(count(StoryFilter { publisher: some("The Ledger"), ..Default::default() }), 1);
    let both = |a: &str, b: &str| StoryFilter { publisher: vec![a.to_owned(), b.to_owned()], ..Default::default() };
    assert_eq!(count(both("The Ledger", "Coast Today")), 1, "by each of them");
    assert_eq!(count(both("The Ledger", "Nobody")), 0);
    assert_eq!(count(StoryFilter { owner: some("The Ledger"), ..Default::default() }), 1);
    assert_eq!(count(StoryFilter { tag: some("COAST"), ..Default::default() }), 2);
    assert_eq!(count(StoryFilter { tag: some("sport"), ..Default::default() }), 0);
    assert_eq!(count(StoryFilter { lang: some("en"), ..Default::default() }), 2);
    assert_eq!(count(StoryFilter { lang: some("de"), ..Default::default() }), 0);
    assert_eq!(count(StoryFilter { feed: some(FEEDS[1].0), ..Default::default() }), 1);
    assert_eq!(count(StoryFilter { feed: some(FEEDS[1].0), tag: some("coast"), lang: some("en"), ..Default::default() }), 1);
    assert_eq!(count(StoryFilter { since: Some(at(4)), publisher: some("The Ledger"), ..Default::default() }), 0);
    assert_eq!(count(StoryFilter { feed: vec![id.to_string()], ..Default::default() }), 2);
    let found = |query: String| reader.search(&query, 10).unwrap().len();
    let all = found("since:5000w".to_owned());
    let (before, after) = (found(format!("until:{}", at(4))), found(format!("since:{}", at(4))));
    assert!(before > 0 && after > 0 && before + after == all, "until: leaves out what since: begins with");
    let feed = found(format!("feed:{}", FEEDS[1].0));
    assert!(feed > 0 && feed < all && found(format!("feed:{} until:{}", FEEDS[1].0, at(0))) == 0);
    let owner = found("owner:\"The Ledger\"".to_owned());
    assert!(owner > 0 && owner < all && found("owner:nobody".to_owned()) == 0);
}

#[test]
fn muted_feeds_make_no_story_appear() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = open(dir.path());
    let mute = DeclaredFeed { mute: true, ..feed(FEEDS[0].0, FEEDS[0].1) };
    writer.sync_feeds(&[mute, feed(FEEDS[1].0, FEEDS[1].1)], at(0)).unwrap();
    let (id, other) = (Id::feed(FEEDS[0].0), Id::feed(FEEDS[1].0));
    writer.commit_poll(&poll(id, 1, vec![entry(id, 1), entry(id, 2)])).unwrap();
    writer.commit_poll(&poll(other, 1, vec![entry(other, 3)])).unwrap();
    let commits = [placed(Id::entry(id, "1"), 1, "Harbour Post", 1, 1, 1), placed(Id::entry(id, "2"), 2, "Harbour Post", 1, 1, 1)];
    writer.commit_articles(&commits[..1]).unwrap();
    let reader = Reader::open(dir.path()).unwrap();
    assert!(reader.stories(&StoryFilter::default()).unwrap().is_empty());
    writer.commit_articles(&commits[1..]).unwrap();
    assert!(reader.stories(&StoryFilter::default()).unwrap().is_empty());
    let seen = |reader: &Reader| reader.stories(&StoryFilter::default()).unwrap().len();
    // What is muted later goes, and comes back.
    let declared = |mute: bool| [DeclaredFeed { mute, ..feed(FEEDS[0].0, FEEDS[0].1) }, feed(FEEDS[1].0, FEEDS[1].1)];
    for (mute, shown) in [(false, 1), (true, 0)] {
        let synced = writer.sync_feeds(&declared(mute), at(2)).unwrap();
        assert_eq!((synced.changed, synced.kept), (1, 1));
        assert_eq!(seen(&reader), shown, "mute = {mute}");
        assert_eq!(reader.feeds(at(2)).unwrap().iter().map(|f| f.mute).collect::<Vec<_>>(), [mute, false]);
    }
    writer.link_entry(Id::entry(other, "3"), commits[0].article.id, None, at(2)).unwrap();
    assert_eq!(seen(&reader), 1, "it came through another feed too");
    writer.sync_feeds(&declared(false), at(3)).unwrap();
    writer.sync_feeds(&declared(true), at(3)).unwrap();
    assert_eq!(seen(&reader), 1, "and stays");
}

#[test]
fn merged_clusters_and_stories_lead_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    let mut commits = three(&mut writer);
    commits[2].cluster = cluster_id(3);
    let id = Id::feed(FEEDS[2].0);
    writer.commit_poll(&poll(id, 8, vec![entry(id, 8), entry(id, 9)])).unwrap();
    writer.commit_articles(&[placed(Id::entry(id, "8"), 8, "Coast Today", 8, 8, 8)]).unwrap();
    let bridge = ArticleCommit {
        merged_clusters: vec![cluster_id(3), cluster_id(8)],
        merged_stories: vec![story_id(8)],
        ..placed(Id::entry(id, "9"), 9, "Coast Today", 1, 1, 9)
    };
    writer.commit_articles(std::slice::from_ref(&bridge)).unwrap();
    writer.commit_articles(&[bridge]).unwrap();
    let reader = Reader::open(dir.path()).unwrap();
    let rows = reader.stories(&StoryFilter::default()).unwrap();
    assert_eq!(rows.iter().map(|r| (r.id, r.copies, r.texts)).collect::<Vec<_>>(), [(story_id(1), 5, 1)]);
    assert_eq!(reader.resolve(&story_id(8).to_string()).unwrap(), [Found::Story(story_id(1))]);
    assert_eq!(reader.resolve(&cluster_id(3).to_string()).unwrap(), [Found::Cluster(cluster_id(1))]);
    assert_eq!(reader.story(story_id(8)).unwrap().map(|s| s.row.id), Some(story_id(1)));
    assert_eq!(reader.cluster(cluster_id(8)).unwrap().map(|(_, c)| c.members.len()), Some(5));
    // Each is said once, though the commit came twice.
    let merged: Vec<_> = reader.events(0, None, 100).unwrap().into_iter().filter(|e| e.kind == "merged").collect();
    let said: Vec<_> = merged.iter().map(|e| (e.id, e.data["what"].clone(), e.data["from"].clone())).collect();
    let of = |what: &str, id: Id| (serde_json::Value::from(what), serde_json::to_value(id).unwrap());
    let (c, s) = (Some(cluster_id(1)), Some(story_id(1)));
    let expected = [(c, of("cluster", cluster_id(3))), (c, of("cluster", cluster_id(8))), (s, of("story", story_id(8)))];
    assert_eq!(said, expected.map(|(id, (what, from))| (id, what, from)));
    // Moved apart again by a person.
    let article = commits[2].article.id;
    writer.apply_moves(&[Move { article, cluster: cluster_id(3), story: story_id(3), because: None }], at(20)).unwrap();
    assert_eq!(reader.story(story_id(3)).unwrap().map(|s| s.row.copies), Some(1));
    assert_eq!(reader.resolve(&cluster_id(3).to_string()).unwrap(), [Found::Cluster(cluster_id(3))]);
    assert_eq!(reader.stories(&StoryFilter::default()).unwrap()[0].copies, 4);
}

#[test]
fn a_story_that_loses_texts_says_so_and_keeps_its_id() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    three(&mut writer);
    let id = Id::feed(FEEDS[2].0);
    writer.commit_poll(&poll(id, 8, vec![entry(id, 8)])).unwrap();
    let newcomer =
        ArticleCommit { moved_clusters: vec![(cluster_id(3), story_id(8))], ..placed(Id::entry(id, "8"), 8, "Coast Today", 8, 8, 8) };
    writer.commit_articles(std::slice::from_ref(&newcomer)).unwrap();
    let reader = Reader::open(dir.path()).unwrap();
    let splits: Vec<_> = reader.events(0, None, 100).unwrap().into_iter().filter(|e| e.kind == "split").collect();
    assert_eq!(splits.iter().map(|e| (e.id, e.at)).collect::<Vec<_>>(), [(Some(story_id(1)), at(8))]);
    assert_eq!(splits[0].data["into"], serde_json::to_value(story_id(8)).unwrap());
    assert_eq!(splits[0].data["clusters"], serde_json::to_value([cluster_id(3)]).unwrap());
    assert_eq!(reader.story(story_id(1)).unwrap().map(|s| s.row.copies), Some(2));
    assert_eq!(reader.story(story_id(8)).unwrap().map(|s| s.row.copies), Some(2));
}

#[test]
fn an_origin_that_changes_is_said_where_there_are_copies() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    let commits = three(&mut writer);
    let of = |publisher: &str, article: Option<Id>| {
        Some(OriginView { article, publisher: publisher.into(), confidence: 0.8, evidence: Vec::new(), by_hand: false })
    };
    let first = commits[0].article.id;
    for (cluster, origin) in [
        (1, of("Harbour Post", Some(first))),
        (1, of("Harbour Post", Some(first))),
        (1, of("Wire", None)),
        (1, None),
        // Nobody else carries this one.
        (3, of("Wire", None)),
    ] {
        writer.set_origins(&[OriginRow { cluster: cluster_id(cluster), origin }], at(9)).unwrap();
    }
    let reader = Reader::open(dir.path()).unwrap();
    let said: Vec<_> = reader.events(0, None, 100).unwrap().into_iter().filter(|e| e.kind == "origin").collect();
    let words: Vec<&str> = said.iter().map(|e| e.text.as_str()).collect();
    assert_eq!(words, ["origin Harbour Post", "origin Wire, was Harbour Post", "origin unknown, was Wire"]);
    assert!(said.iter().all(|e| e.id == Some(cluster_id(1)) && e.at == at(9)));
}

#[test]
fn a_list_shows_as_many_digits_as_can_be_typed() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    let commits = three(&mut writer);
    let own = |id: Id, digits: usize| id.to_string().chars().take(digits).collect::<String>();
    let (reader, near) = (Reader::open(dir.path()).unwrap(), Id(commits[0].article.id.0 ^ 0xf));
    let mut ids: Vec<Id> = commits.iter().flat_map(|c| [c.article.id, c.cluster, c.story]).collect();
    assert_eq!(reader.digits(&[near], 7).unwrap(), 16, "an article differs in its last digit alone");
    ids.dedup();
    for id in ids {
        let digits = reader.digits(&[id], 1).unwrap();
        let others = |digits: usize| reader.resolve(&own(id, digits)).unwrap().iter().filter(|f| is_shown(f, id)).count();
        assert_eq!(others(digits), 0, "{id}");
        assert!(digits == 1 || others(digits - 1) > 0, "{id}: {digits} are more than needed");
        assert_eq!(reader.digits(&[id], 9).unwrap(), digits.max(9));
    }
}

/// Whether this is a thing other than `id` that tables show.
fn is_shown(found: &Found, id: Id) -> bool {
    matches!(found, Found::Story(other) | Found::Cluster(other) | Found::Article(other) if *other != id)
}

#[test]
fn an_article_with_everything() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    let commits = three(&mut writer);
    let id = commits[1].article.id;
    let mut revised = commits[1].clone();
    revised.is_revision = true;
    revised.article.text = "A wholly new wording about the lighthouse.".to_owned();
    revised.article.seen_at = at(500);
    writer.commit_articles(&[revised]).unwrap();
    let reader = Reader::open(dir.path()).unwrap();
    let article = reader.article(id).unwrap().unwrap();
    assert_eq!((article.revisions, article.member.seen_at, article.cluster), (1, at(2), cluster_id(1)));
    assert_eq!(article.text, "A wholly new wording about the lighthouse.");
    assert_eq!(article.fingerprint, format!("{:016x}", 0xF2));
    assert_eq!(article.entries.len(), 1);
    assert_eq!(article.entries[0].url.as_deref(), Some("https://harbour.example/news/2?ref=rss"));
    assert_eq!(reader.article_by_url(&article.member.url).unwrap(), Some(id));
    assert_eq!(reader.article(Id(1)).unwrap(), None);
    let prefix: String = id.to_string().chars().take(9).collect();
    assert_eq!(reader.resolve(&prefix).unwrap(), [Found::Article(id)]);
    assert_eq!(reader.resolve("xyz").unwrap(), []);
    assert_eq!(reader.search("lighthouse", 5).unwrap().len(), 1);
    assert_eq!(reader.search("ferry body \"number 2\"", 5).unwrap().len(), 0, "the old text is not found any more");
    let texts = writer.texts(&[commits[2].article.id, Id(5), id]).unwrap();
    assert_eq!(texts.iter().map(|t| t.id).collect::<Vec<_>>(), [commits[2].article.id, id]);
    assert_eq!((texts[0].index_row.as_slice(), texts[0].publisher.as_str()), (&[1u8, 2, 3][..], "Coast Today"));
}

#[test]
fn search_finds_what_was_meant() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    let mut commits = three(&mut writer);
    let id = Id::feed(FEEDS[0].0);
    writer.commit_poll(&poll(id, 30, vec![entry(id, 30), entry(id, 31)])).unwrap();
    let mut chinese = placed(Id::entry(id, "30"), 30, "Harbour Post", 30, 30, 30);
    chinese.article.text = "停火谈判在多哈恢复，双方代表抵达。".to_owned();
    chinese.article.lang = Some("zh".to_owned());
    let mut russian = placed(Id::entry(id, "31"), 31, "Harbour Post", 31, 31, 31);
    russian.article.text = "Шторм повернул на север, жители покидают побережье.".to_owned();
    russian.article.title = "Шторм у побережья".to_owned();
    writer.commit_articles(&[chinese, russian]).unwrap();
    commits.truncate(3);
    let reader = Reader::open(dir.path()).unwrap();
    let found = |query: &str| reader.search(query, 10).unwrap().len();
    assert_eq!(found("ferry aurelia"), 3);
    assert_eq!(found("cafe"), 3, "accents do not matter");
    assert_eq!(found("\"ran aground\""), 3);
    assert_eq!(found("\"aground ran\""), 0);
    assert_eq!(found("ferry -\"number 1\""), 3, "two of the three, and the Chinese piece by its headline");
    assert_eq!(found("\"number 1\" OR \"number 2\""), 2);
    assert_eq!(found("aurel*"), 3);
    assert_eq!(found("谈判"), 1);
    assert_eq!(found("多哈恢复"), 1);
    assert_eq!(found("判谈"), 0);
    assert_eq!(found("达"), 1, "the last character of a run");
    assert_eq!(found("ШТОРМ"), 1);
    assert_eq!(found("lang:zh"), 1);
    assert_eq!(found("ferry publisher:\"the ledger\""), 1);
    assert_eq!(found("ferry tag:coast"), 4, "the Chinese piece's headline names the ferry too");
    assert_eq!(found("ferry since:1h"), 0, "everything here is of 2026-03-01");
    let hits = reader.search_by("nobody OR ferry", 2, SearchOrder::Relevance).unwrap();
    assert_eq!(hits.len(), 2);
    assert!(hits.iter().all(|h| h.snippet.contains("\u{E000}Nobody\u{E001}")), "both words before one");
    let newest = reader.search("aground dawn", 10).unwrap();
    assert_eq!(newest[0].id, commits[2].article.id);
    assert!(newest[0].snippet.contains("\u{E000}aground\u{E001}"), "{}", newest[0].snippet);
    assert!(matches!(reader.search("-ferry", 1), Err(StoreError::Query(_))));
}

#[test]
fn a_changed_entry_is_fetched_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    let commits = three(&mut writer);
    let id = Id::feed(FEEDS[0].0);
    let mut changed = entry(id, 1);
    changed.content_hash = 5;
    let again = PollCommit { changed: vec![changed], ..poll(id, 60, vec![]) };
    assert_eq!(writer.commit_poll(&again).unwrap(), PollStored { new: 0, changed: 1 });
    let pending = writer.pending(at(60), 10, 10, &HashSet::new()).unwrap();
    assert_eq!(pending.iter().map(|p| p.article).collect::<Vec<_>>(), [Some(commits[0].article.id)]);
    writer.link_entry(pending[0].id, commits[0].article.id, Some("not changed"), at(61)).unwrap();
    assert_eq!(writer.pending_left().unwrap(), (0, None));
}

#[test]
fn export_counts_and_events() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    let commits = three(&mut writer);
    let id = Id::feed(FEEDS[0].0);
    writer.commit_poll(&poll(id, 30, vec![entry(id, 30)])).unwrap();
    let reader = Reader::open(dir.path()).unwrap();
    let mut rows = Vec::new();
    reader
        .export(&mut |row| {
            rows.push(row);
            Ok(())
        })
        .unwrap();
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[0].because.as_ref(), Some(&commits[0].because));
    assert_eq!((rows[0].cluster, rows[0].story), (Some(cluster_id(1)), Some(story_id(1))));
    assert_eq!(rows[0].entry_url.as_deref(), Some("https://harbour.example/news/1?ref=rss"));
    assert_eq!((rows[3].title.as_deref(), rows[3].cluster, &rows[3].because), (Some("Entry 30"), None, &None));
    let counts = reader.counts(at(31)).unwrap();
    assert_eq!((counts.feeds, counts.entries, counts.pending, counts.articles, counts.clusters, counts.stories), (3, 4, 1, 3, 1, 1));
    let kinds: Vec<String> = reader.events(0, None, 100).unwrap().into_iter().map(|e| e.kind).collect();
    assert_eq!(kinds, ["poll", "poll", "poll", "article", "cluster", "new_cluster", "story", "new_story", "grew", "poll"]);
    assert_eq!(reader.events(9, None, 100).unwrap().len(), 1);
    assert_eq!(reader.polls(id, 1).unwrap()[0].new, 1);
}

#[test]
fn stories_and_clusters_are_counted_alone_pure_and_mixed() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    three(&mut writer);
    let id = Id::feed(FEEDS[0].0);
    // Two copies in a story of their own, and one article by itself.
    let entries: Vec<NewEntry> = (40..43).map(|n| entry(id, n)).collect();
    writer.commit_poll(&poll(id, 31, entries.clone())).unwrap();
    let of = |n: usize, group: u32| placed(entries[n].id, 40 + n as u32, FEEDS[n].1, group, group, 32);
    writer.commit_articles(&[of(0, 40), of(1, 40), of(2, 42)]).unwrap();
    let counts = Reader::open(dir.path()).unwrap().counts(at(33)).unwrap();
    assert_eq!((counts.articles, counts.clusters, counts.stories), (6, 2, 3));
}

#[test]
fn index_rows_come_in_the_order_of_placement() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    let commits = three(&mut writer);
    let rows = |writer: &Writer, since| {
        let mut rows = Vec::new();
        writer.index_rows(since, &mut |row| rows.push((row.id, row.index_row.len()))).unwrap();
        rows
    };
    assert_eq!(rows(&writer, at(2)), [(commits[1].article.id, 3), (commits[2].article.id, 3)]);
    assert!(!writer.forget_index_rows(at(2), 100).unwrap());
    assert_eq!(rows(&writer, at(0))[0], (commits[0].article.id, 0));
}

#[test]
fn what_was_learnt_and_decided_stays() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    let row = BoilerplateRow {
        publisher: "The Ledger".to_owned(),
        hash: u64::MAX,
        sample: "Read more".to_owned(),
        count: 7,
        last_seen_at: at(1),
    };
    writer.save_boilerplate(std::slice::from_ref(&row)).unwrap();
    assert_eq!(writer.load_background().unwrap(), None);
    writer.save_background(&[1]).unwrap();
    writer.save_background(&[2, 3]).unwrap();
    writer.set_meta("version", "1").unwrap();
    let seq = writer.decide("merge", Id(1), Some(Id(2)), at(1)).unwrap();
    writer.close().unwrap();
    let mut writer = open(dir.path());
    assert_eq!(writer.load_boilerplate(Some("the ledger")).unwrap(), std::slice::from_ref(&row));
    assert_eq!(writer.load_boilerplate(None).unwrap().len(), 1);
    writer.save_boilerplate(&[BoilerplateRow { count: 0, ..row }]).unwrap();
    assert!(writer.load_boilerplate(None).unwrap().is_empty());
    assert_eq!(writer.load_background().unwrap(), Some(vec![2, 3]));
    assert_eq!(writer.meta("version").unwrap().as_deref(), Some("1"));
    assert_eq!(writer.decisions().unwrap().len(), 1);
    assert!(writer.withdraw(seq).unwrap() && !writer.withdraw(seq).unwrap());
    assert!(writer.decisions().unwrap().is_empty());
}

#[test]
fn old_articles_go_and_do_not_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    let commits = three(&mut writer);
    let rules = PruneRules { before: Some(at(3)), limit: 100, ..PruneRules::default() };
    // 1 and 2 are old and in one cluster that has no younger member: both go. 3 stays.
    let dry = Reader::open(dir.path()).unwrap().prunable(&rules).unwrap();
    assert_eq!((dry.articles, dry.tombstones), (2, 2));
    writer.decide("keep", commits[1].article.id, None, at(4)).unwrap();
    let pruned = writer.prune(&rules, at(100)).unwrap();
    assert_eq!((pruned.articles, pruned.tombstones, pruned.kept, pruned.more), (1, 1, 1, false));
    let reader = Reader::open(dir.path()).unwrap();
    assert_eq!(reader.article(commits[0].article.id).unwrap(), None);
    assert!(reader.article(commits[1].article.id).unwrap().is_some(), "a person marked it");
    assert_eq!(reader.search("aurelia", 10).unwrap().len(), 2);
    let id = Id::feed(FEEDS[0].0);
    let known = writer.known_entries(id, &[entry(id, 1).keys]).unwrap();
    assert!(known.len() == 1 && known[0].tombstone);
    assert_eq!(writer.commit_poll(&poll(id, 101, vec![entry(id, 1)])).unwrap().new, 0, "the tombstone keeps it away");
    let forget = PruneRules { tombstones_before: Some(at(200)), limit: 100, ..PruneRules::default() };
    assert_eq!(writer.prune(&forget, at(201)).unwrap().forgotten, 1);
}

#[test]
fn old_records_go_in_bounded_steps() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    let id = Id::feed(FEEDS[0].0);
    for n in 1..=5 {
        writer.commit_poll(&poll(id, n, Vec::new())).unwrap();
        writer.note(at(n), "note", None, "a note", &serde_json::Value::Null).unwrap();
    }
    let records = |before: i64| PruneRules { records_before: Some(at(before)), limit: 2, ..PruneRules::default() };
    let mut gone = 0;
    loop {
        let pruned = writer.prune(&records(4), at(100)).unwrap();
        gone += pruned.records;
        if !pruned.more {
            break;
        }
    }
    let reader = Reader::open(dir.path()).unwrap();
    let events = reader.events(0, None, 100).unwrap();
    assert!(gone >= 6 && events.iter().all(|e| e.at >= at(4)), "{gone} {events:?}");
    assert_eq!(events.iter().filter(|e| e.kind == "note").count(), 2);
    let polls = reader.polls(id, 100).unwrap();
    assert_eq!(polls.len(), 2, "{polls:?}");
}

#[test]
fn a_cluster_keeps_its_head() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    let commits = three(&mut writer);
    // Between 1 and 2, of one cluster: 1 is its head.
    let rules = PruneRules { before: Some(at(2)), limit: 100, ..PruneRules::default() };
    let pruned = writer.prune(&rules, at(100)).unwrap();
    assert_eq!((pruned.articles, pruned.kept), (0, 1));
    let most = PruneRules { max_articles: Some(1), limit: 100, ..PruneRules::default() };
    assert_eq!(writer.prune(&most, at(100)).unwrap().articles, 2);
    let by_tag = PruneRules { tags: vec![("Coast".to_owned(), at(9))], limit: 100, ..PruneRules::default() };
    assert_eq!(writer.prune(&by_tag, at(100)).unwrap().articles, 1);
    assert!(commits.len() == 3 && Reader::open(dir.path()).unwrap().stories(&StoryFilter::default()).unwrap().is_empty());
}

#[test]
fn a_limit_in_bytes_takes_what_is_too_much_and_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    let id = Id::feed(FEEDS[0].0);
    let mut rng = fastrand::Rng::with_seed(3);
    let words: Vec<String> = (0..20_000).map(|_| (0..6).map(|_| rng.lowercase()).collect()).collect();
    const ALL: u32 = 1_500;
    for first in (0..ALL).step_by(100) {
        writer.commit_poll(&poll(id, 1, (first..first + 100).map(|n| entry(id, n)).collect())).unwrap();
        let commits: Vec<ArticleCommit> = (first..first + 100)
            .map(|n| {
                let mut commit = placed(Id::entry(id, &n.to_string()), n, FEEDS[0].1, n, n, i64::from(n));
                commit.article.text = (0..400).map(|_| rng.choice(&words).unwrap().as_str()).collect::<Vec<_>>().join(" ");
                commit
            })
            .collect();
        writer.commit_articles(&commits).unwrap();
    }
    while writer.tidy().unwrap() {}
    let articles = || Reader::open(dir.path()).unwrap().counts(at(0)).unwrap().articles;
    let full = Reader::open(dir.path()).unwrap().counts(at(0)).unwrap().bytes;
    let rules = PruneRules { max_bytes: Some(full / 10 * 7), limit: 50, ..PruneRules::default() };
    // Steps between which there is idle work, as the daemon has them, over many rounds: near the limit a round takes one
    // article, which need not give back a page.
    for _ in 0..30 {
        loop {
            let pruned = writer.prune(&rules, at(5_000)).unwrap();
            if !(writer.tidy().unwrap() | pruned.more) {
                break;
            }
        }
    }
    let left = articles() as f64 / f64::from(ALL);
    assert!(left > 0.58, "{left:.2} of the articles are left, of a limit of 0.7 of the bytes");
    let used =
        |sql: &str| rusqlite::Connection::open(dir.path().join("newsfold.db")).unwrap().query_row(sql, [], |r| r.get::<_, u32>(0)).unwrap();
    let pages = used("PRAGMA page_count") - used("PRAGMA freelist_count");
    assert!(u64::from(pages * used("PRAGMA page_size")) <= full / 10 * 7, "{pages} pages are in use");
}

#[test]
fn a_second_writer_is_told_who_is_first() {
    let dir = tempfile::tempdir().unwrap();
    let writer = open(dir.path());
    match Writer::open(dir.path(), Options::default()) {
        Err(StoreError::Locked { pid, .. }) => assert_eq!(pid, std::process::id().to_string()),
        other => panic!("{:?}", other.err()),
    }
    writer.close().unwrap();
    open(dir.path());
}

#[test]
fn a_failed_batch_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    let id = Id::feed(FEEDS[0].0);
    writer.commit_poll(&poll(id, 1, vec![entry(id, 1)])).unwrap();
    let good = placed(Id::entry(id, "1"), 1, "A new publisher", 1, 1, 1);
    let bad = placed(Id(99), 2, "A new publisher", 1, 1, 1);
    assert!(matches!(writer.commit_articles(&[good.clone(), bad]), Err(StoreError::Unknown { what: "entry", .. })));
    assert_eq!(writer.pending_left().unwrap().0, 1);
    // The publisher of the failed batch is not stored, and not believed to be.
    writer.commit_articles(&[good]).unwrap();
    assert_eq!(Reader::open(dir.path()).unwrap().counts(at(2)).unwrap().articles, 1);
}

#[test]
fn a_backup_beside_a_writer_is_whole_and_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    let commits = three(&mut writer);
    let file = dir.path().join("copy of it.db");
    let copied = backup(dir.path(), &file).unwrap();
    assert_eq!(copied.articles, 3);
    writer.prune(&PruneRules { before: Some(at(500)), limit: 9, ..PruneRules::default() }, at(600)).unwrap();
    assert!(matches!(restore(dir.path(), &file), Err(StoreError::Locked { .. })), "not under a writer's feet");
    drop(writer);
    let former = restore(dir.path(), &file).unwrap().former.unwrap();
    let before = std::fs::read(&former).unwrap();
    let again = restore(dir.path(), &file).unwrap().former.unwrap();
    assert!(again.ends_with("newsfold.db.former.2") && again.exists());
    assert_eq!(std::fs::read(&former).unwrap(), before, "what the first one put aside may be the only copy");
    let reader = Reader::open(dir.path()).unwrap();
    assert!(reader.article(commits[0].article.id).unwrap().is_some());
    assert_eq!(reader.search("aurelia", 9).unwrap().len(), 3);
    drop(reader);
    assert!(doctor(dir.path(), true).iter().all(|f| f.health == Health::Good), "{:#?}", doctor(dir.path(), true));
    std::fs::write(&file, b"SQLite format 3\0 and then nothing of the kind").unwrap();
    assert!(matches!(restore(dir.path(), &file), Err(StoreError::NoBackup { .. })));
    assert!(Reader::open(dir.path()).is_ok(), "a bad backup changes nothing");
}

#[test]
fn the_writer_waits_for_a_read_before_the_log_is_too_long() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    let log = dir.path().join("newsfold.db-wal");
    let size = || log.metadata().map_or(0, |m| m.len());
    let long = |n: u32| format!("{n:03} ").repeat(1 << 18);
    std::thread::scope(|scope| {
        let conn = rusqlite::Connection::open(dir.path().join("newsfold.db")).unwrap();
        conn.execute_batch("BEGIN; SELECT COUNT(*) FROM feed").unwrap();
        // Late to let go: only when nothing has been written for a while.
        let reader = scope.spawn(move || {
            let mut before = 0;
            for _ in 0..1_000 {
                std::thread::sleep(std::time::Duration::from_millis(30));
                if size() > 40 << 20 && size() == before {
                    drop(conn);
                    return true;
                }
                before = size();
            }
            false
        });
        for n in 0..100 {
            writer.set_meta("long", &long(n)).unwrap();
            assert!(size() <= pins::MOST_LOG, "{} MB", size() >> 20);
        }
        assert!(reader.join().unwrap(), "the writer never waited");
    });
    assert_eq!(writer.meta("long").unwrap(), Some(long(99)));
}

#[test]
fn a_backup_replaces_nothing_but_a_backup() {
    let (dir, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    Writer::open(dir.path(), Options::default()).unwrap().close().unwrap();
    let notes = elsewhere.path().join("notes.txt");
    std::fs::write(&notes, "what I wrote myself").unwrap();
    for (file, why) in [(notes.as_path(), "no older backup"), (elsewhere.path(), "a folder"), (Path::new("-"), "not to a pipe")] {
        let refused = backup(dir.path(), file).unwrap_err().to_string();
        assert!(refused.contains(why), "{refused}");
    }
    assert_eq!(std::fs::read_to_string(&notes).unwrap(), "what I wrote myself");
    let refused = backup(dir.path(), &elsewhere.path().join("no/such/copy.db")).unwrap_err().to_string();
    assert!(refused.contains("no/such") && !refused.contains(".part"), "{refused}");
    for _ in 0..2 {
        backup(dir.path(), &elsewhere.path().join("copy.db")).unwrap();
    }
}

#[test]
fn the_doctor_finds_what_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let ill = |dir: &Path| -> Vec<String> {
        doctor(dir, true).into_iter().filter(|f| f.health == Health::Bad && f.advice.is_some()).map(|f| f.check).collect()
    };
    assert_eq!(ill(dir.path()), ["database"]);
    let mut writer = stocked(dir.path());
    three(&mut writer);
    writer.close().unwrap();
    assert_eq!(ill(dir.path()), Vec::<String>::new());
    let path = dir.path().join("newsfold.db");
    let conn = rusqlite::Connection::open(&path).unwrap();
    conn.execute_batch("PRAGMA foreign_keys = OFF; DELETE FROM body WHERE seq = 1; UPDATE story SET copies = 9; UPDATE body SET data = x'07' WHERE seq = 2").unwrap();
    drop(conn);
    assert_eq!(ill(dir.path()), ["articles without a text", "stories counted wrong", "texts"]);
}

#[test]
fn damage_is_said_not_shown_as_news() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = stocked(dir.path());
    three(&mut writer);
    writer.close().unwrap();
    let path = dir.path().join("newsfold.db");
    let whole = std::fs::read(&path).unwrap();
    let mut rng = fastrand::Rng::with_seed(5);
    for round in 0..60 {
        let mut bytes = whole.clone();
        if round % 3 == 0 {
            bytes.truncate(rng.usize(0..bytes.len()));
        } else {
            for _ in 0..40 {
                let place = rng.usize(0..bytes.len());
                bytes[place] ^= 1 << rng.u8(0..8);
            }
        }
        std::fs::write(&path, &bytes).unwrap();
        for ending in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(dir.path().join(format!("newsfold.db{ending}")));
        }
        // Whatever the damage: answers or errors, no panic, and the doctor does not call a shortened file well.
        if let Ok(reader) = Reader::open(dir.path()) {
            let _ = reader.stories(&StoryFilter::default()).map(|rows| rows.into_iter().for_each(|r| drop(reader.story(r.id))));
            let _ = reader.search("ferry", 5);
            let _ = reader.export(&mut |_| Ok(()));
            let _ = reader.events(0, None, 100);
        }
        let ill = doctor(dir.path(), true).iter().any(|f| f.health == Health::Bad);
        assert!(ill || bytes.len() == whole.len(), "shortened to {} of {}", bytes.len(), whole.len());
    }
}

#[test]
fn a_still_database_is_read_without_writing_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(Reader::open(dir.path()), Err(StoreError::Missing(_))));
    let mut writer = stocked(dir.path());
    three(&mut writer);
    writer.close().unwrap();
    let names = || {
        let mut names: Vec<String> =
            std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names(), ["newsfold.db", "newsfold.lock"], "closed, the database is one file");
    assert_eq!(Reader::open(dir.path()).unwrap().counts(at(9)).unwrap().articles, 3);
}

#[test]
fn a_database_whose_making_was_interrupted_is_finished_by_the_next_writer() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("newsfold.db");
    // As a kill leaves it before there is a write-ahead log: changed pages in the file, and the journal that undoes them.
    let half = tempfile::tempdir().unwrap();
    let conn = rusqlite::Connection::open(half.path().join("newsfold.db")).unwrap();
    conn.execute_batch("PRAGMA page_size = 8192; CREATE TABLE filler (x); INSERT INTO filler VALUES (zeroblob(200000)); PRAGMA cache_size = 1; BEGIN; UPDATE filler SET x = randomblob(200000)").unwrap();
    for ending in ["", "-journal"] {
        std::fs::copy(half.path().join(format!("newsfold.db{ending}")), dir.path().join(format!("newsfold.db{ending}"))).unwrap();
    }
    assert!(matches!(Reader::open(dir.path()), Err(StoreError::Unfinished(p)) if p == path));
    let findings = doctor(dir.path(), false);
    let found = findings.iter().find(|f| f.check == "database").unwrap();
    assert!(found.health == Health::Doubtful && found.advice.as_deref().unwrap().contains("poll"), "{found:?}");
    open(dir.path()).close().unwrap();
    assert!(Reader::open(dir.path()).is_ok() && doctor(dir.path(), true).iter().all(|f| f.health != Health::Bad));
}

#[test]
fn a_full_disk_takes_the_reserve_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path(), Options { reserve: 1 << 20, ..Options::default() }).unwrap();
    assert!(!writer.space_low() && dir.path().join("newsfold.reserve").exists());
    writer.sync_feeds(&[feed(FEEDS[0].0, FEEDS[0].1)], at(0)).unwrap();
    let id = Id::feed(FEEDS[0].0);
    // SQLite says "full" when a database may not grow; no disk is needed for that.
    writer.limit_pages(Some(0));
    let entries: Vec<NewEntry> = (0..3_000).map(|n| entry(id, n)).collect();
    assert!(matches!(writer.commit_poll(&poll(id, 1, entries.clone())), Err(StoreError::Full(_))));
    assert!(writer.space_low() && !dir.path().join("newsfold.reserve").exists());
    assert_eq!(Reader::open(dir.path()).unwrap().counts(at(1)).unwrap().entries, 0, "reading goes on");
    writer.limit_pages(None);
    assert!(writer.recover_space() && dir.path().join("newsfold.reserve").exists());
    assert_eq!(writer.commit_poll(&poll(id, 1, entries)).unwrap().new, 3_000);
}

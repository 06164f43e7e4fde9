//! What a start restores from the database is what the running daemon believed, and an id means one cluster.

use super::*;
use crate::daemon::person::Order;
use crate::dedup::story::{About, Features};
use crate::model::{ParsedEntry, Quality};
use crate::store::{EntryKeys, NewEntry, PollCommit, PruneRules};

const FEED: &str = "https://outlet.example/feed";

fn at(minute: u32) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(500_000) + SignedDuration::from_mins(i64::from(minute))
}

fn config(dir: &std::path::Path) -> Config {
    let text = format!("state_dir = {:?}\n[[feed]]\nurl = \"{FEED}\"\npublisher = \"Outlet\"\n", dir.display().to_string());
    let file = dir.join("newsfold.toml");
    std::fs::write(&file, text).expect("a file");
    crate::config::load(Some(&file), None).expect("a configuration")
}

/// Made-up words: an event's own, and such as stand in many texts.
fn sentence(event: u32, words: usize, random: &mut fastrand::Rng) -> String {
    let word = |number: u32| -> String {
        (0..3).map(|i| ["ba", "ke", "li", "mo", "nu", "ras", "ti", "ve"][(number >> (3 * i) & 7) as usize]).collect()
    };
    let one = |random: &mut fastrand::Rng| match random.u8(..3) {
        0 => format!("Q{}", word(event * 16 + random.u32(..16))),
        1 => word(random.u32(..60)),
        _ => word(event * 16 + random.u32(..16)),
    };
    (0..words).map(|_| one(random)).collect::<Vec<_>>().join(" ") + "."
}

/// Texts of a few events: reports of their own, copies, halves of a text and then the whole, which makes one cluster of both.
fn texts(count: usize, random: &mut fastrand::Rng) -> Vec<(String, String)> {
    let mut texts: Vec<(String, String)> = Vec::new();
    while texts.len() < count {
        let event = random.u32(..24);
        let title = sentence(event, 7, random);
        let (one, two) = (sentence(event, 90, random), sentence(event, 90, random));
        match random.u8(..4) {
            0 => {
                texts.extend([(title.clone(), one.clone()), (sentence(event, 7, random), two.clone()), (title, format!("{one}\n\n{two}"))])
            }
            1 if !texts.is_empty() => texts.push(texts[random.usize(..texts.len())].clone()),
            _ => texts.push((title, one)),
        }
    }
    texts
}

fn about(text: &(String, String), seen_at: Timestamp) -> About<'_> {
    About { title: &text.0, text: &text.1, lang: Some("en"), publisher: Some("Outlet"), published_at: None, seen_at: Some(seen_at) }
}

/// Stores the entry that leads to a text, and reads it as the fetcher does.
fn place(state: &mut State, n: u32, text: &(String, String)) -> Place {
    let (url, seen_at) = (format!("https://outlet.example/{n}"), at(n));
    let entry = Id::entry(Id::feed(FEED), &url);
    let keys = EntryKeys { guid: Some(url.clone()), url: Some(url.clone()), title: None };
    let parsed = ParsedEntry { url: Some(url.clone()), ..ParsedEntry::default() };
    let new = vec![NewEntry { id: entry, keys, content_hash: u64::from(n), entry: parsed }];
    state.store.commit_poll(&PollCommit { feed: Id::feed(FEED), at: seen_at, new, ..poll() }).expect("a poll");
    let article = Article {
        id: Id::article(&url),
        canonical_url: url,
        publisher: "Outlet".into(),
        title: text.0.clone(),
        lang: Some("en".into()),
        seen_at,
        words: 100,
        quality: Quality::Article,
        text: text.1.clone(),
        ..Article::default()
    };
    let document = dedup::Document {
        id: article.id,
        title: &article.title,
        text: &article.text,
        dateline: None,
        lang: Some("en"),
        publisher: Some("Outlet"),
        seen_at,
    };
    let prepared = dedup::prepare(&document, &HashSet::new());
    let features = story::features(about(text, seen_at), state.background(), &story::Settings::default());
    Place { entry, article, prepared, features, reason: None, recheck_at: None, repeated: Vec::new() }
}

fn poll() -> PollCommit {
    PollCommit {
        feed: Id::default(),
        at: at(0),
        outcome: "updated".into(),
        outcome_text: String::new(),
        outcome_data: serde_json::Value::Null,
        success: true,
        full: true,
        status: Some(200),
        elapsed_ms: 1,
        bytes: 1,
        validated_url: None,
        validators: None,
        next_poll_at: None,
        identity: None,
        rhythm: None,
        title: None,
        site_url: None,
        failures: 0,
        moved_to: None,
        moved_polls: 0,
        url: None,
        stopped: false,
        state: "ok".into(),
        new: Vec::new(),
        changed: Vec::new(),
        not_before: HashMap::new(),
        notes: Vec::new(),
    }
}

/// What the indexes would say of these texts, and how common they take terms to be.
fn beliefs(state: &State, probes: &[(String, String)]) -> Vec<String> {
    let settings = story::Settings::default();
    let of = |(n, text): (usize, &(String, String))| {
        let cluster = Id::derive("probe", &[&n.to_string()]);
        let features: Features = story::features(about(text, at(900)), state.background(), &settings);
        let decided = state.stories.decide(&features, cluster);
        format!("{:?} {:?} {:?} {:?} {:?}", decided.story, decided.splits, decided.merged, decided.because, decided.keys)
    };
    let counts = format!("{} clusters, {:?}", state.stories.len(), state.background().pack());
    probes.iter().enumerate().map(of).chain([counts]).collect()
}

#[test]
fn a_start_restores_what_the_running_daemon_believed() {
    for seed in 0..4 {
        let dir = tempfile::tempdir().expect("a directory");
        let config = config(dir.path());
        let mut random = fastrand::Rng::with_seed(seed);
        let mut state = State::open(&config, Arc::default(), at(0)).expect("a state");
        state.build(at(0)).expect("an empty index");
        let (all, probes) = (texts(160, &mut random), texts(40, &mut random));
        let saved = random.usize(..all.len());
        for (n, text) in all.iter().enumerate() {
            let place = place(&mut state, n as u32, text);
            state.place_all(vec![place], at(n as u32)).expect("placed");
            if n == saved {
                state.save_background(1).expect("stored");
            }
        }
        let running = beliefs(&state, &probes);
        let clusters = state.store.count_index_rows(Timestamp::MIN).expect("a count");
        assert!(state.stories.len() < clusters as usize, "some are copies");
        state.rebuild(at(900)).expect("rebuilt");
        assert!(state.unsaved as usize <= all.len() - saved, "what was counted and stored is not counted again");
        for (was, is) in running.iter().zip(beliefs(&state, &probes)) {
            assert_eq!(*was, is, "seed {seed}, background stored at {saved}");
        }
        state.close();
        let mut state = State::open(&config, Arc::default(), at(900)).expect("the same state");
        state.build(at(900)).expect("rebuilt");
        assert_eq!(state.unsaved, 0, "a daemon that ends in order leaves nothing to count");
        assert_eq!(running, beliefs(&state, &probes));
    }
}

/// A state with its indexes, in a folder that goes with it.
fn state() -> (tempfile::TempDir, State) {
    let dir = tempfile::tempdir().expect("a directory");
    let mut state = State::open(&config(dir.path()), Arc::default(), at(0)).expect("a state");
    state.build(at(0)).expect("an empty index");
    (dir, state)
}

/// Texts that have nothing in common.
fn unlike<const N: usize>() -> [(String, String); N] {
    let mut random = fastrand::Rng::with_seed(7);
    std::array::from_fn(|event| (sentence(event as u32, 7, &mut random), sentence(event as u32, 120, &mut random)))
}

/// Two texts that share their middle, which makes them no copies, and one that is made of both and of their headlines.
fn bridged() -> [(String, String); 3] {
    let mut random = fastrand::Rng::with_seed(7);
    let paragraphs: Vec<String> = (0..16).map(|n| sentence(n, 25, &mut random)).collect();
    let [one, other] = [sentence(30, 7, &mut random), sentence(31, 7, &mut random)];
    let both = format!("{one} {other}");
    [(one, paragraphs[..10].join("\n\n")), (other, paragraphs[6..].join("\n\n")), (both, paragraphs.join("\n\n"))]
}

/// Places a text by itself; its article.
fn placed(state: &mut State, n: u32, text: &(String, String)) -> Id {
    let place = place(state, n, text);
    let id = place.article.id;
    state.place_all(vec![place], at(n)).expect("placed");
    id
}

fn cluster(state: &State, article: Id) -> Id {
    state.store.cluster_of(article).expect("a read").expect("an article")
}

fn obey(state: &mut State, order: &Order) -> Vec<i64> {
    state.obey(order, at(800)).expect("no failure").expect("it makes sense").decisions
}

/// Places a text; the cluster that it goes to.
fn goes(state: &mut State, n: u32, text: &(String, String)) -> Id {
    let copy = placed(state, n, text);
    cluster(state, copy)
}

#[test]
fn copies_of_what_a_person_parted_go_where_it_went() {
    for restarted in [false, true] {
        let (_dir, mut state) = state();
        let [one, other, both] = bridged();
        let a = placed(&mut state, 0, &one);
        let x = placed(&mut state, 1, &other);
        assert_ne!(cluster(&state, a), cluster(&state, x));
        let m = placed(&mut state, 2, &both);
        assert!(cluster(&state, a) == cluster(&state, m) && cluster(&state, x) == cluster(&state, m), "one text made of both");
        obey(&mut state, &Order::Split { articles: vec![x] });
        assert_ne!(cluster(&state, x), cluster(&state, a));
        if restarted {
            state.rebuild(at(800)).expect("rebuilt");
        }
        assert_eq!(goes(&mut state, 3, &other), cluster(&state, x), "restarted: {restarted}");
        state.forget(at(801)).expect("nothing is old");
        assert_eq!(goes(&mut state, 4, &other), cluster(&state, x), "restarted: {restarted}");
    }
}

#[test]
fn an_article_that_comes_back_with_another_text_is_in_nobody_s_cluster_or_story() {
    let (_dir, mut state) = state();
    let [one, other, third] = unlike();
    let a = placed(&mut state, 0, &one);
    let b = placed(&mut state, 1, &one);
    assert_eq!(cluster(&state, a), cluster(&state, b));
    // The copy is kept by hand, the text that it was copied from is not.
    obey(&mut state, &Order::Keep { article: b, on: true });
    let rules = PruneRules { before: Some(at(2)), limit: 10, ..PruneRules::default() };
    assert_eq!(state.store.prune(&rules, at(900)).expect("pruned").articles, 1);
    assert_eq!(state.store.cluster_of(a).expect("a read"), None);
    state.rebuild(at(900)).expect("rebuilt");
    let again = placed(&mut state, 0, &other);
    assert_eq!(again, a);
    assert_ne!(cluster(&state, a), cluster(&state, b));
    let story = |cluster| state.store.story_of(cluster).expect("a read").expect("a story");
    assert_ne!(story(cluster(&state, a)), story(cluster(&state, b)));
    assert_eq!(goes(&mut state, 5, &other), cluster(&state, a));
    assert_eq!(goes(&mut state, 6, &one), cluster(&state, b));
    assert!(![cluster(&state, a), cluster(&state, b)].contains(&goes(&mut state, 7, &third)));
}

#[test]
fn a_cluster_that_was_another_s_name_is_not_given_twice() {
    let (_dir, mut state) = state();
    let [one, other] = unlike();
    let a = placed(&mut state, 0, &one);
    let b = placed(&mut state, 1, &one);
    let x = placed(&mut state, 2, &other);
    obey(&mut state, &Order::Split { articles: vec![a] });
    let merger = obey(&mut state, &Order::Merge { a, b: x });
    for n in [3, 4] {
        assert_eq!(goes(&mut state, n, &other), cluster(&state, x));
    }
    obey(&mut state, &Order::Withdraw { number: merger[0] });
    assert_ne!(cluster(&state, a), cluster(&state, x));
    assert_ne!(cluster(&state, a), cluster(&state, b), "they are split still");
}

#[test]
fn a_revision_goes_with_the_cluster_that_just_became_part_of_another() {
    let (_dir, mut state) = state();
    let [one, other, both] = bridged();
    let [new] = unlike();
    let a = placed(&mut state, 0, &one);
    let x = placed(&mut state, 1, &other);
    let bridge = place(&mut state, 2, &both);
    let revised = place(&mut state, 1, &(other.0.clone(), format!("{}\n\n{}", other.1, new.1)));
    state.place_all(vec![bridge, revised], at(2)).expect("placed in one commit");
    assert_eq!(cluster(&state, x), cluster(&state, a));
    let now = cluster(&state, x);
    state.rebuild(at(3)).expect("rebuilt");
    assert_eq!(goes(&mut state, 4, &other), now);
}

#[test]
fn the_texts_kept_are_the_newest() {
    let mut random = fastrand::Rng::with_seed(9);
    let (mut kept, mut order) = (Kept::default(), Vec::<Id>::new());
    for n in 0..4 * KEPT {
        // Now and then one that may still be there, which keeps its place.
        let id = Id(if n % 5 == 4 { random.usize(n.saturating_sub(KEPT)..n) } else { n } as u64);
        kept.keep(dedup::prepare(&dedup::Document { id, ..Default::default() }, &HashSet::new()));
        if !order.contains(&id) {
            order.push(id);
            order.drain(..order.len().saturating_sub(KEPT));
        }
        assert_eq!(kept.at.len(), order.len());
    }
    assert!(order.iter().all(|&id| kept.get(id).is_some_and(|text| text.id == id)));
    assert!(!kept.has(Id(0)) && kept.get(Id(0)).is_none());
}

//! What a start restores from the database is what the running daemon believed.

use super::*;
use crate::dedup::story::{About, Features};
use crate::model::{ParsedEntry, Quality};
use crate::store::{EntryKeys, NewEntry, PollCommit};

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

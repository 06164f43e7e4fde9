//! Real aborts: the process that dies is this test binary, run again for the one test that does a pass.

use super::super::pass::{self, Selection, Summary};
use super::super::{ConfigSource, Engine};
use super::*;
use crate::clock::Clock;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Tells the pass that runs in a process of its own where its configuration is.
const PLACE: &str = "NEWSFOLD_TEST_QUARANTINE";
/// The feeds it is to poll; all where there are none.
const NAMES: &str = "NEWSFOLD_TEST_QUARANTINE_FEEDS";
/// What its report begins with.
const REPORT: &str = "what came of it: ";

/// The injection, in test builds alone: bodies that say so kill who reads them.
pub fn die_of(body: &[u8]) {
    let says = |what: &str| body.windows(what.len()).any(|w| w == what.as_bytes());
    assert!(!says("<!-- panic -->"), "told to panic");
    if says("<!-- abort -->") {
        std::process::abort();
    }
}

/// Bodies that say so have the process end when they are read, as a kill from outside would.
pub fn is_killed_after(body: &[u8]) -> bool {
    body.windows(15).any(|w| w == b"<!-- killed -->")
}

pub fn end_if(killed: bool) {
    if killed {
        std::process::abort();
    }
}

fn feed(title: &str, comment: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel>{comment}<title>T</title><item><title>{title}</title><guid>{title}</guid></item></channel></rss>"
    )
}

/// What one feed of the site says.
#[derive(Clone)]
struct Page {
    etag: String,
    body: String,
}

/// A site whose feeds a test changes; it counts whole answers.
struct Site {
    port: u16,
    pages: Arc<Mutex<HashMap<String, Page>>>,
    whole: Arc<AtomicUsize>,
    dir: tempfile::TempDir,
}

impl Site {
    fn new(feeds: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (pages, whole) = (Arc::new(Mutex::new(HashMap::<String, Page>::new())), Arc::new(AtomicUsize::new(0)));
        let (theirs, counted) = (Arc::clone(&pages), Arc::clone(&whole));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut lines = BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
                let path = lines.next().and_then(|first| first.split(' ').nth(1).map(str::to_owned)).unwrap_or_default();
                let known = lines.filter_map(|line| line.to_lowercase().strip_prefix("if-none-match: ").map(str::to_owned)).last();
                let page = theirs.lock().unwrap().get(&path).cloned();
                let answer = match page {
                    None => "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned(),
                    Some(page) if known.as_ref() == Some(&page.etag) => {
                        format!("HTTP/1.1 304 Not Modified\r\netag: {}\r\nconnection: close\r\n\r\n", page.etag)
                    }
                    Some(Page { etag, body }) => {
                        counted.fetch_add(1, Ordering::SeqCst);
                        format!("HTTP/1.1 200 OK\r\netag: {etag}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
                    }
                };
                let _ = (&stream).write_all(answer.as_bytes());
            }
        });
        let dir = tempfile::tempdir().unwrap();
        let mut config =
            format!("state_dir = {:?}\n[fetch]\nallow_networks = [\"127.0.0.0/8\"]\nmin_gap = \"0s\"\n", dir.path().join("state"));
        for name in feeds {
            config += &format!("[[feed]]\nurl = \"http://127.0.0.1:{port}/{name}\"\nfull_text = false\n");
        }
        std::fs::write(dir.path().join("newsfold.toml"), config).unwrap();
        Self { port, pages, whole, dir }
    }

    fn says(&self, name: &str, body: String) {
        let etag = format!("\"{:x}\"", hash(body.as_bytes()));
        self.pages.lock().unwrap().insert(format!("/{name}"), Page { etag, body });
    }

    /// A pass in a process of its own: what came of it, or nothing where the process died.
    fn try_pass(&self, names: &[&str]) -> Option<(Summary, HashMap<String, String>)> {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "daemon::quarantine::tests::the_pass_of_another_process", "--ignored", "--nocapture"]);
        let output = child.env(PLACE, self.dir.path()).env(NAMES, names.join(" ")).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let at = text.find(REPORT).filter(|_| output.status.success())?;
        let line = text[at + REPORT.len()..].lines().next().unwrap();
        Some(serde_json::from_str(line).unwrap())
    }

    fn dies(&self) -> bool {
        self.try_pass(&[]).is_none()
    }

    fn pass(&self) -> (Summary, HashMap<String, String>) {
        self.try_pass(&[]).expect("the pass lives")
    }

    fn url(&self, name: &str) -> String {
        format!("http://127.0.0.1:{}/{name}", self.port)
    }

    fn whole(&self) -> usize {
        self.whole.load(Ordering::SeqCst)
    }
}

/// A start, a pass and an end; its summary, and each feed's state by URL.
fn one_pass(file: PathBuf, which: Selection) -> (Summary, HashMap<String, String>) {
    let config = crate::config::load(Some(&file), None).unwrap();
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(async {
        let source = ConfigSource { file: Some(file), state_dir: None };
        let engine = Engine::start(config, source, Clock::system()).await.unwrap();
        let summary = pass::run(Arc::clone(&engine), which).await.unwrap();
        let feeds = engine.writer.with(|state| state.store.feeds_by(&crate::store::FeedSelector::All)).await.unwrap();
        engine.writer.close().await;
        (summary, feeds.into_iter().map(|feed| (feed.declared_url, feed.state)).collect())
    })
}

/// No test by itself: what the tests below run as a process of its own.
#[test]
#[ignore = "run by the others, in a process of its own"]
fn the_pass_of_another_process() {
    let Some(place) = std::env::var_os(PLACE) else { return };
    let names: Vec<String> = std::env::var(NAMES).unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    let which = if names.is_empty() { Selection::All } else { Selection::Named(names) };
    let done = one_pass(PathBuf::from(place).join("newsfold.toml"), which);
    println!("{REPORT}{}", serde_json::to_string(&done).unwrap());
}

#[test]
fn a_feed_that_kills_twice_is_set_aside_across_restarts_and_the_rest_goes_on() {
    let site = Site::new(&["bad", "good"]);
    site.says("bad", feed("one", "<!-- abort -->"));
    site.says("good", feed("two", ""));
    assert!(site.dies(), "the first death");
    assert!(site.dies(), "the second");
    let (summary, states) = site.pass();
    assert_eq!((states[&site.url("bad")].as_str(), states[&site.url("good")].as_str()), ("quarantined", "ok"), "{summary:?}");
    assert_eq!((summary.feeds, summary.failed), (2, 1));
    // From now on it costs a conditional request, and stays set aside.
    let before = site.whole();
    let (_, states) = site.pass();
    assert_eq!((states[&site.url("bad")].as_str(), site.whole()), ("quarantined", before));
    // A body that changed is read again, and what it says is not lost.
    site.says("bad", feed("three", ""));
    let (summary, states) = site.pass();
    assert_eq!((states[&site.url("bad")].as_str(), summary.new_entries), ("ok", 1));
}

#[test]
fn a_person_who_names_it_has_it_read_once_more() {
    let site = Site::new(&["bad"]);
    site.says("bad", feed("one", "<!-- panic -->"));
    let states = [0; 3].map(|_| site.pass().1[&site.url("bad")].clone());
    assert_eq!(states, ["failing", "quarantined", "quarantined"], "a panic is a death too, and is recorded");
    let before = site.whole();
    let (summary, _) = site.try_pass(&[&site.url("bad")]).expect("the pass lives");
    assert_eq!((summary.failed, summary.bad, site.whole()), (1, true, before + 1), "asked for whole, read, died again");
    let (_, states) = site.pass();
    assert_eq!((states[&site.url("bad")].as_str(), site.whole()), ("quarantined", before + 1));
}

#[test]
fn one_death_is_forgiven_and_an_innocent_neighbour_is_not_set_aside() {
    let site = Site::new(&["flaky"]);
    site.says("flaky", feed("one", "<!-- abort -->"));
    assert!(site.dies());
    site.says("flaky", feed("one", ""));
    assert_eq!(site.pass().1[&site.url("flaky")], "ok");
    site.says("flaky", feed("two", "<!-- panic -->"));
    assert_eq!(site.pass().1[&site.url("flaky")], "failing", "the first death again");
}

#[test]
fn who_is_killed_while_it_waits_for_the_store_accuses_no_feed() {
    let site = Site::new(&["good"]);
    site.says("good", feed("one", "<!-- killed -->"));
    // After three deaths of its parser a feed is not tried for a day, whatever it says.
    for kill in 0..3 {
        assert!(site.dies(), "kill {kill}");
    }
    site.says("good", feed("one", ""));
    assert_eq!(site.pass().1[&site.url("good")], "ok");
}

#[test]
fn feeds_that_were_read_beside_a_death_are_read_alone_and_cleared() {
    let names: Vec<String> = (0..12).map(|n| format!("good{n}")).chain(["bad".into()]).collect();
    let site = Site::new(&names.iter().map(String::as_str).collect::<Vec<_>>());
    names.iter().for_each(|name| site.says(name, feed(name, if name == "bad" { "<!-- abort -->" } else { "" })));
    let mut deaths = 0;
    while site.dies() {
        deaths += 1;
        assert!(deaths < 4, "it goes on dying");
    }
    let (_, states) = site.pass();
    let aside: Vec<_> = states.iter().filter(|(_, state)| *state == "quarantined").map(|(url, _)| url.clone()).collect();
    assert_eq!((aside, deaths), (vec![site.url("bad")], 2), "{states:?}");
}

#[test]
fn a_feed_that_is_fatal_and_new_at_every_poll_is_tried_later_and_later() {
    let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
    let death = |deaths| Death {
        feed: Id(1),
        deaths,
        body: 7,
        at: now,
        run: 0,
        version: String::new(),
        validators: Validators::default(),
        validated_url: None,
    };
    let after = |days: i64| now.saturating_add(SignedDuration::from_hours(24 * days)).unwrap();
    assert!(!death(2).may_try(7, after(400)), "the same body never");
    assert!(death(2).may_try(8, now));
    for (deaths, days) in [(3, 1), (4, 2), (5, 4), (60, 30)] {
        assert!(death(deaths).may_try(8, after(days)), "{deaths}");
        assert!(!death(deaths).may_try(8, after(days - 1)), "{deaths}");
    }
}

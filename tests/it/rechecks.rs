//! Later looks at pages: which, when, how they are asked, and what comes of them.

use crate::server::{Answer, Seen};
use crate::texts::{own_report, page, report};
use crate::world::{World, engine};
use jiff::{SignedDuration, Timestamp};
use newsfold::clock::Clock;
use newsfold::daemon::pass::{self, Selection, Summary};
use std::sync::{Arc, Mutex};

/// What one page says now.
#[derive(Clone)]
struct Text {
    edition: u32,
    status: u16,
    title: &'static str,
    paragraphs: Vec<String>,
}

/// Three outlets: two carry one report, the third its own; every page with an ETag that is its edition.
struct Newsroom {
    world: World,
    clock: Clock,
    pages: Vec<Arc<Mutex<Text>>>,
}

const TITLES: [&str; 3] = ["Warning after strikes", "Answer to border strikes", "Roof works close pool"];

impl Newsroom {
    fn new(fetch: &str, more: &str) -> Self {
        let mut world = World::new();
        world.outlet("Al Jazeera", vec![(TITLES[0], report())]);
        world.outlet("Harbour Post", vec![(TITLES[1], report())]);
        world.outlet("The Ledger", vec![(TITLES[2], own_report(0))]);
        world.configure(more);
        let text = std::fs::read_to_string(world.config_path()).unwrap();
        std::fs::write(world.config_path(), text.replacen("[fetch]\n", &format!("[fetch]\n{fetch}\n"), 1)).unwrap();
        let texts = [report(), report(), own_report(0)];
        let page = |(n, paragraphs)| Arc::new(Mutex::new(Text { edition: 1, status: 200, title: TITLES[n], paragraphs }));
        let room = Self {
            clock: Clock::fixed("2026-11-21T12:00:00Z".parse().unwrap()),
            pages: texts.into_iter().enumerate().map(page).collect(),
            world,
        };
        (0..3).for_each(|n| room.serve(n));
        room
    }

    fn serve(&self, n: usize) {
        let (text, url, site) = (self.pages[n].clone(), self.world.article_url(n, 0), self.world.outlets[n].name);
        self.world.server.script(&format!("{} /a/0", self.world.outlets[n].host), move |seen| {
            let text = text.lock().unwrap().clone();
            let etag = format!("\"edition {}\"", text.edition);
            match text.status {
                200 if seen.header("if-none-match") == Some(&etag) => Answer::new(304, &[("etag", &etag)], ""),
                200 => {
                    let html = page(&url, site, text.title, &text.paragraphs);
                    Answer::new(200, &[("content-type", "text/html"), ("etag", &etag)], html)
                }
                status => Answer::status(status),
            }
        });
    }

    fn edit(&self, n: usize, edit: impl FnOnce(&mut Text)) {
        edit(&mut self.pages[n].lock().unwrap());
    }

    /// Time passes, and a process of its own makes one pass.
    fn pass_after(&self, hours: i64) -> (Summary, Vec<Seen>) {
        self.clock.set(self.clock.now() + SignedDuration::from_hours(hours));
        let before = self.world.server.log().len();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let summary = runtime.block_on(async {
            let engine = engine(&self.world.config_path(), &self.clock).await;
            let summary = pass::run(Arc::clone(&engine), Selection::Due).await.unwrap();
            engine.writer.close().await;
            summary
        });
        let pages = self.world.server.log().split_off(before).into_iter().filter(|seen| seen.target.starts_with("/a/"));
        (summary, pages.collect())
    }

    /// Which pages were asked for, and whether conditionally.
    fn looks(&self, hours: i64) -> Vec<(usize, bool)> {
        let (_, seen) = self.pass_after(hours);
        let outlet = |seen: &Seen| self.world.outlets.iter().position(|o| seen.host.starts_with(&format!("{}:", o.host))).unwrap();
        let mut looks: Vec<_> = seen.iter().map(|seen| (outlet(seen), seen.conditional())).collect();
        looks.sort_unstable();
        looks
    }

    fn article(&self, n: usize) -> serde_json::Value {
        self.world.json(&["article", &self.world.article_url(n, 0)]).remove(0)
    }

    fn log(&self, kind: &str) -> Vec<serde_json::Value> {
        self.world.json(&["log", "--kind", kind, "--since", "all"])
    }
}

const BOTH: [(usize, bool); 2] = [(0, true), (1, true)];

#[test]
fn shared_texts_are_looked_at_ever_more_rarely_and_always_conditionally() {
    let room = Newsroom::new("", "");
    assert_eq!(room.looks(0), [(0, false), (1, false), (2, false)]);
    let (mut hours, mut at) = (0, Vec::new());
    // Hour by hour for a day, then in steps of twelve: each pass is a process of its own, so all of this outlives restarts.
    for step in std::iter::repeat_n(1, 26).chain(std::iter::repeat_n(12, 16)) {
        hours += step;
        let looks = room.looks(step);
        if !looks.is_empty() {
            assert_eq!(looks, BOTH, "after {hours} h");
            at.push(hours);
        }
    }
    assert_eq!(at, [1, 6, 24, 170], "the first passes at or after 1 h, 6 h, 24 h and 7 d, and none after that");
    assert_eq!(room.article(0)["revisions"], 0, "304 changes nothing");
    assert_eq!(room.log("revision"), Vec::<serde_json::Value>::new());
}

#[test]
fn what_was_slept_through_is_looked_at_once() {
    let room = Newsroom::new("", "");
    room.looks(0);
    assert_eq!(room.looks(30), BOTH);
    assert_eq!(room.looks(1), []);
    assert_eq!(room.looks(140), BOTH);
}

#[test]
fn a_silent_edit_becomes_a_revision_that_stays_where_it_was() {
    let room = Newsroom::new("", "");
    room.looks(0);
    let (before, cluster) = (room.article(1), room.article(0)["cluster"].clone());
    room.edit(1, |text| {
        text.edition = 2;
        text.title = "Answer to border strikes, figures corrected";
        text.paragraphs[2] += " An earlier version of this report gave another number.";
    });
    let (summary, _) = room.pass_after(1);
    assert_eq!((summary.rechecked, summary.revised), (2, 1));
    let after = room.article(1);
    assert_eq!((after["revisions"].as_u64(), &after["id"], &after["cluster"]), (Some(1), &before["id"], &cluster));
    assert!(after["text"].as_str().unwrap().contains("gave another number"));
    assert_eq!(after["title"], "Answer to border strikes, figures corrected");
    assert_ne!(after["fingerprint"], before["fingerprint"]);
    assert_eq!(after["published_at"], before["published_at"]);
    let revised = room.log("revision");
    assert_eq!(revised.len(), 1);
    assert_eq!(revised[0]["id"], before["id"]);
    let shown = room.world.ok(&["diff", &room.world.article_url(1, 0), "--inline"]);
    assert!(shown.contains("gave another number") && shown.contains("figures corrected"), "{shown}");
    assert_eq!(room.world.run(&["diff", &room.world.article_url(0, 0)]).status.code(), Some(2), "that one has no former text");
    // The new edition's own ETag goes back: nothing more happens.
    assert_eq!(room.pass_after(5).0.rechecked, 2);
    assert_eq!((room.article(1)["revisions"].as_u64(), room.world.entries().len()), (Some(1), 3));
    assert_eq!(room.world.json(&["stories", "--since", "all", "--min-publishers", "2"]).len(), 1);
}

#[test]
fn a_page_that_is_gone_takes_its_text_away_from_nobody() {
    let room = Newsroom::new("", "");
    room.looks(0);
    let before = room.article(0);
    room.edit(0, |text| text.status = 404);
    room.edit(1, |text| text.status = 410);
    assert_eq!(room.looks(1), BOTH);
    let gone = room.article(0);
    assert!(gone["gone_at"].is_string() && before["gone_at"].is_null(), "{gone}");
    assert_eq!((&gone["text"], &gone["revisions"]), (&before["text"], &before["revisions"]));
    assert!(room.world.ok(&["article", &room.world.article_url(0, 0)]).contains("page gone"));
    assert_eq!(room.log("gone").len(), 2);
    // 410 is for good, 404 may pass.
    room.edit(0, |text| text.status = 200);
    assert_eq!(room.looks(5), [(0, true)]);
    assert!(room.article(0)["gone_at"].is_null());
    assert_eq!(room.log("gone").len(), 3);
}

#[test]
fn a_wall_a_front_page_or_a_fault_is_no_later_text() {
    let room = Newsroom::new("", "");
    room.looks(0);
    let front = page(&room.world.server.url_at(&room.world.outlets[0].host, "/"), "Al Jazeera", "Front page", &own_report(3));
    room.world.server.on(&format!("{} /", room.world.outlets[0].host), Answer::ok("text/html", front));
    let host = room.world.outlets[0].host.clone();
    let turns = [
        Answer::redirect(302, "/"),
        Answer::new(
            200,
            &[("content-type", "text/html"), ("etag", "\"wall\"")],
            "<html><body><p>Please enable JavaScript to run this app.</p></body></html>",
        ),
        Answer::status(500),
    ];
    for (answer, hours) in turns.into_iter().zip([1, 5, 18]) {
        room.world.server.on(&format!("{host} /a/0"), answer);
        assert_eq!(room.looks(hours).first(), Some(&(0, true)));
        let article = room.article(0);
        assert_eq!((article["revisions"].as_u64(), article["title"].as_str()), (Some(0), Some(TITLES[0])), "after {hours} h more");
        assert!(article["gone_at"].is_null());
    }
    room.serve(0);
    let (_, seen) = room.pass_after(160);
    assert!(seen.iter().any(|s| s.header("if-none-match") == Some("\"edition 1\"")), "the wall's validators were not kept");
    assert_eq!(room.world.entries().len(), 3);
}

#[test]
fn settings_switch_it_off_change_it_and_choose_publishers() {
    let off = Newsroom::new("recheck = []", "");
    off.looks(0);
    assert!([1, 5, 18, 150].into_iter().all(|hours| off.looks(hours).is_empty()));
    let own = Newsroom::new(
        "recheck = [\"2h\"]",
        "[[publisher]]\nname = \"The Ledger\"\nrecheck = true\n[[publisher]]\nname = \"Al Jazeera\"\nrecheck = false\n",
    );
    own.looks(0);
    assert_eq!(own.looks(1), []);
    assert_eq!(own.looks(1), [(1, true), (2, true)], "a text of its own where its publisher is marked, and none where it is not wished");
    assert_eq!(own.looks(200), []);
}

#[test]
fn a_page_without_validators_is_never_asked_for_again() {
    let room = Newsroom::new("", "");
    for (n, title) in TITLES.iter().enumerate().take(2) {
        let html = page(&room.world.article_url(n, 0), "Al Jazeera", title, &report());
        room.world.server.on(&format!("{} /a/0", room.world.outlets[n].host), Answer::ok("text/html", html));
    }
    room.looks(0);
    assert!([1, 5, 18, 150].into_iter().all(|hours| room.looks(hours).is_empty()));
}

#[test]
fn a_host_that_asked_for_a_pause_is_left_alone_and_robots_txt_is_obeyed() {
    let room = Newsroom::new("", "");
    room.looks(0);
    let busy = Answer::new(503, &[("retry-after", "7200")], "");
    room.world.server.on(&format!("{} /a/0", room.world.outlets[0].host), busy);
    room.world.server.on(&format!("{} /robots.txt", room.world.outlets[1].host), Answer::ok("text/plain", "User-agent: *\nDisallow: /"));
    assert_eq!(room.looks(1), BOTH);
    room.serve(0);
    assert_eq!(room.looks(1), [], "within the pause");
    // Rules are asked for again after a day.
    assert_eq!(room.looks(23), [(0, true)]);
    assert_eq!(room.looks(200), [(0, true)]);
}

#[test]
fn a_host_that_is_held_when_the_last_look_is_due_loses_it() {
    let room = Newsroom::new("", "");
    room.looks(0);
    room.world.server.on(&format!("{} /feed.xml", room.world.outlets[0].host), Answer::new(503, &[("retry-after", "7200")], ""));
    assert_eq!(room.looks(200), [(1, true)], "the other's");
    room.world.publish(0);
    assert_eq!(room.looks(3), [], "there is no look after the last");
}

#[test]
fn an_edited_entry_whose_page_is_gone_keeps_the_text_that_was_read() {
    let mut room = Newsroom::new("", "");
    room.looks(0);
    let before = room.article(2);
    room.edit(2, |text| text.status = 404);
    room.world.outlets[2].articles[0].0 = "Roof works close pool until autumn".into();
    room.world.publish(2);
    room.world.server.on(&format!("{} /a/0", room.world.outlets[2].host), Answer::status(404));
    room.clock.set(room.clock.now() + SignedDuration::from_hours(30));
    let (summary, seen) = room.pass_after(0);
    assert_eq!((summary.changed_entries, summary.settled), (1, 1));
    assert!(seen.iter().any(|s| s.conditional()));
    assert_eq!(room.article(2)["text"], before["text"]);
    assert!(room.clock.now() > Timestamp::UNIX_EPOCH);
}

//! Feeds that change what identifies their entries, over many polls through the built binary: no entry is doubled and
//! none is lost.

use crate::server::Answer;
use crate::texts::own_report;
use crate::world::{World, text};
use std::collections::HashSet;

/// What the feed says of one item.
#[derive(Clone)]
struct Said {
    title: String,
    /// Path on its host.
    path: String,
    guid: Option<String>,
    date: String,
    text: String,
    /// `https` for links and guids; pages are asked for as the daemon can.
    scheme: &'static str,
}

/// One feed whose items carry their own text, so that what is stored depends on the feed alone.
struct Desk {
    world: World,
    items: Vec<Said>,
    polls: u32,
}

const HOST: &str = "127.0.7.1";

fn sentence(n: usize) -> String {
    let paragraphs = own_report(n % 5);
    format!("Item {n} of the desk. {} {}", paragraphs[n / 5 % 4], paragraphs[(n / 5 + 1) % 4])
}

fn item(n: usize) -> Said {
    Said {
        title: format!("Headline number {n} about the harbour"),
        path: format!("/a/{n}"),
        guid: Some(format!("tag:desk,2026:{n}")),
        date: format!("{:02} Nov 2026 {:02}:10:00 GMT", 20 - n / 20 % 15, n % 20),
        text: sentence(n),
        scheme: "http",
    }
}

impl Desk {
    /// A desk with `count` items, polled once.
    fn new(count: usize) -> Self {
        Self::with(count, "full_text = false\n")
    }

    /// The same with other settings of its feed.
    fn with(count: usize, settings: &str) -> Self {
        let mut world = World::new();
        world.outlet("Harbour Post", Vec::new());
        world.configure(settings);
        let mut desk = Self { world, items: (0..count).map(item).collect(), polls: 0 };
        assert_eq!(desk.poll(), (count as u64, 0));
        desk
    }

    /// Serves what the items say now and polls; new and changed entries.
    fn poll(&mut self) -> (u64, u64) {
        let summary = self.pass();
        assert_eq!((summary["failed"].as_u64(), summary["put_off"].as_u64()), (Some(0), Some(0)), "{summary}");
        (summary["new_entries"].as_u64().unwrap(), summary["changed_entries"].as_u64().unwrap())
    }

    fn pass(&mut self) -> serde_json::Value {
        self.polls += 1;
        let body = self.rss();
        self.world.server.on(&format!("{HOST} /feed.xml"), Answer::ok("application/rss+xml", body));
        self.world.poll(&["--all"])
    }

    fn rss(&self) -> String {
        let port = self.world.server.addr.port();
        let items: String = self
            .items
            .iter()
            .map(|i| {
                let link = format!("{}://{HOST}:{port}{}", i.scheme, i.path);
                let guid = i.guid.as_ref().map(|g| format!("<guid isPermaLink=\"false\">{g}</guid>")).unwrap_or_default();
                format!(
                    "<item><title>{}</title><link>{link}</link>{guid}<pubDate>{}</pubDate><description>{}</description></item>",
                    i.title, i.date, i.text
                )
            })
            .collect();
        format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Desk {}</title><link>http://{HOST}/</link>{items}</channel></rss>",
            self.polls
        )
    }

    /// Every stored entry is one of the items ever published, each of these is stored, and none twice.
    #[track_caller]
    fn holds(&self, count: usize) {
        let entries = self.world.entries();
        let ids: HashSet<String> = entries.iter().map(|e| e["id"].to_string()).collect();
        assert_eq!((entries.len(), ids.len()), (count, count), "entries");
        // An item's path never changes, whatever else does.
        let paths: HashSet<&str> = entries.iter().filter_map(|e| path_of(e["entry_url"].as_str()?)).collect();
        let published: Vec<String> = (0..count).map(|n| format!("/a/{n}")).collect();
        assert!(published.iter().all(|path| paths.contains(path.as_str())), "{paths:?}");
        assert!(entries.iter().all(|e| e["cluster"].is_string()), "settled");
    }
}

fn path_of(url: &str) -> Option<&str> {
    url.find("/a/").map(|at| &url[at..])
}

#[test]
fn a_whole_feed_that_changes_its_guids_brings_nothing_new() {
    let mut desk = Desk::new(30);
    for round in 0..4 {
        desk.items.iter_mut().for_each(|i| i.guid = Some(format!("new-{round}-{}", i.path)));
        assert_eq!(desk.poll(), (0, 0), "round {round}");
    }
    // What is really new is seen all the same, among guids that change again.
    desk.items.insert(0, item(30));
    desk.items.iter_mut().for_each(|i| i.guid = Some(format!("again-{}", i.path)));
    assert_eq!(desk.poll(), (1, 0));
    desk.holds(31);
}

#[test]
fn entries_that_share_a_link_are_texts_of_one_article_and_none_is_lost() {
    let mut desk = Desk::new(1);
    // All of a page's news under the page's own address: read and placed together, they are stored one after the other.
    desk.items.extend((1..5).map(|n| Said { path: "/a/0".into(), ..item(n) }));
    assert_eq!(desk.poll(), (4, 0));
    let port = desk.world.server.addr.port();
    let article = &desk.world.json(&["article", &format!("http://{HOST}:{port}/a/0")])[0];
    assert_eq!(article["revisions"], 4, "{article}");
    assert_eq!((desk.world.entries().len(), article["entries"].as_array().unwrap().len()), (5, 5));
}

#[test]
fn http_to_https_and_back_changes_nothing() {
    let mut desk = Desk::new(25);
    for scheme in ["https", "http", "https"] {
        for i in &mut desk.items {
            i.scheme = scheme;
            i.guid = Some(format!("{scheme}://desk.example{}", i.path));
        }
        assert_eq!(desk.poll(), (0, 0), "{scheme}");
    }
    desk.holds(25);
}

#[test]
fn edited_titles_are_revisions() {
    let mut desk = Desk::new(20);
    for n in [3, 7, 11] {
        desk.items[n].title += ", corrected";
    }
    assert_eq!(desk.poll(), (0, 3));
    assert_eq!(desk.poll(), (0, 0));
    desk.items[3].title = "Another headline altogether".into();
    desk.items[3].text += " A sentence was added.";
    assert_eq!(desk.poll(), (0, 1));
    desk.holds(20);
}

#[test]
fn items_that_share_a_guid_are_all_kept() {
    let mut desk = Desk::new(12);
    desk.items.extend((12..24).map(item));
    desk.items.iter_mut().skip(12).for_each(|i| i.guid = Some("tag:desk,2026:same".into()));
    assert_eq!(desk.poll(), (12, 0));
    assert_eq!(desk.poll(), (0, 0));
    desk.items.rotate_left(5);
    assert_eq!(desk.poll(), (0, 0), "their order does not matter");
    desk.items.insert(0, Said { guid: Some("tag:desk,2026:same".into()), ..item(24) });
    assert_eq!(desk.poll(), (1, 0), "one more with that guid");
    desk.holds(25);
}

#[test]
fn items_without_guids_are_known_again() {
    let mut desk = Desk::new(15);
    desk.items.iter_mut().for_each(|i| i.guid = None);
    assert_eq!(desk.poll(), (0, 0), "guids that vanish");
    desk.items.truncate(12);
    desk.items.splice(0..0, (15..20).map(|n| Said { guid: None, ..item(n) }));
    assert_eq!(desk.poll(), (5, 0), "the list moves on");
    desk.items[2].title += ", corrected";
    assert_eq!(desk.poll(), (0, 1), "an edit without a guid is still an edit");
    desk.holds(20);
}

#[test]
fn an_archive_that_is_published_again_brings_nothing_twice() {
    let mut desk = Desk::new(40);
    // The list moves on, as lists do …
    for step in 1..=4 {
        desk.items = (step * 10..40 + step * 10).rev().map(item).collect();
        assert_eq!(desk.poll(), (10, 0), "step {step}");
    }
    // … and then everything that ever was comes at once, under new guids.
    desk.items = (0..80).map(|n| Said { guid: Some(format!("archive-{n}")), ..item(n) }).collect();
    assert_eq!(desk.poll(), (0, 0));
    desk.holds(80);
    // With some that were never seen, each of them is new, and the feed is noted for it.
    desk.items.extend((80..95).map(|n| Said { date: "02 Jan 2026 10:00:00 GMT".into(), ..item(n) }));
    assert_eq!(desk.poll(), (15, 0));
    desk.holds(95);
    let shown = desk.world.ok(&["feeds", "show", &desk.world.feed_url(0)]);
    assert!(shown.contains("archive"), "{shown}");
}

#[test]
fn an_archive_is_no_flood_for_its_site() {
    let mut desk = Desk::with(5, "");
    assert_eq!(desk.world.page_requests(), 5);
    let old = |n| Said { date: "02 Jan 2026 10:00:00 GMT".into(), ..item(n) };
    desk.items.extend((5..45).map(old));
    desk.items.insert(0, Said { date: jiff::Timestamp::now().to_string(), ..item(45) });
    let summary = desk.pass();
    assert_eq!((summary["new_entries"].as_u64(), summary["put_off"].as_u64()), (Some(41), Some(39)), "{summary}");
    assert_eq!(desk.world.page_requests(), 7, "what is fresh, and the first of the archive");
    // Nothing of it is lost: it waits, and is neither new again nor asked for sooner.
    let summary = desk.pass();
    assert_eq!((summary["new_entries"].as_u64(), summary["changed_entries"].as_u64()), (Some(0), Some(0)), "{summary}");
    assert_eq!(desk.world.page_requests(), 7);
    let status = desk.world.run(&["status", "--json"]);
    let status: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!(status["pending"].as_u64(), Some(39), "{status}");
}

#[test]
fn everything_together_for_forty_polls() {
    let mut desk = Desk::new(20);
    let mut random = fastrand::Rng::with_seed(3);
    let (mut count, mut edits) = (20, 0);
    for round in 0..40 {
        let (mut new, mut changed) = (0, 0);
        match random.u8(..6) {
            0 => desk.items.iter_mut().for_each(|i| i.guid = Some(format!("r{round}{}", i.path))),
            1 => desk.items.iter_mut().for_each(|i| i.scheme = if i.scheme == "http" { "https" } else { "http" }),
            2 => {
                let at = random.usize(..desk.items.len());
                desk.items[at].title += &format!(", version {round}");
                changed = 1;
            }
            3 => desk.items.iter_mut().step_by(3).for_each(|i| i.guid = None),
            4 => random.shuffle(&mut desk.items),
            _ => {
                desk.items.insert(0, item(count));
                (count, new) = (count + 1, 1);
            }
        }
        edits += changed;
        assert_eq!(desk.poll(), (new, changed), "round {round}");
    }
    desk.holds(count);
    assert!(edits >= 3 && count > 24, "{edits} {count}: every kind of change was tried");
    // The log agrees with the counts.
    assert!(!text(&desk.world.run(&["log", "--json"]).stdout).is_empty());
}

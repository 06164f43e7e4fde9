//! Made-up records for the tests of this room, hostile ones among them.

use crate::cli::doc::Doc;
use crate::cli::look::Look;
use crate::cli::sanitize::width;
use crate::model::is_bidi_control;
use crate::model::views::*;
use crate::model::{Credit, Id, Quality};
use jiff::Timestamp;

/// A headline that tries everything.
pub const HOSTILE: &str = "Free\u{1b}[2J\u{1b}]52;c;ZXZpbA==\u{7} \u{9b}31m\u{202e}gnp.exe\u{2066}\r\nnext\0 e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301} \u{200b}👨\u{200d}👩\u{200d}👧 \u{e000}hit\u{e001}";

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// Snapshots what `render` makes at 60, 80 and 160 columns, in a pipe, and with colour; holds every line to its width.
pub fn at_widths(name: &str, render: impl Fn(&Look) -> Doc) {
    let mut all = String::new();
    for width_of in [Some(60), Some(80), Some(160), None] {
        let look = Look::test(width_of);
        let text = render(&look).render(&look);
        all.push_str(&format!("== {}\n{text}", width_of.map_or("pipe".to_owned(), |w| w.to_string())));
        for line in text.lines() {
            assert!(width_of.is_none_or(|w| width(line) <= w), "{width_of:?}: {line}");
            assert!(!line.chars().any(|c| c.is_control() || is_bidi_control(c)), "{line:?}");
        }
    }
    let look = Look { color: true, ..Look::test(Some(80)) };
    let colored = render(&look).render(&look);
    let plain = strip(&colored);
    assert_eq!(plain, render(&Look::test(Some(80))).render(&Look::test(Some(80))), "colour changes nothing else");
    all.push_str(&format!("== 80, colour\n{}", colored.replace('\u{1b}', "␛")));
    insta::assert_snapshot!(name, all);
}

/// Takes our own SGR sequences out.
pub fn strip(text: &str) -> String {
    let mut out = String::new();
    let mut parts = text.split("\u{1b}[");
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        out.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
    }
    out
}

pub fn story_rows() -> Vec<StoryRow> {
    let row = |id, title: &str, first, publishers, copies, origin: Option<&str>| StoryRow {
        id: Id(id),
        title: title.to_owned(),
        first_seen_at: at(first),
        last_seen_at: at("2026-11-22T09:55:00Z"),
        publishers,
        copies,
        texts: 2,
        origin: origin.map(str::to_owned),
        lang: Some("en".to_owned()),
    };
    vec![
        row(
            0xa3f9_1c20_0000_0001,
            "Ferry talks resume in Port Amalie after week-long pause",
            "2026-11-22T07:41:00Z",
            6,
            11,
            Some("Meridian Wire"),
        ),
        row(0x77b0_e140_0000_0002, "Storm Ramon turns north, thousands leave coast", "2026-11-22T04:41:00Z", 3, 3, None),
        row(
            0x0077_b0e1_0000_0003,
            "停火谈判在多哈恢复，此前停顿一周，各方代表周日抵达谈判地点",
            "2026-11-20T04:41:00Z",
            2,
            14,
            Some("海港晚报"),
        ),
        row(0xfeed_b0e1_0000_0004, "العاصفة رامون تتجه شمالا وآلاف يغادرون الساحل", "2026-11-22T09:59:41Z", 1, 1, Some("جريدة الميناء")),
        row(0xdead_beef_0000_0005, HOSTILE, "2025-11-22T09:59:41Z", 1, 123, Some("E\u{1b}vil\u{202e} Post with a rather long name")),
    ]
}

pub fn member(id: u64, publisher: &str, title: &str, seen: &str, words: u32, distance: u32) -> MemberRow {
    MemberRow {
        id: Id(id),
        publisher: publisher.to_owned(),
        title: title.to_owned(),
        url: format!("https://{:x}.example/a", id >> 40),
        published_at: None,
        seen_at: at(seen),
        lang: Some("en".to_owned()),
        words,
        distance: Some(distance),
        credit: None,
        because: serde_json::json!({"rule": "containment", "with": "a3f91c2000000011", "distance": distance, "containment": 0.94, "shared": 410,
            "thresholds": {"containment": 0.75, "distance": 3}, "version": 1}),
    }
}

pub fn story_detail() -> StoryDetail {
    let credited = |mut m: MemberRow| {
        m.credit = Some(Credit { name: "Meridian Wire".to_owned(), words: "Source: Meridian Wire".to_owned() });
        m
    };
    let head = "Ferry talks resume in Port Amalie after week-long pause";
    let wire = ClusterDetail {
        id: Id(0xc1),
        origin: Some(OriginView {
            article: Some(Id(0x11 << 40)),
            publisher: "Meridian Wire".to_owned(),
            confidence: 0.93,
            evidence: vec!["credited by 1 copy".to_owned(), "longest".to_owned(), "first by 38 min".to_owned()],
            by_hand: false,
        }),
        members: vec![
            member(0x11 << 40, "Meridian Wire", head, "2026-11-22T07:41:00Z", 612, 0),
            credited(member(0x12 << 40, "Harbour Post", "Ferry talks: what we know", "2026-11-22T08:19:00Z", 401, 9)),
            member(0x13 << 40, "The Ledger", head, "2026-11-22T08:51:00Z", 612, 0),
            member(0x14 << 40, "City Herald \u{1b}[31m", HOSTILE, "2026-11-22T09:43:00Z", 688, 4),
        ],
    };
    let own = ClusterDetail {
        id: Id(0xc2),
        origin: None,
        members: vec![member(0x21 << 40, "Coast Today", "Islanders wait for news", "2026-11-22T08:33:00Z", 288, 0)],
    };
    StoryDetail { row: story_rows().swap_remove(0), clusters: vec![wire, own] }
}

pub fn article() -> ArticleDetail {
    ArticleDetail {
        member: story_detail().clusters.swap_remove(0).members.swap_remove(1),
        cluster: Id(0xc1),
        story: Id(0xa3f9_1c20_0000_0001),
        byline: Some("Jane Roe".to_owned()),
        dateline: Some("PORT AMALIE, Nov 22 (Meridian Wire) –".to_owned()),
        modified_at: Some(at("2026-11-22T09:01:00Z")),
        quality: Quality::Article,
        fingerprint: "91c2a3f900000001".to_owned(),
        fingerprint_version: 1,
        canonical_elsewhere: Some("https://meridian.example/ferry".to_owned()),
        text: format!(
            "PORT AMALIE, Nov 22 (Meridian Wire) – Talks resumed on Sunday.\n\n{}\n\n停火谈判在多哈恢复，此前停顿一周，各方代表周日抵达谈判地点停火谈判在多哈恢复，此前停顿一周，各方代表周日抵达谈判地点\n\n{HOSTILE}",
            "The crossing has been closed for a week and traders say that stocks run low. ".repeat(3)
        ),
        revisions: 1,
        gone_at: None,
        entries: vec![EntryView {
            id: Id(0xe1),
            feed: "https://harbour.example/rss".to_owned(),
            url: Some("javascript:alert(1)".to_owned()),
            seen_at: at("2026-11-22T08:19:00Z"),
        }],
    }
}

pub fn feeds() -> Vec<FeedHealth> {
    let feed = |id: u64, url: &str, publisher: &str, state: &str| FeedHealth {
        id: Id(id << 40),
        url: url.to_owned(),
        title: Some(format!("{publisher} – all news")),
        publisher: Some(publisher.to_owned()),
        state: state.to_owned(),
        last_poll_at: Some(at("2026-11-22T09:50:00Z")),
        last_success_at: Some(at("2026-11-22T09:50:00Z")),
        failing_since: None,
        next_poll_at: Some(at("2026-11-22T10:20:00Z")),
        last_outcome: Some("3 new".to_owned()),
        entries: 120,
        new_a_day: 17.4,
        mute: false,
        notes: vec![],
        held: None,
    };
    let mut failing = feed(2, "https://ledger.example/a/very/long/path/to/the/feed/of/everything.xml", "The Ledger", "failing");
    failing.last_success_at = Some(at("2026-11-20T09:50:00Z"));
    failing.failing_since = Some(at("2026-11-20T10:20:00Z"));
    failing.last_outcome = Some(format!("503 from the server {HOSTILE}"));
    failing.held = Some(HeldHost {
        host: "ledger.example".to_owned(),
        kind: None,
        until: at("2026-11-22T12:20:00Z"),
        why: "asked to be left alone (Retry-After)".to_owned(),
    });
    let mut gone = feed(3, "https://海港.example/rss", "海港晚报", "gone");
    gone.next_poll_at = None;
    gone.last_success_at = None;
    gone.notes = vec!["410: the publisher says that it will not come back".to_owned()];
    vec![feed(1, "https://meridian.example/rss", "Meridian Wire", "ok"), failing, gone]
}

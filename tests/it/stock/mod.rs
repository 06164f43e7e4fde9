//! A state directory with made-up news in it, for tests and benches of the command line.

use jiff::{SignedDuration, Timestamp};
use newsfold::dedup::{self, Document};
use newsfold::model::views::OriginView;
use newsfold::model::{Credit, Id, ParsedEntry, Quality};
use newsfold::store::{
    Article, ArticleCommit, DeclaredFeed, DeclaredPublisher, EntryKeys, NewEntry, Options, OriginRow, PollCommit, Writer,
};
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// Publishers, one of them with a name that attacks.
pub const PUBLISHERS: [&str; 6] = [
    "Meridian Wire",
    "Harbour Post",
    "The Ledger",
    "海港晚报",
    "جريدة الميناء",
    "Evil\u{1b}]0;owned\u{7} $(touch /tmp/newsfold-pwned) `id` Post",
];

const WORDS: [&str; 32] = [
    "ferry", "harbour", "council", "storm", "island", "minister", "talks", "strike", "bridge", "school", "market", "river", "border",
    "festival", "court", "budget", "train", "forest", "doctor", "village", "election", "museum", "engine", "valley", "captain", "witness",
    "treaty", "garden", "winter", "signal", "mountain", "letter",
];

/// A small generator of numbers: the same every time.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % sides
    }
}

/// A headline that tries to do harm, another for each `n`.
pub fn hostile(n: usize) -> String {
    let mut dice = Dice(n as u64 + 1);
    let mut title = format!("Nr {n} ");
    for _ in 0..8 {
        title.push_str(match dice.roll(18) {
            0 => "\u{1b}[2J",
            1 => "\u{1b}]8;;https://evil.example\u{1b}\\click\u{1b}]8;;\u{1b}\\",
            2 => "\u{1b}]52;c;ZXZpbA==\u{7}",
            3 => "\u{9b}31m\u{9d}",
            4 => "\r\nOverwritten",
            5 => "\u{202e}gnp.exe\u{202c}",
            6 => "\u{2066}isolate\u{2069}",
            7 => "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
            8 => "停火谈判在多哈恢复",
            9 => "العاصفة تتجه شمالا",
            10 => "👨\u{200d}👩\u{200d}👧\u{200d}👦",
            11 => "\0\u{8}\u{7f}",
            12 => "$(reboot); `id` | ../../etc/passwd",
            13 => "<b onclick=alert(1)>&amp;</b>",
            14 => "\u{e000}not a hit\u{e001}",
            15 => "\u{2028}\u{85}\u{feff}\u{200b}",
            16 => "\u{e0041}\u{fe0f}\u{fff9}",
            _ => "ordinary words",
        });
        title.push(' ');
    }
    title
}

/// Files that commands read, with texts that attack.
pub fn files() -> [(&'static str, String); 6] {
    let text = |n: usize| {
        let line =
            |m: usize| format!("Line {m} of the harbour council's report {n} about ferries, storms and the island's bridge to the market");
        (0..8).map(line).collect::<Vec<_>>().join(".\n\n")
    };
    let escaped = |n: usize| hostile(n).replace('&', "&amp;").replace('<', "&lt;").replace(|c: char| c.is_control(), "\u{202e}");
    let item = |n: usize| format!("<item><title>{}</title><link>https://p1.example/{n}</link><guid>{n}</guid></item>", escaped(n));
    let feed = format!("<rss version=\"2.0\"><channel><title>{}</title>{}{}</channel></rss>", escaped(9), item(1), item(2));
    let body = text(1).split("\n\n").map(|line| format!("<p>{line}, said {}</p>", escaped(4))).collect::<String>();
    let page = format!("<html lang=en><title>{}</title><body><article><h1>{}</h1>{body}</article></body></html>", escaped(3), escaped(3));
    let texts = [(1, 1), (2, 1), (3, 2)].map(|(n, of)| {
        serde_json::json!({"id": format!("t{n}"), "title": hostile(n), "text": format!("{}\n\n{}", hostile(n + 20), text(of))}).to_string()
    });
    let outline =
        |n: usize| format!("<outline type=\"rss\" text=\"{}\" xmlUrl=\"https://q{n}.example/rss\"/>", escaped(n).replace('"', "&quot;"));
    let opml = format!("<opml version=\"2.0\"><body><outline text=\"Coast\">{}{}</outline></body></opml>", outline(5), outline(6));
    let poll = "[fetch]\nallow_networks = [\"127.0.0.1:1\"]\n[[feed]]\nurl = \"http://127.0.0.1:1/rss\"\n".to_owned();
    let bad = "[[feed]]\nurl = \"javascript:alert(1)\"\ntags = [\"coast\"]\nevry = \"soon\"\n[fetch]\nmin_gap = \"a while\"\n".to_owned();
    [
        ("bad.toml", bad),
        ("poll.toml", poll),
        ("feed.xml", feed),
        ("page.html", page),
        ("texts.jsonl", texts.join("\n") + "\n"),
        ("list.opml", opml),
    ]
}

/// Whether what was printed could command a terminal or turn its text round.
pub fn is_harmless(printed: &str) -> bool {
    let bad = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
    };
    !printed.chars().any(bad)
}

/// Fills `dir` with `articles` in stories of one to twelve; every title is hostile where `attack` says so. The last
/// was seen a minute before `now`.
pub fn fill(dir: &Path, articles: usize, attack: bool, now: Timestamp) {
    let mut writer = Writer::open(dir, Options { reserve: 0, ..Options::default() }).expect("a database");
    let publishers = PUBLISHERS.map(|name| DeclaredPublisher { name: name.to_owned(), ..DeclaredPublisher::default() });
    writer.sync_publishers(&publishers).expect("publishers");
    let feeds = (0..PUBLISHERS.len()).map(feed).collect::<Vec<_>>();
    writer.sync_feeds(&feeds, now).expect("feeds");
    let mut dice = Dice(7);
    let mut story: Option<(Id, Id, Id, usize, String)> = None;
    let mut commits = Vec::new();
    for n in 0..articles {
        let seen = now - SignedDuration::from_secs(60 * (articles - n) as i64);
        let text = match &story {
            Some((.., left, text)) if *left > 0 => text.clone(),
            _ => paragraphs(&mut dice),
        };
        let mut commit = one(n, attack, seen, &text);
        match &mut story {
            Some((cluster, id, first, left, _)) if *left > 0 => {
                (commit.cluster, commit.story) = (*cluster, *id);
                commit.because = serde_json::json!({"rule": "contained", "with": *first, "containment": 0.97, "thresholds": {"containment": 0.8}, "version": 1});
                *left -= 1;
            }
            _ => story = Some((commit.cluster, commit.story, commit.article.id, dice.roll(12), text)),
        }
        writer.commit_poll(&poll(n, seen, attack)).expect("a poll");
        commits.push(commit);
        if commits.len() == 200 || n + 1 == articles {
            writer.commit_articles(&std::mem::take(&mut commits)).expect("articles");
        }
    }
    origins(&mut writer, articles);
    writer.close().expect("a clean end");
}

fn origins(writer: &mut Writer, articles: usize) {
    let first = Id::article(&address(0));
    let evidence = vec!["credited by 2 copies".to_owned(), hostile(articles)];
    let origin = OriginView { article: Some(first), publisher: PUBLISHERS[0].to_owned(), confidence: 0.9, evidence, by_hand: false };
    writer.set_origins(&[OriginRow { cluster: Id::cluster(first), origin: Some(origin) }], Timestamp::UNIX_EPOCH).expect("an origin");
}

fn feed(n: usize) -> DeclaredFeed {
    DeclaredFeed {
        url: feed_url(n),
        publisher: Some(PUBLISHERS[n].to_owned()),
        tags: vec!["coast".to_owned()],
        enabled: true,
        full_text: true,
        kind: "feed".to_owned(),
        ..DeclaredFeed::default()
    }
}

/// The address of a publisher's feed.
pub fn feed_url(n: usize) -> String {
    format!("https://p{n}.example/rss")
}

/// The address of an article.
pub fn address(n: usize) -> String {
    format!("https://p{}.example/news/{n}", n % PUBLISHERS.len())
}

fn entry_id(n: usize) -> Id {
    Id::entry(Id::feed(&feed_url(n % PUBLISHERS.len())), &n.to_string())
}

fn poll(n: usize, at: Timestamp, attack: bool) -> PollCommit {
    let failing = attack && n % PUBLISHERS.len() == 5;
    let entry = NewEntry {
        id: entry_id(n),
        keys: EntryKeys { guid: Some(format!("g{n}")), url: Some(address(n)), title: None },
        content_hash: n as u64,
        entry: ParsedEntry {
            guid: Some(format!("g{n}")),
            url: Some(address(n)),
            title: Some(format!("Entry {n}")),
            ..ParsedEntry::default()
        },
    };
    PollCommit {
        feed: Id::feed(&feed_url(n % PUBLISHERS.len())),
        at,
        outcome: if failing { "failed" } else { "updated" }.to_owned(),
        outcome_text: if attack { hostile(n) } else { "1 new".to_owned() },
        outcome_data: serde_json::json!({"new": 1}),
        success: !failing,
        full: true,
        status: Some(200),
        elapsed_ms: 12,
        bytes: 3_400,
        validated_url: None,
        validators: None,
        next_poll_at: Some(at + SignedDuration::from_mins(30)),
        identity: None,
        rhythm: None,
        title: Some(if attack { hostile(n + 1) } else { "All news".to_owned() }),
        site_url: None,
        failures: u32::from(failing),
        moved_to: None,
        moved_polls: 0,
        url: None,
        stopped: false,
        state: if failing { "failing" } else { "ok" }.to_owned(),
        new: vec![entry],
        changed: Vec::new(),
        not_before: HashMap::new(),
        notes: if attack { vec![hostile(n + 2)] } else { Vec::new() },
    }
}

fn paragraphs(dice: &mut Dice) -> String {
    let sentence = |dice: &mut Dice| (0..14).map(|_| WORDS[dice.roll(WORDS.len())]).collect::<Vec<_>>().join(" ") + ".";
    (0..12).map(|_| sentence(dice)).collect::<Vec<_>>().join("\n\n")
}

fn one(n: usize, attack: bool, seen: Timestamp, text: &str) -> ArticleCommit {
    let url = address(n);
    let title = if attack { hostile(n) } else { format!("The harbour {} of day {n}", WORDS[n % WORDS.len()]) };
    let publisher = PUBLISHERS[n % PUBLISHERS.len()];
    let text = if attack { format!("{}\n\n{text}", hostile(n + 3)) } else { format!("{text}\n\nReport {n}.") };
    let id = Id::article(&url);
    let document = Document { id, title: &title, text: &text, publisher: Some(publisher), seen_at: seen, ..Document::default() };
    let prepared = dedup::prepare(&document, &HashSet::new());
    let credit = attack.then(|| Credit { name: hostile(n + 4), words: hostile(n + 5) });
    ArticleCommit {
        entry: entry_id(n),
        fingerprint: prepared.fingerprint.unwrap_or(0),
        fingerprint_version: dedup::VERSION,
        index_row: prepared.index_row(),
        cluster: Id::cluster(id),
        story: Id::story(Id::cluster(id)),
        because: serde_json::json!({"rule": "first", "version": 1}),
        at: seen,
        article: Article {
            id,
            canonical_url: url,
            publisher: publisher.to_owned(),
            byline: attack.then(|| hostile(n + 6)),
            dateline: attack.then(|| hostile(n + 7)),
            credit,
            lang: Some("en".to_owned()),
            seen_at: seen,
            words: prepared.words,
            quality: Quality::Article,
            title,
            text,
            ..Article::default()
        },
        ..ArticleCommit::default()
    }
}

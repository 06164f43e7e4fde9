//! Fills a database with generated articles (Latin and Cyrillic) and prints its size and the latencies of reading.
//!
//! `cargo run --release --example store_scale -- DIR COUNT`; DIR is made, and filled further if it holds articles.

use jiff::{SignedDuration, Timestamp};
use newsfold::model::views::StoryFilter;
use newsfold::model::{Id, ParsedEntry, Quality};
use newsfold::store::*;
use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::time::{Duration, Instant};

const FEEDS: u64 = 500;
const BATCH: u64 = 50;

/// Words as a language has them: a few very common, many rare.
struct Language {
    words: Vec<String>,
}

impl Language {
    fn new(consonants: &str, vowels: &str, rng: &mut fastrand::Rng) -> Self {
        let (consonants, vowels): (Vec<char>, Vec<char>) = (consonants.chars().collect(), vowels.chars().collect());
        let words = (0..60_000)
            .map(|rank| {
                let syllables = 1 + rng.usize(0..2) + usize::from(rank > 200) + usize::from(rank > 5_000);
                (0..syllables).flat_map(|_| [*rng.choice(&consonants).unwrap_or(&'t'), *rng.choice(&vowels).unwrap_or(&'a')]).collect()
            })
            .collect();
        Self { words }
    }

    fn word(&self, rng: &mut fastrand::Rng) -> &str {
        let rank = (self.words.len() as f64).powf(rng.f64()) - 1.0;
        &self.words[(rank as usize).min(self.words.len() - 1)]
    }

    fn text(&self, bytes: usize, rng: &mut fastrand::Rng) -> String {
        let mut text = String::with_capacity(bytes + 20);
        let mut sentence = 0;
        while text.len() < bytes {
            text.push_str(self.word(rng));
            sentence += 1;
            if sentence % 97 == 0 {
                text.push_str(".\n\n");
            } else if sentence % 17 == 0 {
                text.push_str(". ");
            } else {
                text.push(' ');
            }
        }
        text
    }
}

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let dir = args.next().unwrap_or_else(|| "target/store-scale".to_owned());
    let count: u64 = args.next().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let dir = Path::new(&dir);
    let now: Timestamp = "2026-03-01T00:00:00Z".parse()?;
    let have = fill(dir, count, now)?;
    read(dir, have, now)
}

/// How long this thread has worked: what a busy machine does not change.
fn on_cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(stat.split(' ').next().and_then(|ns| ns.parse().ok()).unwrap_or(0))
}

fn fill(dir: &Path, count: u64, start: Timestamp) -> anyhow::Result<u64> {
    let mut rng = fastrand::Rng::with_seed(7);
    let languages = [Language::new("bcdfghjklmnprstvw", "aeiou", &mut rng), Language::new("бвгджзклмнпрстфхцчш", "аеиоуыя", &mut rng)];
    let mut writer = Writer::open(dir, Options { reserve: 0, ..Options::default() })?;
    let feeds: Vec<DeclaredFeed> = (0..FEEDS)
        .map(|n| DeclaredFeed {
            url: format!("https://outlet{n}.example/feed"),
            publisher: Some(format!("Outlet {n}")),
            tags: vec![if n % 5 == 0 { "world" } else { "local" }.to_owned()],
            enabled: true,
            full_text: true,
            kind: "feed".to_owned(),
            ..DeclaredFeed::default()
        })
        .collect();
    writer.sync_feeds(&feeds, start)?;
    let mut n = writer.meta("scale")?.and_then(|n| n.parse().ok()).unwrap_or(0u64);
    let mut bodies: u64 = writer.meta("bodies")?.and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut slowest = Duration::ZERO;
    let mut roots = VecDeque::new();
    let (mut mark, mut busy, mut cpu) = (n, Duration::ZERO, Duration::ZERO);
    while n < count {
        let feed_no = rng.u64(0..FEEDS);
        let feed = Id::feed(&format!("https://outlet{feed_no}.example/feed"));
        let at = start + SignedDuration::from_secs(n.cast_signed() * 5);
        let language = &languages[usize::from(rng.u8(0..3) == 0)];
        let mut new = Vec::new();
        let mut commits = Vec::new();
        for i in n..n + BATCH {
            let url = format!("https://outlet{feed_no}.example/2026/03/some-words-of-a-headline-{i}");
            let title: String = (0..9).map(|_| language.word(&mut rng)).collect::<Vec<_>>().join(" ");
            let text = language.text(1_500 + rng.usize(0..3_000), &mut rng);
            bodies += text.len() as u64;
            let entry = Id::entry(feed, &url);
            // Every fourth stands for itself. Of the others some join one of these among the last hundred, so that of all two
            // in ten join a cluster, and one in ten joins a story only.
            let id = Id::article(&url);
            let friend = if roots.is_empty() { id } else { roots[rng.usize(..roots.len())] };
            let stands = i % 4 == 0;
            let fate = if stands { u8::MAX } else { rng.u8(0..15) };
            let cluster = Id::cluster(if fate < 4 { friend } else { id });
            let story = Id::story(Id::cluster(if fate < 6 { friend } else { id }));
            if stands {
                roots.push_back(id);
                if roots.len() > 25 {
                    roots.pop_front();
                }
            }
            let keys = EntryKeys { guid: Some(url.clone()), url: Some(url.clone()), title: Some(title.clone()) };
            let parsed =
                ParsedEntry { url: Some(url.clone()), title: Some(title.clone()), published_at: Some(at), ..ParsedEntry::default() };
            new.push(NewEntry { id: entry, keys, content_hash: rng.u64(..), entry: parsed });
            commits.push(ArticleCommit {
                entry,
                article: Article {
                    id,
                    canonical_url: url,
                    publisher: format!("Outlet {feed_no}"),
                    title,
                    lang: Some(if std::ptr::eq(language, &languages[0]) { "en" } else { "ru" }.to_owned()),
                    published_at: Some(at),
                    seen_at: at,
                    words: 500,
                    quality: Quality::Article,
                    text,
                    ..Article::default()
                },
                fingerprint: rng.u64(..),
                fingerprint_version: 1,
                index_row: (0..128).map(|_| rng.u8(..)).collect(),
                story_row: (0..96).map(|_| rng.u8(..)).collect(),
                cluster,
                story,
                because: serde_json::json!({"rule": "alone", "thresholds": {"containment": 0.75, "distance": 3}, "version": 1}),
                at,
                ..ArticleCommit::default()
            });
        }
        let poll = PollCommit {
            feed,
            at,
            outcome: "updated".to_owned(),
            outcome_text: "50 new".to_owned(),
            outcome_data: serde_json::Value::Null,
            success: true,
            full: true,
            status: Some(200),
            elapsed_ms: 1,
            bytes: 1,
            validated_url: None,
            validators: None,
            next_poll_at: Some(at + SignedDuration::from_hours(1)),
            identity: None,
            rhythm: None,
            title: None,
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
        };
        let (began, worked) = (Instant::now(), on_cpu());
        writer.commit_poll(&poll)?;
        writer.commit_articles(&commits)?;
        n += BATCH;
        if n % 10_000 == 0 {
            writer.set_meta("scale", &n.to_string())?;
            writer.set_meta("bodies", &bodies.to_string())?;
            writer.tidy()?;
        }
        let took = began.elapsed();
        busy += took;
        cpu += on_cpu() - worked;
        slowest = slowest.max(took);
        if n % 10_000 == 0 && (n % 50_000 == 0 || n >= count || n == 10_000) {
            let of = (n - mark) as f64;
            println!(
                "{n} articles: {:.0} a second, {:.0} µs of CPU each, slowest batch {slowest:?}",
                of / busy.as_secs_f64(),
                cpu.as_secs_f64() * 1e6 / of
            );
            (mark, busy, cpu, slowest) = (n, Duration::ZERO, Duration::ZERO, Duration::ZERO);
        }
    }
    println!("write-ahead log {} MB", writer.wal()?.0 >> 20);
    // As the daemon does in its next lull.
    while writer.tidy()? {}
    writer.close()?;
    let size = dir.join("newsfold.db").metadata()?.len();
    println!("{} MB for {} MB of bodies: {:.3}", size >> 20, bodies >> 20, size as f64 / bodies as f64);
    Ok(n)
}

/// Medians of 21 runs: how long, and how long at work in this thread. Then the rows.
fn median(mut run: impl FnMut() -> anyhow::Result<usize>) -> anyhow::Result<(Duration, Duration, usize)> {
    let (mut times, mut works) = (Vec::new(), Vec::new());
    let mut rows = 0;
    for _ in 0..21 {
        let (start, worked) = (Instant::now(), on_cpu());
        rows = run()?;
        times.push(start.elapsed());
        works.push(on_cpu() - worked);
    }
    times.sort();
    works.sort();
    Ok((times[times.len() / 2], works[works.len() / 2], rows))
}

/// The commands as a person runs them, each a whole process.
fn commands(dir: &Path, story: Id, article: Option<Id>, queries: [&str; 2]) -> anyhow::Result<()> {
    let program = std::env::current_exe()?.parent().and_then(Path::parent).unwrap_or(dir).join("newsfold");
    if !program.exists() {
        println!("{} is not there: the commands are not measured", program.display());
        return Ok(());
    }
    let (story, article) = (story.to_string(), article.unwrap_or_default().to_string());
    let commands: [&[&str]; 10] = [
        &["stories", "--since", "all"],
        &["stories", "--since", "all", "--publisher", "Outlet 7"],
        &["stories", "--since", "all", "--tag", "world"],
        &["stories", "--since", "all", "--lang", "ru"],
        &["story", &story],
        &["article", &article],
        &["search", queries[0]],
        &["search", queries[1]],
        &["search", queries[0], "--sort", "relevance"],
        &["search", queries[1], "--sort", "relevance"],
    ];
    for args in commands {
        let before = children_cpu();
        let mut runs = 0;
        let (wall, ..) = median(|| {
            runs += 1;
            let done = std::process::Command::new(&program).arg("--state-dir").arg(dir).args(args).output()?;
            anyhow::ensure!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
            Ok(0)
        })?;
        println!("newsfold {:<56} {wall:>10.1?}, {:?} of CPU", args.join(" "), (children_cpu() - before) / runs);
    }
    Ok(())
}

/// How long processes that have ended worked, to a hundredth of a second.
fn children_cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    Duration::from_millis(fields.skip(13).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10)
}

fn read(dir: &Path, count: u64, start: Timestamp) -> anyhow::Result<()> {
    let end = start + SignedDuration::from_secs(count.cast_signed() * 5);
    let show = |what: &str, (time, work, rows): (Duration, Duration, usize)| {
        println!("{what:<44} {time:>10.1?}, at work {work:>8.1?}, {rows} rows")
    };
    let filter = |since: Option<i64>, publishers: Option<u32>| StoryFilter {
        since: since.map(|h| end - SignedDuration::from_hours(h)),
        min_publishers: publishers,
        limit: Some(20),
        ..StoryFilter::default()
    };
    for (what, filter) in [
        ("stories, last day", filter(Some(24), None)),
        ("stories, last 30 days", filter(Some(720), None)),
        ("stories, all", filter(None, None)),
        ("stories, all, 2 publishers", filter(None, Some(2))),
        ("stories, a publisher, all", StoryFilter { publisher: vec!["Outlet 7".to_owned()], ..filter(None, None) }),
        ("stories, a language, last day", StoryFilter { lang: vec!["ru".to_owned()], ..filter(Some(24), None) }),
        ("stories, a tag, last day", StoryFilter { tag: vec!["world".to_owned()], ..filter(Some(24), None) }),
    ] {
        show(what, median(|| Ok(Reader::open(dir)?.stories(&filter)?.len()))?);
    }
    let reader = Reader::open(dir)?;
    let story = reader.stories(&filter(None, None))?.remove(0).id;
    // The commonest words there are.
    let mut rng = fastrand::Rng::with_seed(7);
    let latin = Language::new("bcdfghjklmnprstvw", "aeiou", &mut rng);
    let hit = reader.search(&latin.words[0], 1)?.pop().map(|h| h.id);
    show("story", median(|| Ok(Reader::open(dir)?.story(story)?.map_or(0, |s| s.clusters.len())))?);
    show("resolve a prefix", median(|| Ok(Reader::open(dir)?.resolve(&story.to_string()[..8])?.len()))?);
    if let Some(article) = hit {
        show("article", median(|| Ok(Reader::open(dir)?.article(article)?.map_or(0, |a| a.text.len())))?);
    }
    let two = format!("{} {}", latin.words[0], latin.words[1]);
    let rare = format!("{} {}", latin.words[20_000], latin.words[1]);
    for (what, query, order) in [
        ("search, two commonest words, newest", &two, SearchOrder::Newest),
        ("search, two commonest words, relevance", &two, SearchOrder::Relevance),
        ("search, a rare and a common word, newest", &rare, SearchOrder::Newest),
        ("search, a rare and a common word, relevance", &rare, SearchOrder::Relevance),
    ] {
        show(what, median(|| Ok(Reader::open(dir)?.search_by(query, 20, order)?.len()))?);
    }
    commands(dir, story, hit, [&two, &rare])?;
    show("counts", median(|| Ok(Reader::open(dir)?.counts(end)?.articles as usize))?);
    let writer = Writer::open(dir, Options { reserve: 0, ..Options::default() })?;
    let (begin, worked) = (Instant::now(), on_cpu());
    let mut rows = 0;
    writer.index_rows(start, &mut |_| rows += 1)?;
    show("index rows at start", (begin.elapsed(), on_cpu() - worked, rows));
    writer.close()?;
    Ok(())
}

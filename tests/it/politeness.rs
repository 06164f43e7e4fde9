//! A week of 50 feeds on a fake clock, against a server that keeps a log: the thirteen things that site owners measure.

use crate::server::{Answer, Seen, Server};
use crate::texts::{Item, own_report, page, rss};
use crate::world;
use jiff::{SignedDuration, Timestamp};
use newsfold::clock::Clock;
use newsfold::daemon::Engine;
use newsfold::daemon::pass::{self, Selection};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const FEEDS: usize = 50;
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// Between two bells of the simulated daemon, in seconds.
const STEP: i64 = 300;

/// How a site behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Habit {
    /// An ETag with quotes, commas and blanks in it; changes every three hours.
    Busy,
    /// Last-Modified only; changes once a day.
    Daily,
    /// `max-age` of two hours.
    Cached,
    /// No validators at all.
    Bare,
    /// `every = "30m"` in the configuration.
    Ordered,
    /// 410 from the third day on.
    Gone,
    /// 404 from the second day on.
    Missing,
    /// 429 or 503 now and then, with Retry-After in both forms.
    Strained,
    /// Sets cookies with every answer, pages too.
    Cookies,
    /// Never changes, and asks by `ttl` for six hours.
    Dead,
}

const HABITS: [Habit; 10] = [
    Habit::Busy,
    Habit::Daily,
    Habit::Cached,
    Habit::Bare,
    Habit::Ordered,
    Habit::Gone,
    Habit::Missing,
    Habit::Strained,
    Habit::Cookies,
    Habit::Dead,
];

fn habit(n: usize) -> Habit {
    HABITS[n % HABITS.len()]
}

fn host(n: usize) -> String {
    format!("127.0.8.{}", n + 1)
}

fn begin() -> Timestamp {
    "2026-11-16T00:00:00Z".parse().unwrap()
}

/// A request and what was answered.
#[derive(Clone, Debug)]
struct Logged {
    /// Seconds of the fake clock since the beginning.
    at: i64,
    feed: usize,
    seen: Seen,
    status: u16,
    etag: Option<String>,
    modified: Option<String>,
    /// Seconds.
    retry_after: Option<i64>,
}

#[derive(Default)]
struct Sites {
    log: Mutex<Vec<Logged>>,
}

/// Which document a feed serves `at`: changes of the site so far.
fn edition(n: usize, at: i64) -> i64 {
    match habit(n) {
        Habit::Busy | Habit::Cached | Habit::Ordered | Habit::Strained => at / (3 * HOUR),
        Habit::Daily | Habit::Cookies | Habit::Bare | Habit::Gone | Habit::Missing => at / DAY,
        Habit::Dead => 0,
    }
}

fn http_date(at: i64) -> String {
    let at = begin().saturating_add(SignedDuration::from_secs(at)).unwrap();
    at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn document(server_url: &dyn Fn(&str) -> String, n: usize, edition: i64) -> String {
    let items: Vec<Item> = (edition - 4..=edition)
        .filter(|e| *e >= 0)
        .rev()
        .map(|e| Item {
            link: server_url(&format!("/a/{e}")),
            title: format!("Site {n} tells its story number {e}"),
            date: http_date(e * HOUR),
        })
        .collect();
    let body = rss(&format!("Site {n}"), &items);
    match habit(n) {
        Habit::Dead => body.replacen("<description>", "<ttl>360</ttl><description>", 1),
        _ => body,
    }
}

/// The answer to a request for a feed.
fn answer(logged: &mut Logged, url: &dyn Fn(&str) -> String, tried: usize) -> Answer {
    let (n, at) = (logged.feed, logged.at);
    let of = |logged: &mut Logged, status| {
        logged.status = status;
        Answer::status(status)
    };
    match habit(n) {
        Habit::Gone if at >= 2 * DAY => return of(logged, 410),
        Habit::Missing if at >= DAY => return of(logged, 404),
        Habit::Strained if tried % 5 == 3 => {
            let even = tried.is_multiple_of(2);
            (logged.status, logged.retry_after) = if even { (503, Some(3 * HOUR)) } else { (429, Some(2 * HOUR)) };
            let header = if even { http_date(at + 3 * HOUR) } else { (2 * HOUR).to_string() };
            return Answer::new(logged.status, &[("retry-after", &header), ("date", &http_date(at))], "");
        }
        _ => {}
    }
    let edition = edition(n, at);
    if !matches!(habit(n), Habit::Bare | Habit::Daily) {
        logged.etag = Some(format!("W/\"feed {n}, \\edition;{edition}\""));
    }
    if matches!(habit(n), Habit::Daily | Habit::Cookies) {
        logged.modified = Some(http_date(edition * DAY));
    }
    let mut headers = vec![("content-type", "application/rss+xml; charset=utf-8")];
    headers.extend(logged.etag.as_deref().map(|etag| ("etag", etag)));
    headers.extend(logged.modified.as_deref().map(|at| ("last-modified", at)));
    if habit(n) == Habit::Cached {
        headers.push(("cache-control", "public, max-age=7200"));
    }
    if habit(n) == Habit::Cookies {
        headers.push(("set-cookie", "visitor=17; Path=/; Max-Age=999999"));
    }
    let same = match logged.etag.as_deref() {
        Some(etag) => logged.seen.header("if-none-match") == Some(etag),
        None => logged.modified.is_some() && logged.seen.header("if-modified-since") == logged.modified.as_deref(),
    };
    logged.status = if same { 304 } else { 200 };
    let body = if same { String::new() } else { document(url, n, edition) };
    Answer::new(logged.status, &headers, body)
}

fn serve(server: &Server, clock: &Clock, sites: &Arc<Sites>) {
    let port = server.addr.port();
    for n in 0..FEEDS {
        let (sites, clock) = (Arc::clone(sites), clock.clone());
        server.script(&format!("{} /*", host(n)), move |seen| {
            let url = |path: &str| format!("http://{}:{port}{path}", host(n));
            let at = clock.now().duration_since(begin()).as_secs();
            let mut logged = Logged { at, feed: n, seen: seen.clone(), status: 200, etag: None, modified: None, retry_after: None };
            let mut log = sites.log.lock().unwrap();
            let tried = log.iter().filter(|l| l.feed == n && l.seen.target == seen.target).count();
            let answer = match seen.target.as_str() {
                "/robots.txt" => Answer::ok("text/plain", "User-agent: *\nDisallow:\n"),
                target if target.starts_with("/a/") => {
                    let html = page(&url(target), "Site", &format!("Site {n} tells {target}"), &own_report(n % 5));
                    Answer::new(200, &[("content-type", "text/html; charset=utf-8"), ("set-cookie", "page=1; Path=/")], html)
                }
                _ => answer(&mut logged, &url, tried),
            };
            log.push(logged);
            answer
        });
    }
}

fn configure(dir: &Path, server: &Server) -> std::path::PathBuf {
    let mut text = format!(
        "state_dir = {:?}\n[fetch]\nallow_networks = [\"127.0.0.0/8\"]\nmin_gap = \"0s\"\ncontact = \"https://fold.example/about\"\n",
        dir.join("state")
    );
    for n in 0..FEEDS {
        text += &format!("[[feed]]\nurl = {:?}\n", server.url_at(&host(n), "/feed.xml"));
        if habit(n) == Habit::Ordered {
            text += "every = \"30m\"\n";
        }
    }
    let file = dir.join("newsfold.toml");
    std::fs::write(&file, text).unwrap();
    file
}

/// A pass at the clock's time. Where it waits, time passes.
async fn bell(engine: &Arc<Engine>, clock: &Clock) {
    let passing = async {
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            clock.set(clock.now() + SignedDuration::from_secs(1));
        }
    };
    tokio::select! {
        done = pass::run(Arc::clone(engine), Selection::Due) => drop(done.unwrap()),
        () = passing => {}
    }
}

/// The log of a week, with two restarts in it; the requests that came right after these.
fn week() -> (Vec<Logged>, usize) {
    let server = Server::on_address("0.0.0.0:0", false);
    let (clock, sites, dir) = (Clock::fixed(begin()), Arc::new(Sites::default()), tempfile::tempdir().unwrap());
    serve(&server, &clock, &sites);
    let file = configure(dir.path(), &server);
    let count = || sites.log.lock().unwrap().len();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let after_restarts = runtime.block_on(async {
        let mut engine = world::engine(&file, &clock).await;
        let mut after_restarts = 0;
        for step in 0..7 * DAY / STEP {
            clock.set(begin() + SignedDuration::from_secs(step * STEP));
            bell(&engine, &clock).await;
            if step == 700 || step == 1_400 {
                engine.writer.close().await;
                engine = world::engine(&file, &clock).await;
                let before = count();
                bell(&engine, &clock).await;
                after_restarts += count() - before;
            }
        }
        engine.writer.close().await;
        after_restarts
    });
    let log = sites.log.lock().unwrap().clone();
    (log, after_restarts)
}

/// What was found against each criterion.
#[derive(Default)]
struct Score(BTreeMap<u8, (&'static str, Vec<String>)>);

impl Score {
    fn check(&mut self, number: u8, name: &'static str, faults: impl IntoIterator<Item = String>) {
        self.0.entry(number).or_insert((name, Vec::new())).1.extend(faults);
    }
}

fn polls(log: &[Logged], n: usize) -> Vec<&Logged> {
    log.iter().filter(|l| l.feed == n && l.seen.target == "/feed.xml").collect()
}

fn gaps(polls: &[&Logged]) -> Vec<i64> {
    polls.windows(2).map(|pair| pair[1].at - pair[0].at).collect()
}

/// 1, 2, 5, 6: what one answer says about the next request.
fn answers_are_heeded(score: &mut Score, log: &[Logged]) {
    for n in 0..FEEDS {
        let polls = polls(log, n);
        let gives = !matches!(habit(n), Habit::Bare);
        let bare: Vec<i64> = polls.iter().filter(|l| !l.seen.conditional()).map(|l| l.at).collect();
        score.check(1, "one unconditional request", (gives && bare.len() > 1).then(|| format!("feed {n}: at {bare:?}")));
        let (mut etag, mut modified) = (None, None);
        for poll in &polls {
            let sent = (poll.seen.header("if-none-match"), poll.seen.header("if-modified-since"));
            if sent != (etag, modified) {
                score.check(2, "validators byte for byte", [format!("feed {n}: {sent:?} for {etag:?}, {modified:?}")]);
            }
            if matches!(poll.status, 200 | 304) {
                (etag, modified) = (poll.etag.as_deref(), poll.modified.as_deref());
            }
        }
        score.check(2, "validators byte for byte", None);
        let early = gaps(&polls).into_iter().filter(|gap| habit(n) == Habit::Cached && *gap < 2 * HOUR);
        score.check(5, "max-age", early.map(|gap| format!("feed {n} after {gap} s")));
        for told in polls.iter().filter_map(|l| Some((l.at, l.at + l.retry_after?))) {
            let early = log.iter().filter(|l| l.feed == n && l.at > told.0 && l.at < told.1);
            score.check(6, "Retry-After", early.map(|l| format!("feed {n}: {} at {} within {told:?}", l.seen.target, l.at)));
        }
    }
}

/// 3, 12: how often.
fn rhythm_is_kept(score: &mut Score, log: &[Logged]) {
    for n in 0..FEEDS {
        let polls = polls(log, n);
        let gaps = gaps(&polls);
        let week = i64::try_from(polls.len()).unwrap();
        let fault = match habit(n) {
            Habit::Bare => gaps.iter().any(|gap| *gap < DAY).then_some("sooner than a day without validators"),
            // The user's word, and not faster than that.
            Habit::Ordered => gaps.iter().any(|gap| *gap < HOUR / 2).then_some("sooner than ordered"),
            Habit::Dead => gaps.iter().any(|gap| *gap < 6 * HOUR).then_some("sooner than its ttl").or((week > 2 * 7 + 3).then_some("dead")),
            // Adaptive: never more than by the hour, less where less happens.
            Habit::Busy | Habit::Cached | Habit::Strained => (week > 7 * 24).then_some("more than hourly"),
            Habit::Daily | Habit::Cookies => (week > 7 * 10).then_some("too often for one change a day"),
            Habit::Gone | Habit::Missing => None,
        };
        score.check(3, "not faster than the feed changes", fault.map(|words| format!("feed {n}: {words}, {week} polls")));
        let gone = polls.iter().position(|l| l.status == 410);
        let again = gone.is_some_and(|at| polls.len() > at + 1);
        score.check(12, "gone means stop, missing means slower", again.then(|| format!("feed {n}: asked after 410")));
        let missing: Vec<i64> = polls.iter().filter(|l| l.status == 404).map(|l| l.at).collect();
        let waits: Vec<i64> = missing.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let slower = waits.first().is_none_or(|w| *w >= HOUR) && waits.windows(2).all(|w| w[1] + HOUR >= w[0].min(DAY));
        let slow = waits.last().is_none_or(|w| *w >= DAY - STEP);
        score.check(12, "gone means stop, missing means slower", (!slower || !slow).then(|| format!("feed {n}: {waits:?}")));
    }
}

/// 7 to 11, 13: what every request looks like.
fn requests_are_plain(score: &mut Score, log: &[Logged]) {
    let mut pages: HashMap<(usize, &str), u32> = HashMap::new();
    for l in log {
        let (seen, header) = (&l.seen, |name| l.seen.header(name).map(str::to_owned));
        score.check(7, "no cookies", header("cookie"));
        score.check(8, "no Referer", header("referer"));
        score.check(9, "no added query", seen.target.contains('?').then(|| seen.target.clone()));
        let agent = header("user-agent").unwrap_or_default();
        let named = agent.starts_with("newsfold/") && agent.ends_with("(+https://fold.example/about)");
        score.check(10, "a named User-Agent with a contact", (!named).then_some(agent));
        let accept = header("accept").unwrap_or_default();
        let wanted = match seen.target.as_str() {
            "/feed.xml" => accept.contains("application/rss+xml") && accept.contains("application/atom+xml"),
            "/robots.txt" => accept.contains("text/plain"),
            _ => accept.contains("text/html"),
        };
        let encodings = header("accept-encoding").unwrap_or_default();
        let understood: HashSet<&str> = encodings.split(',').map(str::trim).collect();
        let honest = wanted && understood == HashSet::from(["gzip", "br"]);
        score.check(11, "Accept and Accept-Encoding", (!honest).then(|| format!("{}: {accept}; {encodings}", seen.target)));
        if seen.target.starts_with("/a/") && !seen.conditional() {
            *pages.entry((l.feed, &seen.target)).or_default() += 1;
        }
    }
    let twice = pages.iter().filter(|(_, count)| **count > 1);
    score.check(13, "known articles only by conditional re-check", twice.map(|(page, count)| format!("{page:?}: {count} times")));
}

#[test]
fn a_week_of_fifty_feeds_scores_thirteen_of_thirteen() {
    let (log, after_restarts) = week();
    let mut score = Score::default();
    answers_are_heeded(&mut score, &log);
    rhythm_is_kept(&mut score, &log);
    requests_are_plain(&mut score, &log);
    score.check(4, "no poll at restart that is not due", (after_restarts > 0).then(|| format!("{after_restarts} requests")));
    println!("habit      polls a feed and day  conditional  changes seen");
    for (at, habit) in HABITS.iter().enumerate() {
        let polls = polls(&log, at);
        let of = |status| polls.iter().filter(|l| l.status == status).count();
        let conditional = polls.iter().filter(|l| l.seen.conditional()).count();
        println!("{habit:<10?} {:>20.1}  {conditional:>11}  {:>12}", polls.len() as f64 / 7.0, of(200));
    }
    for (number, (name, faults)) in &score.0 {
        println!("{number:>2} {name}: {}", if faults.is_empty() { "kept" } else { "BROKEN" });
        faults.iter().take(5).for_each(|fault| println!("     {fault}"));
    }
    // What is measured has to have happened.
    let status = |wanted| log.iter().filter(|l| l.status == wanted).count();
    let of_pages = log.iter().filter(|l| l.seen.target.starts_with("/a/")).count();
    assert!(status(304) > 500 && status(410) == 5 && status(404) >= 20 && status(429) + status(503) >= 10 && of_pages > 500);
    for n in 0..FEEDS {
        let seen = polls(&log, n).iter().filter(|l| l.status == 200).count();
        let least = if matches!(habit(n), Habit::Dead | Habit::Missing) { 1 } else { 2 };
        assert!(seen >= least, "feed {n} ({:?}) was read {seen} times", habit(n));
    }
    let kept = score.0.values().filter(|(_, faults)| faults.is_empty()).count();
    assert_eq!((score.0.len(), kept), (13, 13));
}

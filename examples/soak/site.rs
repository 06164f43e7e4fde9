//! The outlets: what they publish when, and what is wrong with them when.

use jiff::{SignedDuration, Timestamp};
use newsfold::clock::Clock;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

/// Entries that a feed shows.
const SHOWN: usize = 60;
/// Words that texts are made of.
const WORDS: u64 = 6_000;
/// How long an outlet keeps a connection on which nothing is asked, by the simulated clock: about what servers do. Polls lie
/// further apart, so no connection lives through days of polls, and collects what a client keeps of each request.
const IDLE: Duration = Duration::from_secs(60);

/// One entry: when it is published, and which text it carries.
struct Entry {
    at: Timestamp,
    text: u64,
}

/// What every outlet publishes in the month.
pub struct Outlets {
    entries: Vec<Vec<Entry>>,
    start: Timestamp,
    end: Timestamp,
}

impl Outlets {
    /// `count` outlets with one to four entries a day each; a third of them carry a text of the hour's agency.
    pub fn new(count: usize, days: u32, seed: u64, start: Timestamp) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let span = f64::from(days) * 86_400.0;
        let outlet = |n: usize| {
            let a_day = 1.0 + (n % 4) as f64;
            let mut entries: Vec<Entry> = Vec::new();
            let mut t = -2.0 * 86_400.0;
            while t < span {
                t += -random.f64().max(1e-9).ln() * 86_400.0 / a_day;
                let own = random.u8(..) >= 85;
                let text = if own { random.u64(..) | 1 } else { ((t / 3_600.0).max(0.0) as u64) << 1 };
                entries.push(Entry { at: start + SignedDuration::from_secs(t as i64), text });
            }
            entries.retain(|entry| entry.at.duration_since(start).as_secs_f64() < span);
            entries
        };
        Self { entries: (0..count).map(outlet).collect(), start, end: start + SignedDuration::from_secs(span as i64) }
    }

    /// Entries of all outlets together.
    pub fn entries(&self) -> usize {
        self.entries.iter().map(Vec::len).sum()
    }

    /// Outlet and number of every entry of the last so many days, but those of the outlet that is gone.
    pub fn recent(&self, days: f64) -> Vec<(usize, usize)> {
        let from = self.end - SignedDuration::from_secs((days * 86_400.0) as i64);
        let last = self.entries.len() - 1;
        let of = |(n, entries): (usize, &Vec<Entry>)| -> Vec<(usize, usize)> {
            entries.iter().enumerate().filter(|(_, entry)| entry.at >= from).map(|(at, _)| (n, at)).collect()
        };
        self.entries.iter().enumerate().filter(|(n, _)| *n != last).flat_map(of).collect()
    }
}

/// What is wrong with an answer.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    Busy,
    AskedToWait,
    Reset,
    Drip,
    Silence,
    NotFound,
    NoFeed,
    CutOff,
    Blocked,
    Circle,
}

/// The outlets on loopback, an address each, until this is dropped.
pub struct Site {
    /// Address of each outlet, without a slash at the end.
    pub bases: Vec<String>,
    _runtime: Runtime,
}

impl Site {
    pub fn open(outlets: Arc<Outlets>, clock: Clock, rate: u32) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let mut bases = Vec::new();
        for n in 0..outlets.entries.len() {
            let listener = runtime.block_on(TcpListener::bind((format!("127.51.{}.{}", n / 250, n % 250 + 1), 0)))?;
            let base = format!("http://{}", listener.local_addr()?);
            let outlet = Arc::new(Outlet { n, base: base.clone(), outlets: Arc::clone(&outlets), clock: clock.clone(), idle: IDLE / rate });
            runtime.spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let outlet = Arc::clone(&outlet);
                    tokio::spawn(async move { drop(outlet.serve(stream).await) });
                }
            });
            bases.push(base);
        }
        Ok(Self { bases, _runtime: runtime })
    }

    /// The address of an entry's page.
    pub fn page(&self, outlet: usize, entry: usize) -> String {
        format!("{}/a/{entry}", self.bases[outlet])
    }
}

struct Outlet {
    n: usize,
    base: String,
    outlets: Arc<Outlets>,
    clock: Clock,
    idle: Duration,
}

fn chance(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

impl Outlet {
    /// Every fifth outlet's feed, and every eleventh's pages, are at fault for a third of the time, eight hours at a stretch.
    fn fault(&self, now: Timestamp, page: bool) -> Fault {
        let every = if page { 11 } else { 5 };
        if now >= self.outlets.end || !self.n.is_multiple_of(every) || !chance((self.n, now.as_second() / 28_800, page)).is_multiple_of(3) {
            return Fault::None;
        }
        let kinds = [
            Fault::Busy,
            Fault::AskedToWait,
            Fault::Reset,
            Fault::Drip,
            Fault::Silence,
            Fault::NotFound,
            Fault::NoFeed,
            Fault::CutOff,
            Fault::Blocked,
            Fault::Circle,
        ];
        // Pages have the faults that pass.
        kinds[self.n / every % if page { 5 } else { kinds.len() }]
    }

    async fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        loop {
            let (mut line, mut tag) = (String::new(), String::new());
            match tokio::time::timeout(self.idle, stream.read_line(&mut line)).await {
                Err(_) | Ok(Ok(0)) => return Ok(()),
                Ok(read) => drop(read?),
            }
            loop {
                let mut header = String::new();
                if stream.read_line(&mut header).await? == 0 || header == "\r\n" {
                    break;
                }
                if let Some(value) = header.to_ascii_lowercase().strip_prefix("if-none-match:") {
                    tag = value.trim().to_owned();
                }
            }
            let path = line.split(' ').nth(1).unwrap_or("/").to_owned();
            if !self.answer(&path, &tag, &mut stream).await? {
                return Ok(());
            }
        }
    }

    /// Answers one request; false where the connection is to end.
    async fn answer(&self, path: &str, tag: &str, to: &mut BufReader<TcpStream>) -> std::io::Result<bool> {
        let now = self.clock.now();
        if path == "/robots.txt" {
            return send(to, 404, "", b"").await;
        }
        let is_feed = path.starts_with("/feed");
        match self.fault(now, !is_feed) {
            Fault::None => {}
            Fault::Busy => return send(to, 503, "", b"").await,
            Fault::AskedToWait => return send(to, 429, "retry-after: 1800\r\n", b"").await,
            Fault::NotFound => return send(to, 404, "", b"").await,
            Fault::Blocked => return send(to, 403, "", b"go away").await,
            Fault::Circle => return send(to, 302, &format!("location: {}{path}\r\n", self.base), b"").await,
            Fault::NoFeed => return send(to, 200, "content-type: text/html\r\n", b"<html><body><p>Back soon</p></body></html>").await,
            Fault::CutOff => return send(to, 200, "content-type: application/rss+xml\r\n", b"<rss version='2.0'><cha").await,
            Fault::Reset => {
                to.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n<rss>").await?;
                return Ok(false);
            }
            Fault::Drip => {
                to.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n").await?;
                loop {
                    to.write_all(b" ").await?;
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
            }
            Fault::Silence => {
                tokio::time::sleep(Duration::from_secs(30)).await;
                return Ok(false);
            }
        }
        let passed = now.duration_since(self.outlets.start).as_secs() / 86_400;
        // One outlet is gone for good, one has moved.
        if is_feed && self.n + 1 == self.outlets.entries.len() && passed > 15 {
            return send(to, 410, "", b"").await;
        }
        if path == "/feed" && self.n + 2 == self.outlets.entries.len() && passed > 15 {
            return send(to, 301, &format!("location: {}/feed/new\r\n", self.base), b"").await;
        }
        match path.strip_prefix("/a/").and_then(|n| n.parse().ok()) {
            Some(n) => self.page(n, to).await,
            None => self.feed(now, tag, to).await,
        }
    }

    async fn feed(&self, now: Timestamp, tag: &str, to: &mut BufReader<TcpStream>) -> std::io::Result<bool> {
        let entries = &self.outlets.entries[self.n];
        let until = entries.partition_point(|entry| entry.at <= now);
        let etag = format!("etag: \"{until}\"\r\n");
        if tag == format!("\"{until}\"") {
            return send(to, 304, &etag, b"").await;
        }
        let mut page = format!("<?xml version='1.0'?><rss version='2.0'><channel><title>Outlet {}</title>", self.n);
        for (n, entry) in entries.iter().enumerate().take(until).skip(until.saturating_sub(SHOWN)) {
            let date = entry.at.strftime("%a, %d %b %Y %H:%M:%S GMT");
            let link = format!("{}/a/{n}", self.base);
            page += &format!(
                "<item><title>{}</title><link>{link}</link><guid>{link}</guid><pubDate>{date}</pubDate></item>",
                headline(entry.text)
            );
        }
        page += "</channel></rss>";
        send(to, 200, &format!("content-type: application/rss+xml\r\n{etag}"), page.as_bytes()).await
    }

    async fn page(&self, n: usize, to: &mut BufReader<TcpStream>) -> std::io::Result<bool> {
        let Some(entry) = self.outlets.entries[self.n].get(n) else { return send(to, 404, "", b"").await };
        let body: String = (0..9).map(|p| format!("<p>{}</p>\n", sentence(entry.text, p, 45))).collect();
        let page = format!(
            "<!DOCTYPE html><html><head><title>{0} | Outlet {1}</title></head><body><nav><a href=/>Home</a></nav><article><h1>{0}</h1>{body}</article>\
             <footer>All rights reserved by outlet {1}</footer></body></html>",
            headline(entry.text),
            self.n
        );
        send(to, 200, "content-type: text/html; charset=utf-8\r\n", page.as_bytes()).await
    }
}

fn headline(text: u64) -> String {
    sentence(text, 99, 7)
}

/// Words that nobody speaks, the few common ones often and the many rare ones seldom.
fn sentence(text: u64, part: u64, words: u64) -> String {
    let mut random = fastrand::Rng::with_seed(text.wrapping_mul(1_000).wrapping_add(part));
    let word = |random: &mut fastrand::Rng| {
        let mut rank = (WORDS as f64 * random.f64() * random.f64() * random.f64()) as u64 + 16;
        let mut word = String::new();
        while rank > 0 {
            word.push(['b', 'd', 'f', 'g', 'k', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v', 'z', 'h', 'w'][(rank % 16) as usize]);
            word.push(['a', 'e', 'i', 'o', 'u'][(rank % 5) as usize]);
            rank /= 16;
        }
        word
    };
    let words: Vec<String> = (0..words).map(|_| word(&mut random)).collect();
    format!("{}.", words.join(" "))
}

async fn send(to: &mut BufReader<TcpStream>, status: u16, headers: &str, body: &[u8]) -> std::io::Result<bool> {
    let head = format!("HTTP/1.1 {status} -\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
    let head = if status == 304 { format!("HTTP/1.1 304 -\r\n{headers}\r\n") } else { head };
    to.write_all(head.as_bytes()).await?;
    to.write_all(body).await?;
    Ok(true)
}

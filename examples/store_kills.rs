//! Kills a writer again and again and looks whether anything is lost, doubled or wrongly placed.
//!
//! `cargo run --release --example store_kills -- [random N | each-write | enospc]`
//! `random N`: N `kill -9` at random moments of a busy ingest. `each-write`: a kill at every write call of one cycle, and
//! `enospc`: "no space" at every seventh write call (both need `strace`).

use anyhow::{Context, bail, ensure};
use jiff::{SignedDuration, Timestamp};
use newsfold::model::{Id, ParsedEntry, Quality};
use newsfold::store::*;
use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const FEED: &str = "https://outlet.example/feed";
const ENTRIES: u64 = 12;

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["child", dir, cycles] => child(Path::new(dir), cycles.parse()?),
        ["random", count] => random(count.parse()?),
        ["each-write"] => each_write(),
        ["enospc"] => enospc(),
        [] => random(50),
        _ => bail!("random N, each-write or enospc"),
    }
}

/// The cluster that entry `n` belongs to: three in a row share one.
fn cluster(n: u64) -> Id {
    Id::derive("cluster", &[&(n / 3).to_string()])
}

fn url(n: u64) -> String {
    format!("https://outlet.example/{n}")
}

fn entry(n: u64) -> NewEntry {
    NewEntry {
        id: Id::entry(Id::feed(FEED), &url(n)),
        keys: EntryKeys { guid: None, url: Some(url(n)), title: None },
        content_hash: n,
        entry: ParsedEntry { url: Some(url(n)), title: Some(n.to_string()), ..ParsedEntry::default() },
    }
}

fn article(n: u64, entry: Id, at: Timestamp) -> ArticleCommit {
    ArticleCommit {
        entry,
        article: Article {
            id: Id::article(&url(n)),
            canonical_url: url(n),
            publisher: format!("Outlet {}", n % 7),
            title: format!("Report {n}"),
            seen_at: at,
            quality: Quality::Article,
            text: format!("Report number {n} of the harbour master. ").repeat(60),
            ..Article::default()
        },
        fingerprint: n,
        fingerprint_version: 1,
        index_row: vec![7; 200],
        cluster: cluster(n),
        story: Id::story(cluster(n)),
        // As after a real placement: the second of three finds the first one's cluster and one that must go.
        merged_clusters: vec![Id::derive("lone", &[&n.to_string()])],
        because: serde_json::json!({"rule": "test", "with": n}),
        at,
        ..ArticleCommit::default()
    }
}

/// Tries until the disk lets it; anything but "full" ends the program.
fn patiently<T>(writer: &mut Writer, mut act: impl FnMut(&mut Writer) -> Result<T, StoreError>) -> anyhow::Result<T> {
    for _ in 0..1_000 {
        match act(writer) {
            Err(e) if e.advice() == Advice::Retry => {
                writer.recover_space();
            }
            other => return Ok(other?),
        }
    }
    bail!("no space for too long")
}

/// Ingests without end (or `cycles` times), saying on stdout what is committed.
fn child(dir: &Path, cycles: u64) -> anyhow::Result<()> {
    let at: Timestamp = "2026-03-01T00:00:00Z".parse()?;
    let mut out = std::io::stdout().lock();
    let mut opened = Writer::open(dir, Options { reserve: 1 << 20, ..Options::default() });
    for _ in 0..100 {
        match &opened {
            Err(e) if e.advice() == Advice::Retry => opened = Writer::open(dir, Options { reserve: 1 << 20, ..Options::default() }),
            _ => break,
        }
    }
    let mut writer = opened?;
    let feed = DeclaredFeed { url: FEED.to_owned(), enabled: true, full_text: true, kind: "feed".to_owned(), ..DeclaredFeed::default() };
    patiently(&mut writer, |w| w.sync_feeds(std::slice::from_ref(&feed), at))?;
    for _ in 0..cycles {
        let first: u64 = writer.meta("next")?.and_then(|n| n.parse().ok()).unwrap_or(0);
        let new: Vec<NewEntry> = (first..first + ENTRIES).map(entry).collect();
        let poll = PollCommit { new, ..poll(at) };
        patiently(&mut writer, |w| w.commit_poll(&poll))?;
        for n in first..first + ENTRIES {
            writeln!(out, "E {n}")?;
        }
        loop {
            let pending = writer.pending(at + SignedDuration::from_hours(1), 5, 100, &HashSet::new())?;
            if pending.is_empty() {
                break;
            }
            let numbers: Vec<u64> = pending.iter().filter_map(|p| p.entry.title.as_deref()?.parse().ok()).collect();
            let commits: Vec<ArticleCommit> = numbers.iter().zip(&pending).map(|(&n, p)| article(n, p.id, at)).collect();
            patiently(&mut writer, |w| w.commit_articles(&commits))?;
            for n in numbers {
                writeln!(out, "A {n}")?;
            }
            out.flush()?;
        }
        patiently(&mut writer, |w| w.set_meta("next", &(first + ENTRIES).to_string()))?;
    }
    writer.close()?;
    Ok(())
}

fn poll(at: Timestamp) -> PollCommit {
    PollCommit {
        feed: Id::feed(FEED),
        at,
        outcome: "updated".to_owned(),
        outcome_text: "new".to_owned(),
        outcome_data: serde_json::Value::Null,
        success: true,
        full: true,
        status: Some(200),
        elapsed_ms: 1,
        bytes: 1,
        validated_url: None,
        validators: None,
        next_poll_at: Some(at),
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
        new: Vec::new(),
        changed: Vec::new(),
        not_before: HashMap::new(),
        notes: Vec::new(),
    }
}

/// What was said to be committed, so far.
#[derive(Default)]
struct Said {
    entries: HashSet<u64>,
    articles: HashSet<u64>,
}

impl Said {
    fn hear(&mut self, line: &str) {
        if let Some((kind, n)) = line.split_once(' ')
            && let Ok(n) = n.parse()
        {
            if kind == "E" {
                self.entries.insert(n)
            } else {
                self.articles.insert(n)
            };
        }
    }

    /// Compares what was said with what is there.
    fn check(&self, dir: &Path) -> anyhow::Result<usize> {
        for finding in doctor(dir, false) {
            ensure!(finding.health != Health::Bad, "doctor: {finding:?}");
        }
        let reader = Reader::open(dir)?;
        let mut seen: HashMap<String, Option<Id>> = HashMap::new();
        let mut double = 0;
        reader.export(&mut |row| {
            double += usize::from(seen.insert(row.entry_url.unwrap_or_default(), row.cluster).is_some());
            Ok(())
        })?;
        ensure!(double == 0, "{double} entries twice");
        for n in &self.entries {
            ensure!(seen.contains_key(&url(*n)), "entry {n} lost");
        }
        for n in &self.articles {
            let at = seen.get(&url(*n)).copied().flatten();
            ensure!(at == Some(cluster(*n)), "article {n} lost or misplaced: {at:?}");
        }
        Ok(seen.len())
    }
}

fn run(mut command: Command, said: &mut Said, life: Option<Duration>) -> anyhow::Result<std::process::ExitStatus> {
    let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start the child")?;
    let out = child.stdout.take().context("no output")?;
    let ears = std::thread::spawn(move || {
        // A line that the kill cut in half was not said.
        let lines = BufReader::new(out).split(b'\n').map_while(Result::ok);
        lines.map(|l| String::from_utf8_lossy(&l).into_owned()).collect::<Vec<_>>()
    });
    if let Some(life) = life {
        std::thread::sleep(life);
        child.kill()?;
    }
    let status = child.wait()?;
    let mut lines = ears.join().map_err(|_| anyhow::anyhow!("reader thread"))?;
    if !status.success() {
        lines.pop();
    }
    lines.iter().for_each(|line| said.hear(line));
    Ok(status)
}

fn me(dir: &Path, cycles: u64) -> anyhow::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.env_remove("RUST_BACKTRACE").args(["child".as_ref(), dir.as_os_str(), cycles.to_string().as_ref()]);
    Ok(command)
}

fn strace(dir: &Path, inject: &str) -> anyhow::Result<Command> {
    let mut command = Command::new("strace");
    command.env_remove("RUST_BACKTRACE");
    command.args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=pwrite64", "-e", inject]);
    command.arg(std::env::current_exe()?).arg("child").arg(dir).arg("1");
    Ok(command)
}

fn random(count: u32) -> anyhow::Result<()> {
    let mut rng = fastrand::Rng::new();
    let (mut dir, mut said) = (tempfile::tempdir()?, Said::default());
    let (mut articles, mut in_work) = (0, 0);
    for kill in 0..count {
        // A fresh database now and then: creating one is a moment to be killed in, too.
        if kill % 100 == 0 {
            (dir, said) = (tempfile::tempdir()?, Said::default());
        }
        let before = said.articles.len();
        run(me(dir.path(), u64::MAX)?, &mut said, Some(Duration::from_micros(rng.u64(200..60_000))))?;
        articles += said.articles.len() - before;
        in_work += u32::from(said.articles.len() > before);
        if dir.path().join("newsfold.db").metadata().is_ok_and(|m| m.len() > 0) && !said.entries.is_empty() {
            said.check(dir.path()).with_context(|| format!("after kill {kill}"))?;
        }
        if kill % 500 == 499 {
            println!("{} kills, {articles} articles committed", kill + 1);
        }
    }
    println!("{count} kills ({in_work} after articles were committed), {articles} articles: none lost, none twice, none misplaced");
    Ok(())
}

fn each_write() -> anyhow::Result<()> {
    let mut when = 0u32;
    loop {
        when += 1;
        let dir = tempfile::tempdir()?;
        let mut said = Said::default();
        let status = run(strace(dir.path(), &format!("inject=pwrite64:signal=KILL:when={when}"))?, &mut said, None)?;
        // Resumed without a fault, the cycle comes to its end.
        ensure!(run(me(dir.path(), 1)?, &mut said, None)?.success(), "did not resume after a kill at write {when}");
        let entries = said.check(dir.path()).with_context(|| format!("after a kill at write {when}"))?;
        ensure!((entries as u64).is_multiple_of(ENTRIES), "{entries} entries after a kill at write {when}");
        if status.success() {
            println!("a kill at each of {} writes: none lost, none twice, none misplaced", when - 1);
            return Ok(());
        }
    }
}

fn enospc() -> anyhow::Result<()> {
    for first in 1..=40 {
        let dir = tempfile::tempdir()?;
        let mut said = Said::default();
        ensure!(run(me(dir.path(), 1)?, &mut said, None)?.success(), "cannot begin");
        // Every seventh write fails until some hundred have; then there is space again.
        let inject = format!("inject=pwrite64:error=ENOSPC:when={first}..{}+7", first + 700);
        let status = run(strace(dir.path(), &inject)?, &mut said, None)?;
        ensure!(status.success(), "did not recover by itself ({status}) from no space at write {first}");
        let entries = said.check(dir.path()).with_context(|| format!("no space from write {first}"))?;
        ensure!(entries as u64 == 2 * ENTRIES, "{entries} entries");
    }
    println!("no space at every 7th of 700 writes, from the 1st to the 40th on: recovered without a restart, nothing lost");
    Ok(())
}

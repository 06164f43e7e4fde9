//! Reads that stay open under full ingest: somebody else's is named and bounded by nothing but its own end; newsfold's own
//! (a backup, the doctor) give way before the log of writes has grown far.

use crate::work::{ENTRIES, Said, open, take_in};
use anyhow::{Context, ensure};
use newsfold::store::{Health, StoreError, backup, doctor};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What the log may grow to beside reads of newsfold, at a rate of articles that a daemon may reach.
const MOST: u64 = 64 << 20;
/// And where the store takes in as fast as it can, some 300 MB of log a second: a busy machine may be late to see it.
const MOST_AT_FULL_SPEED: u64 = 192 << 20;

/// The foreign reader: begins a read and keeps it.
pub fn foreign(dir: &Path) -> anyhow::Result<()> {
    let conn = rusqlite::Connection::open_with_flags(dir.join("newsfold.db"), rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let read = conn.unchecked_transaction()?;
    let _: i64 = read.query_row("SELECT COUNT(*) FROM v_articles", [], |r| r.get(0))?;
    println!("reading");
    // Until it is ended: its standard input closes.
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
    Ok(())
}

fn log(dir: &Path) -> u64 {
    dir.join("newsfold.db-wal").metadata().map_or(0, |m| m.len())
}

/// How an ingest went.
struct Ingest {
    cycles: u32,
    seconds: f64,
    /// Bytes of the longest log.
    log: u64,
    /// Seconds that each cycle took.
    took: Vec<f32>,
}

impl std::fmt::Display for Ingest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut took = self.took.clone();
        took.sort_by(f32::total_cmp);
        let ms = |share: f64| took.get((took.len() as f64 * share) as usize).copied().unwrap_or(0.0) * 1e3;
        write!(
            f,
            "{:.1} cycles a second, half of them within {:.1} ms, all but a hundredth within {:.1}, the slowest {:.0}, log {} MB",
            f64::from(self.cycles) / self.seconds,
            ms(0.5),
            ms(0.99),
            took.last().copied().unwrap_or(0.0) * 1e3,
            self.log >> 20
        )
    }
}

/// Takes in until `done`, as fast as it goes or a cycle each `pace`. Idle work is done once a second.
fn ingest(
    dir: &Path,
    writer: &mut newsfold::store::Writer,
    said: &mut Said,
    pace: Duration,
    done: &dyn Fn() -> bool,
) -> anyhow::Result<Ingest> {
    let (began, mut tidied) = (Instant::now(), Instant::now());
    let mut ingest = Ingest { cycles: 0, seconds: 0.0, log: 0, took: Vec::new() };
    while !done() {
        let start = Instant::now();
        take_in(writer, &mut |line| said.hear(line))?;
        if tidied.elapsed() > Duration::from_secs(1) {
            writer.tidy()?;
            tidied = Instant::now();
        }
        ingest.took.push(start.elapsed().as_secs_f32());
        ingest.cycles += 1;
        ingest.log = ingest.log.max(log(dir));
        std::thread::sleep((pace * ingest.cycles).saturating_sub(began.elapsed()));
    }
    ingest.seconds = began.elapsed().as_secs_f64();
    Ok(ingest)
}

/// Whose reads stay open.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Everybodys,
    /// Newsfold's alone: beside somebody else's the log grows by all that is written, which for ten minutes is more than many disks hold.
    Own,
    /// Somebody else's alone.
    Others,
}

/// What an undisturbed ingest is watched for, at most: to compare with.
const ALONE: u64 = 60;

/// Ingests undisturbed for a while and for `seconds` beside each kind of reader; at most `articles` a second, where told.
pub fn pinned(seconds: u64, articles: Option<f64>, whose: Whose) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let dir = dir.path();
    let mut writer = open(dir, false, newsfold::store::Options::default().log_pages)?;
    let mut said = Said::default();
    let pace = articles.map_or(Duration::ZERO, |a| Duration::from_secs_f64(ENTRIES as f64 / a));
    let for_a_time = |seconds| {
        let end = Instant::now() + Duration::from_secs(seconds);
        move || Instant::now() >= end
    };
    let alone = seconds.min(ALONE);
    println!("{alone} s alone: {}", ingest(dir, &mut writer, &mut said, pace, &for_a_time(alone))?);

    if whose != Whose::Own {
        let mut child =
            Command::new(std::env::current_exe()?).arg("foreign").arg(dir).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().context("no output")?), &mut line)?;
        let beside = ingest(dir, &mut writer, &mut said, pace, &for_a_time(seconds))?;
        let named = writer.other_readers().iter().any(|(pid, _)| *pid == child.id());
        let (_, still) = writer.wal()?;
        ensure!(named && still, "the foreign reader is not named");
        drop(child.stdin.take());
        child.wait()?;
        take_in(&mut writer, &mut |_| {})?;
        ensure!(!writer.wal()?.1, "the log cannot start over though the reader has gone");
        println!("{seconds} s beside a foreign read: {beside}, the reader named");
    }

    if whose == Whose::Others {
        writer.close()?;
        return said.check(dir).map(drop);
    }
    // Own reads, one after another, as long as the ingest goes on.
    let done = AtomicBool::new(false);
    let end = for_a_time(seconds);
    let (result, own) = std::thread::scope(|scope| {
        let own = scope.spawn(|| -> anyhow::Result<(u32, u32)> {
            let (mut whole, mut gave_way) = (0, 0);
            while !end() {
                match backup(dir, &dir.join("copy.db")) {
                    Ok(_) => whole += 1,
                    Err(StoreError::Busy(_)) => gave_way += 1,
                    Err(error) => return Err(error.into()),
                }
                ensure!(doctor(dir, true).iter().all(|f| f.health != Health::Bad), "{:?}", doctor(dir, true));
            }
            Ok((whole, gave_way))
        });
        let result = ingest(dir, &mut writer, &mut said, pace, &|| done.load(Ordering::Relaxed) || own.is_finished());
        done.store(true, Ordering::Relaxed);
        (result, own.join())
    });
    let beside = result?;
    let (whole, gave_way) = own.map_err(|_| anyhow::anyhow!("the reader panicked"))??;
    println!("{seconds} s beside backups and doctors: {beside}; {whole} backups whole, {gave_way} gave way");
    let most = if articles.is_some() { MOST } else { MOST_AT_FULL_SPEED };
    ensure!(beside.log <= most, "the log grew to {} MB beside newsfold's own reads", beside.log >> 20);
    writer.close()?;
    said.check(dir)?;
    Ok(())
}

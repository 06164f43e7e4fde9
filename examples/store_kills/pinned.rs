//! Reads that stay open under full ingest: somebody else's is named and bounded by nothing but its own end; newsfold's own
//! (a backup, the doctor) give way before the log of writes has grown far.

use crate::work::{Said, cycle, open};
use anyhow::{Context, ensure};
use newsfold::store::{Health, StoreError, backup, doctor};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What the log may grow to beside reads of newsfold: they give way below 64 MB, and a machine that does other things besides
/// may be late to see it.
const MOST: u64 = 96 << 20;

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

/// Ingests for `seconds` undisturbed and as long beside each kind of reader.
pub fn pinned(seconds: u64) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let dir = dir.path();
    let mut writer = open(dir, false, newsfold::store::Options::default().log_pages)?;
    let mut said = Said::default();
    let mut rate = |writer: &mut newsfold::store::Writer, done: &dyn Fn() -> bool| -> anyhow::Result<(f64, u64)> {
        let (began, mut cycles, mut most) = (Instant::now(), 0u32, 0);
        while !done() {
            cycle(writer, &mut |line| said.hear(line))?;
            (cycles, most) = (cycles + 1, log(dir).max(most));
        }
        Ok((f64::from(cycles) / began.elapsed().as_secs_f64(), most))
    };
    let for_a_time = || {
        let end = Instant::now() + Duration::from_secs(seconds);
        move || Instant::now() >= end
    };
    let (alone, most_alone) = rate(&mut writer, &for_a_time())?;

    let mut child = Command::new(std::env::current_exe()?).arg("foreign").arg(dir).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().context("no output")?), &mut line)?;
    let (beside, most_beside) = rate(&mut writer, &for_a_time())?;
    let named = writer.other_readers().iter().any(|(pid, _)| *pid == child.id());
    let (_, still) = writer.wal()?;
    ensure!(named && still, "the foreign reader is not named");
    drop(child.stdin.take());
    child.wait()?;
    cycle(&mut writer, &mut |_| {})?;
    ensure!(!writer.wal()?.1, "the log cannot start over though the reader has gone");
    println!(
        "{seconds} s alone: {alone:.1} cycles a second, log {} MB; beside a foreign read: {beside:.1}, log {} MB, the reader named",
        most_alone >> 20,
        most_beside >> 20
    );

    // Own reads, one after another, as long as the ingest goes on.
    let done = AtomicBool::new(false);
    let end = for_a_time();
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
        let result = rate(&mut writer, &|| done.load(Ordering::Relaxed) || own.is_finished());
        done.store(true, Ordering::Relaxed);
        (result, own.join())
    });
    let (beside, most) = result?;
    let (whole, gave_way) = own.map_err(|_| anyhow::anyhow!("the reader panicked"))??;
    ensure!(most <= MOST.max(most_beside), "the log grew to {} MB beside newsfold's own reads", most >> 20);
    println!("beside backups and doctors: {beside:.1} cycles a second, log {} MB; {whole} backups whole, {gave_way} gave way", most >> 20);
    writer.close()?;
    said.check(dir)?;
    Ok(())
}

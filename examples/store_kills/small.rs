//! A disk of 4 MB that fills up, and grows.

use crate::work::{Said, cycle, open};
use anyhow::{Context, ensure};
use newsfold::store::{Advice, Reader};
use std::path::Path;
use std::process::Command;

/// Mounts a small disk in a namespace of its own, and runs [`inside`] there.
pub fn disk() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let script = "mount -t tmpfs -o size=4m none \"$1\" && exec \"$0\" inside \"$1\"";
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", script]).arg(std::env::current_exe()?).arg(dir.path());
    ensure!(command.status().context("cannot run unshare")?.success(), "the small disk was too much");
    Ok(())
}

/// Fills the disk in `dir`, reads from it, lets it grow, and goes on with the same writer.
pub fn inside(dir: &Path) -> anyhow::Result<()> {
    let mut writer = open(dir, false, newsfold::store::Options::default().log_pages)?;
    let mut said = Said::default();
    let mut hear = |line: &str| said.hear(line);
    let mut cycles = 0;
    let mut pauses = 0;
    // Bringing the log home makes room at first: then there is a pause, and the ingest goes on.
    loop {
        match cycle(&mut writer, &mut hear) {
            Ok(()) => cycles += 1,
            Err(full) => {
                ensure!(full.advice() == Advice::Retry, "a full disk is told as {full}");
                ensure!(writer.space_low(), "nobody was told to pause: {full}");
                pauses += 1;
                if !writer.recover_space() {
                    break;
                }
            }
        }
        ensure!(cycles < 10_000 && pauses < 1_000, "4 MB never fill up");
    }
    for _ in 0..20 {
        ensure!(!writer.recover_space(), "there is no room for the reserve, but it was taken");
    }
    let read = Reader::open(dir)?.search("harbour", 5)?.len();
    ensure!(read == 5, "reading does not go on: {read} hits");
    said.check(dir)?;
    let grown = Command::new("mount").args(["-o", "remount,size=64m"]).arg(dir).status()?;
    ensure!(grown.success(), "the disk does not grow");
    ensure!(writer.recover_space(), "there is room again, but the reserve was not taken");
    let mut hear = |line: &str| said.hear(line);
    for _ in 0..20 {
        cycle(&mut writer, &mut hear)?;
    }
    let entries = said.check(dir)?;
    writer.close()?;
    println!(
        "a disk of 4 MB: full after {cycles} cycles and {pauses} pauses, read while full, went on when it grew: {entries} entries, none lost, none twice"
    );
    Ok(())
}

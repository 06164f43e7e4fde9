//! Kills a writer again and again and looks whether anything is lost, doubled or wrongly placed.
//!
//! `cargo run --release --example store_kills -- [random N | each-write | enospc | small-disk | pinned SECONDS [ARTICLES [own|others]] | power N]`
//! `random N`: N `kill -9` at random moments of a busy ingest. `each-write`: a kill at every write call of one cycle, and
//! `enospc`: "no space" at every seventh write call. `small-disk`: the ingest fills a disk of 4 MB, which then grows.
//! `power N`: N power cuts, by replaying what the ingest wrote and synced, half of them with `synchronous = "full"`.
//! `pinned SECONDS`: reads that stay open under an ingest as fast as the store can; with a number, of so many articles a second;
//! with `own`, newsfold's own reads alone, with `others`, somebody else's.
//! All but `random` and `pinned` need `strace`, `small-disk` needs `unshare`. Without an argument: a short form of all of them.

mod pinned;
mod power;
mod small;
mod work;

use anyhow::{Context, bail, ensure};
use pinned::Whose;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use work::{ENTRIES, Said, ingest};

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["child", dir, cycles] => ingest(Path::new(dir), cycles.parse()?, false, &mut |line| println!("{line}")),
        ["child", dir, cycles, "full"] => ingest(Path::new(dir), cycles.parse()?, true, &mut |line| println!("{line}")),
        ["inside", dir] => small::inside(Path::new(dir)),
        ["random", count] => random(count.parse()?),
        ["each-write"] => each_write(1),
        ["enospc"] => enospc(40),
        ["small-disk"] => small::disk(),
        ["foreign", dir] => pinned::foreign(Path::new(dir)),
        ["pinned", seconds] => pinned::pinned(seconds.parse()?, None, Whose::Everybodys),
        ["pinned", seconds, articles] => pinned::pinned(seconds.parse()?, Some(articles.parse()?), Whose::Everybodys),
        ["pinned", seconds, articles, "others"] => pinned::pinned(seconds.parse()?, Some(articles.parse()?), Whose::Others),
        ["pinned", seconds, articles, "own"] => pinned::pinned(seconds.parse()?, Some(articles.parse()?), Whose::Own),
        ["power", cuts] => power::cuts(cuts.parse()?),
        [] => short(),
        _ => bail!("random N, each-write, enospc, small-disk, pinned SECONDS [ARTICLES [own|others]] or power N"),
    }
}

/// Some of each, for every change.
fn short() -> anyhow::Result<()> {
    random(40)?;
    pinned::pinned(2, None, Whose::Everybodys)?;
    let there = |tool: &str| Command::new(tool).arg("--version").stdout(Stdio::null()).status().is_ok_and(|s| s.success());
    if !there("strace") {
        println!("strace is not there: only kills at random moments and pinned readers were tried");
        return Ok(());
    }
    each_write(25)?;
    enospc(2)?;
    power::cuts(60)
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
        let before = said.articles;
        run(me(dir.path(), u64::MAX)?, &mut said, Some(Duration::from_micros(rng.u64(200..60_000))))?;
        articles += said.articles - before;
        in_work += u32::from(said.articles > before);
        if dir.path().join("newsfold.db").metadata().is_ok_and(|m| m.len() > 0) && !said.is_empty() {
            said.check(dir.path()).with_context(|| format!("after kill {kill}"))?;
        }
        if kill % 500 == 499 {
            println!("{} kills, {articles} articles committed", kill + 1);
        }
    }
    println!("{count} kills ({in_work} after articles were committed), {articles} articles: none lost, none twice, none misplaced");
    Ok(())
}

/// A kill at the first write call, and at every `step`-th after it.
fn each_write(step: u32) -> anyhow::Result<()> {
    let mut when = 1u32;
    let mut kills = 0;
    loop {
        let dir = tempfile::tempdir()?;
        let mut said = Said::default();
        let status = run(strace(dir.path(), &format!("inject=pwrite64:signal=KILL:when={when}"))?, &mut said, None)?;
        // Resumed without a fault, the cycle comes to its end.
        ensure!(run(me(dir.path(), 1)?, &mut said, None)?.success(), "did not resume after a kill at write {when}");
        let entries = said.check(dir.path()).with_context(|| format!("after a kill at write {when}"))?;
        ensure!((entries as u64).is_multiple_of(ENTRIES), "{entries} entries after a kill at write {when}");
        if status.success() {
            println!("a kill at {kills} of {} writes: none lost, none twice, none misplaced", when - 1);
            return Ok(());
        }
        kills += 1;
        when += step;
    }
}

/// No space at every seventh write call, beginning with each of the first `from`.
fn enospc(from: u32) -> anyhow::Result<()> {
    for first in 1..=from {
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
    println!("no space at every 7th of 700 writes, from each of the first {from} on: recovered without a restart, nothing lost");
    Ok(())
}

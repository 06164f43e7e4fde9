//! Power cuts: what a process wrote and synced is logged by `strace`, and replayed up to a random moment as a disk might
//! have it then. What was synced is there; of what was not, all, nothing, a beginning, a random part or torn sectors.
//! SQLite promises to survive exactly this; here it is tried with the settings, files and idle work of the store.
//!
//! Names of files reach the disk in order, the latest with the next sync of their folder or of themselves, as on the file
//! systems in use. The reserve and the lock hold nothing, the `-shm` is memory, and none of them is replayed.

use crate::work::{ENTRIES, Said, ingest};
use anyhow::{Context, ensure};
use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// Cycles that are logged: some ten checkpoints.
const CYCLES: u64 = 24;
/// What a disk writes whole.
const SECTOR: usize = 512;

/// One call that changes what a disk holds, or a line that says what is committed.
#[derive(Debug)]
enum Op {
    Create(String),
    Unlink(String),
    Write(String, usize, Vec<u8>),
    Truncate(String, usize),
    /// Of what was done before it began: the number of the call until which it covers all.
    Sync(String, usize),
    SyncFolder,
    Said(String),
}

/// Both settings of `synchronous`, half of the cuts each.
pub fn cuts(count: u32) -> anyhow::Result<()> {
    for full in [false, true] {
        let ops = log(full)?;
        let mut rng = fastrand::Rng::with_seed(u64::from(count) + u64::from(full));
        let mut moments: Vec<usize> = (0..count / 2).map(|_| rng.usize(0..=ops.len())).collect();
        moments.sort_unstable();
        let (mut most, mut with_loss) = (0, 0);
        let mut disk = Disk::default();
        let mut said = Said::default();
        // How much was said until which call, and how much of it a sync has made safe.
        let mut until = Vec::new();
        let mut safe = 0;
        let mut at = 0;
        for moment in moments {
            for (number, op) in ops.iter().enumerate().take(moment).skip(at) {
                match op {
                    Op::Said(line) => {
                        said.hear(line);
                        until.push((number, said.len()));
                    }
                    Op::Sync(name, begun) if name.ends_with("-wal") => {
                        let covered = until.partition_point(|(number, _)| number < begun);
                        safe = safe.max(until[..covered].last().map_or(0, |(_, records)| *records));
                    }
                    _ => {}
                }
                disk.take(number, op);
            }
            at = moment;
            let must = if full { said.len() } else { safe };
            let lost =
                cut(&disk, &said, must, &mut rng).with_context(|| format!("cut before call {moment} of {} (full: {full})", ops.len()))?;
            most = most.max(lost);
            with_loss += u32::from(lost > 0);
        }
        let name = if full { "full" } else { "normal" };
        println!(
            "synchronous = \"{name}\": {} power cuts among {} calls, always consistent; {with_loss} lost an unsynced end, of at most {most} records",
            count / 2,
            ops.len()
        );
        ensure!(!full || with_loss == 0, "full lost what was acknowledged");
    }
    Ok(())
}

/// Lets the disk come back after a cut, and looks; how much of what was said is lost.
fn cut(disk: &Disk, said: &Said, must: usize, rng: &mut fastrand::Rng) -> anyhow::Result<usize> {
    let dir = tempfile::tempdir()?;
    disk.after_cut(dir.path(), rng)?;
    // The daemon comes up again and works on.
    let before = if dir.path().join("newsfold.db").metadata().is_ok_and(|m| m.len() > 0) {
        newsfold::store::Writer::open(dir.path(), newsfold::store::Options { reserve: 0, ..Default::default() })?.close()?;
        said.check_first(dir.path(), must)?
    } else {
        ensure!(must == 0, "the whole database is gone, with {must} safe records");
        crate::work::There { entries: 0, held: 0 }
    };
    if rng.u8(0..5) == 0 {
        ingest(dir.path(), 1, false, &mut |_| {})?;
        let there = said.check_first(dir.path(), before.held)?;
        ensure!((there.entries as u64).is_multiple_of(ENTRIES), "{} entries after it went on", there.entries);
    }
    Ok(said.len() - before.held)
}

/// Runs the ingest under `strace`; its calls.
fn log(full: bool) -> anyhow::Result<Vec<Op>> {
    let dir = tempfile::tempdir()?;
    let log = dir.path().join("calls");
    let state = dir.path().join("state");
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-y", "-xx", "-s", "1000000", "-o"]).arg(&log);
    command.args(["-e", "trace=openat,pwrite64,pwritev,write,writev,ftruncate,fsync,fdatasync,unlink,unlinkat,rename,renameat,renameat2"]);
    command.arg(std::env::current_exe()?).arg("child").arg(&state).arg(CYCLES.to_string());
    if full {
        command.arg("full");
    }
    let status = command.stdout(Stdio::null()).status().context("cannot run strace")?;
    ensure!(status.success(), "the ingest failed under strace");
    let mut ops = Vec::new();
    let mut begun = HashMap::new();
    for line in BufReader::new(std::fs::File::open(&log)?).lines() {
        let line = line?;
        if let Some((since, line)) = whole(line, ops.len(), &mut begun)? {
            ops.extend(read(&line, since, &state).with_context(|| format!("cannot read {line:.200}"))?);
        }
    }
    ensure!(ops.iter().any(|op| matches!(op, Op::Said(_))) && ops.iter().any(|op| matches!(op, Op::Sync(..))), "nothing was logged");
    Ok(ops)
}

/// A call as one line, and the number of calls that were over when it began. `strace` tears a call in two where another thread's came
/// in between; it is taken for done where it ended, and before that for not begun.
fn whole(line: String, calls: usize, begun: &mut HashMap<String, (usize, String)>) -> anyhow::Result<Option<(usize, String)>> {
    let pid = line.split(' ').next().unwrap_or_default().to_owned();
    if let Some(first) = line.strip_suffix(" <unfinished ...>") {
        begun.insert(pid, (calls, first.to_owned()));
        return Ok(None);
    }
    let Some((_, rest)) = line.split_once(" resumed>") else { return Ok(Some((calls, line))) };
    let (since, first) = begun.remove(&pid).context("a call ends that did not begin")?;
    // The result stands in a column of its own.
    let (rest, result) = rest.rsplit_once(" = ").context("a call without a result")?;
    Ok(Some((since, format!("{first}{} = {result}", rest.trim_end()))))
}

/// Bytes as `strace -xx` prints them.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    hex.split("\\x").skip(1).map(|two| u8::from_str_radix(two.get(..2)?, 16).ok()).collect()
}

fn name(hex: &str, state: &Path) -> Option<String> {
    let path = String::from_utf8(bytes(hex)?).ok()?;
    let inside = Path::new(&path).strip_prefix(state).ok()?.to_str()?.to_owned();
    (!inside.ends_with("-shm") && !inside.ends_with(".lock") && !inside.ends_with(".reserve")).then_some(inside)
}

/// One line of the log, begun after `since` calls; `None` where it changes no file that is replayed. A call that failed changed nothing.
fn read(line: &str, since: usize, state: &Path) -> anyhow::Result<Option<Op>> {
    let Some((_, rest)) = line.split_once(' ') else { return Ok(None) };
    let Some((call, rest)) = rest.trim_start().split_once('(') else { return Ok(None) };
    let Some((args, result)) = rest.rsplit_once(") = ") else { return Ok(None) };
    if result.starts_with('-') {
        return Ok(None);
    }
    // `3<path>, "data", 10, 0`: the file first, then what stands between quotes, then numbers.
    let file = args.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(path, _)| path);
    let quoted = args.split('"').nth(1);
    let numbers: Vec<usize> = args.rsplit(", ").map_while(|n| n.parse().ok()).collect();
    let wrote = || result.split(' ').next().and_then(|n| n.parse::<usize>().ok()).context("no count");
    let named = |hex: Option<&str>| hex.and_then(|hex| name(hex, state)).filter(|name| !name.is_empty());
    Ok(match call {
        "openat" if args.contains("O_CREAT") => named(quoted).map(Op::Create),
        "unlink" => named(quoted).map(Op::Unlink),
        "pwrite64" => match named(file) {
            Some(name) => {
                let mut data = quoted.and_then(bytes).context("no data")?;
                data.truncate(wrote()?);
                Some(Op::Write(name, *numbers.first().context("no offset")?, data))
            }
            None => None,
        },
        "ftruncate" => match named(file) {
            Some(name) => Some(Op::Truncate(name, *numbers.first().context("no length")?)),
            None => None,
        },
        "fsync" | "fdatasync" => match file.and_then(|hex| name(hex, state)) {
            Some(folder) if folder.is_empty() => Some(Op::SyncFolder),
            other => other.map(|name| Op::Sync(name, since)),
        },
        "write" if args.starts_with("1<") => {
            let line = quoted.and_then(bytes).and_then(|b| String::from_utf8(b).ok()).context("no line")?;
            Some(Op::Said(line))
        }
        "write" => {
            ensure!(named(file).is_none(), "a write without an offset");
            None
        }
        "openat" => None,
        _ => {
            ensure!(named(quoted).is_none() && named(file).is_none(), "a call that is not replayed");
            None
        }
    })
}

/// A file: what the disk is sure to hold, and what may or may not have reached it.
#[derive(Clone, Default)]
struct Inode {
    sure: Vec<u8>,
    /// With the numbers of their calls.
    pending: Vec<(usize, Change)>,
}

#[derive(Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

impl Change {
    fn apply(&self, to: &mut Vec<u8>) {
        match self {
            Self::Write(at, data) => write(to, *at, data),
            Self::Truncate(length) => to.resize(*length, 0),
        }
    }
}

fn write(to: &mut Vec<u8>, at: usize, data: &[u8]) {
    if to.len() < at + data.len() {
        to.resize(at + data.len(), 0);
    }
    to[at..at + data.len()].copy_from_slice(data);
}

/// The folder as the disk and as the process see it.
#[derive(Default)]
struct Disk {
    inodes: Vec<Inode>,
    /// As the process sees it.
    names: BTreeMap<String, usize>,
    /// As the disk is sure to have it.
    sure: BTreeMap<String, usize>,
    /// Names given (or taken) since, in order.
    pending: Vec<(String, Option<usize>)>,
}

impl Disk {
    fn take(&mut self, number: usize, op: &Op) {
        match op {
            Op::Create(name) => {
                if !self.names.contains_key(name) {
                    self.inodes.push(Inode::default());
                    self.rename(name, Some(self.inodes.len() - 1));
                }
            }
            Op::Unlink(name) => self.rename(name, None),
            Op::Write(name, at, data) => self.change(number, name, Change::Write(*at, data.clone())),
            Op::Truncate(name, length) => self.change(number, name, Change::Truncate(*length)),
            Op::Sync(name, begun) => {
                if let Some(&inode) = self.names.get(name) {
                    let inode = &mut self.inodes[inode];
                    let covered = inode.pending.partition_point(|(number, _)| number < begun);
                    for (_, change) in inode.pending.drain(..covered) {
                        change.apply(&mut inode.sure);
                    }
                }
                if let Some(last) = self.pending.iter().rposition(|(given, _)| given == name) {
                    self.name(last + 1);
                }
            }
            Op::SyncFolder => self.name(self.pending.len()),
            Op::Said(_) => {}
        }
    }

    fn rename(&mut self, name: &str, to: Option<usize>) {
        match to {
            Some(inode) => self.names.insert(name.to_owned(), inode),
            None => self.names.remove(name),
        };
        self.pending.push((name.to_owned(), to));
    }

    /// The first `count` names that wait are on the disk.
    fn name(&mut self, count: usize) {
        for (name, to) in self.pending.drain(..count) {
            give(&mut self.sure, name, to);
        }
    }

    fn change(&mut self, number: usize, name: &str, change: Change) {
        if let Some(&inode) = self.names.get(name) {
            self.inodes[inode].pending.push((number, change));
        }
    }

    /// Writes into `dir` what the disk might hold if the power went now.
    fn after_cut(&self, dir: &Path, rng: &mut fastrand::Rng) -> anyhow::Result<()> {
        let mut names = self.sure.clone();
        for (name, to) in &self.pending[..rng.usize(0..=self.pending.len())] {
            give(&mut names, name.clone(), *to);
        }
        for (name, inode) in names {
            let inode = &self.inodes[inode];
            let mut held = inode.sure.clone();
            let fate = rng.u8(0..5);
            let until = rng.usize(0..=inode.pending.len());
            for (place, (_, change)) in inode.pending.iter().enumerate() {
                match (fate, change) {
                    (0, _) => break,
                    (1, _) => change.apply(&mut held),
                    (2, _) if place < until => change.apply(&mut held),
                    (3, _) if rng.bool() => change.apply(&mut held),
                    (4, Change::Write(at, data)) => {
                        for (n, sector) in data.chunks(SECTOR).enumerate().filter(|_| rng.u8(0..4) > 0) {
                            write(&mut held, at + n * SECTOR, sector);
                        }
                    }
                    (4, Change::Truncate(_)) if rng.bool() => change.apply(&mut held),
                    _ => {}
                }
            }
            std::fs::write(dir.join(name), held)?;
        }
        Ok(())
    }
}

fn give(names: &mut BTreeMap<String, usize>, name: String, to: Option<usize>) {
    match to {
        Some(inode) => names.insert(name, inode),
        None => names.remove(&name),
    };
}

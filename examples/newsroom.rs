//! A newsroom on loopback: six made-up outlets, their feeds and pages, and the real daemon reading them.
//!
//! `cargo run --release --example newsroom` needs no network and nothing installed. It serves the outlets, writes a configuration,
//! starts `newsfold run`, asks for a poll, prints what `stories`, `story` and `why` say, and compares the outcome with what it knows: it
//! fails where newsfold got it wrong. With `-- --keep` it goes on serving, and says how to ask newsfold by hand;
//! with `-- --jsonl` it prints the texts as lines for `newsfold cluster`, and serves nothing.

#[path = "newsroom/outlets.rs"]
mod outlets;
#[path = "newsroom/serve.rs"]
mod serve;
#[path = "newsroom/texts.rs"]
mod texts;

use anyhow::{Context, Result, ensure};
use outlets::{Gold, OUTLETS, Piece};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

/// Set in the children: this program is `newsfold` then. Its command line is in the library, so that the example runs the very
/// code of the daemon without having to find a binary.
const AS_NEWSFOLD: &str = "NEWSROOM_AS_NEWSFOLD";

fn main() -> ExitCode {
    if std::env::var_os(AS_NEWSFOLD).is_some() {
        return newsfold::cli::main();
    }
    let asked = |option: &str| std::env::args().any(|a| a == option);
    if asked("--jsonl") {
        for p in outlets::pieces() {
            let text = p.paragraphs.join("\n\n");
            println!("{}", serde_json::json!({"id": p.slug, "publisher": OUTLETS[p.outlet].name, "title": p.title, "text": text}));
        }
        return ExitCode::SUCCESS;
    }
    match play(asked("--keep")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("newsroom: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn play(keep: bool) -> Result<()> {
    let folder = tempfile::Builder::new().prefix("newsroom-").tempdir()?;
    let pieces = outlets::pieces();
    let newsroom = serve::Newsroom::open(&pieces)?;
    let config = folder.path().join("newsfold.toml");
    std::fs::write(&config, configuration(folder.path(), &newsroom.bases))?;
    println!(
        "{} outlets on loopback, {} articles; configuration and database in {}\n",
        OUTLETS.len(),
        pieces.len(),
        folder.path().display()
    );

    let newsfold = Newsfold { program: std::env::current_exe()?, config };
    let mut daemon = Daemon::start(&newsfold, folder.path())?;
    newsfold.show(&["poll"])?;
    newsfold.show(&["stories"])?;
    let stories = newsfold.ask(&["stories", "--ids"])?;
    let largest = stories.lines().next().context("`stories --ids` printed nothing")?.trim();
    newsfold.show(&["story", largest])?;

    let rows = newsfold.rows(&pieces)?;
    let of = |outlet: usize, gold| rows.iter().find(|(p, _, _)| p.outlet == outlet && p.gold == gold).map(|(p, _, _)| p);
    if let (Some(wire), Some(trimmed)) = (of(0, Gold::Wire), of(1, Gold::Wire)) {
        let url = |p: &Piece| format!("{}{}", newsroom.bases[p.outlet], p.path());
        newsfold.show(&["why", &url(wire), &url(trimmed)])?;
    }
    check(&rows)?;
    if keep {
        println!("Still serving; stop with Ctrl-C. Ask in another terminal:\n  newsfold --config {} stories", newsfold.config.display());
        std::thread::sleep(Duration::MAX);
    }
    daemon.stop()?;
    println!("newsroom: every copy found, nothing else taken for one; the daemon stopped cleanly");
    Ok(())
}

/// The configuration that a person would write for these outlets.
fn configuration(folder: &Path, bases: &[String]) -> String {
    let mut out = format!(
        "state_dir = \"{}\"\n\n# Loopback is refused unless it is named, and needs no pause between requests.\n[fetch]\nallow_networks = [\"127.0.0.0/8\"]\nmin_gap = \"0s\"\n",
        folder.join("state").display()
    );
    for (outlet, base) in OUTLETS.iter().zip(bases) {
        let _ = writeln!(out, "\n[[publisher]]\nname = \"{}\"", outlet.name);
        if let Some(owner) = outlet.owner {
            let _ = writeln!(out, "owner = \"{owner}\"");
        }
        let _ = writeln!(out, "[[feed]]\nurl = \"{base}/feed\"\npublisher = \"{}\"", outlet.name);
    }
    out
}

/// A piece, its cluster and its story.
type Placed<'a> = (&'a Piece, String, String);

/// newsfold with this configuration.
struct Newsfold {
    program: PathBuf,
    config: PathBuf,
}

impl Newsfold {
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.env(AS_NEWSFOLD, "1").arg("--config").arg(&self.config).args(args);
        command
    }

    fn ask(&self, args: &[&str]) -> Result<String> {
        let output = self.command(args).output().with_context(|| format!("newsfold {}", args.join(" ")))?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "`newsfold {}` ended with {}: {said}", args.join(" "), output.status);
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Runs a command before the reader's eyes.
    fn show(&self, args: &[&str]) -> Result<()> {
        println!("$ newsfold {}", args.join(" "));
        let status = self.command(args).status()?;
        ensure!(status.success(), "`newsfold {}` ended with {status}", args.join(" "));
        println!();
        Ok(())
    }

    /// Every piece with its cluster and story.
    fn rows<'a>(&self, pieces: &'a [Piece]) -> Result<Vec<Placed<'a>>> {
        let mut out = Vec::new();
        for line in self.ask(&["export", "jsonl"])?.lines() {
            let row: serde_json::Value = serde_json::from_str(line)?;
            let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
            let url = text("entry_url");
            let piece =
                pieces.iter().find(|p| url.ends_with(&p.path())).with_context(|| format!("an entry that nobody published: {url}"))?;
            out.push((piece, text("cluster"), text("story")));
        }
        ensure!(out.len() == pieces.len(), "{} entries of {} published", out.len(), pieces.len());
        Ok(out)
    }
}

/// Compares clusters and stories with what the newsroom knows.
fn check(rows: &[Placed<'_>]) -> Result<()> {
    let mut clusters: BTreeMap<&str, BTreeSet<(Gold, &str)>> = BTreeMap::new();
    let mut stories: BTreeMap<&str, BTreeSet<(Gold, &str)>> = BTreeMap::new();
    for (piece, cluster, story) in rows {
        ensure!(!cluster.is_empty() && !story.is_empty(), "{} is not placed", piece.slug);
        clusters.entry(cluster).or_default().insert((piece.gold, &piece.slug));
        stories.entry(story).or_default().insert((piece.gold, &piece.slug));
    }
    let count = |gold| rows.iter().filter(|(p, _, _)| p.gold == gold).count();
    for members in clusters.values().filter(|m| m.len() > 1 || m.iter().any(|(gold, _)| *gold == Gold::Wire)) {
        let copies = members.iter().all(|(gold, _)| *gold == Gold::Wire) && members.len() == count(Gold::Wire);
        ensure!(copies, "the cluster of copies is not right: {members:?}");
    }
    for members in stories.values().filter(|m| m.len() > 1) {
        let strike = |gold: &Gold| matches!(gold, Gold::Wire | Gold::WireEvent);
        let one_event = members.iter().all(|(gold, _)| strike(gold)) || members.iter().all(|(gold, _)| *gold == Gold::Storm);
        ensure!(one_event, "a story ties different events together: {members:?}");
    }
    for (name, golds) in [("strike", &[Gold::Wire, Gold::WireEvent][..]), ("storm", &[Gold::Storm][..])] {
        let all: usize = golds.iter().map(|gold| count(*gold)).sum();
        let of_it = |members: &BTreeSet<(Gold, &str)>| members.iter().filter(|(gold, _)| golds.contains(gold)).count();
        println!("the {name}: {} of its {all} articles stand in one story", stories.values().map(of_it).max().unwrap_or(0));
    }
    Ok(())
}

/// The daemon, and the socket on which it tells how it is; it does not outlive the example.
struct Daemon(Child, UnixDatagram);

impl Daemon {
    /// Starts `newsfold run`, and waits until it says that it is ready, in the way in which it tells systemd.
    fn start(newsfold: &Newsfold, folder: &Path) -> Result<Self> {
        let path = folder.join("notify.sock");
        let socket = UnixDatagram::bind(&path)?;
        socket.set_read_timeout(Some(Duration::from_secs(30)))?;
        let child = newsfold.command(&["run"]).env("NOTIFY_SOCKET", &path).stdout(Stdio::null()).spawn()?;
        let daemon = Self(child, socket);
        let mut said = [0; 4096];
        loop {
            let length = daemon.1.recv(&mut said).context("the daemon was not ready within 30 s")?;
            if String::from_utf8_lossy(&said[..length]).lines().any(|line| line == "READY=1") {
                return Ok(daemon);
            }
        }
    }

    /// Asks it to stop, as systemd would, and waits.
    fn stop(&mut self) -> Result<()> {
        let pid = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        let status = self.0.wait()?;
        ensure!(status.success(), "the daemon ended with {status}");
        Ok(())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}

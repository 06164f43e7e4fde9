//! A temporary state directory, a scripted newsroom and the built binary.

use crate::server::{Answer, Server};
use crate::texts::{Item, page, rss};
use newsfold::clock::Clock;
use newsfold::daemon::{ConfigSource, DaemonError, Engine};
use newsfold::store::StoreError;
use serde_json::Value;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a test waits for what must happen before it calls it a failure.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// An outlet of the newsroom: its own address, a feed at `/feed.xml` with an ETag, pages at `/a/N`.
pub struct Outlet {
    pub name: &'static str,
    pub host: String,
    pub articles: Vec<(String, Vec<String>)>,
}

pub struct World {
    pub dir: TempDir,
    pub server: Server,
    pub outlets: Vec<Outlet>,
}

impl World {
    pub fn new() -> Self {
        let server = Server::on_address("0.0.0.0:0", false);
        server.on("/robots.txt", Answer::ok("text/plain", "User-agent: *\nDisallow: /private/\n"));
        Self { dir: tempfile::tempdir().unwrap(), server, outlets: Vec::new() }
    }

    /// Adds an outlet with these articles: headline and paragraphs.
    pub fn outlet(&mut self, name: &'static str, articles: Vec<(&str, Vec<String>)>) -> usize {
        let host = format!("127.0.7.{}", self.outlets.len() + 1);
        let articles = articles.into_iter().map(|(title, text)| (title.to_owned(), text)).collect();
        self.outlets.push(Outlet { name, host, articles });
        self.publish(self.outlets.len() - 1);
        self.outlets.len() - 1
    }

    /// Serves an outlet as it is now.
    pub fn publish(&self, at: usize) {
        let outlet = &self.outlets[at];
        let items: Vec<Item> = outlet
            .articles
            .iter()
            .enumerate()
            .map(|(n, (title, _))| Item {
                link: self.article_url(at, n),
                title: title.clone(),
                date: format!("Sat, 21 Nov 2026 {:02}:{:02}:00 GMT", 6 + at, n % 60),
            })
            .collect();
        let body = rss(outlet.name, &items);
        let etag = format!("\"{:x}\"", body.len() * 31 + body.bytes().map(usize::from).sum::<usize>());
        let route = format!("{} /feed.xml", outlet.host);
        self.server.script(&route, move |seen| match seen.header("if-none-match") == Some(etag.as_str()) {
            true => Answer::new(304, &[("etag", &etag)], ""),
            false => Answer::new(200, &[("content-type", "application/rss+xml"), ("etag", &etag)], &body),
        });
        for (n, (title, text)) in outlet.articles.iter().enumerate() {
            let html = page(&self.article_url(at, n), outlet.name, title, text);
            self.server.on(&format!("{} /a/{n}", outlet.host), Answer::ok("text/html; charset=utf-8", html));
        }
    }

    pub fn feed_url(&self, at: usize) -> String {
        self.server.url_at(&self.outlets[at].host, "/feed.xml")
    }

    pub fn article_url(&self, at: usize, n: usize) -> String {
        self.server.url_at(&self.outlets[at].host, &format!("/a/{n}"))
    }

    pub fn state(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    pub fn config_path(&self) -> PathBuf {
        self.dir.path().join("newsfold.toml")
    }

    /// Writes a configuration with every outlet, and `more` at its end.
    pub fn configure(&self, more: &str) {
        let mut text = format!(
            "state_dir = {:?}\n[fetch]\nallow_networks = [\"127.0.0.0/8\"]\nmin_gap = \"0s\"\nconnect_timeout = \"5s\"\ntotal_timeout = \"20s\"\n",
            self.state()
        );
        for (at, outlet) in self.outlets.iter().enumerate() {
            text += &format!("[[feed]]\nurl = {:?}\npublisher = {:?}\n", self.feed_url(at), outlet.name);
        }
        std::fs::write(self.config_path(), text + more).unwrap();
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_newsfold"));
        command.env_clear().env("TZ", "UTC").env("HOME", self.dir.path()).current_dir(self.dir.path());
        command.arg("--config").arg(self.config_path()).args(args).stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs a command that must succeed; what it printed.
    pub fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {:?}\n{}{}", output.status, text(&output.stdout), text(&output.stderr));
        text(&output.stdout)
    }

    /// Runs a command with `--json`; its lines.
    pub fn json(&self, args: &[&str]) -> Vec<Value> {
        let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
        self.ok(&args).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The summary of a pass.
    pub fn poll(&self, args: &[&str]) -> Value {
        let args: Vec<&str> = ["poll"].iter().chain(args).copied().collect();
        self.json(&args).pop().unwrap()
    }

    /// Every entry, as `export jsonl` prints it.
    pub fn entries(&self) -> Vec<Value> {
        self.ok(&["export", "jsonl"]).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Requests for article pages so far.
    pub fn page_requests(&self) -> usize {
        self.server.log().iter().filter(|seen| seen.target.starts_with("/a/")).count()
    }

    /// Starts the daemon, and waits until it says that it is ready.
    pub fn daemon(&self) -> Daemon {
        self.daemon_with(&[])
    }

    /// As [`World::daemon`], with more in its environment.
    pub fn daemon_with(&self, environment: &[(&str, &str)]) -> Daemon {
        let socket = self.dir.path().join("notify");
        let _ = std::fs::remove_file(&socket);
        let notify = UnixDatagram::bind(&socket).unwrap();
        notify.set_read_timeout(Some(PATIENCE)).unwrap();
        let log = std::fs::File::create(self.dir.path().join("log")).unwrap();
        let mut command = self.command(&["run"]);
        command.env("NOTIFY_SOCKET", &socket).envs(environment.iter().copied());
        let child = command.stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let daemon = Daemon { child, notify };
        daemon.told("READY=1");
        daemon
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }
}

/// An engine within this process, by the configuration in `file`.
///
/// Another test may be starting a program just now: until that is loaded it holds a copy of the descriptor by which an
/// engine that has ended held the lock.
pub async fn engine(file: &Path, clock: &Clock) -> Arc<Engine> {
    let end = Instant::now() + PATIENCE;
    loop {
        let config = newsfold::config::load(Some(file), None).unwrap();
        match Engine::start(config, ConfigSource { file: Some(file.into()), state_dir: None }, clock.clone()).await {
            Ok(engine) => return engine,
            Err(DaemonError::Store(StoreError::Locked { .. })) if Instant::now() < end => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

/// The daemon under test; killed when dropped.
pub struct Daemon {
    pub child: Child,
    notify: UnixDatagram,
}

impl Daemon {
    /// Waits until the service manager is told `what`.
    pub fn told(&self, what: &str) {
        let mut buffer = [0; 4096];
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            let Ok(length) = self.notify.recv(&mut buffer) else { continue };
            if String::from_utf8_lossy(&buffer[..length]).lines().any(|line| line == what) {
                return;
            }
        }
        panic!("the daemon never said {what}");
    }

    /// Waits until the service manager was told nothing of the watchdog for `period`.
    pub fn starves(&self, period: Duration) {
        let end = Instant::now() + PATIENCE;
        let mut fed = Instant::now();
        self.notify.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        while fed.elapsed() < period {
            assert!(Instant::now() < end, "the watchdog is still fed");
            let mut buffer = [0; 4096];
            if let Ok(length) = self.notify.recv(&mut buffer)
                && String::from_utf8_lossy(&buffer[..length]).lines().any(|line| line == "WATCHDOG=1")
            {
                fed = Instant::now();
            }
        }
        self.notify.set_read_timeout(Some(PATIENCE)).unwrap();
    }

    pub fn signal(&self, name: &str) {
        let done = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status().unwrap();
        assert!(done.success());
    }

    /// Waits for the end; the exit code.
    pub fn end(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until `done`; fails the test where that never happens.
pub fn until(what: &str, mut done: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < end, "never happened: {what}");
        std::thread::yield_now();
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

//! A month in the life of the service in twenty minutes: 300 feeds on loopback with faults that come and go, kills, reloads
//! with good and broken files, on a clock that runs fast. Prints a line a simulated day, then what grows, and whether
//! anything was lost. Exit code 1 where something was lost or grows.
//!
//! `cargo run --release --example soak -- [--days 30] [--minutes 20] [--feeds 300] [--seed 1]`

mod measure;
mod site;

use anyhow::{Context, ensure};
use jiff::{SignedDuration, Timestamp};
use measure::Sample;
use newsfold::clock::Clock;
use newsfold::config;
use newsfold::daemon::{self, ConfigSource, Engine};
use site::{Outlets, Site};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// When the simulated month begins: a Monday.
const ORIGIN: &str = "2026-03-02T00:00:00Z";
/// Days on which the daemon is killed: the last when the first week's articles are being forgotten already.
const KILLS: [f64; 6] = [0.7, 1.3, 2.6, 4.1, 5.2, 7.4];
/// Days from which nothing may grow: window and retention are full, and the process has lived through a whole round of both.
const STEADY: f64 = 15.0;

struct Options {
    days: u32,
    minutes: u32,
    feeds: usize,
    seed: u64,
}

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, config, began, rate] = args.as_slice()
        && mode == "child"
    {
        return child(Path::new(config), began.parse()?, rate.parse()?);
    }
    let mut options = Options { days: 30, minutes: 20, feeds: 300, seed: 1 };
    for pair in args.chunks(2) {
        let [key, value] = pair else { anyhow::bail!("{pair:?}: options come with a number") };
        match key.as_str() {
            "--days" => options.days = value.parse()?,
            "--minutes" => options.minutes = value.parse()?,
            "--feeds" => options.feeds = value.parse()?,
            "--seed" => options.seed = value.parse()?,
            other => anyhow::bail!("{other}: --days, --minutes, --feeds or --seed"),
        }
    }
    soak(&options)
}

fn clock(began: Timestamp, rate: u32) -> Clock {
    Clock::fast(ORIGIN.parse().unwrap_or(Timestamp::UNIX_EPOCH), began, rate)
}

/// The daemon as it is, but for its clock.
fn child(file: &Path, began: Timestamp, rate: u32) -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::new("newsfold=info,warn");
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(std::io::stderr).init();
    let config = config::load(Some(file), None)?;
    let tasks = config.state_dir.join("tasks");
    let source = ConfigSource { file: Some(file.to_owned()), state_dir: None };
    daemon::runtime()?.block_on(async {
        let metrics = tokio::runtime::Handle::current().metrics();
        tokio::spawn(async move {
            loop {
                let _ = std::fs::write(&tasks, metrics.num_alive_tasks().to_string());
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        daemon::run(Engine::start(config, source, clock(began, rate)).await?).await
    })?;
    Ok(())
}

/// The run's own folder, clock and daemon.
struct Soak {
    dir: PathBuf,
    clock: Clock,
    began: Timestamp,
    rate: u32,
    daemon: Child,
    reloads: u32,
    site: Site,
}

fn soak(options: &Options) -> anyhow::Result<()> {
    let mut dir = tempfile::Builder::new().prefix("newsfold-soak-").tempdir()?;
    // Kept where it fails, for the log.
    dir.disable_cleanup(true);
    let rate = (options.days * 24 * 60 / options.minutes.max(1)).max(1);
    let began = Timestamp::now();
    let clock = clock(began, rate);
    let outlets = Arc::new(Outlets::new(options.feeds, options.days, options.seed, clock.now()));
    let site = Site::open(Arc::clone(&outlets), clock.clone(), rate)?;
    println!(
        "{} feeds, {} entries in {} days, {rate} times as fast, in {}",
        options.feeds,
        outlets.entries(),
        options.days,
        dir.path().display()
    );
    write_config(dir.path(), &site, 0)?;
    let daemon = start(dir.path(), began, rate)?;
    let mut soak = Soak { dir: dir.path().to_owned(), clock, began, rate, daemon, reloads: 0, site };
    let samples = soak.month(f64::from(options.days));
    let (_, lost) = (samples.as_ref().map(Vec::len).unwrap_or(0), soak.settle(&outlets));
    let stopped = soak.stop();
    let samples = samples?;
    let lost = lost?;
    println!("{lost}");
    stopped?;
    ensure!(lost.is_nothing(), "something was lost");
    measure::verdict(&samples, STEADY)?;
    dir.disable_cleanup(false);
    Ok(())
}

fn start(dir: &Path, began: Timestamp, rate: u32) -> anyhow::Result<Child> {
    let log = std::fs::File::options().append(true).create(true).open(dir.join("log"))?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("child").arg(dir.join("newsfold.toml")).arg(began.to_string()).arg(rate.to_string());
    // As systemd/newsfold.service has it.
    command.envs([("MALLOC_ARENA_MAX", "1"), ("MALLOC_TRIM_THRESHOLD_", "131072"), ("MALLOC_MMAP_THRESHOLD_", "8192")]);
    command.stdin(Stdio::null()).stderr(log).spawn().context("starting the daemon")
}

/// All feeds but some of the last ten, which come and go with the reloads.
fn write_config(dir: &Path, site: &Site, reload: u32) -> anyhow::Result<()> {
    let mut text = format!(
        "state_dir = {:?}\n[fetch]\nallow_networks = [\"127.0.0.0/8\"]\nmin_gap = \"0s\"\nconnect_timeout = \"1s\"\nfirst_byte_timeout = \"1s\"\n\
         idle_timeout = \"1s\"\ntotal_timeout = \"3s\"\n[dedup]\nwindow = \"3d\"\n[retention]\narticles = \"7d\"\nevents = \"7d\"\n",
        dir.join("state")
    );
    text += "[[alert]]\nname = \"wide\"\non = \"story\"\nmin_publishers = 3\nfile = \"wide\"\n[[alert]]\nname = \"silent\"\non = \"silent\"\nfile = \"silent\"\n";
    let count = site.bases.len();
    for (n, base) in site.bases.iter().enumerate() {
        if reload.is_multiple_of(3) || n + 10 < count || !(n + reload as usize).is_multiple_of(3) {
            text += &format!("[[feed]]\nurl = \"{base}/feed\"\npublisher = \"Outlet {n}\"\ntags = [\"t{}\"]\n", n % 5);
        }
    }
    if reload % 5 == 4 {
        text += "every = nonsense\n";
    }
    Ok(std::fs::write(dir.join("newsfold.toml"), text)?)
}

impl Soak {
    fn day(&self) -> f64 {
        self.clock.now().duration_since(ORIGIN.parse().unwrap_or(Timestamp::UNIX_EPOCH)).as_secs_f64() / 86_400.0
    }

    fn sleep(&self, simulated: SignedDuration) {
        std::thread::sleep(Duration::try_from(simulated).unwrap_or_default() / self.rate);
    }

    /// The month itself: a look every three hours, a reload every eight, kills on their days.
    fn month(&mut self, days: f64) -> anyhow::Result<Vec<Sample>> {
        let (mut samples, mut reloads, mut kills) = (Vec::new(), 1.0, KILLS.iter().peekable());
        measure::head();
        while self.day() < days {
            self.sleep(SignedDuration::from_hours(3));
            if kills.next_if(|at| **at <= self.day()).is_some() {
                self.daemon.kill()?;
                self.daemon.wait()?;
                // A daemon starts with a good file only; a broken one is for reloads.
                self.reloads += u32::from(self.reloads % 5 == 4);
                write_config(&self.dir, &self.site, self.reloads)?;
                self.daemon = start(&self.dir, self.began, self.rate)?;
                continue;
            }
            ensure!(self.daemon.try_wait()?.is_none(), "the daemon ended by itself: see {}", self.dir.join("log").display());
            if self.day() * 3.0 > reloads {
                reloads += 1.0;
                self.reload()?;
            }
            samples.extend(measure::sample(self.day(), self.daemon.id(), &self.dir.join("state")));
            measure::line(&samples);
        }
        Ok(samples)
    }

    fn reload(&mut self) -> anyhow::Result<()> {
        self.reloads += 1;
        write_config(&self.dir, &self.site, self.reloads)?;
        self.signal("HUP")
    }

    fn signal(&self, name: &str) -> anyhow::Result<()> {
        ensure!(Command::new("kill").arg(format!("-{name}")).arg(self.daemon.id().to_string()).status()?.success(), "no daemon to signal");
        Ok(())
    }

    /// After the month: no faults, no news; everything must be there within four days.
    fn settle(&mut self, outlets: &Outlets) -> anyhow::Result<measure::Lost> {
        self.reloads = 2;
        self.reload()?;
        let end = self.day() + 4.0;
        loop {
            let lost = measure::lost(&self.dir.join("state"), outlets, &self.site)?;
            if lost.is_nothing() || self.day() > end {
                return Ok(lost);
            }
            self.sleep(SignedDuration::from_hours(3));
        }
    }

    fn stop(&mut self) -> anyhow::Result<()> {
        self.signal("TERM")?;
        let asked = Instant::now();
        let status = self.daemon.wait()?;
        println!("SIGTERM: down in {:.1} s, {status}", asked.elapsed().as_secs_f64());
        ensure!(status.success() && asked.elapsed() < Duration::from_secs(10), "it did not end as it should");
        Ok(())
    }
}

impl Drop for Soak {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

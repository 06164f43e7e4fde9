//! What the daemon's tasks share.

use super::DaemonError;
use super::alerts::{self, Trouble};
use super::place::{Learnt, State};
use super::progress::{Counters, Progress};
use super::quarantine::Quarantine;
use super::writer::Writer;
use crate::clock::Clock;
use crate::config::{self, Config, Feed, Secret};
use crate::model::Id;
use crate::model::views::HeldHost;
use crate::{net, store};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;
use url::Url;

/// The key under which hosts' pauses are stored.
const HOLDS: &str = "net.holds";

/// Origins whose robots.txt is taken up at start.
const ROBOTS: u32 = 5_000;

/// Where a configuration comes from, so that it can be read again.
#[derive(Clone, Debug, Default)]
pub struct ConfigSource {
    /// `--config`.
    pub file: Option<PathBuf>,
    /// `--state-dir`.
    pub state_dir: Option<PathBuf>,
}

/// Configuration, HTTP client, writer and clock, and what is under way.
pub struct Engine {
    /// The time.
    pub clock: Clock,
    /// Tells every task to end.
    pub stop: CancellationToken,
    /// The database and the indexes.
    pub writer: Writer,
    /// Rung where new work may be pending.
    pub work: Notify,
    /// Polling and fetching rest.
    pub paused: AtomicBool,
    /// Since when this engine runs.
    pub started_at: Timestamp,
    /// What the writer has learnt.
    pub(super) learnt: Arc<Learnt>,
    pub(super) counters: Counters,
    pub(super) quarantine: Quarantine,
    pub(super) draining: tokio::sync::Mutex<()>,
    pub(super) rechecking: tokio::sync::Mutex<()>,
    /// Permits for feeds that have answered and are being read and recorded.
    pub(super) reading: Semaphore,
    /// Permits for pages being read: parsing is work for cores, not for tasks.
    pub(super) cores: Arc<Semaphore>,
    source: ConfigSource,
    live: RwLock<Live>,
    polling: Mutex<HashSet<Id>>,
    next_due_ms: AtomicI64,
    holds_kept: AtomicU64,
    reload_error: Mutex<Option<String>>,
    pub(super) alert_troubles: Mutex<BTreeMap<String, Trouble>>,
    /// How often the poller has looked for feeds that are due.
    pub(super) looks: AtomicU64,
    reloading: tokio::sync::Mutex<()>,
}

/// What a reload replaces.
#[derive(Clone)]
struct Live {
    config: Arc<Config>,
    client: net::Client,
    secrets: Arc<HashMap<Id, (url::Origin, net::Secrets)>>,
}

impl Live {
    fn new(config: Arc<Config>, client: net::Client) -> Self {
        let secrets = Arc::new(secrets(&config));
        Self { config, client, secrets }
    }
}

impl Engine {
    /// Takes the database's lock, opens it, and brings it in step with `config`.
    ///
    /// # Errors
    /// Where another process holds the lock, the database cannot be opened, or the client cannot be built.
    pub async fn start(config: Config, source: ConfigSource, clock: Clock) -> Result<Arc<Self>, DaemonError> {
        let now = clock.now();
        let client = net::Client::new(net_settings(&config), clock.clone())?;
        let learnt = Arc::new(Learnt::default());
        let state = State::open(&config, Arc::clone(&learnt), now)?;
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let engine = Arc::new(Self {
            stop: CancellationToken::new(),
            writer: Writer::start(state, clock.clone())?,
            work: Notify::new(),
            paused: AtomicBool::new(false),
            started_at: now,
            draining: tokio::sync::Mutex::new(()),
            rechecking: tokio::sync::Mutex::new(()),
            reading: Semaphore::new(config.fetch.concurrency as usize),
            cores: Arc::new(Semaphore::new(cores)),
            learnt,
            counters: Counters::default(),
            quarantine: Quarantine::open(&config.state_dir),
            source,
            live: RwLock::new(Live::new(Arc::new(config), client)),
            polling: Mutex::default(),
            next_due_ms: AtomicI64::new(i64::MIN),
            holds_kept: AtomicU64::new(0),
            reload_error: Mutex::default(),
            alert_troubles: Mutex::default(),
            looks: AtomicU64::new(0),
            reloading: tokio::sync::Mutex::new(()),
            clock,
        });
        engine.recall_holds().await?;
        engine.recall_robots().await?;
        engine.quarantine.recall(&engine).await?;
        alerts::begin(&engine).await?;
        // What was pending when the last process ended is taken up at once.
        engine.work.notify_one();
        Ok(engine)
    }

    /// The configuration in force.
    pub fn config(&self) -> Arc<Config> {
        Arc::clone(&self.live.read().unwrap_or_else(PoisonError::into_inner).config)
    }

    /// The HTTP client in force.
    pub fn client(&self) -> net::Client {
        self.live.read().unwrap_or_else(PoisonError::into_inner).client.clone()
    }

    /// The headers and credentials that `url` is asked for with on behalf of `feed`: the feed's where it is of the origin
    /// that they were declared for (a paying subscriber's pages are), none anywhere else. A feed that moved to another
    /// origin is asked for without: whoever has a redirect to give must not get a password by it.
    pub(super) fn secrets(&self, feed: Id, url: &Url) -> net::Secrets {
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        let own = live.secrets.get(&feed).filter(|(origin, _)| *origin == url.origin());
        own.map(|(_, secrets)| secrets.clone()).unwrap_or_default()
    }

    /// Whether nothing is polled and fetched now: a person paused it, or the disk is full.
    pub(super) fn rests(&self) -> bool {
        self.paused.load(Ordering::Relaxed) || self.writer.space_low()
    }

    /// What was done since the engine started.
    pub fn progress(&self) -> Progress {
        self.counters.snapshot()
    }

    /// Feeds being polled now.
    pub fn polling(&self) -> usize {
        lock(&self.polling).len()
    }

    /// Why the last reload was refused.
    pub fn reload_error(&self) -> Option<String> {
        lock(&self.reload_error).clone()
    }

    /// Alerts that do not get through, by name.
    pub fn alert_troubles(&self) -> BTreeMap<String, Trouble> {
        lock(&self.alert_troubles).clone()
    }

    /// Marks a feed as being polled; `None` where it is already. Dropping the guard takes the mark away.
    pub(super) fn begin_poll(&self, feed: Id) -> Option<Polling<'_>> {
        // Lazily: a guard that is made and dropped would take another poll's mark away, under the lock that it needs.
        lock(&self.polling).insert(feed).then(|| Polling { engine: self, feed })
    }

    /// Whether the database is worth asking for due feeds: the earliest due time that it named has come.
    pub(super) fn may_be_due(&self) -> bool {
        self.clock.now().as_millisecond() >= self.next_due_ms.load(Ordering::Relaxed)
    }

    /// Keeps the earliest due time; none means that nothing will ever be due as things are.
    pub(super) fn set_next_due(&self, at: Option<Timestamp>) {
        self.next_due_ms.store(at.map_or(i64::MAX, Timestamp::as_millisecond), Ordering::Relaxed);
    }

    /// A poll has set a feed's due time to `at`.
    pub(super) fn due_at(&self, at: Timestamp) {
        self.next_due_ms.fetch_min(at.as_millisecond(), Ordering::Relaxed);
    }

    /// Does `work` on a thread where it may take its time, with as many others at once as there are cores. Its room is free
    /// when its thread is: given back by the work itself, whoever had it next started another thread, and there were a dozen.
    ///
    /// # Errors
    /// Where the engine ends before it was its turn; within, where the work panicked.
    pub(super) async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Result<T, JoinError>, DaemonError> {
        let room = Arc::new(Arc::clone(&self.cores).acquire_owned().await.map_err(|_| DaemonError::Interrupted)?);
        // The work holds it too: who waits for it may be gone before it has ended.
        let theirs = Arc::clone(&room);
        let worked = move || {
            let _theirs = theirs;
            work()
        };
        let done = tokio::task::spawn_blocking(worked).await;
        drop(room);
        Ok(done)
    }

    /// Takes up the pauses that hosts asked for before this process: a site owner's Retry-After outlives a restart.
    async fn recall_holds(&self) -> Result<(), DaemonError> {
        let rows = self.writer.with(|state| state.store.meta(HOLDS)).await?;
        match rows.as_deref().map(serde_json::from_str::<Vec<net::HoldRow>>) {
            Some(Ok(rows)) => self.client().load_holds(rows),
            Some(Err(error)) => tracing::warn!(%error, "the pauses that hosts asked for are not readable, and forgotten"),
            None => {}
        }
        Ok(())
    }

    /// Takes up what robots.txt said to a process before this one: a day is a day, also across restarts.
    async fn recall_robots(&self) -> Result<(), DaemonError> {
        let (client, since) = (self.client(), robots_since(self.clock.now()));
        let agent = client.product().to_owned();
        let rules = self.writer.with(move |state| state.store.robots(&agent, since, ROBOTS)).await?;
        client.load_robots(rules.into_iter().map(|r| net::RobotsRow {
            origin: r.origin,
            fetched_at: r.fetched_at,
            rules: r.rules,
            validators: r.validators,
        }));
        Ok(())
    }

    /// Stores what robots.txt said since this was last done.
    ///
    /// # Errors
    /// Where the store fails; what was not stored is asked for again after a restart.
    pub(super) async fn keep_robots(&self) -> Result<(), DaemonError> {
        let (client, since) = (self.client(), robots_since(self.clock.now()));
        let rules = client.new_robots().into_iter().map(|row| store::RobotsRules {
            origin: row.origin,
            agent: client.product().to_owned(),
            fetched_at: row.fetched_at,
            rules: row.rules,
            validators: row.validators,
        });
        let rules: Vec<_> = rules.collect();
        if rules.is_empty() {
            return Ok(());
        }
        self.writer.with(move |state| state.store.keep_robots(&rules, since)).await
    }

    /// Stores the pauses that hosts asked for.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn keep_holds(&self) -> Result<(), DaemonError> {
        let rows = serde_json::to_string(&self.client().holds()).unwrap_or_else(|_| "[]".into());
        self.writer
            .with(move |state| match state.store.meta(HOLDS)? {
                Some(before) if before == rows => Ok(()),
                _ => state.store.set_meta(HOLDS, &rows),
            })
            .await
    }

    /// Stores the pauses where one has begun or was lifted since: `feeds` and `status` show them, and a killed process
    /// must not forget a Retry-After.
    pub(super) async fn keep_changed_holds(&self) {
        let changes = self.client().hold_changes();
        if self.holds_kept.swap(changes, Ordering::Relaxed) != changes
            && let Err(error) = self.keep_holds().await
        {
            tracing::warn!(%error, "the pauses that hosts asked for could not be kept");
        }
    }

    /// Reads the configuration again and applies it, all or nothing.
    ///
    /// # Errors
    /// Where the new configuration is not valid or cannot be applied; the old one goes on, and the error is kept for
    /// `status`.
    pub async fn reload(&self) -> Result<serde_json::Value, DaemonError> {
        // One after the other: SIGHUP and `newsfold reload` may come together.
        let _turn = self.reloading.lock().await;
        super::notify::reloading();
        let done = self.try_reload().await;
        *lock(&self.reload_error) = done.as_ref().err().map(ToString::to_string);
        match &done {
            Ok(report) => {
                tracing::info!(%report, "configuration reloaded");
                if let Some(names) = report["restart"].as_array().filter(|names| !names.is_empty()) {
                    tracing::warn!(?names, "some changed settings need a restart");
                }
            }
            Err(error) => tracing::error!(%error, "the new configuration was refused; the old one goes on"),
        }
        super::notify::ready(self);
        done
    }

    async fn try_reload(&self) -> Result<serde_json::Value, DaemonError> {
        let source = self.source.clone();
        let config = tokio::task::spawn_blocking(move || config::load(source.file.as_deref(), source.state_dir.as_deref()))
            .await
            .map_err(|e| DaemonError::Start(e.to_string()))??;
        let old = self.config();
        if config.state_dir != old.state_dir {
            return Err(DaemonError::Start(format!(
                "state_dir changed from {} to {}: this needs a restart",
                old.state_dir.display(),
                config.state_dir.display()
            )));
        }
        let client = match config.fetch == old.fetch {
            true => self.client(),
            false => {
                let client = net::Client::new(net_settings(&config), self.clock.clone())?;
                client.load_holds(self.client().holds());
                self.keep_robots().await?;
                client
            }
        };
        let for_a_restart = for_a_restart(&old, &config);
        let (now, config) = (self.clock.now(), Arc::new(config));
        let given = Arc::clone(&config);
        let synced = self.writer.with(move |state| state.sync(&given, now)).await?;
        *self.live.write().unwrap_or_else(PoisonError::into_inner) = Live::new(config, client);
        self.recall_robots().await?;
        self.set_next_due(Some(now));
        self.writer.ring();
        Ok(
            serde_json::json!({ "added": synced.added, "removed": synced.removed, "changed": synced.changed, "kept": synced.kept, "restart": for_a_restart }),
        )
    }
}

/// A feed's mark as being polled.
pub(super) struct Polling<'a> {
    engine: &'a Engine,
    feed: Id,
}

impl Drop for Polling<'_> {
    fn drop(&mut self) {
        lock(&self.engine.polling).remove(&self.feed);
    }
}

/// The HTTP client's settings, as the configuration has them.
pub(super) fn net_settings(config: &Config) -> net::Settings {
    let (fetch, default) = (&config.fetch, net::Settings::default());
    net::Settings {
        user_agent: fetch.user_agent.clone().unwrap_or_else(|| default.user_agent.clone()),
        contact: fetch.contact.clone(),
        allow_networks: fetch.allow_networks.clone(),
        proxy: fetch.proxy.clone(),
        min_gap: fetch.min_gap,
        per_host: fetch.per_host as usize,
        max_connections: fetch.concurrency as usize,
        connect_timeout: fetch.connect_timeout,
        first_byte_timeout: fetch.first_byte_timeout,
        idle_timeout: fetch.idle_timeout,
        total_timeout: fetch.total_timeout,
        feed_max_bytes: fetch.feed_max_bytes,
        page_max_bytes: fetch.page_max_bytes,
        respect_robots: fetch.respect_robots,
        ..default
    }
}

/// The changed settings that a running daemon cannot take up.
fn for_a_restart(old: &Config, new: &Config) -> Vec<&'static str> {
    let changed = [
        (old.store != new.store, "store.synchronous"),
        (old.fetch.concurrency != new.fetch.concurrency, "fetch.concurrency"),
        // A narrower one is in force at once.
        (old.dedup.window < new.dedup.window, "dedup.window"),
    ];
    changed.into_iter().filter_map(|(changed, name)| changed.then_some(name)).collect()
}

/// Rules of robots.txt older than this are of no use.
fn robots_since(now: Timestamp) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(30 * 24)).unwrap_or(Timestamp::MIN)
}

/// The hosts that are left alone, as the last process stored them; those whose pause has ended are left out.
///
/// # Errors
/// Where the database cannot be read.
pub fn held_hosts(reader: &store::Reader, now: Timestamp) -> Result<Vec<HeldHost>, store::StoreError> {
    let rows: Vec<net::HoldRow> = reader.meta(HOLDS)?.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
    let kind = |kind| match kind {
        net::Kind::Page => "page".to_owned(),
        net::Kind::Feed | net::Kind::Robots => "feed".to_owned(),
    };
    let held = rows.into_iter().filter(|row| row.until > now);
    Ok(held.map(|row| HeldHost { host: row.host, kind: row.kind.map(kind), until: row.until, why: row.why.to_string() }).collect())
}

/// Headers and credentials of the feeds that have some.
fn secrets(config: &Config) -> HashMap<Id, (url::Origin, net::Secrets)> {
    let mut all = HashMap::new();
    for feed in config.feeds.iter().filter(|feed| !feed.headers.is_empty() || feed.username.is_some()) {
        match feed_secrets(feed) {
            Ok(secrets) => drop(all.insert(feed.id(), (feed.url.origin(), secrets))),
            // The message holds names, never values.
            Err(error) => tracing::error!(feed = %feed.url, error, "headers of {} cannot be sent: {error}", feed.url),
        }
    }
    all
}

fn feed_secrets(feed: &Feed) -> Result<net::Secrets, String> {
    let mut secrets = net::Secrets::none();
    if let Some(user) = &feed.username {
        secrets = secrets.basic(user, feed.password.as_ref().and_then(Secret::expose).unwrap_or_default())?;
    }
    for (name, value) in &feed.headers {
        if let Some(value) = value.expose() {
            secrets = secrets.header(name, value)?;
        }
    }
    Ok(secrets)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! The daemon: bells, polls, fetches, the control socket, signals and the service manager, until it is told to stop.

use super::bell::{self, Bells};
use super::engine::Engine;
use super::{DaemonError, alerts, dues, fetcher, metrics, notify, poller, recheck, server, tidy};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio_util::task::TaskTracker;

/// How long tasks may take to end once told to.
const GRACE: Duration = Duration::from_secs(8);

/// Threads at most for what blocks: as many as there are cores read feeds and pages, the rest resolve names and write
/// files. The unit's limit of tasks leaves room for them and for programs that are told of alerts.
const BLOCKING: usize = 64;
/// How long one of them waits for more to do. A burst may start a dozen, and each keeps a stack and a share of the heap; they
/// take turns, so that with a longer wait all of them stay for as long as there is anything to do.
const KEEP: Duration = Duration::from_millis(100);

/// The runtime of the daemon and of a pass. Its threads wait and pass on, what computes has threads of its own: one for
/// every four cores is as fast as one a core (first refresh, pages, unchanged; two cores), and at rest each bell wakes one
/// thread and not two. Where one is enough it is the caller's: an unchanged refresh costs a tenth less CPU, most of it of
/// the kernel, for the C library lets the heap of a second thread grow a page at a time.
///
/// # Errors
/// Where its threads cannot be started.
pub fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).div_ceil(4);
    let mut builder = match threads {
        1 => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    builder.worker_threads(threads).max_blocking_threads(BLOCKING).thread_keep_alive(KEEP).enable_all().build()
}

/// Runs until SIGTERM or SIGINT, then ends in order: no new work, tasks awaited, the writer drained and joined.
///
/// # Errors
/// Where the daemon cannot start, and where its writer dies.
pub async fn run(engine: Arc<Engine>) -> Result<(), DaemonError> {
    let mut signals = Signals::listen()?;
    let now = engine.clock.now();
    engine.writer.with(move |state| state.build(now)).await?;
    let socket = server::bind(&engine)?;
    let mut bells = Bells::start().await.map_err(|e| DaemonError::Scheduler(e.to_string()))?;
    dues::settle(&engine, None).await?;
    let tasks = TaskTracker::new();
    let mut loops = JoinSet::new();
    loops.spawn(poller::keep_polling(Arc::clone(&engine), Arc::clone(&bells.poll), tasks.clone()));
    for (bell, every) in bells.all() {
        // The scheduler goes by the machine's clock.
        if let Some(every) = engine.clock.shortened(every) {
            loops.spawn(bell::keep_ringing(engine.stop.clone(), bell, every));
        }
    }
    loops.spawn(fetcher::keep_fetching(Arc::clone(&engine)));
    loops.spawn(recheck::keep_rechecking(Arc::clone(&engine)));
    loops.spawn(alerts::keep_telling(Arc::clone(&engine)));
    loops.spawn(metrics::keep_writing(Arc::clone(&engine), Arc::clone(&bells.report)));
    loops.spawn(tidy::keep_tidy(Arc::clone(&engine), Arc::clone(&bells.maintenance)));
    loops.spawn(server::serve(Arc::clone(&engine), socket, tasks.clone()));
    notify::ready(&engine);
    tracing::info!(pid = std::process::id(), state_dir = %engine.config().state_dir.display(), "newsfold is ready");
    let end = watch(&engine, &mut signals, &mut bells, &mut loops).await;
    notify::stopping();
    engine.stop.cancel();
    bells.stop().await;
    tasks.close();
    let ended = async {
        while loops.join_next().await.is_some() {}
        tasks.wait().await;
    };
    if tokio::time::timeout(GRACE, ended).await.is_err() {
        tracing::warn!(tasks = tasks.len(), "some tasks did not end in time; what they had not committed will be repeated");
    }
    server::unlink(&engine);
    if let Err(error) = engine.keep_holds().await {
        tracing::warn!(%error, "the pauses that hosts asked for could not be kept");
    }
    if let Err(error) = engine.keep_robots().await {
        tracing::warn!(%error, "what robots.txt said could not be kept; it is asked for again");
    }
    engine.writer.close().await;
    end
}

/// Waits for signals and feeds the watchdog; returns when it is time to stop.
async fn watch(engine: &Arc<Engine>, signals: &mut Signals, bells: &mut Bells, loops: &mut JoinSet<()>) -> Result<(), DaemonError> {
    let mut watchdog = notify::Watchdog::new();
    loop {
        tokio::select! {
            signal = signals.next() => match signal {
                Signal::Stop(name) => {
                    tracing::info!(signal = name, "stopping");
                    return Ok(());
                }
                // The engine keeps and reports a reload's error itself: the old configuration goes on.
                Signal::Reload => drop(engine.reload().await),
            },
            () = watchdog.tick() => watchdog.feed(engine, bells).await,
            // None ends before it is told to, unless it died: a new process begins with all of them.
            Some(ended) = loops.join_next() => {
                let why = ended.err().map_or_else(String::new, |error| format!(": {error}"));
                return Err(DaemonError::Start(format!("a part of the daemon ended by itself{why}; nothing that was committed is lost")));
            }
            () = engine.writer.died() => return Err(DaemonError::Writer("the writer thread ended".into())),
        }
    }
}

enum Signal {
    Stop(&'static str),
    Reload,
}

struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    reload: tokio::signal::unix::Signal,
}

impl Signals {
    fn listen() -> Result<Self, DaemonError> {
        let on = |kind| signal(kind).map_err(|e| DaemonError::Start(format!("cannot listen for signals: {e}")));
        Ok(Self { terminate: on(SignalKind::terminate())?, interrupt: on(SignalKind::interrupt())?, reload: on(SignalKind::hangup())? })
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.terminate.recv() => Signal::Stop("SIGTERM"),
            _ = self.interrupt.recv() => Signal::Stop("SIGINT"),
            _ = self.reload.recv() => Signal::Reload,
        }
    }
}

/// Waits for `bell` or the end; false at the end.
pub(super) async fn next_round(engine: &Engine, bell: &tokio::sync::Notify) -> bool {
    tokio::select! {
        () = engine.stop.cancelled() => false,
        () = bell::heard(bell) => true,
    }
}

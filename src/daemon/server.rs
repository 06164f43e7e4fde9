//! The daemon's side of the control socket.

use super::DaemonError;
use super::control::{AlertFailing, Command, DaemonStatus, MAX_REQUEST, Reply, Request, VERSION, socket_path};
use super::engine::Engine;
use super::pass::{self, Selection};
use super::{recluster, tidy};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio_util::task::TaskTracker;

/// How often a caller hears how far its pass is.
const HEARTBEAT: Duration = Duration::from_millis(150);
/// How long a caller may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(10);

/// Binds the socket. The database's lock is ours by now, so a socket that lies there is a dead daemon's.
///
/// # Errors
/// Where the socket cannot be made.
pub fn bind(engine: &Engine) -> Result<UnixListener, DaemonError> {
    let path = socket_path(&engine.config().state_dir);
    let failed = |e: std::io::Error| DaemonError::Start(format!("cannot listen on {}: {e}", path.display()));
    match std::fs::remove_file(&path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(failed(e)),
        _ => {}
    }
    let listener = UnixListener::bind(&path).map_err(failed)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o660)).map_err(failed)?;
    Ok(listener)
}

/// Takes the socket away.
pub fn unlink(engine: &Engine) {
    let path = socket_path(&engine.config().state_dir);
    if let Err(error) = std::fs::remove_file(&path) {
        tracing::warn!(path = %path.display(), %error, "the control socket could not be removed");
    }
}

/// Answers callers until the end.
pub async fn serve(engine: Arc<Engine>, listener: UnixListener, tasks: TaskTracker) {
    loop {
        let accepted = tokio::select! {
            () = engine.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let engine = Arc::clone(&engine);
                tasks.spawn(async move {
                    tokio::select! {
                        () = engine.stop.cancelled() => {}
                        () = converse(&engine, stream) => {}
                    }
                });
            }
            Err(error) => {
                // Out of descriptors, most likely: callers wait a moment in the backlog.
                tracing::warn!(%error, "a caller on the control socket could not be accepted");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

/// One caller, one request.
async fn converse(engine: &Arc<Engine>, stream: UnixStream) {
    if let Err(words) = admit(engine, &stream) {
        tracing::warn!(reason = words, "a caller on the control socket was refused");
        let mut stream = stream;
        let _ = send(&mut stream, &Reply::Error(words)).await;
        return;
    }
    let (reading, mut writing) = stream.into_split();
    let request = match tokio::time::timeout(PATIENCE, read_request(reading)).await {
        Ok(Ok(request)) => request,
        Ok(Err(words)) => return drop(send(&mut writing, &Reply::Error(words)).await),
        Err(_) => return,
    };
    let reply = answer(engine, request.command, &mut writing).await.unwrap_or_else(|error| match error {
        DaemonError::NoSuchFeed(_) | DaemonError::Refused(_) => Reply::Usage(error.to_string()),
        other => Reply::Error(other.to_string()),
    });
    // The caller may have hung up; what it asked for is done all the same.
    let _ = send(&mut writing, &reply).await;
}

/// Our own user, root, and the members of the socket's group may ask. The kernel has held the rest off by the socket's
/// mode, and it alone knows whether a caller's further groups let him in; where somebody opened the mode to all, only
/// the caller's first group is known here.
fn admit(engine: &Engine, stream: &UnixStream) -> Result<(), String> {
    let peer = stream.peer_cred().map_err(|e| format!("the caller's user is not known: {e}"))?;
    let owner = std::fs::metadata(socket_path(&engine.config().state_dir)).map_err(|e| e.to_string())?;
    if owner.mode() & 0o002 == 0 || peer.uid() == 0 || peer.uid() == owner.uid() || peer.gid() == owner.gid() {
        return Ok(());
    }
    Err(format!(
        "user {} may not command this daemon: run the command as its user (uid {}) or a member of its group",
        peer.uid(),
        owner.uid()
    ))
}

async fn read_request(from: tokio::net::unix::OwnedReadHalf) -> Result<Request, String> {
    let mut line = Vec::new();
    let mut from = BufReader::new(from).take(MAX_REQUEST + 1);
    from.read_until(b'\n', &mut line).await.map_err(|e| e.to_string())?;
    if line.len() as u64 > MAX_REQUEST {
        return Err(format!("the request is longer than {MAX_REQUEST} bytes"));
    }
    #[derive(serde::Deserialize)]
    struct Versioned {
        version: u32,
    }
    let Versioned { version } = serde_json::from_slice(&line).map_err(|e| format!("the request is not understood: {e}"))?;
    if version != VERSION {
        return Err(format!(
            "the daemon speaks version {VERSION} of the control protocol, the caller version {version}: restart the daemon"
        ));
    }
    let ours = env!("CARGO_PKG_VERSION");
    serde_json::from_slice(&line)
        .map_err(|e| format!("the daemon ({ours}) does not know this request; is the command newer? Restart the daemon. ({e})"))
}

async fn send(to: &mut (impl AsyncWriteExt + Unpin), reply: &Reply) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(reply)?;
    line.push(b'\n');
    to.write_all(&line).await
}

async fn answer(engine: &Arc<Engine>, command: Command, to: &mut (impl AsyncWriteExt + Unpin)) -> Result<Reply, DaemonError> {
    let done = match command {
        Command::Status => serde_json::to_value(status(engine).await?),
        Command::Poll { feeds, all } => {
            return busy(engine, pass::run(Arc::clone(engine), Selection::new(feeds, all)), to).await;
        }
        Command::Order(order) => {
            let now = engine.clock.now();
            let ruled = engine.writer.with(move |state| state.obey(&order, now)).await?;
            serde_json::to_value(ruled.map_err(DaemonError::Refused)?)
        }
        Command::Prune => return busy(engine, tidy::prune(engine), to).await,
        Command::Recluster => return busy(engine, recluster::run(engine), to).await,
        Command::Candidates(text) => serde_json::to_value(engine.writer.with(move |state| Ok(state.candidates_to_match(&text))).await?),
        Command::Reload => Ok(engine.reload().await?),
        Command::Pause | Command::Resume => {
            let paused = command == Command::Pause;
            engine.paused.store(paused, Ordering::Relaxed);
            tracing::info!(paused, "told to {}", if paused { "pause" } else { "resume" });
            Ok(serde_json::json!({ "paused": paused }))
        }
    };
    Ok(done.map_or_else(|e| Reply::Error(e.to_string()), Reply::Done))
}

/// Does what takes long, and tells the caller meanwhile how far the daemon is.
async fn busy<T: serde::Serialize>(
    engine: &Arc<Engine>,
    work: impl Future<Output = Result<T, DaemonError>>,
    to: &mut (impl AsyncWriteExt + Unpin),
) -> Result<Reply, DaemonError> {
    let before = engine.progress();
    tokio::pin!(work);
    let mut beat = tokio::time::interval(HEARTBEAT);
    let mut listening = true;
    loop {
        tokio::select! {
            done = &mut work => {
                return Ok(match serde_json::to_value(done?) { Ok(v) => Reply::Done(v), Err(e) => Reply::Error(e.to_string()) });
            }
            _ = beat.tick(), if listening => listening = send(to, &Reply::Progress(engine.progress().since(before))).await.is_ok(),
        }
    }
}

/// The daemon's state.
///
/// # Errors
/// Where the database fails.
pub async fn status(engine: &Engine) -> Result<DaemonStatus, DaemonError> {
    let (pending, indexed) = engine.writer.sizes().await?;
    let (due, alerts_waiting) = engine.writer.with(|state| Ok((state.store.next_due()?, state.store.alerts_left()?))).await?;
    let overdue = due.map_or(0, |due| engine.clock.now().as_second().saturating_sub(due.as_second()));
    let failing = engine.alert_troubles().into_iter();
    Ok(DaemonStatus {
        version: env!("CARGO_PKG_VERSION").into(),
        pid: std::process::id(),
        started_at: engine.started_at,
        paused: engine.paused.load(Ordering::Relaxed),
        space_low: engine.writer.space_low(),
        polling: engine.polling() as u64,
        pending,
        indexed,
        writer_queue: engine.writer.queued(),
        last_commit_ms: engine.writer.last_commit_ms(),
        reload_error: engine.reload_error(),
        overdue_s: u64::try_from(overdue).unwrap_or(0),
        alerts_waiting,
        alerts_failing: failing.map(|(name, trouble)| AlertFailing { name, since: trouble.since, why: trouble.why }).collect(),
        done: engine.progress(),
        resident_bytes: resident_bytes(),
        descriptors: std::fs::read_dir("/proc/self/fd").map_or(0, |open| open.count() as u64),
    })
}

/// This process's memory; 0 where the system does not tell.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).map_or(0, |kilobytes| kilobytes * 1024)
}

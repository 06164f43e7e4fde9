//! Handing alerts over: a line each into a file, or to a program on its standard input.

use crate::config::Alert;
use crate::daemon::DaemonError;
use crate::daemon::engine::Engine;
use crate::store::WaitingAlert;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

/// Alerts that one run gets at most.
const BATCH: u32 = 100;
/// How long a program may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a program may go on when newsfold is told to end.
const GRACE: Duration = Duration::from_secs(5);
/// Runs that took an alert and whose end nobody saw, after which it counts as told: newsfold was killed each time.
const UNSEEN_RUNS: u32 = 2;
/// How far back in a file an alert is looked for.
const TAIL: u64 = 1 << 20;
/// What a program gets of newsfold's environment: passwords may stand in the rest.
const KEPT: [&str; 7] = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR"];

/// What came of it.
pub(super) enum Handed {
    /// Nothing waits.
    Nothing,
    /// Some alerts were taken; more may wait.
    Some,
    /// None was taken: why.
    Failed(String),
}

/// Hands over the oldest alerts that wait for the receiver of `rule`.
///
/// # Errors
/// Where the database fails, and [`DaemonError::Interrupted`] where newsfold ends before the receiver is done.
pub(super) async fn hand_over(engine: &Engine, rule: &Alert) -> Result<Handed, DaemonError> {
    let name = rule.name.clone();
    let alerts = engine.writer.with(move |state| state.store.waiting_alerts(&name, BATCH)).await?;
    if alerts.is_empty() {
        return Ok(Handed::Nothing);
    }
    let state_dir = engine.config().state_dir.clone();
    if let Some(file) = &rule.file {
        let (path, lines) = (state_dir.join(file), alerts.clone());
        let appended = tokio::task::spawn_blocking(move || append(&path, &lines).map_err(|e| format!("{}: {e}", path.display())));
        if let Err(why) = appended.await.map_err(|e| DaemonError::Reading(e.to_string()))? {
            return Ok(Handed::Failed(why));
        }
    }
    if !rule.command.is_empty() {
        let fresh: Vec<&WaitingAlert> = alerts.iter().filter(|alert| alert.handed < UNSEEN_RUNS).collect();
        if fresh.len() < alerts.len() {
            let count = alerts.len() - fresh.len();
            tracing::warn!(
                alert = rule.name,
                count,
                "newsfold was killed twice while {count} alerts of “{}” were handed over; they count as told",
                rule.name
            );
        }
        if !fresh.is_empty()
            && let Err(why) = run(engine, rule, &state_dir, &fresh).await?
        {
            let seqs = fresh.iter().map(|alert| alert.seq).collect::<Vec<_>>();
            engine.writer.with(move |state| state.store.alerts_failed(&seqs)).await?;
            return Ok(Handed::Failed(why));
        }
    }
    let (seqs, now) = (alerts.iter().map(|alert| alert.seq).collect::<Vec<_>>(), engine.clock.now());
    engine.writer.with(move |state| state.store.alerts_done(&seqs, now)).await?;
    Ok(Handed::Some)
}

/// Appends those of the alerts that are not there yet, and brings them to the disk.
fn append(path: &Path, alerts: &[WaitingAlert]) -> std::io::Result<()> {
    let mut file = File::options().read(true).append(true).create(true).mode(0o640).open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    Read::by_ref(&mut file).take(TAIL).read_to_end(&mut tail)?;
    let there: std::collections::HashSet<&[u8]> = tail.split(|byte| *byte == b'\n').collect();
    let mut lines = Vec::new();
    for alert in alerts.iter().filter(|alert| !there.contains(alert.data.as_bytes())) {
        lines.extend_from_slice(alert.data.as_bytes());
        lines.push(b'\n');
    }
    if lines.is_empty() {
        return Ok(());
    }
    // A full disk may have cut the last line.
    if tail.last().is_some_and(|byte| *byte != b'\n') {
        lines.insert(0, b'\n');
    }
    file.write_all(&lines)?;
    file.sync_data()
}

/// One run of the program; the inner error says why it did not take the alerts.
async fn run(engine: &Engine, rule: &Alert, dir: &PathBuf, alerts: &[&WaitingAlert]) -> Result<Result<(), String>, DaemonError> {
    let Some((program, arguments)) = rule.command.split_first() else { return Ok(Ok(())) };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(dir).env_clear().env("NEWSFOLD_ALERT", &rule.name);
    command.envs(KEPT.iter().filter_map(|key| Some((key, std::env::var_os(key)?))));
    // What it has to say of its own goes where newsfold's log goes.
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::inherit()).kill_on_drop(true).process_group(0);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Ok(Err(format!("{program} cannot be started: {error}"))),
    };
    let pid = child.id();
    let ended = tokio::select! {
        ended = feed(engine, &mut child, alerts) => Some(ended?),
        () = tokio::time::sleep(PATIENCE) => None,
        () = async { engine.stop.cancelled().await; tokio::time::sleep(GRACE).await } => {
            kill_group(pid);
            return Err(DaemonError::Interrupted);
        }
    };
    Ok(match ended {
        Some(Ok(status)) if status.success() => Ok(()),
        Some(Ok(status)) => Err(format!("{program} ended with {status}")),
        Some(Err(error)) => Err(format!("{program}: {error}")),
        None => {
            kill_group(pid);
            Err(format!("{program} did not end within {} s and was killed", PATIENCE.as_secs()))
        }
    })
}

/// Gives the alerts to a program that runs and waits for them, and waits for its end. That it gets them is recorded just
/// before: killed in between, it has not had them and the next run counts as its second; killed later, it has. Recorded
/// any earlier or later, a kill would more often hit where the record is wrong.
async fn feed(engine: &Engine, child: &mut Child, alerts: &[&WaitingAlert]) -> Result<std::io::Result<ExitStatus>, DaemonError> {
    let mut lines = Vec::new();
    for alert in alerts {
        lines.extend_from_slice(alert.data.as_bytes());
        lines.push(b'\n');
    }
    let seqs: Vec<i64> = alerts.iter().map(|alert| alert.seq).collect();
    let input = child.stdin.take();
    let write = async {
        engine.writer.with(move |state| state.store.alerts_handed(&seqs)).await?;
        if let Some(mut input) = input {
            // A program that does not care to read all of it is judged by how it ends.
            let _ = input.write_all(&lines).await;
        }
        Ok::<(), DaemonError>(())
    };
    let (written, ended) = tokio::join!(write, child.wait());
    written?;
    Ok(ended)
}

/// Kills a program with all that it has started.
fn kill_group(pid: Option<u32>) {
    let group = pid.and_then(|pid| i32::try_from(pid).ok()).and_then(rustix::process::Pid::from_raw);
    if let Some(group) = group {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

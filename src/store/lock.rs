//! One writer at a time: a lock on a file beside the database, which names its holder.

use super::StoreError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The name of the lock file.
pub(super) fn path(state_dir: &Path) -> PathBuf {
    state_dir.join("newsfold.lock")
}

/// Takes the lock or says who holds it. The kernel releases it with the process, whatever ends it.
pub(super) fn exclusive(state_dir: &Path, wait: Duration) -> Result<File, StoreError> {
    let path = path(state_dir);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o640)
        .open(&path)
        .map_err(|e| StoreError::io(&path, e))?;
    let deadline = Instant::now() + wait;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::Error(e)) => return Err(StoreError::io(&path, e)),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(20)),
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                let _ = file.read_to_string(&mut pid);
                let pid = pid.trim();
                return Err(StoreError::Locked { pid: if pid.is_empty() { "unknown".to_owned() } else { pid.to_owned() }, path });
            }
        }
    }
    // The pid is a courtesy: on a full disk the lock holds without it.
    let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id()));
    Ok(file)
}

/// Keeps a writer from starting while it is held. `None` where a writer runs, or where the file cannot be opened.
pub(super) fn shared(state_dir: &Path) -> Option<File> {
    let file = File::open(path(state_dir)).ok()?;
    file.try_lock_shared().ok()?;
    Some(file)
}

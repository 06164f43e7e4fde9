//! A full disk: polling and fetching rest until there is room again; reading goes on. And what may fill it: a log of
//! writes that a foreign read keeps from starting over.

use super::engine::Engine;
use crate::store;
use std::time::{Duration, Instant};

/// How often it is looked whether there is room again.
const LOOK: Duration = Duration::from_secs(10);

/// Bytes of the log of writes beyond which whoever keeps it is named, and how often that is said.
const LONG_LOG: u64 = 64 << 20;
const SAY_AGAIN: Duration = Duration::from_secs(600);

/// What is known of the disk's space.
#[derive(Default)]
pub struct Space {
    /// Since when the disk is full, and when it was last looked at.
    full: Option<(Instant, Instant)>,
    /// When it was last said who keeps the log long.
    said: Option<Instant>,
}

impl Space {
    /// Called at every bell. Tells once when the space has run out and once when it is back; what waits is then taken up.
    pub async fn look(&mut self, engine: &Engine) {
        let now = Instant::now();
        if store::log_bytes(&engine.config().state_dir) > LONG_LOG && self.said.is_none_or(|said| now.duration_since(said) >= SAY_AGAIN) {
            self.name_readers(engine, now).await;
        }
        match self.full {
            None if engine.writer.space_low() => {
                let dir = engine.config().state_dir.display().to_string();
                tracing::error!("no space is left on the disk of {dir}: polling and fetching rest until there is; nothing is lost");
                self.full = Some((now, now));
            }
            Some((since, last)) if now.duration_since(last) >= LOOK => match engine.writer.recover_space().await {
                Ok(true) => {
                    tracing::info!(seconds = since.elapsed().as_secs(), "there is space on the disk again: polling and fetching go on");
                    self.full = None;
                    engine.work.notify_one();
                }
                Ok(false) => self.full = Some((since, now)),
                Err(error) => tracing::error!(%error, "the disk's space could not be looked at"),
            },
            _ => {}
        }
    }

    /// Says who keeps the log of writes from starting over, if somebody does.
    async fn name_readers(&mut self, engine: &Engine, now: Instant) {
        match engine.writer.with(|state| Ok((state.store.wal()?, state.store.other_readers()))).await {
            Ok(((bytes, true), readers)) => {
                self.said = Some(now);
                let who = readers.iter().map(|(pid, name)| format!("{name}, pid {pid}")).collect::<Vec<_>>().join("; ");
                tracing::warn!(
                    bytes,
                    "a read that stays open keeps the log of writes ({} MB) from starting over, and it grows: end it. Open the database have: {who}",
                    bytes >> 20
                );
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "the log of writes could not be looked at"),
        }
    }
}

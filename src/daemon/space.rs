//! A full disk: polling and fetching rest until there is room again; reading goes on.

use super::engine::Engine;
use std::time::{Duration, Instant};

/// How often it is looked whether there is room again.
const LOOK: Duration = Duration::from_secs(10);

/// What is known of the disk's space.
#[derive(Default)]
pub struct Space {
    /// Since when the disk is full, and when it was last looked at.
    full: Option<(Instant, Instant)>,
}

impl Space {
    /// Called at every bell. Tells once when the space has run out and once when it is back; what waits is then taken up.
    pub async fn look(&mut self, engine: &Engine) {
        let now = Instant::now();
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
}

//! Feeds on which the parser dies.
//!
//! A panic is caught where it happens; a stack that overflows or memory that ends takes the process with it. So whoever
//! reads a body first leaves a mark in a file: the feed and a hash of the body, taken away when the parser is done. A
//! mark is one write to the page cache, which outlives an abort. Marks that a start finds are deaths. A feed with a
//! death is read alone, so that the next one names its cause; after the second its body is set aside: it is asked for
//! conditionally, and not read until it changes, a person names the feed, or another version of newsfold runs.

use super::DaemonError;
use super::engine::Engine;
use super::reading::Read;
use crate::config::PageSelectors;
use crate::feed::outcome::Outcome;
use crate::model::{EntryKeys, Id, Validators};
use crate::net::{NetError, Response};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// The key under which deaths are stored.
const DEATHS: &str = "feed.deaths";
/// The file of marks, in the state directory.
const MARKS: &str = "newsfold.reading";
/// Deaths after which a body is set aside.
const FATAL: u32 = 2;
/// Bytes of a mark: feed and body. The file begins with the number of the run that wrote it.
const MARK: usize = 16;
const HEADER: usize = 8;

/// What is known of a feed on which the parser died.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Death {
    feed: Id,
    /// How often in a row.
    deaths: u32,
    /// Hash of the last body that it died on.
    body: u64,
    at: Timestamp,
    /// The run whose mark was counted last: a start that dies half way counts it once.
    run: u64,
    version: String,
    /// What the body is asked for with while it is set aside, and where.
    validators: Validators,
    validated_url: Option<String>,
}

impl Death {
    fn set_aside(&self) -> bool {
        self.deaths >= FATAL
    }

    /// Whether `body` may be read all the same: another one may at once, but where others have been fatal too, later and
    /// later, so that a feed that is new at every poll does not kill one process after the other.
    fn may_try(&self, body: u64, now: Timestamp) -> bool {
        let days = match self.deaths.saturating_sub(FATAL) {
            0 => 0,
            more => 1_i64 << more.saturating_sub(1).min(5),
        };
        body != self.body && self.at.saturating_add(SignedDuration::from_hours(24 * days.min(30))).is_ok_and(|from| now >= from)
    }
}

/// Who died on what, and what is being read.
pub(super) struct Quarantine {
    marks: Arc<Marks>,
    deaths: Mutex<HashMap<Id, Death>>,
    /// Held shared by who reads a body, and alone where the feed is suspect.
    turn: RwLock<()>,
}

impl Quarantine {
    /// Opens the marks of the last process; [`Quarantine::recall`] counts them.
    pub fn open(state_dir: &Path) -> Self {
        Self { marks: Arc::new(Marks::open(&state_dir.join(MARKS))), deaths: Mutex::default(), turn: RwLock::new(()) }
    }

    /// Takes up the deaths that are stored, and counts those that the last process's marks tell of.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn recall(&self, engine: &Engine) -> Result<(), DaemonError> {
        let rows = engine.writer.with(|state| state.store.meta(DEATHS)).await?;
        let rows = rows.and_then(|rows| serde_json::from_str::<Vec<Death>>(&rows).ok()).unwrap_or_default();
        {
            let mut deaths = self.deaths();
            // What kills one version may be harmless to the next.
            let ours = rows.into_iter().filter(|death| death.version == env!("CARGO_PKG_VERSION"));
            deaths.extend(ours.map(|death| (death.feed, death)));
        }
        let (run, left) = self.marks.left();
        if !left.is_empty() {
            for (feed, body) in left {
                let counted = self.deaths().get(&feed).is_some_and(|death| death.run == run);
                if !counted {
                    let deaths = self.count(feed, body, run, engine.clock.now());
                    tracing::error!(%feed, deaths, "the last process died while it read feed {feed}; it is read alone from now on");
                }
            }
            self.persist(engine).await?;
        }
        self.marks.begin();
        Ok(())
    }

    /// What a feed whose body is set aside is asked for with.
    pub fn asks_with(&self, feed: Id) -> Option<(Validators, Option<String>)> {
        let deaths = self.deaths();
        let death = deaths.get(&feed).filter(|death| death.set_aside())?;
        Some((death.validators.clone(), death.validated_url.clone()))
    }

    /// A person names these feeds: what was set aside is read once more.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn pardon(&self, engine: &Engine, feeds: &[Id]) -> Result<(), DaemonError> {
        let mut any = false;
        for feed in feeds {
            if let Some(death) = self.deaths().get_mut(feed).filter(|death| death.set_aside()) {
                death.deaths = FATAL - 1;
                any = true;
            }
        }
        if any { self.persist(engine).await } else { Ok(()) }
    }

    /// Reads an answer, on a blocking thread where there is a body to parse. The trial that comes with a reading is to be
    /// ended by [`Trial::survived`] or [`Trial::died`].
    ///
    /// # Errors
    /// Where the store fails, or the runtime ends.
    pub async fn read<'a>(
        &'a self,
        engine: &Engine,
        feed: Id,
        answer: Result<Response, NetError>,
        listing: Option<PageSelectors>,
    ) -> Result<(Read, Vec<EntryKeys>, Option<Trial<'a>>), DaemonError> {
        let held = self.deaths().get(&feed).cloned();
        let aside = held.as_ref().filter(|death| death.set_aside());
        let response = match answer {
            Ok(response) if response.is_success() => response,
            Ok(response) if response.is_unchanged() && aside.is_some() => {
                return Ok((Read::without_feed(Outcome::Quarantined, &response), Vec::new(), None));
            }
            other => return Ok((Read::new(other, None), Vec::new(), None)),
        };
        let body = hash(&response.body);
        if let Some(death) = aside
            && !death.may_try(body, engine.clock.now())
        {
            if death.body == body && death.validators != response.validators {
                self.ask_with(engine, feed, &response).await?;
            }
            return Ok((Read::without_feed(Outcome::Quarantined, &response), Vec::new(), None));
        }
        let turn = match held.is_some() {
            true => Turn::Alone { _guard: self.turn.write().await },
            false => Turn::Among { _guard: self.turn.read().await },
        };
        let mut shell = response.clone().aside();
        shell.body = bytes::Bytes::new();
        let trial = Trial { quarantine: self, feed, body, suspect: held.is_some(), shell, _turn: turn };
        let marks = Arc::clone(&self.marks);
        #[cfg(test)]
        let killed = tests::is_killed_after(&response.body);
        // With the pages: sixty feeds that answer together are no sixty threads.
        let reading = engine.compute(move || {
            // Held no longer than the parser works: who is killed from outside meanwhile accuses an innocent feed.
            let _mark = marks.put(feed, body);
            #[cfg(test)]
            tests::die_of(&response.body);
            let read = Read::new(Ok(response), listing.as_ref());
            let keys = read.keys();
            (read, keys)
        });
        let reading = reading.await?;
        #[cfg(test)]
        tests::end_if(killed);
        match reading {
            Ok((read, keys)) => Ok((read, keys, Some(trial))),
            Err(error) if error.is_panic() => Ok((trial.died(engine).await?, Vec::new(), None)),
            Err(error) => Err(DaemonError::Reading(error.to_string())),
        }
    }

    fn count(&self, feed: Id, body: u64, run: u64, at: Timestamp) -> u32 {
        let mut held = self.deaths();
        let deaths = held.get(&feed).map_or(0, |death| death.deaths).saturating_add(1);
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let (validators, validated_url) = (Validators::default(), None);
        held.insert(feed, Death { feed, deaths, body, at, run, version, validators, validated_url });
        deaths
    }

    async fn ask_with(&self, engine: &Engine, feed: Id, response: &Response) -> Result<(), DaemonError> {
        if let Some(death) = self.deaths().get_mut(&feed) {
            death.validators = response.validators.clone();
            death.validated_url = Some(response.final_url.to_string());
        }
        self.persist(engine).await
    }

    async fn persist(&self, engine: &Engine) -> Result<(), DaemonError> {
        let rows: Vec<Death> = self.deaths().values().cloned().collect();
        let rows = serde_json::to_string(&rows).unwrap_or_else(|_| "[]".into());
        engine.writer.with(move |state| state.store.set_meta(DEATHS, &rows)).await
    }

    fn deaths(&self) -> MutexGuard<'_, HashMap<Id, Death>> {
        self.deaths.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A body being read, until it is known how that ended.
pub(super) struct Trial<'a> {
    quarantine: &'a Quarantine,
    feed: Id,
    body: u64,
    suspect: bool,
    /// The answer without its body.
    shell: Response,
    _turn: Turn<'a>,
}

impl Trial<'_> {
    /// The body was read and understood, or refused: earlier deaths are forgotten.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn survived(self, engine: &Engine) -> Result<(), DaemonError> {
        if !self.suspect {
            return Ok(());
        }
        self.quarantine.deaths().remove(&self.feed);
        self.quarantine.persist(engine).await
    }

    /// It made us panic: what is recorded instead.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn died(self, engine: &Engine) -> Result<Read, DaemonError> {
        let deaths = self.quarantine.count(self.feed, self.body, 0, engine.clock.now());
        tracing::error!(feed = %self.feed, deaths, url = %self.shell.final_url, "reading {} made us panic", self.shell.final_url);
        self.quarantine.ask_with(engine, self.feed, &self.shell).await?;
        let outcome = match deaths >= FATAL {
            true => Outcome::Quarantined,
            false => Outcome::NotAFeed("reading it made newsfold panic; it is tried once more".into()),
        };
        Ok(Read::without_feed(outcome, &self.shell))
    }
}

enum Turn<'a> {
    Among { _guard: RwLockReadGuard<'a, ()> },
    Alone { _guard: RwLockWriteGuard<'a, ()> },
}

/// The file that says what is being read.
struct Marks {
    file: Option<File>,
    /// Which places are taken.
    taken: Mutex<Vec<bool>>,
}

impl Marks {
    fn open(path: &Path) -> Self {
        let file = File::options().read(true).write(true).create(true).truncate(false).open(path);
        let told =
            |error| tracing::warn!(path = %path.display(), %error, "cannot be written: a feed that kills us would not be known again");
        Self { file: file.map_err(told).ok(), taken: Mutex::default() }
    }

    /// The run that wrote the file, and what it was reading when it ended.
    fn left(&self) -> (u64, Vec<(Id, u64)>) {
        let mut bytes = Vec::new();
        if let Some(file) = &self.file {
            // What cannot be read tells of nothing.
            let _ = std::io::Read::read_to_end(&mut &*file, &mut bytes);
        }
        let number = |bytes: &[u8]| bytes.try_into().map(u64::from_le_bytes).unwrap_or_default();
        let (run, marks) = bytes.split_at(HEADER.min(bytes.len()));
        let marks = marks.chunks_exact(MARK).map(|mark| mark.split_at(MARK / 2));
        (number(run), marks.map(|(feed, body)| (Id(number(feed)), number(body))).filter(|(feed, _)| feed.0 != 0).collect())
    }

    /// Begins the file anew, for this run.
    fn begin(&self) {
        if let Some(file) = &self.file {
            let run = fastrand::u64(1..);
            if let Err(error) = file.set_len(0).and_then(|()| file.write_all_at(&run.to_le_bytes(), 0)) {
                tracing::warn!(%error, "the file of feeds being read cannot be written");
            }
        }
    }

    fn put(self: &Arc<Self>, feed: Id, body: u64) -> Mark {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let place = taken.iter().position(|taken| !taken).unwrap_or(taken.len());
        match taken.get_mut(place) {
            Some(free) => *free = true,
            None => taken.push(true),
        }
        drop(taken);
        self.write(place, feed, body);
        Mark { marks: Arc::clone(self), place }
    }

    /// A full disk keeps no marks; that stops nothing.
    fn write(&self, place: usize, feed: Id, body: u64) {
        let mut mark = [0; MARK];
        let (first, second) = mark.split_at_mut(MARK / 2);
        first.copy_from_slice(&feed.0.to_le_bytes());
        second.copy_from_slice(&body.to_le_bytes());
        if let Some(file) = &self.file {
            let _ = file.write_all_at(&mark, (HEADER + place * MARK) as u64);
        }
    }
}

/// A place in the file; dropping it clears it.
struct Mark {
    marks: Arc<Marks>,
    place: usize,
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.marks.write(self.place, Id(0), 0);
        let mut taken = self.marks.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = taken.get_mut(self.place) {
            *taken = false;
        }
    }
}

/// The same on every start of one program, which is all that is asked of it.
fn hash(body: &[u8]) -> u64 {
    ahash::RandomState::with_seeds(1, 2, 3, 4).hash_one(body)
}

#[cfg(test)]
mod tests;

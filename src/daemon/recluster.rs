//! Clustering everything anew: what would change is worked out beside the daemon, on a reader; what is applied goes
//! through the writer, a cluster at a time.

use super::engine::Engine;
use super::lookup::document;
use super::place::State;
use super::{DaemonError, person};
use crate::config::Config;
use crate::dedup::boilerplate::{self, Learner};
use crate::dedup::recluster::{Change, Recluster, Stands};
use crate::dedup::{self, Prepared, Settings, Verdict};
use crate::model::Id;
use crate::store::{Decision, Reader, StoreError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, VecDeque};

/// Texts read at a time.
const CHUNK: u32 = 500;
/// Texts kept prepared for the next comparison.
const KEPT: usize = 4_096;

/// What clustering anew comes to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Articles that were placed over again.
    pub articles: u64,
    /// Clusters that there would be.
    pub clusters: u64,
    /// Clusters that would change.
    pub changes: Vec<Change>,
    /// How today's decisions of people and the texts agree under these settings.
    pub agreement: Vec<Agreement>,
}

/// A decision of a person, and what the texts say of the two articles.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// The decision's number.
    pub decision: i64,
    /// "merge" or "split".
    pub kind: String,
    /// The article that it is about.
    pub subject: Id,
    /// The other.
    pub object: Id,
    /// The texts alone say the same under these settings.
    pub agrees: bool,
    /// What comparing them says, in one sentence.
    pub sentence: String,
}

/// Works out what placing every stored article over again, in the order in which they came, would change. Calls
/// `progress` with the number of articles done and of all.
///
/// # Errors
/// Where the database fails.
pub fn plan(reader: &Reader, settings: &Settings, mut progress: impl FnMut(u64, u64)) -> Result<Plan, StoreError> {
    let decided = reader.decisions()?;
    let mut desk = Desk::new(reader)?;
    let mut again = Recluster::new(settings.clone(), person::decisions(&decided));
    let (all, mut done, mut after) = (reader.count_articles()?, 0, 0);
    loop {
        let texts = reader.texts_after(after, CHUNK)?;
        let Some((last, _)) = texts.last() else { break };
        after = *last;
        for (_, text) in &texts {
            let new = desk.prepare(text);
            let stands = Stands { article: text.id, cluster: text.cluster, story: text.story };
            again.place(&new, stands, |ids| desk.load(ids))?;
            desk.keep(new);
        }
        done += texts.len() as u64;
        progress(done, all);
    }
    let agreement = agreement(&decided, &mut desk, settings)?;
    Ok(Plan { articles: done, clusters: again.clusters() as u64, changes: again.changes(), agreement })
}

/// The decisions about pairs, and what their texts say.
fn agreement(decided: &[Decision], desk: &mut Desk<'_>, settings: &Settings) -> Result<Vec<Agreement>, StoreError> {
    let mut found: Vec<Agreement> = Vec::new();
    for decision in decided.iter().filter(|d| matches!(d.kind.as_str(), "merge" | "split")) {
        let Some(object) = decision.object else { continue };
        let both = desk.load(&[decision.subject, object])?;
        let [a, b] = both.as_slice() else { continue };
        let verdict: Verdict = dedup::why(a, b, settings);
        found.push(Agreement {
            decision: decision.seq,
            kind: decision.kind.clone(),
            subject: decision.subject,
            object,
            agrees: verdict.copy == (decision.kind == "merge"),
            sentence: verdict.sentence(settings),
        });
    }
    Ok(found)
}

/// Texts made ready with what is known of their outlets today.
struct Desk<'a> {
    reader: &'a Reader,
    learner: Learner,
    by_id: HashMap<Id, Prepared>,
    order: VecDeque<Id>,
}

impl<'a> Desk<'a> {
    fn new(reader: &'a Reader) -> Result<Self, StoreError> {
        let mut learner = Learner::default();
        learner.restore(reader.boilerplate()?.into_iter().map(|row| boilerplate::Row {
            publisher: row.publisher,
            hash: row.hash,
            sample: row.sample,
            count: row.count,
            last_seen: row.last_seen_at,
        }));
        Ok(Self { reader, learner, by_id: HashMap::new(), order: VecDeque::new() })
    }

    fn prepare(&self, text: &crate::store::StoredText) -> Prepared {
        dedup::prepare(&document(text), &self.learner.of(Some(&text.publisher)))
    }

    fn load(&mut self, ids: &[Id]) -> Result<Vec<Prepared>, StoreError> {
        let mut loaded = Vec::with_capacity(ids.len());
        for id in ids {
            if !self.by_id.contains_key(id)
                && let Some(text) = self.reader.texts(&[*id])?.pop()
            {
                let ready = self.prepare(&text);
                self.keep(ready);
            }
            loaded.extend(self.by_id.get(id).cloned());
        }
        Ok(loaded)
    }

    fn keep(&mut self, prepared: Prepared) {
        let id = prepared.id;
        if self.by_id.insert(id, prepared).is_none() {
            self.order.push_back(id);
            if self.order.len() > KEPT
                && let Some(oldest) = self.order.pop_front()
            {
                self.by_id.remove(&oldest);
            }
        }
    }
}

/// What applying a plan came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// Articles placed over again.
    pub articles: u64,
    /// Clusters that changed.
    pub changed: u64,
    /// Articles that moved.
    pub moved: u64,
    /// Clusters that were left as they are: they had changed since they were read.
    pub left: u64,
}

impl Applied {
    fn count(&mut self, moved: u64) {
        self.changed += u64::from(moved > 0);
        self.moved += moved;
        self.left += u64::from(moved == 0);
    }
}

/// Clusters everything anew in this process, under the database's lock: for when no daemon runs.
///
/// # Errors
/// Where the database is locked or fails; clusters that were done stay done.
pub fn here(config: &Config, settings: &Settings, now: Timestamp, progress: impl FnMut(u64, u64)) -> Result<Applied, DaemonError> {
    let mut state = State::open(config, std::sync::Arc::default(), now)?;
    state.build(now)?;
    let plan = plan(&Reader::open(&config.state_dir)?, settings, progress)?;
    let mut applied = Applied { articles: plan.articles, ..Applied::default() };
    let mut done = Ok(());
    for change in &plan.changes {
        match state.apply(change, now) {
            Ok(moved) => applied.count(moved),
            Err(error) => {
                done = Err(error);
                break;
            }
        }
    }
    state.close();
    done?;
    Ok(applied)
}

/// The same within the daemon: polling and placing go on meanwhile.
///
/// # Errors
/// Where the database fails; clusters that were done stay done.
pub(super) async fn run(engine: &Engine) -> Result<Applied, DaemonError> {
    let (config, now) = (engine.config(), engine.clock.now());
    let settings = engine.writer.with(|state| Ok(state.settings().clone())).await?;
    let work = move || plan(&Reader::open(&config.state_dir)?, &settings, |_, _| {});
    let plan = tokio::task::spawn_blocking(work).await.map_err(|e| DaemonError::Reading(e.to_string()))??;
    let mut applied = Applied { articles: plan.articles, ..Applied::default() };
    for change in plan.changes {
        if engine.stop.is_cancelled() {
            return Err(DaemonError::Interrupted);
        }
        applied.count(engine.writer.with(move |state| state.apply(&change, now)).await?);
    }
    if applied.changed > 0 {
        engine.writer.with(move |state| state.rebuild(now)).await?;
    }
    Ok(applied)
}

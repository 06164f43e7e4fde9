//! Placement, on the writer thread: candidates, their texts, a decision; then one commit for all that waited together.

use super::DaemonError;
use super::clocks::Clocks;
use super::lookup::document;
use super::naming::Revised;
use crate::config::{Config, FeedKind, Synchronous};
use crate::dedup::boilerplate::{self, Learner};
use crate::dedup::story::{self, InStory, Stories};
use crate::dedup::{self, CopyIndex, Placement, Prepared};
use crate::model::Id;
use crate::store::{
    self, Article, ArticleCommit, BoilerplateRow, DeclaredFeed, DeclaredPublisher, IndexRow, StoreError, StoredText, Synced,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, HashSet};
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};

/// Texts kept prepared for the next comparison; some 6 kB each.
const KEPT: usize = 1_024;

/// Clusters after which readers of pages are given the background anew.
const PUBLISH: u32 = 2_000;

/// Clusters after which the background is stored: a start counts what came after.
const SAVE: u32 = 20_000;

/// Lines that each publisher repeats: its boilerplate, by hash.
pub type Repeated = HashMap<String, Arc<HashSet<u64>>>;

/// What readers of pages need of what the writer has learnt; replaced as a whole when it changes.
#[derive(Default)]
pub struct Learnt {
    repeated: RwLock<Arc<Repeated>>,
    background: RwLock<Arc<story::Background>>,
}

impl Learnt {
    /// The lines that publishers repeat.
    pub fn repeated(&self) -> Arc<Repeated> {
        Arc::clone(&self.repeated.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn repeats(&self, publisher: String, lines: Arc<HashSet<u64>>) {
        let mut held = self.repeated.write().unwrap_or_else(PoisonError::into_inner);
        Arc::make_mut(&mut held).insert(publisher, lines);
    }

    fn publish(&self, background: story::Background) {
        *self.background.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(background);
    }

    /// How common terms are.
    pub fn background(&self) -> Arc<story::Background> {
        Arc::clone(&self.background.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// An article that is read and prepared.
pub struct Place {
    /// The entry that led to it.
    pub entry: Id,
    /// What is kept of it.
    pub article: Article,
    /// What it is compared by.
    pub prepared: Prepared,
    /// What its story is found by.
    pub features: story::Features,
    /// Why it was not read from its page, where it was not.
    pub reason: Option<String>,
    /// When its page is looked at again, if it is new.
    pub recheck_at: Option<Timestamp>,
    /// Lines that its publisher repeats and that were left out of it, by hash.
    pub repeated: Vec<u64>,
}

/// What became of a [`Place`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// A new article; it joined others or not.
    New { joined: bool },
    /// A later text of a known article.
    Revised { joined: bool },
    /// A known article with its known text.
    Known,
}

/// What is to be done with places that came together.
#[derive(Default)]
struct Decided {
    commits: Vec<ArticleCommit>,
    /// Entries that lead to articles which stand as they are: entry, article, why it was not read from its page.
    links: Vec<(Id, Id, Option<String>)>,
    revised: Vec<Revised>,
    /// What became of each place, in order.
    placed: Vec<Placed>,
}

/// The database and the indexes derived from it.
pub struct State {
    /// The read-write connection.
    pub store: store::Writer,
    pub(super) copies: CopyIndex,
    pub(super) stories: Stories,
    /// Clusters that the background has learnt since readers last saw it.
    unpublished: u32,
    /// Clusters that the background has learnt since it was stored.
    unsaved: u32,
    pub(super) clocks: Clocks,
    learner: Learner,
    learnt: Arc<Learnt>,
    kept: Kept,
    window: SignedDuration,
    /// Whether the indexes are as the database is.
    built: bool,
}

impl State {
    /// Opens the database under its lock and brings it in step with the configuration. The indexes are built by
    /// [`State::build`]: a pass that finds nothing new needs none.
    ///
    /// # Errors
    /// Where the lock is held by another process, or the database cannot be opened or read.
    pub fn open(config: &Config, learnt: Arc<Learnt>, now: Timestamp) -> Result<Self, DaemonError> {
        let options = store::Options { full_sync: config.store.synchronous == Synchronous::Full, ..store::Options::default() };
        let store = store::Writer::open(&config.state_dir, options)?;
        let mut state = Self {
            store,
            copies: CopyIndex::new(dedup::Settings::default()),
            stories: Stories::new(story::Settings::default()),
            unpublished: 0,
            unsaved: 0,
            clocks: Clocks::default(),
            learner: Learner::default(),
            learnt,
            kept: Kept::default(),
            window: SignedDuration::try_from(config.dedup.window).unwrap_or(SignedDuration::from_hours(14 * 24)),
            built: false,
        };
        state.sync(config, now)?;
        Ok(state)
    }

    /// Builds the indexes where that has not been done: before pages are read (which asks what outlets repeat and how
    /// common terms are), and before anything is placed or moved.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn build(&mut self, now: Timestamp) -> Result<(), StoreError> {
        if self.built { Ok(()) } else { self.rebuild(now) }
    }

    /// Brings the declared feeds and publishers into the database.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn sync(&mut self, config: &Config, now: Timestamp) -> Result<Synced, StoreError> {
        self.window = SignedDuration::try_from(config.dedup.window).unwrap_or(self.window);
        let publishers = config.publishers.iter().map(|p| DeclaredPublisher {
            name: p.name.clone(),
            owner: p.owner.clone(),
            domains: p.domains.clone(),
        });
        self.store.sync_publishers(&publishers.collect::<Vec<_>>())?;
        let feeds = config.feeds.iter().map(|feed| DeclaredFeed {
            url: feed.url.to_string(),
            publisher: feed.publisher.clone(),
            owner: feed.publisher.as_deref().map(|p| config.owner_of(p).to_owned()),
            tags: feed.tags.clone(),
            enabled: feed.enabled,
            mute: feed.mute,
            full_text: feed.full_text,
            kind: if feed.kind == FeedKind::Feed { "feed" } else { "page" }.into(),
        });
        self.store.sync_feeds(&feeds.collect::<Vec<_>>(), now)
    }

    /// How common terms are.
    pub(super) fn background(&self) -> &story::Background {
        self.stories.background()
    }

    /// The limits by which copies are told.
    pub(super) fn settings(&self) -> &dedup::Settings {
        self.copies.settings()
    }

    /// The lines that an outlet repeats.
    pub(super) fn boilerplate_of(&self, publisher: &str) -> Arc<HashSet<u64>> {
        self.learner.of(Some(publisher))
    }

    /// Articles that may carry a text, likeliest first.
    pub fn candidates_to_match(&self, text: &dedup::Question) -> Vec<Id> {
        self.copies.candidates_to_match(text, super::lookup::COMPARED)
    }

    /// Articles in the indexes.
    pub fn indexed(&self) -> usize {
        self.copies.len()
    }

    /// Builds the indexes anew from the database: they are derived, and this is where from.
    ///
    /// # Errors
    /// Where the database fails.
    pub(super) fn rebuild(&mut self, now: Timestamp) -> Result<(), StoreError> {
        self.built = false;
        let since = now.saturating_sub(self.window).unwrap_or(Timestamp::MIN);
        let built = indexes(&self.store, since, self.copies.settings())?;
        let (mut copies, stale) = (built.copies, built.stale);
        let decided = self.store.decisions()?;
        copies.set_decisions(super::person::decisions(&decided));
        self.learnt.publish(built.stories.background().clone());
        (self.stories, self.unpublished, self.unsaved) = (built.stories, 0, built.uncounted);
        self.keep_stories(&decided)?;
        if stale > 0 {
            tracing::warn!(articles = stale, "articles indexed by another version are not compared any more");
        }
        self.copies = copies;
        self.clocks = Clocks::restore(&self.store)?;
        self.learner = Learner::default();
        let rows = self.store.load_boilerplate(None)?;
        let publishers: HashSet<String> = rows.iter().map(|row| row.publisher.clone()).collect();
        self.learner.restore(rows.into_iter().map(|row| boilerplate::Row {
            publisher: row.publisher,
            hash: row.hash,
            sample: row.sample,
            count: row.count,
            last_seen: row.last_seen_at,
        }));
        for publisher in publishers {
            let lines = self.learner.of(Some(&publisher));
            self.learnt.repeats(publisher, lines);
        }
        self.kept = Kept::default();
        // Every row of the window was read, and none is needed again.
        self.store.shrink()?;
        self.built = true;
        Ok(())
    }

    /// Drops from the indexes what has left the window, and lines that no outlet has printed since.
    ///
    /// # Errors
    /// Those of the store, which forgets the lines too.
    pub fn forget(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let Ok(cut) = now.saturating_sub(self.window) else { return Ok(()) };
        self.copies.forget_before(cut);
        self.stories.forget_before(cut);
        let gone = self.learner.forget_before(cut);
        if gone.is_empty() {
            return Ok(());
        }
        for publisher in gone.iter().map(|(publisher, _)| publisher).collect::<HashSet<_>>() {
            self.learnt.repeats(publisher.clone(), self.learner.of(Some(publisher)));
        }
        let row = |(publisher, hash)| BoilerplateRow { publisher, hash, sample: String::new(), count: 0, last_seen_at: now };
        self.store.save_boilerplate(&gone.into_iter().map(row).collect::<Vec<_>>())
    }

    /// Places what waited together, in one commit: texts of different articles.
    ///
    /// # Errors
    /// Where the commit failed: nothing is placed then, and the indexes are as the database is.
    pub fn place_all(&mut self, places: Vec<Place>, now: Timestamp) -> Result<Vec<Placed>, StoreError> {
        self.build(now)?;
        let done = self.try_place_all(places, now);
        if done.is_err() {
            // The indexes may have learnt what the database did not take.
            self.rebuild(now)?;
        }
        done
    }

    fn try_place_all(&mut self, places: Vec<Place>, now: Timestamp) -> Result<Vec<Placed>, StoreError> {
        let Decided { commits, links, revised, placed } = self.reading(|state| state.decide_all(places, now))?;
        if !commits.is_empty() {
            self.store.commit_articles(&commits)?;
            self.stories.settle();
            let mut found = self.reading(|state| state.names(&commits))?;
            found.metas = self.clocks.take_changes();
            found.lines = self.learner.take_changes().into_iter().map(boilerplate_row).collect();
            self.store.save_findings(&found, now)?;
            self.note_corrections(&revised, now)?;
            self.save_background(SAVE)?;
        }
        for (entry, article, reason) in links {
            self.store.link_entry(entry, article, reason.as_deref(), now)?;
        }
        Ok(placed)
    }

    /// Does what reads and does not write with one look at the database.
    fn reading<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.store.begin_reading()?;
        let done = work(self);
        let ended = self.store.end_reading();
        // what failed first says more
        let done = done?;
        ended?;
        Ok(done)
    }

    fn decide_all(&mut self, places: Vec<Place>, now: Timestamp) -> Result<Decided, StoreError> {
        let mut all = Decided::default();
        for place in places {
            let id = place.article.id;
            let known = self.store.texts(&[id])?.pop();
            if known.as_ref().is_some_and(|k| same_text(k, &place.article)) {
                all.links.push((place.entry, id, place.reason));
                all.placed.push(Placed::Known);
                continue;
            }
            let (commit, joined) = self.place(place, known.as_ref(), now)?;
            if known.is_none() {
                let gap = self.store.unseen_for(commit.entry)?;
                self.clocks.learn(&commit.article.publisher, commit.article.published_at, commit.article.seen_at, gap);
            }
            all.placed.push(if known.is_some() { Placed::Revised { joined } } else { Placed::New { joined } });
            all.revised.extend(known.map(|k| Revised { article: id, cluster: commit.cluster, earlier: k.text }));
            all.commits.push(commit);
        }
        Ok(all)
    }

    fn place(&mut self, place: Place, known: Option<&StoredText>, now: Timestamp) -> Result<(ArticleCommit, bool), StoreError> {
        let Place { entry, article, prepared, features, reason, recheck_at, repeated } = place;
        let mut placement = self.decide(&prepared)?;
        match known {
            // A revision stays with the copies that it has; what came just before it may have made their cluster part of another.
            Some(known) => {
                (placement.cluster, placement.joined, placement.merged) = (self.copies.current(known.cluster), true, Vec::new());
            }
            None if !placement.joined => placement.cluster = self.store.unused_cluster(article.id)?,
            None => {}
        }
        let story = self.story(&article, &features, &placement)?;
        self.copies.learn(&prepared, &placement);
        let publisher = article.publisher.clone();
        self.learner.seen(&publisher, &repeated, now);
        if self.learner.learn(&publisher, &prepared.lines, &article.text, placement.cluster, now) {
            self.learnt.repeats(publisher.clone(), self.learner.of(Some(&publisher)));
        }
        let commit = ArticleCommit {
            entry,
            is_revision: known.is_some(),
            is_alone: known.is_none() && !placement.joined && story.is_alone(placement.cluster),
            fingerprint: prepared.fingerprint.unwrap_or(0),
            fingerprint_version: dedup::VERSION,
            index_row: prepared.index_row(),
            story_row: if article.quality.is_text() { features.row() } else { Vec::new() },
            story_keys: story.keys,
            cluster: placement.cluster,
            story: story.id,
            merged_clusters: placement.merged,
            merged_stories: story.merged,
            moved_clusters: story.moved,
            joined_stories: story.joined,
            because: serde_json::to_value(&placement.because).unwrap_or_default(),
            story_because: story.because,
            settled_reason: reason,
            recheck_at,
            at: now,
            article,
        };
        self.kept.keep(prepared);
        Ok((commit, placement.joined))
    }

    /// The story of a placed article.
    fn story(&mut self, article: &Article, features: &story::Features, placement: &Placement) -> Result<InStory, StoreError> {
        // A wall says nothing of the event behind it.
        let alone = !article.quality.is_text();
        let store = &self.store;
        let story = self.stories.place(features, placement, alone, article.seen_at, |cluster| store.story_of(cluster))?;
        let counted = u32::from(story.keys.is_some());
        (self.unpublished, self.unsaved) = (self.unpublished + counted, self.unsaved + counted);
        if self.unpublished >= PUBLISH {
            self.unpublished = 0;
            self.learnt.publish(self.stories.background().clone());
        }
        Ok(story)
    }

    /// The two pure steps around one read.
    fn decide(&mut self, prepared: &Prepared) -> Result<Placement, StoreError> {
        let ids = self.copies.candidates(prepared);
        let missing: Vec<Id> = ids.iter().copied().filter(|id| !self.kept.has(*id)).collect();
        if !missing.is_empty() {
            for text in self.store.texts(&missing)? {
                let lines = self.learner.of(Some(&text.publisher));
                self.kept.keep(dedup::prepare_held(&document(&text), &lines, self.copies.fingerprint_of(text.id)));
            }
        }
        let texts: Vec<&Prepared> = ids.iter().filter_map(|id| self.kept.get(*id)).collect();
        Ok(self.copies.decide(prepared, &texts))
    }

    /// The stories that a person decided on stay as they are.
    fn keep_stories(&mut self, decided: &[store::Decision]) -> Result<(), StoreError> {
        for decision in decided.iter().filter(|d| matches!(d.kind.as_str(), "merge" | "split")) {
            if let Some(cluster) = self.store.cluster_of(decision.subject)?
                && let Some(story) = self.store.story_of(cluster)?
            {
                self.stories.keep(story);
            }
        }
        Ok(())
    }

    /// Stores how common terms are where it has learnt this many clusters since it last was.
    fn save_background(&mut self, least: u32) -> Result<(), StoreError> {
        if self.unsaved >= least {
            self.store.save_background(&self.stories.background().pack())?;
            self.unsaved = 0;
        }
        Ok(())
    }

    /// Ends in order: the database is closed.
    pub fn close(mut self) {
        if let Err(error) = self.save_background(1) {
            tracing::warn!(%error, "how common terms are was not stored; the next start counts them again");
        }
        if let Err(error) = self.store.close() {
            tracing::error!(%error, "the database was not closed cleanly; what was committed is safe");
        }
    }
}

/// Both indexes, from the database.
struct Indexes {
    copies: CopyIndex,
    stories: Stories,
    /// Rows of another version.
    stale: u64,
    /// Clusters that the stored background had not counted.
    uncounted: u32,
}

/// Rows that go from the reader to the builders at a time, and such parcels on their way.
const PARCEL: (usize, usize) = (128, 4);

/// Builds the indexes: this thread reads, two others build, one index each.
fn indexes(store: &store::Writer, since: Timestamp, settings: &dedup::Settings) -> Result<Indexes, StoreError> {
    let count = usize::try_from(store.count_index_rows(since)?).unwrap_or(0);
    let background = store.load_background()?;
    std::thread::scope(|scope| {
        let ((to_copies, for_copies), (to_stories, for_stories)) = (sync_channel(PARCEL.1), sync_channel(PARCEL.1));
        let copies = scope.spawn(move || build_copies(settings, count, &for_copies));
        let stories = scope.spawn(move || build_stories(background.as_deref(), &for_stories));
        let mut parcel: Vec<IndexRow> = Vec::with_capacity(PARCEL.0);
        let send = |parcel: Vec<IndexRow>| {
            let parcel = Arc::new(parcel);
            // a builder that is gone has panicked, which joining it tells
            let _ = to_copies.send(Arc::clone(&parcel));
            let _ = to_stories.send(parcel);
        };
        let read = store.index_rows(since, &mut |row| {
            parcel.push(row);
            if parcel.len() == PARCEL.0 {
                send(std::mem::replace(&mut parcel, Vec::with_capacity(PARCEL.0)));
            }
        });
        send(parcel);
        drop((to_copies, to_stories));
        let (copies, stories) = (copies.join(), stories.join());
        read?;
        let ((copies, stale), (stories, uncounted)) =
            (copies.unwrap_or_else(|panic| resume_unwind(panic)), stories.unwrap_or_else(|panic| resume_unwind(panic)));
        Ok(Indexes { copies, stories, stale, uncounted })
    })
}

fn build_copies(settings: &dedup::Settings, count: usize, rows: &Receiver<Arc<Vec<IndexRow>>>) -> (CopyIndex, u64) {
    let (mut copies, mut stale) = (dedup::Rebuild::new(settings.clone(), count), 0);
    for parcel in rows {
        for row in parcel.iter() {
            stale += u64::from(!copies.restore(row.id, row.cluster, row.seen_at, &row.index_row));
        }
    }
    (copies.finish(), stale)
}

/// The stories, and how many clusters their background had to count: those placed after it was stored.
fn build_stories(background: Option<&[u8]>, rows: &Receiver<Arc<Vec<IndexRow>>>) -> (Stories, u32) {
    let mut stories = Stories::new(story::Settings::default());
    let stored = background.and_then(story::Background::unpack);
    if background.is_some() && stored.is_none() {
        tracing::warn!("how common terms are is stored unreadably, and counted again over the window");
    }
    let trusted = stored.is_some();
    stored.into_iter().for_each(|background| stories.restore_background(background));
    let (mut clusters, mut known, mut uncounted) = (ahash::AHashSet::new(), ahash::AHashMap::new(), 0);
    for parcel in rows {
        for row in parcel.iter() {
            let (Some(keys), Some(features)) = (&row.story_keys, story::Features::restore(&row.story_row)) else { continue };
            let counted = row.counted && trusted;
            uncounted += u32::from(!counted);
            // Of clusters that became one, the first text stands for all.
            if clusters.insert(row.cluster) {
                let stored = story::Stored { cluster: row.cluster, story: row.story, features: &features, keys };
                stories.restore(stored, row.seen_at, counted, &mut known);
            } else if !counted {
                stories.count(&features);
            }
        }
    }
    (stories, uncounted)
}

fn boilerplate_row(row: boilerplate::Row) -> BoilerplateRow {
    let boilerplate::Row { publisher, hash, sample, count, last_seen } = row;
    BoilerplateRow { publisher, hash, sample, count, last_seen_at: last_seen }
}

fn same_text(known: &StoredText, article: &Article) -> bool {
    known.text == article.text && known.title == article.title
}

/// Prepared texts kept for the next comparison, the oldest first to go. They lie in a ring: a map of them would double one
/// day, for the marks that what is removed leaves behind.
#[derive(Default)]
struct Kept {
    ring: Vec<Prepared>,
    at: HashMap<Id, usize>,
    oldest: usize,
}

impl Kept {
    fn has(&self, id: Id) -> bool {
        self.at.contains_key(&id)
    }

    fn get(&self, id: Id) -> Option<&Prepared> {
        self.ring.get(*self.at.get(&id)?)
    }

    fn keep(&mut self, prepared: Prepared) {
        let place = match self.at.get(&prepared.id) {
            Some(&known) => known,
            None if self.ring.len() < KEPT => self.ring.len(),
            None => {
                let place = self.oldest;
                self.oldest = (place + 1) % KEPT;
                place
            }
        };
        self.at.insert(prepared.id, place);
        match self.ring.get_mut(place) {
            Some(slot) => {
                let gone = std::mem::replace(slot, prepared).id;
                if slot.id != gone {
                    self.at.remove(&gone);
                }
            }
            None => self.ring.push(prepared),
        }
    }
}

#[cfg(test)]
#[path = "place_tests.rs"]
mod tests;

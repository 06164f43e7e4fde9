//! Every cluster in exactly one story: the index's decisions, and what follows for clusters that others join.

use super::{Background, Features, Settings, Stored, StoryIndex, StoryPlacement, VERSION};
use crate::dedup::Placement;
use crate::model::Id;
use ahash::{AHashMap, AHashSet};
use jiff::Timestamp;

/// Where an article's cluster is, and what that changes for other stories. Apply `moved`, then `joined` and `merged`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InStory {
    /// The story.
    pub id: Id,
    /// Stories that become part of it.
    pub merged: Vec<Id>,
    /// Clusters that leave their story, and for which.
    pub moved: Vec<(Id, Id)>,
    /// Stories that become part of others, and of which.
    pub joined: Vec<(Id, Id)>,
    /// Why, as it is kept and printed.
    pub because: serde_json::Value,
    /// What finds the text from now on, to store with it; none where the index of stories does not hold it.
    pub keys: Option<Vec<u8>>,
}

impl InStory {
    /// Nobody else is in the story of this new cluster, and nothing moves.
    pub fn is_alone(&self, cluster: Id) -> bool {
        self.id == Id::story(cluster) && self.merged.is_empty() && self.moved.is_empty() && self.joined.is_empty()
    }
}

/// The stories of the window: index, background, and what was decided since [`Stories::settle`].
#[derive(Debug)]
pub struct Stories {
    index: StoryIndex,
    background: Background,
    /// The story of a cluster, as decided here.
    clusters: AHashMap<Id, Id>,
    /// What a story has become part of.
    became: AHashMap<Id, Id>,
}

impl Stories {
    /// None yet.
    pub fn new(settings: Settings) -> Self {
        Self { index: StoryIndex::new(settings), background: Background::default(), clusters: AHashMap::new(), became: AHashMap::new() }
    }

    /// How common terms are, by the clusters taken in so far.
    pub fn background(&self) -> &Background {
        &self.background
    }

    /// Clusters in the index.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// True without a cluster.
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// The story of a placed article. One that joined a cluster is in that cluster's story; one that starts a cluster is
    /// decided on, unless `alone` (a text that tells no event). `stored` tells the story of a cluster that was decided
    /// before the last [`Stories::settle`].
    ///
    /// # Errors
    /// Those of `stored`.
    pub fn place<E>(
        &mut self,
        features: &Features,
        placement: &Placement,
        alone: bool,
        seen_at: Timestamp,
        stored: impl Fn(Id) -> Result<Option<Id>, E>,
    ) -> Result<InStory, E> {
        if placement.joined {
            return self.follow(placement, stored);
        }
        if alone {
            return Ok(self.take_in(placement.cluster, StoryPlacement::alone(placement.cluster)));
        }
        let decided = self.decide(features, placement.cluster);
        self.index.learn(features, placement.cluster, &decided, minutes(seen_at), &self.background);
        self.background.learn(features.hashes());
        let keys = Some(decided.keys.clone());
        Ok(InStory { keys, ..self.take_in(placement.cluster, decided) })
    }

    /// What would become of a new cluster.
    pub fn decide(&self, features: &Features, cluster: Id) -> StoryPlacement {
        self.index.decide(features, cluster, &self.background)
    }

    /// Copies of one text report one event: clusters that became one bring their stories together.
    fn follow<E>(&mut self, placement: &Placement, stored: impl Fn(Id) -> Result<Option<Id>, E>) -> Result<InStory, E> {
        let id = self.story_of(placement.cluster, &stored)?.unwrap_or_else(|| Id::story(placement.cluster));
        let mut merged: Vec<Id> = Vec::new();
        for cluster in &placement.merged {
            let other = self.story_of(*cluster, &stored)?;
            merged.extend(other.filter(|other| *other != id && !merged.contains(other)));
            self.clusters.insert(*cluster, id);
        }
        self.became.extend(merged.iter().map(|other| (*other, id)));
        if !placement.merged.is_empty() {
            self.index.absorb(placement.cluster, &placement.merged, id, &merged);
        }
        let because = serde_json::json!({ "rule": "copy", "version": VERSION });
        Ok(InStory { id, merged, because, ..InStory::default() })
    }

    /// The story that a cluster is in by now.
    ///
    /// # Errors
    /// Those of `stored`.
    pub fn story_of<E>(&self, cluster: Id, stored: impl Fn(Id) -> Result<Option<Id>, E>) -> Result<Option<Id>, E> {
        let story = match self.clusters.get(&cluster) {
            Some(story) => Some(*story),
            None => stored(cluster)?,
        };
        Ok(story.map(|story| self.now(story)))
    }

    /// What a story is by now.
    fn now(&self, mut story: Id) -> Id {
        let mut passed = AHashSet::new();
        while let Some(&next) = self.became.get(&story)
            && passed.insert(story)
        {
            story = next;
        }
        story
    }

    fn take_in(&mut self, cluster: Id, decided: StoryPlacement) -> InStory {
        let because = serde_json::to_value(&decided.because).unwrap_or_default();
        let id = self.now(decided.story);
        let mut story = InStory { id, because, ..InStory::default() };
        self.clusters.insert(cluster, id);
        for split in decided.splits {
            let into = self.now(split.into);
            for cluster in split.clusters {
                self.clusters.insert(cluster, into);
                story.moved.push((cluster, into));
            }
        }
        for merge in decided.merged {
            let (from, into) = (self.now(merge.from), self.now(merge.into));
            if from == into {
                continue;
            }
            self.became.insert(from, into);
            match into == id {
                true => story.merged.push(from),
                false => story.joined.push((from, into)),
            }
        }
        story
    }

    /// A person put a cluster into a story, or made one of it: it stays there, and the story's other members stay too.
    pub fn assign(&mut self, features: &Features, cluster: Id, story: Id, seen_at: Timestamp) {
        self.became.remove(&story);
        if !self.index.holds(cluster) {
            // under a name of its own first, so that a story is never held twice
            let alone = Id::derive("story", &[&cluster.to_string(), "alone"]);
            let stored = Stored { cluster, story: alone, features, keys: &[] };
            self.index.restore(stored, minutes(seen_at), &self.background, &mut AHashMap::new());
        }
        self.index.assign(&[cluster], story);
    }

    /// A person decided on this story: its members stay where they are.
    pub fn keep(&mut self, story: Id) {
        self.index.keep(story);
    }

    /// Everything decided so far is stored: from now on `stored` tells it.
    pub fn settle(&mut self) {
        self.clusters.clear();
        self.became.clear();
    }

    /// How common terms are, as it was stored.
    pub fn restore_background(&mut self, background: Background) {
        self.background = background;
    }

    /// Counts the terms of a text whose cluster has become part of another since.
    pub fn count(&mut self, features: &Features) {
        self.background.learn(features.hashes());
    }

    /// Takes in a stored cluster, oldest first, and counts its terms unless the background has `counted` them. `known` is
    /// scratch space that one rebuild shares.
    pub fn restore(&mut self, stored: Stored<'_>, seen_at: Timestamp, counted: bool, known: &mut AHashMap<Id, u32>) {
        self.index.restore(stored, minutes(seen_at), &self.background, known);
        if !counted {
            self.background.learn(stored.features.hashes());
        }
    }

    /// Drops what was first seen before `cut`.
    pub fn forget_before(&mut self, cut: Timestamp) {
        self.index.forget_before(minutes(cut));
    }
}

/// Minutes since 1970; what is outside of their range, an undated text's [`Timestamp::MAX`] too, is their last.
fn minutes(at: Timestamp) -> i32 {
    i32::try_from(at.as_second() / 60).unwrap_or(i32::MAX)
}

//! The stories of the window: which one a cluster belongs to, decided online, and decided again for the neighbours.
//!
//! A text is compared with those that share its weightiest terms. The stories of the most alike, opened up into their members,
//! are grouped afresh together with the newcomer. So what is decided depends on what is there, hardly on the order in which it
//! came: a newcomer can bring two stories together, and can take one apart.

use super::features::Features;
use super::pages::{At, Entry, KEYS, NONE, Pages, TERMS};
use super::regroup;
use super::terms::TermHash;
use super::vector::{About, Vector, Weighing};
use super::why::{StoryBecause, because};
use super::{Background, Settings};
use crate::dedup::id_table::IdTable;
use crate::model::Id;
use ahash::{AHashMap, AHashSet};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// Where a cluster belongs, and what else that changes. Apply `splits` first, then `merged`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoryPlacement {
    /// The cluster's story.
    pub story: Id,
    /// False when the cluster starts the story.
    pub joined: bool,
    /// Clusters that leave one story for another (an old one, or a new one).
    pub splits: Vec<Split>,
    /// Stories that are now part of another: all their clusters move, and the old id leads to the new.
    pub merged: Vec<Merged>,
    /// Why.
    pub because: StoryBecause,
    /// Which of the text's terms find it from now on: their places among its terms, weightiest first. Stored with it, so that
    /// a start need not weigh them again and finds what was found.
    #[serde(skip)]
    pub keys: Vec<u8>,
    /// Slots of the stories that the decision looked at; means nothing once the index has changed.
    #[serde(skip)]
    near: Vec<u32>,
}

impl StoryPlacement {
    /// A cluster that is a story of its own without having been compared: of a text too poor to tell, or by a person's word.
    pub fn alone(cluster: Id) -> Self {
        let because =
            StoryBecause { rule: "alone".into(), with: None, similarity: 0.0, threshold: 0.0, terms: Vec::new(), version: super::VERSION };
        Self {
            story: Id::story(cluster),
            joined: false,
            splits: Vec::new(),
            merged: Vec::new(),
            because,
            keys: Vec::new(),
            near: Vec::new(),
        }
    }
}

/// A cluster as it was stored: which story it is in, and what finds it.
#[derive(Clone, Copy, Debug)]
pub struct Stored<'a> {
    /// The cluster.
    pub cluster: Id,
    /// Its story.
    pub story: Id,
    /// Its text.
    pub features: &'a Features,
    /// As in [`StoryPlacement`]; empty: they are weighed anew.
    pub keys: &'a [u8],
}

/// Some clusters of a story that turn out to report another event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// The story they were in.
    pub from: Id,
    /// The story they are in now.
    pub into: Id,
    /// The clusters.
    pub clusters: Vec<Id>,
}

/// A story that turns out to be another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// The id that is no more.
    pub from: Id,
    /// Where it leads now.
    pub into: Id,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    id: Id,
    newest: At,
    count: u32,
    /// A person decided on it: its members stay where they are.
    kept: bool,
}

/// The index.
#[derive(Debug)]
pub struct StoryIndex {
    settings: Settings,
    entries: Pages,
    /// Articles by cluster.
    clusters: IdTable,
    /// The newest posting of a term: article × KEYS + key.
    heads: FxHashMap<TermHash, u32>,
    stories: Vec<Slot>,
    free: Vec<u32>,
}

/// A story near the newcomer, opened up as far as its size allows.
struct Near {
    slot: u32,
    /// Numbers and nodes of the members that are looked at one by one.
    members: Vec<(At, usize)>,
    /// The node of all others together.
    whole: Option<usize>,
}

impl StoryIndex {
    /// An empty index.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            entries: Pages::default(),
            clusters: IdTable::default(),
            heads: FxHashMap::default(),
            stories: Vec::new(),
            free: Vec::new(),
        }
    }

    /// The settings it decides by.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Clusters in the index.
    pub fn len(&self) -> usize {
        self.clusters.len()
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes held, about.
    pub fn bytes(&self) -> usize {
        self.entries.bytes()
            + self.clusters.bytes()
            + self.heads.capacity() * 9
            + self.stories.capacity() * size_of::<Slot>()
            + self.free.capacity() * 4
    }

    /// The places of the weightiest terms that are kept, weightiest first.
    fn weightiest(vector: &Vector, most: usize) -> Vec<u8> {
        let kept = vector.weights.get(..TERMS.min(vector.weights.len())).unwrap_or(&[]);
        let mut order: Vec<(f32, u8)> = kept.iter().zip(0u8..).map(|(w, at)| (w.weight, at)).collect();
        // among equals the lower hash first: terms stand in the order of their hashes
        order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        order.into_iter().take(most).map(|w| w.1).collect()
    }

    /// Clusters that could report the same event, most alike first.
    fn candidates(&self, vector: &Vector, weighing: &mut Weighing<'_>) -> Vec<(f32, At)> {
        let mut votes: FxHashMap<At, f32> =
            FxHashMap::with_capacity_and_hasher(self.settings.probes * self.settings.postings, Default::default());
        // All chains go on together: where one has to wait for memory, so do the others, at the same time.
        let probes = Self::weightiest(vector, self.settings.probes).into_iter();
        let mut chains: Vec<(u32, f32)> = probes
            .filter_map(|probe| vector.weights.get(usize::from(probe)))
            .filter_map(|w| Some((*self.heads.get(&w.term)?, w.weight * w.weight)))
            .collect();
        for _ in 0..self.settings.postings {
            chains.retain_mut(|(posting, weight)| {
                let (at, key) = (*posting / KEYS as u32, *posting as usize % KEYS);
                let Some(entry) = self.entries.get(at) else { return false };
                // one whose cluster has become part of another speaks no more
                if entry.story != NONE {
                    *votes.entry(at).or_insert(0.0) += *weight;
                }
                *posting = entry.before.get(key).copied().unwrap_or(NONE);
                *posting != NONE
            });
        }
        let mut votes: Vec<(f32, At)> = votes.into_iter().map(|(at, w)| (w, at)).collect();
        let more = |a: &(f32, At), b: &(f32, At)| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1));
        if votes.len() > self.settings.compared {
            votes.select_nth_unstable_by(self.settings.compared, more);
            votes.truncate(self.settings.compared);
        }
        let mut other = Vector::default();
        let mut likeness = |at: At| {
            let entry = self.entries.get(at)?;
            other.become_that_of(entry.terms(), about(entry), weighing);
            Some((other.likeness(vector, &self.settings), at))
        };
        let least = self.settings.usual * self.settings.threshold * 0.4;
        let mut alike: Vec<(f32, At)> = votes.into_iter().filter_map(|(_, at)| likeness(at)).filter(|c| c.0 > least).collect();
        alike.sort_unstable_by(more);
        alike
    }

    fn members(&self, slot: u32) -> impl Iterator<Item = (At, &Entry)> + '_ {
        let mut at = self.stories.get(slot as usize).map_or(NONE, |s| s.newest);
        std::iter::from_fn(move || {
            let entry = self.entries.get(at)?;
            let found = (at, entry);
            at = entry.older;
            Some(found)
        })
    }

    /// The stories of the nearest candidates as nodes to group; node 0 is the newcomer.
    fn neighbourhood(&self, candidates: &[(f32, At)], vector: Vector, weighing: &mut Weighing<'_>) -> (Vec<Vector>, Vec<Near>) {
        let (mut nodes, mut near): (Vec<Vector>, Vec<Near>) = (vec![vector], Vec::new());
        let mut seen = AHashSet::new();
        for &(_, at) in candidates {
            let Some(slot) = self.entries.get(at).map(|e| e.story) else { continue };
            if !seen.insert(slot) {
                continue;
            }
            let Some(story) = self.stories.get(slot as usize) else { continue };
            let open = story.count as usize <= self.settings.opened && nodes.len() + story.count as usize <= self.settings.nodes;
            // Of a story that is too large to be opened up, only the members most like the newcomer are looked at one by one: it
            // can lose some of them, and its size does not matter for the work.
            let single: Vec<At> = match (story.kept, open) {
                (true, _) => Vec::new(),
                (false, true) => self.members(slot).map(|m| m.0).collect(),
                (false, false) => {
                    let of_it = candidates.iter().map(|c| c.1).filter(|at| self.entries.get(*at).is_some_and(|e| e.story == slot));
                    of_it.take(self.settings.loosened).collect()
                }
            };
            let mut found = Near { slot, members: Vec::new(), whole: None };
            for (at, entry) in single.iter().filter_map(|at| Some((*at, self.entries.get(*at)?))) {
                found.members.push((at, nodes.len()));
                nodes.push(vector_of(entry, weighing));
            }
            // Together stand those of one language, the newcomer's if there are some: only such can be compared as one.
            let others = || self.members(slot).filter(|m| !single.contains(&m.0));
            let spoken = [nodes.first().map_or([0; 2], |n| n.lang), others().next().map_or([0; 2], |m| m.1.lang)];
            let lang = spoken.into_iter().find(|&lang| others().any(|m| m.1.lang == lang)).unwrap_or_default();
            let rest = others().filter(|m| m.1.lang == lang).take(self.settings.opened);
            if let Some(sum) = rest.map(|(_, e)| vector_of(e, weighing)).reduce(|a, b| a.add(&b)) {
                found.whole = Some(nodes.len());
                nodes.push(sum);
            }
            near.push(found);
            if near.len() >= self.settings.stories || nodes.len() >= self.settings.nodes {
                break;
            }
        }
        (nodes, near)
    }

    /// Where a new cluster belongs. Changes nothing: [`StoryIndex::learn`] does.
    pub fn decide(&self, f: &Features, cluster: Id, background: &Background) -> StoryPlacement {
        let weighing = &mut Weighing::new(background, &self.settings);
        let vector = Vector::of_features(f, weighing);
        let candidates = self.candidates(&vector, weighing);
        let nearest = candidates.first().and_then(|&(_, at)| self.entries.get(at)).map(|e| (e.cluster, vector_of(e, weighing)));
        let (nodes, near) = self.neighbourhood(&candidates, vector.clone(), weighing);
        let groups = regroup::average_linkage(&nodes, self.settings.threshold, &self.settings);
        let mut plan = self.plan(&groups, &near, cluster);
        let story = plan.story.unwrap_or_else(|| Id::story(cluster));
        // Whoever takes over the newcomer's group names it, so a new story has no other members.
        plan.splits.retain(|s| s.from != s.into);
        StoryPlacement {
            story,
            joined: plan.story.is_some(),
            splits: plan.splits,
            merged: plan.merged,
            because: because(f, &vector, nearest, plan.story.is_some(), &self.settings),
            keys: Self::weightiest(&vector, KEYS),
            near: near.iter().map(|n| n.slot).collect(),
        }
    }

    /// Maps the groups back to stories: each story goes on in the group with most of its members, each group under the id of
    /// the story that brought most members.
    fn plan(&self, groups: &[usize], near: &[Near], cluster: Id) -> Plan {
        let group_of = |node: usize| groups.get(node).copied().unwrap_or(node);
        // (members, story, group), and the story's place in `near`
        let mut shares: Vec<(u32, u32, usize)> = Vec::new();
        // What is a node as a whole cannot be taken apart: its story goes on where that node is.
        let mut bound: AHashMap<u32, usize> = AHashMap::new();
        for story in near {
            let mut counts: AHashMap<usize, u32> = AHashMap::new();
            story.members.iter().for_each(|m| *counts.entry(group_of(m.1)).or_insert(0) += 1);
            if let Some(node) = story.whole {
                let all = self.stories.get(story.slot as usize).map_or(1, |s| s.count) as usize;
                *counts.entry(group_of(node)).or_insert(0) += all.saturating_sub(story.members.len()).max(1) as u32;
                bound.insert(story.slot, group_of(node));
            }
            shares.extend(counts.into_iter().map(|(group, n)| (n, story.slot, group)));
        }
        let id_of = |slot: u32| self.stories.get(slot as usize).map_or(Id::default(), |s| s.id);
        shares.sort_by(|a, b| b.0.cmp(&a.0).then(a.2.cmp(&b.2)).then(id_of(a.1).cmp(&id_of(b.1))));
        let (mut heir, mut owner): (AHashMap<u32, usize>, AHashMap<usize, u32>) = (AHashMap::new(), AHashMap::new());
        for &(_, slot, group) in &shares {
            let may = bound.get(&slot).is_none_or(|&whole| whole == group);
            if may && !heir.contains_key(&slot) && !owner.contains_key(&group) {
                heir.insert(slot, group);
                owner.insert(group, slot);
            }
        }
        // Stories that own no group go where most of them went.
        let mut merged = Vec::new();
        for &(_, slot, group) in &shares {
            let may = bound.get(&slot).is_none_or(|&whole| whole == group);
            if let (true, false, Some(&into)) = (may, heir.contains_key(&slot), owner.get(&group)) {
                heir.insert(slot, group);
                merged.push(Merged { from: id_of(slot), into: id_of(into) });
            }
        }
        let mut splits: Vec<Split> = Vec::new();
        let mut fresh: AHashMap<usize, Id> = AHashMap::new();
        for story in near {
            for &(at, node) in story.members.iter().rev() {
                let group = group_of(node);
                if heir.get(&story.slot) == Some(&group) {
                    continue;
                }
                let Some(member) = self.entries.get(at).map(|e| e.cluster) else { continue };
                let into = match owner.get(&group) {
                    Some(&slot) => id_of(slot),
                    // A story that a newcomer splits off is named for both: a cluster's own name may be in use.
                    None => *fresh.entry(group).or_insert_with(|| Id::derive("story", &[&member.to_string(), &cluster.to_string()])),
                };
                let from = id_of(story.slot);
                match splits.iter_mut().find(|s| s.from == from && s.into == into) {
                    Some(split) => split.clusters.push(member),
                    None => splits.push(Split { from, into, clusters: vec![member] }),
                }
            }
        }
        let mine = group_of(0);
        let story = owner.get(&mine).map(|&slot| id_of(slot)).or_else(|| fresh.get(&mine).copied());
        Plan { story, splits, merged }
    }

    /// Takes in what [`StoryIndex::decide`] decided, once that is stored (and before
    /// the next decision). `arrived`: first seen, in minutes since 1970.
    pub fn learn(&mut self, f: &Features, cluster: Id, placement: &StoryPlacement, arrived: i32, background: &Background) {
        let near = &placement.near;
        let by_id = |index: &Self, id: Id| near.iter().copied().find(|&s| index.stories.get(s as usize).is_some_and(|x| x.id == id));
        let mut fresh: Vec<(Id, u32)> = Vec::new();
        for split in &placement.splits {
            let Some(from) = by_id(self, split.from) else { continue };
            let into = by_id(self, split.into).or_else(|| fresh.iter().find(|x| x.0 == split.into).map(|x| x.1));
            let into = into.unwrap_or_else(|| {
                let slot = self.slot(split.into);
                fresh.push((split.into, slot));
                slot
            });
            let leaves = |at: &At| self.entries.get(*at).is_some_and(|e| split.clusters.contains(&e.cluster));
            let (leaving, staying): (Vec<At>, Vec<At>) = self.members(from).map(|m| m.0).partition(leaves);
            let joined: Vec<At> = self.members(into).map(|m| m.0).chain(leaving).collect();
            self.relink(from, staying);
            self.relink(into, joined);
        }
        for merge in &placement.merged {
            let (Some(from), Some(into)) = (by_id(self, merge.from), by_id(self, merge.into)) else { continue };
            let all: Vec<At> = self.members(from).chain(self.members(into)).map(|m| m.0).collect();
            self.relink(into, all);
            self.relink(from, Vec::new());
        }
        let story = by_id(self, placement.story).or_else(|| fresh.iter().find(|x| x.0 == placement.story).map(|x| x.1));
        let slot = story.unwrap_or_else(|| self.slot(placement.story));
        self.insert_at(f, cluster, slot, arrived, &placement.keys, background);
        near.iter().chain(fresh.iter().map(|x| &x.1)).for_each(|&s| self.release(s));
    }

    /// Puts a cluster into the story it was stored in: at start, oldest first, or for a person's decision.
    pub fn restore(&mut self, stored: Stored<'_>, arrived: i32, background: &Background, known: &mut AHashMap<Id, u32>) {
        let slot = *known.entry(stored.story).or_insert_with(|| self.slot(stored.story));
        self.insert_at(stored.features, stored.cluster, slot, arrived, stored.keys, background);
    }

    /// Copies brought clusters together: those `gone` are part of `cluster` now, and the stories `merged` of `story`. The
    /// cluster goes on with the text that was first.
    pub fn absorb(&mut self, cluster: Id, gone: &[Id], story: Id, merged: &[Id]) {
        let mut texts: Vec<At> = std::iter::once(&cluster).chain(gone).filter_map(|c| self.find(*c)).collect();
        texts.sort_unstable();
        let mut slots: Vec<u32> = texts.iter().filter_map(|&at| self.entries.get(at).map(|e| e.story)).collect();
        if !merged.is_empty() {
            // a story whose text has left the window is found by its name only: this reads all of them, once a merger
            let one = |s: &Slot| s.count > 0 && (s.id == story || merged.contains(&s.id));
            slots.extend((0u32..).zip(&self.stories).filter(|(_, s)| one(s)).map(|(slot, _)| slot));
        }
        slots.sort_unstable();
        slots.dedup();
        let named = |slot: &&u32| self.stories.get(**slot as usize).is_some_and(|s| s.id == story);
        let Some(into) = slots.iter().find(named).or(slots.first()).copied() else { return };
        let others = texts.split_off(texts.len().min(1));
        for at in texts.iter().chain(&others).copied() {
            self.unname(at);
        }
        let members: Vec<At> = slots.iter().flat_map(|&s| self.members(s).map(|m| m.0)).filter(|at| !others.contains(at)).collect();
        let kept = slots.iter().any(|&s| self.stories.get(s as usize).is_some_and(|s| s.kept));
        for &slot in slots.iter().filter(|&&s| s != into) {
            self.relink(slot, Vec::new());
            self.release(slot);
        }
        self.relink(into, members);
        if let Some(slot) = self.stories.get_mut(into as usize) {
            (slot.id, slot.kept) = (story, kept);
        }
        for at in others {
            if let Some(entry) = self.entries.get_mut(at) {
                (entry.story, entry.older) = (NONE, NONE);
            }
        }
        if let Some(&first) = texts.first() {
            self.name(first, cluster);
        }
        self.release(into);
    }

    /// The article that stands for a cluster.
    fn find(&self, cluster: Id) -> Option<At> {
        self.clusters.get(cluster.0, |at| self.entries.get(at).map(|e| e.cluster.0))
    }

    /// This article stands for `cluster`.
    fn name(&mut self, at: At, cluster: Id) {
        if let Some(before) = self.find(cluster) {
            self.unname(before);
        }
        if let Some(entry) = self.entries.get_mut(at) {
            entry.cluster = cluster;
        }
        let Self { clusters, entries, .. } = self;
        clusters.insert(cluster.0, at, |at| entries.get(at).map(|e| e.cluster.0));
    }

    /// This article stands for no cluster.
    fn unname(&mut self, at: At) {
        let Self { clusters, entries, .. } = self;
        if let Some(cluster) = entries.get(at).map(|e| e.cluster.0) {
            clusters.remove(cluster, |at| entries.get(at).map(|e| e.cluster.0));
        }
    }

    /// A person decided on this story: its members stay, and it takes in newcomers as a whole. False when it is not held.
    pub fn keep(&mut self, story: Id) -> bool {
        let found = self.stories.iter_mut().find(|s| s.id == story && s.count > 0);
        found.map(|s| s.kept = true).is_some()
    }

    /// Whether a cluster is held.
    pub fn holds(&self, cluster: Id) -> bool {
        self.find(cluster).is_some()
    }

    /// A person's decision: these clusters are one story, and stay it. Clusters that are not held are passed over. Reads all
    /// stories, once a decision.
    pub fn assign(&mut self, clusters: &[Id], story: Id) {
        let found: Vec<At> = clusters.iter().filter_map(|c| self.find(*c)).collect();
        let into = self.stories.iter().position(|s| s.id == story && s.count > 0).map_or_else(|| self.slot(story), |s| s as u32);
        let left: AHashSet<u32> = found.iter().filter_map(|&at| self.entries.get(at).map(|e| e.story)).filter(|&s| s != into).collect();
        for &slot in &left {
            let staying: Vec<At> = self.members(slot).map(|m| m.0).filter(|at| !found.contains(at)).collect();
            self.relink(slot, staying);
            self.release(slot);
        }
        let all: Vec<At> = self.members(into).map(|m| m.0).chain(found).collect();
        self.relink(into, all);
        if let Some(slot) = self.stories.get_mut(into as usize) {
            slot.kept = true;
        }
    }

    /// `keys` as in [`StoryPlacement`]; without any, the terms are weighed by the background of today.
    fn insert_at(&mut self, f: &Features, cluster: Id, slot: u32, arrived: i32, keys: &[u8], background: &Background) {
        let weighed = if keys.is_empty() {
            Self::weightiest(&Vector::of_features(f, &mut Weighing::new(background, &self.settings)), KEYS)
        } else {
            Vec::new()
        };
        let keys = if keys.is_empty() { &weighed } else { keys };
        let at = self.entries.push(Entry::new(f), arrived);
        self.name(at, cluster);
        for (key, place) in keys.iter().take(KEYS).enumerate() {
            let Some(term) = f.terms.get(usize::from(*place)).map(|t| t.hash()) else { continue };
            let before = self.heads.insert(term, at * KEYS as u32 + key as u32).unwrap_or(NONE);
            if let Some(to) = self.entries.get_mut(at).and_then(|e| e.before.get_mut(key)) {
                *to = before;
            }
        }
        let Some(story) = self.stories.get_mut(slot as usize) else { return };
        let older = std::mem::replace(&mut story.newest, at);
        story.count += 1;
        if let Some(entry) = self.entries.get_mut(at) {
            (entry.story, entry.older) = (slot, older);
        }
    }

    fn slot(&mut self, id: Id) -> u32 {
        let empty = Slot { id, newest: NONE, count: 0, kept: false };
        if let Some(slot) = self.free.pop() {
            if let Some(story) = self.stories.get_mut(slot as usize) {
                *story = empty;
            }
            return slot;
        }
        self.stories.push(empty);
        (self.stories.len() - 1) as u32
    }

    /// Makes these the members of a story, newest first.
    fn relink(&mut self, slot: u32, mut members: Vec<At>) {
        members.sort_unstable_by(|a, b| b.cmp(a));
        members.dedup();
        for (i, &at) in members.iter().enumerate() {
            let older = members.get(i + 1).copied().unwrap_or(NONE);
            if let Some(entry) = self.entries.get_mut(at) {
                (entry.story, entry.older) = (slot, older);
            }
        }
        if let Some(story) = self.stories.get_mut(slot as usize) {
            (story.newest, story.count) = (members.first().copied().unwrap_or(NONE), members.len() as u32);
        }
    }

    /// Frees a story without members.
    fn release(&mut self, slot: u32) {
        if self.stories.get(slot as usize).is_some_and(|s| s.newest == NONE && s.count == 0) && !self.free.contains(&slot) {
            self.free.push(slot);
        }
    }

    /// Forgets clusters that arrived before `minute` (minutes since 1970), by whole pages: some stay a little longer.
    pub fn forget_before(&mut self, minute: i32) {
        let mut gone = false;
        while let Some(leaving) = self.entries.oldest(minute) {
            gone = true;
            for at in leaving {
                if self.entries.get(at).is_some_and(|e| e.story != NONE) {
                    self.unname(at);
                }
            }
            for (at, entry) in self.entries.forget_page(minute).into_iter().flatten() {
                let Some(story) = self.stories.get_mut(entry.story as usize) else { continue };
                story.count = story.count.saturating_sub(1);
                if story.newest == at {
                    (story.newest, story.count) = (NONE, 0);
                    self.free.push(entry.story);
                }
            }
        }
        if gone {
            let first = self.entries.range().start;
            self.heads.retain(|_, posting| *posting / KEYS as u32 >= first);
        }
    }
}

fn vector_of(entry: &Entry, weighing: &mut Weighing<'_>) -> Vector {
    Vector::of(entry.terms(), about(entry), weighing)
}

fn about(entry: &Entry) -> About {
    About { places: entry.places(), stated: entry.stated(), minute: entry.minute(), lang: entry.lang, publisher: entry.publisher }
}

struct Plan {
    story: Option<Id>,
    splits: Vec<Split>,
    merged: Vec<Merged>,
}

//! Placement: which cluster an article belongs to, and why. The indexes over the window live here.

use super::id_table::IdTable;
use super::near::{NearIndex, REACH};
use super::postings::Postings;
use super::prepare::{Prepared, Question};
use super::proof::{Rule, Verdict, why};
use super::sketch::Sketch;
use super::{Settings, VERSION};
use crate::model::Id;
use ahash::RandomState;
use jiff::Timestamp;
use serde::Serialize;
use std::borrow::Borrow;
use std::collections::HashMap;

/// Candidates that one placement compares, at most.
pub const CANDIDATES: usize = 16;
/// Of those, members of one cluster.
const OF_ONE_CLUSTER: usize = 4;
/// Steps that comparing for one placement may take: honest texts take some thousand each, so that this ends only the work
/// on texts that repeat a few words over and over.
const WORK: usize = 200_000;
/// Documents of near fingerprint that are looked at.
const NEAR: usize = 64;

/// Where an article goes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Placement {
    /// Its cluster.
    pub cluster: Id,
    /// It joins others there; else it is the first.
    pub joined: bool,
    /// Other clusters that become one with it, and are no more.
    pub merged: Vec<Id>,
    /// Why.
    pub because: Because,
}

/// The reason of a placement, as it is kept and printed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Because {
    /// What decided.
    pub rule: Rule,
    /// The article it was compared with: the copy nearest to it; for one that joins nothing, the likest of the refused.
    pub with: Option<Id>,
    /// Hamming distance of the two fingerprints.
    pub distance: Option<u32>,
    /// Share of the shorter text in the longer.
    pub containment: Option<f64>,
    /// Share of the longer text in the shorter.
    pub coverage: Option<f64>,
    /// Words in common, in order.
    pub shared: u32,
    /// Words of the longest passage in common.
    pub longest: u32,
    /// Names and numbers in common passages, and those that are the same.
    pub marks: (u32, u32),
    /// Share of the shorter headline in the other.
    pub title: f64,
    /// Articles that were compared.
    pub candidates: u32,
    /// The limits that held.
    pub thresholds: Settings,
    /// Version of the algorithm.
    pub version: u32,
}

impl Because {
    fn new(with: Option<(Id, &Verdict)>, rule: Option<Rule>, candidates: usize, settings: &Settings) -> Self {
        let v = with.map(|(_, v)| v);
        let round = |share: f64| (share * 1e4).round() / 1e4;
        Self {
            rule: rule.or(v.map(|v| v.rule)).unwrap_or(Rule::First),
            with: with.map(|(id, _)| id),
            distance: v.and_then(|v| v.distance),
            containment: v.map(|v| round(v.containment)),
            coverage: v.map(|v| round(v.coverage)),
            shared: v.map_or(0, |v| v.shared),
            longest: v.map_or(0, |v| v.longest),
            marks: v.map_or((0, 0), |v| (v.numbers.0 + v.names.0, v.numbers.1 + v.names.1)),
            title: v.map_or(0.0, |v| round(v.title)),
            candidates: candidates as u32,
            thresholds: settings.clone(),
            version: VERSION,
        }
    }
}

/// What the index holds of an article.
#[derive(Clone, Copy, Debug)]
struct Slot {
    id: u64,
    fingerprint: u64,
    /// Seconds since 1970; [`NEVER_LEAVES`] for one that never leaves the window, [`GONE`] for a free slot.
    seen: u32,
    /// Index of its cluster.
    cluster: u32,
    level: u8,
    keys: u8,
}

const NEVER_LEAVES: u32 = u32::MAX;
const GONE: u32 = u32::MAX - 1;
/// A revised article's former slot, until the next sweep.
const LEFT: u32 = u32::MAX - 2;

#[derive(Clone, Copy, Debug)]
struct Cluster {
    id: u64,
    /// The cluster that it became part of; itself while it stands.
    parent: u32,
}

/// The articles of the window, by fingerprint and by sampled shingle, and their clusters.
///
/// Derived: [`CopyIndex::restore`] rebuilds it from what the store keeps.
#[derive(Debug)]
pub struct CopyIndex {
    settings: Settings,
    slots: Vec<Slot>,
    free: Vec<u32>,
    by_id: IdTable,
    clusters: Vec<Cluster>,
    cluster_numbers: IdTable,
    near: NearIndex,
    postings: Postings,
    decisions: Decisions,
}

/// What people decided about pairs of articles; it outlives every re-clustering.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decisions {
    /// In one cluster, whatever the texts say.
    pub together: Vec<(Id, Id)>,
    /// Never in one cluster.
    pub apart: Vec<(Id, Id)>,
}

/// An article that carries a text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Match {
    /// The article.
    pub article: Id,
    /// The comparison.
    pub verdict: Verdict,
}

/// Who carries this text: those of `candidates` that are proven copies of it, nearest first.
pub fn matches(text: &Prepared, candidates: &[Prepared], settings: &Settings) -> Vec<Match> {
    let compared = candidates.iter().map(|c| Match { article: c.id, verdict: why(text, c, settings) });
    let mut found: Vec<Match> = compared.filter(|m| m.verdict.copy).collect();
    found.sort_by(|x, y| y.verdict.strength().total_cmp(&x.verdict.strength()).then(x.article.cmp(&y.article)));
    found
}

fn fixed_state() -> RandomState {
    RandomState::with_seeds(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344)
}

fn seconds(at: Timestamp) -> u32 {
    if at == Timestamp::MAX { NEVER_LEAVES } else { at.as_second().clamp(0, i64::from(LEFT) - 1) as u32 }
}

impl CopyIndex {
    /// An empty index.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            slots: Vec::new(),
            free: Vec::new(),
            by_id: IdTable::default(),
            clusters: Vec::new(),
            cluster_numbers: IdTable::default(),
            near: NearIndex::default(),
            postings: Postings::default(),
            decisions: Decisions::default(),
        }
    }

    /// An empty index with room for `articles`, for a rebuild.
    pub fn with_capacity(settings: Settings, articles: usize) -> Self {
        let mut index = Self::new(settings);
        index.slots.reserve_exact(articles);
        index.clusters.reserve_exact(articles);
        index.by_id = IdTable::with_capacity(articles);
        index.cluster_numbers = IdTable::with_capacity(articles);
        index.postings = Postings::with_capacity(articles * 22);
        index
    }

    /// The limits in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Articles held.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// True without an article.
    pub fn is_empty(&self) -> bool {
        self.by_id.len() == 0
    }

    /// Bytes that the indexes take, by their own count.
    pub fn bytes(&self) -> usize {
        self.postings.bytes()
            + self.near.bytes()
            + self.slots.capacity() * size_of::<Slot>()
            + self.clusters.capacity() * size_of::<Cluster>()
            + self.by_id.bytes()
            + self.cluster_numbers.bytes()
    }

    /// The cluster of an article that the index holds.
    pub fn cluster_of(&self, article: Id) -> Option<Id> {
        let slot = self.slot(self.article_number(article)?)?;
        self.clusters.get(self.root(slot.cluster) as usize).map(|c| Id(c.id))
    }

    /// The fingerprint of an article that the index holds; none of one without words.
    pub fn fingerprint_of(&self, article: Id) -> Option<u64> {
        Some(self.slot(self.article_number(article)?)?.fingerprint).filter(|&fingerprint| fingerprint != 0)
    }

    /// What a cluster is called now: itself, or the one that it became part of.
    pub fn current(&self, cluster: Id) -> Id {
        let number = self.known_cluster(cluster).map(|n| self.root(n));
        number.and_then(|n| self.clusters.get(n as usize)).map_or(cluster, |c| Id(c.id))
    }

    /// The slot number of an article.
    fn article_number(&self, id: Id) -> Option<u32> {
        self.by_id.get(id.0, |n| self.slots.get(n as usize).map(|s| s.id))
    }

    /// The number under which a cluster is known, part of another or not.
    fn known_cluster(&self, id: Id) -> Option<u32> {
        self.cluster_numbers.get(id.0, |n| self.clusters.get(n as usize).map(|c| c.id))
    }

    fn slot(&self, number: u32) -> Option<&Slot> {
        self.slots.get(number as usize)
    }

    fn root(&self, mut cluster: u32) -> u32 {
        while let Some(c) = self.clusters.get(cluster as usize)
            && c.parent != cluster
        {
            cluster = c.parent;
        }
        cluster
    }

    /// People's decisions, for all placements from now on.
    pub fn set_decisions(&mut self, decisions: Decisions) {
        self.decisions = decisions;
    }

    /// Articles that may be copies of `new`, likeliest first: those with a fingerprint within distance 3, and those
    /// that share enough sampled shingles; at most [`CANDIDATES`], and few of one cluster. Those that a person put
    /// together with it come first, beyond that number.
    pub fn candidates(&self, new: &Prepared) -> Vec<Id> {
        let mut chosen: Vec<Id> = self.partners(&self.decisions.together, new.id).filter(|id| self.article_number(*id).is_some()).collect();
        let asked = (&new.question(), new.id, seconds(new.seen_at));
        chosen.extend(self.likely(asked, CANDIDATES, OF_ONE_CLUSTER).into_iter().filter(|id| !chosen.contains(id)).collect::<Vec<_>>());
        chosen
    }

    /// Up to `limit` articles that may carry a text, likeliest first, for [`matches`].
    pub fn candidates_to_match(&self, text: &Question, limit: usize) -> Vec<Id> {
        self.likely((text, Id::default(), NEVER_LEAVES), limit, limit)
    }

    fn partners<'a>(&self, pairs: &'a [(Id, Id)], id: Id) -> impl Iterator<Item = Id> + use<'a> {
        pairs.iter().filter_map(move |&(x, y)| if x == id { Some(y) } else { (y == id).then_some(x) })
    }

    fn likely(&self, (new, id, seen): (&Question, Id, u32), limit: usize, of_one_cluster: usize) -> Vec<Id> {
        let Some(fingerprint) = new.fingerprint else { return Vec::new() };
        if new.words < self.settings.min_words {
            return Vec::new();
        }
        let mut ranked: Vec<(f32, u32)> = Vec::with_capacity(64);
        self.add_near(fingerprint, &mut ranked);
        self.add_sharing(&new.sketch, &mut ranked);
        ranked.retain(|&(_, number)| self.slot(number).is_some_and(|s| s.id != id.0 && self.in_window(s.seen, seen)));
        ranked.sort_unstable_by(|x, y| y.0.total_cmp(&x.0).then(y.1.cmp(&x.1)));
        let mut chosen: Vec<(u32, u32)> = Vec::with_capacity(limit.min(64));
        for (_, number) in ranked {
            let Some(slot) = self.slot(number) else { continue };
            let cluster = self.root(slot.cluster);
            let known = chosen.iter().any(|&(n, _)| n == number);
            if !known && chosen.iter().filter(|&&(_, c)| c == cluster).count() < of_one_cluster {
                chosen.push((number, cluster));
                if chosen.len() == limit {
                    break;
                }
            }
        }
        chosen.into_iter().filter_map(|(number, _)| self.slot(number)).map(|s| Id(s.id)).collect()
    }

    fn in_window(&self, a: u32, b: u32) -> bool {
        a != GONE && a != LEFT && (a == NEVER_LEAVES || b == NEVER_LEAVES || a.abs_diff(b) <= self.settings.window_s)
    }

    fn add_near(&self, fingerprint: u64, ranked: &mut Vec<(f32, u32)>) {
        let mut found = 0;
        self.near.near(fingerprint, |number| {
            let distance = self.slot(number).map_or(64, |s| simhash::hamming_distance(s.fingerprint, fingerprint));
            if distance <= REACH {
                ranked.push((10.0 - distance as f32, number));
                found += 1;
            }
            found < NEAR
        });
    }

    /// Ranks by the share of the smaller sample that is in the other; rare shingles weigh more.
    fn add_sharing(&self, sketch: &Sketch, ranked: &mut Vec<(f32, u32)>) {
        let asked = sketch.level.saturating_sub(1);
        let mut shared: HashMap<u32, (u16, f32), RandomState> = HashMap::with_capacity_and_hasher(256, fixed_state());
        let mut hits: Vec<u32> = Vec::with_capacity(64);
        for &key in sketch.stored.iter().chain(&sketch.denser) {
            hits.clear();
            self.postings.get(key, |number| hits.push(number));
            let weight = 1.0 / (4.0 + hits.len() as f32);
            for &number in &hits {
                let entry = shared.entry(number).or_default();
                entry.0 += 1;
                entry.1 += weight;
            }
        }
        let mine = (sketch.stored.len() + sketch.denser.len()) as f32;
        for (number, (count, weight)) in shared {
            let Some(slot) = self.slot(number) else { continue };
            // both samples at the sparser level of the two
            let level = slot.level.max(asked);
            let least = (mine / f32::from(1_u16 << (level - asked).min(12)))
                .min(f32::from(slot.keys) / f32::from(1_u16 << (level - slot.level).min(12)));
            let alone = count == 1 && least >= 8.0;
            if f32::from(count) >= SHARED * least && !alone {
                ranked.push((f32::from(count) * 4.0 * weight / (2.0 + least), number));
            }
        }
    }

    /// Places `new`, given the texts of its candidates.
    pub fn decide<P: Borrow<Prepared>>(&self, new: &Prepared, candidates: &[P]) -> Placement {
        let candidates: Vec<&Prepared> = candidates.iter().map(Borrow::borrow).collect();
        let mut proven: Vec<(u32, usize, Verdict)> = Vec::new();
        let mut refused: Option<(Id, Verdict)> = None;
        let mut work = 0;
        for (at, other) in candidates.iter().enumerate() {
            if work > WORK {
                break;
            }
            let Some(cluster) = self.article_number(other.id).and_then(|n| self.slot(n)).map(|s| self.root(s.cluster)) else { continue };
            let mut verdict = why(new, other, &self.settings);
            work += verdict.work;
            let says = |pairs: &[(Id, Id)]| self.partners(pairs, new.id).any(|id| id == other.id);
            if says(&self.decisions.together) {
                (verdict.copy, verdict.rule) = (true, Rule::Person);
            } else if !self.may_join(new.id, cluster) {
                (verdict.copy, verdict.rule) = (false, Rule::Person);
            }
            if verdict.copy {
                proven.push((cluster, at, verdict));
            } else if refused.as_ref().is_none_or(|(_, r)| verdict.containment > r.containment) {
                refused = Some((other.id, verdict));
            }
        }
        // a person's word first, then the best copy
        let rank = |v: &Verdict| (v.rule == Rule::Person, v.strength());
        proven.sort_by(|x, y| rank(&y.2).0.cmp(&rank(&x.2).0).then(rank(&y.2).1.total_cmp(&rank(&x.2).1)));
        let Some((best, with, verdict)) = proven.first() else {
            let because = Because::new(refused.as_ref().map(|(id, v)| (*id, v)), None, candidates.len(), &self.settings);
            return Placement { cluster: Id::cluster(new.id), joined: false, merged: Vec::new(), because };
        };
        // What a person joined need not be alike; the others are held against the best copy by the text.
        let alike = proven.iter().find(|(.., v)| v.rule != Rule::Person);
        let belongs = |at: usize, other: &Verdict| {
            other.rule == Rule::Person
                || alike.is_none_or(|(_, best, v)| *best == at || self.belong_together(new, (&candidates, *best, v), (at, other)))
        };
        let mut clusters = vec![*best];
        for (cluster, at, other) in &proven {
            if !clusters.contains(cluster) && clusters.iter().all(|&c| self.may_merge(c, *cluster)) && belongs(*at, other) {
                clusters.push(*cluster);
            }
        }
        // the cluster that came first gives its name
        clusters.sort_unstable();
        let mut ids = clusters.iter().filter_map(|&c| self.clusters.get(c as usize)).map(|c| Id(c.id));
        let because = Because::new(candidates.get(*with).map(|c| (c.id, verdict)), None, candidates.len(), &self.settings);
        Placement { cluster: ids.next().unwrap_or_default(), joined: true, merged: ids.collect(), because }
    }

    /// No person has put `article` apart from an article of the cluster.
    fn may_join(&self, article: Id, cluster: u32) -> bool {
        self.partners(&self.decisions.apart, article).all(|other| self.number_of(other) != Some(cluster))
    }

    /// No person has put an article of the one apart from one of the other.
    fn may_merge(&self, one: u32, other: u32) -> bool {
        self.decisions.apart.iter().all(|&(x, y)| {
            let at = (self.number_of(x), self.number_of(y));
            at != (Some(one), Some(other)) && at != (Some(other), Some(one))
        })
    }

    fn number_of(&self, article: Id) -> Option<u32> {
        let slot = self.slot(self.article_number(article)?)?;
        Some(self.root(slot.cluster))
    }

    /// Makes clusters one, as a person or a redirect says: `others` become part of `cluster`.
    pub fn join(&mut self, cluster: Id, others: &[Id]) {
        let cluster = self.cluster_number(cluster);
        for &other in others {
            let other = self.cluster_number(other);
            if let Some(c) = self.clusters.get_mut(other as usize)
                && other != cluster
            {
                c.parent = cluster;
            }
        }
    }

    /// Moves an article to a cluster, as a person who splits one does. False: the index does not hold it.
    pub fn assign(&mut self, article: Id, cluster: Id) -> bool {
        let cluster = self.cluster_number(cluster);
        let slot = self.article_number(article).and_then(|n| self.slots.get_mut(n as usize));
        slot.map(|slot| slot.cluster = cluster).is_some()
    }

    /// Whether two clusters that `new` is a copy of become one: not if it is made of the two, nor if it is a little
    /// piece of two texts that have nothing else in common.
    fn belong_together(&self, new: &Prepared, best: (&[&Prepared], usize, &Verdict), other: (usize, &Verdict)) -> bool {
        let (candidates, with, first) = best;
        let (at, second) = other;
        let one_subject = [first, second].iter().all(|v| v.headline(self.settings.headline));
        if !one_subject && first.overlap(second, new) < 0.3 {
            return false;
        }
        let little = |v: &Verdict| v.short == new.id && v.coverage < self.settings.coverage;
        if !little(first) && !little(second) {
            return true;
        }
        let (Some(x), Some(y)) = (candidates.get(with), candidates.get(at)) else { return false };
        why(x, y, &self.settings).containment >= 0.3
    }

    /// Takes a placed article into the indexes, and joins the clusters that it makes one.
    pub fn learn(&mut self, new: &Prepared, placement: &Placement) {
        self.join(placement.cluster, &placement.merged);
        let cluster = self.cluster_number(placement.cluster);
        self.leave(new.id);
        let (level, keys) = (new.sketch.level, new.sketch.stored.len() as u8);
        let slot = Slot { id: new.id.0, fingerprint: new.fingerprint.unwrap_or(0), seen: seconds(new.seen_at), cluster, level, keys };
        if let Some(number) = self.slot_for(slot, new.fingerprint.is_some()) {
            for &key in &new.sketch.stored {
                self.postings.insert(key, number);
            }
        }
    }

    /// A revision takes a number of its own, so that its old text's shingles and fingerprint lead nowhere; they are swept
    /// out with those that age.
    fn leave(&mut self, article: Id) {
        let Some(number) = self.article_number(article) else { return };
        let slots = &self.slots;
        self.by_id.remove(article.0, |n| slots.get(n as usize).map(|s| s.id));
        if let Some(slot) = self.slots.get_mut(number as usize) {
            slot.seen = LEFT;
        }
    }

    /// Takes in an article from its [`Prepared::index_row`]. False: the row is not one of this version. For many at once
    /// there is [`Rebuild`].
    pub fn restore(&mut self, id: Id, cluster: Id, seen_at: Timestamp, row: &[u8]) -> bool {
        let mut waiting = Vec::new();
        let good = self.restore_but(id, cluster, seen_at, row, &mut waiting);
        self.postings.insert_all(&mut waiting);
        good
    }

    /// As [`CopyIndex::restore`], but for the postings, which are left to the caller.
    fn restore_but(&mut self, id: Id, cluster: Id, seen_at: Timestamp, row: &[u8], waiting: &mut Vec<(u32, u32)>) -> bool {
        let cluster = self.cluster_number(cluster);
        if row.is_empty() {
            self.slot_for(Slot { id: id.0, fingerprint: 0, seen: seconds(seen_at), cluster, level: 0, keys: 0 }, false);
            return true;
        }
        let Some((fingerprint, rest)) = row.split_first_chunk::<8>() else { return false };
        let Some((&level, keys)) = rest.split_first() else { return false };
        let (keys, over) = keys.as_chunks::<4>();
        if !over.is_empty() || keys.len() > super::sketch::STORED || level > 63 {
            return false;
        }
        let fingerprint = u64::from_le_bytes(*fingerprint);
        let slot = Slot { id: id.0, fingerprint, seen: seconds(seen_at), cluster, level, keys: keys.len() as u8 };
        if let Some(number) = self.slot_for(slot, true) {
            waiting.extend(keys.iter().map(|k| (u32::from_le_bytes(*k), number)));
        }
        true
    }

    /// Gives an article a number; none where it has one already and keeps it.
    fn slot_for(&mut self, slot: Slot, printed: bool) -> Option<u32> {
        if let Some(number) = self.article_number(Id(slot.id)) {
            if let Some(old) = self.slots.get_mut(number as usize) {
                old.cluster = slot.cluster;
            }
            return None;
        }
        let number = match self.free.pop() {
            Some(number) => {
                if let Some(place) = self.slots.get_mut(number as usize) {
                    *place = slot;
                }
                number
            }
            None => {
                if self.slots.len() == self.slots.capacity() {
                    self.slots.reserve_exact((self.slots.len() / 8).max(64));
                }
                self.slots.push(slot);
                self.slots.len() as u32 - 1
            }
        };
        let slots = &self.slots;
        self.by_id.insert(slot.id, number, |n| slots.get(n as usize).map(|s| s.id));
        if printed {
            self.near.insert(number, slot.fingerprint, |n| slots.get(n as usize).map_or(0, |s| s.fingerprint));
        }
        Some(number)
    }

    /// The number of a cluster. One that became part of another, and is spoken of again, is one by itself from now on, as after a
    /// person split it; what went into the other stays there.
    fn cluster_number(&mut self, id: Id) -> u32 {
        match self.known_cluster(id) {
            Some(number) if self.root(number) == number => return number,
            Some(_) => {
                let clusters = &self.clusters;
                self.cluster_numbers.remove(id.0, |n| clusters.get(n as usize).map(|c| c.id));
            }
            None => {}
        }
        let number = self.clusters.len() as u32;
        if self.clusters.len() == self.clusters.capacity() {
            self.clusters.reserve_exact((self.clusters.len() / 8).max(64));
        }
        self.clusters.push(Cluster { id: id.0, parent: number });
        let clusters = &self.clusters;
        self.cluster_numbers.insert(id.0, number, |n| clusters.get(n as usize).map(|c| c.id));
        number
    }

    /// Drops what was first seen before `cut`; work is linear in the index.
    pub fn forget_before(&mut self, cut: Timestamp) {
        let cut = seconds(cut);
        let mut gone = 0;
        for (number, slot) in self.slots.iter_mut().enumerate() {
            if slot.seen < cut || slot.seen == LEFT {
                slot.seen = GONE;
                self.free.push(number as u32);
                gone += 1;
            }
        }
        if gone > 0 {
            let slots = &self.slots;
            let keep = |number: u32| slots.get(number as usize).is_some_and(|s| s.seen != GONE);
            // a free slot keeps its old id: the table is made anew without it
            let mut by_id = IdTable::with_capacity(slots.len() - self.free.len());
            for (number, slot) in (0..).zip(slots) {
                if slot.seen != GONE {
                    by_id.insert(slot.id, number, |n| slots.get(n as usize).map(|s| s.id));
                }
            }
            self.by_id = by_id;
            self.near.retain(keep);
            self.postings.retain(keep);
            self.forget_clusters();
        }
    }

    /// Numbers the clusters that still have an article anew: each text that ever came began one. Those that became part of
    /// another go too, as with a rebuild: nothing that is stored names them any more.
    fn forget_clusters(&mut self) {
        let (mut kept, mut slots) = (Vec::new(), std::mem::take(&mut self.slots));
        let mut anew: Vec<Option<u32>> = vec![None; self.clusters.len()];
        for slot in slots.iter_mut().filter(|slot| slot.seen != GONE) {
            let root = self.root(slot.cluster) as usize;
            let (Some(number), Some(cluster)) = (anew.get_mut(root), self.clusters.get(root)) else { continue };
            slot.cluster = *number.get_or_insert_with(|| {
                kept.push(Cluster { id: cluster.id, parent: kept.len() as u32 });
                kept.len() as u32 - 1
            });
        }
        let mut numbers = IdTable::with_capacity(kept.len());
        for (number, cluster) in (0..).zip(&kept) {
            numbers.insert(cluster.id, number, |n| kept.get(n as usize).map(|c| c.id));
        }
        (self.slots, self.clusters, self.cluster_numbers) = (slots, kept, numbers);
    }
}

/// Builds an index from many rows: postings are put in by the place where they belong, a few million at a time, which
/// spares most of the waiting for memory.
#[derive(Debug)]
pub struct Rebuild {
    index: CopyIndex,
    waiting: Vec<(u32, u32)>,
    most: usize,
}

/// Postings that wait before they are put in, at most: 16 MB of them.
const WAITING: usize = 1 << 21;
/// As many an article: a window of thirty thousand needs a megabyte for them.
const WAITING_EACH: usize = 4;

impl Rebuild {
    /// An index with room for `articles`.
    pub fn new(settings: Settings, articles: usize) -> Self {
        let most = (articles * WAITING_EACH).clamp(super::sketch::STORED, WAITING);
        Self { index: CopyIndex::with_capacity(settings, articles), waiting: Vec::with_capacity(most), most }
    }

    /// As [`CopyIndex::restore`].
    pub fn restore(&mut self, id: Id, cluster: Id, seen_at: Timestamp, row: &[u8]) -> bool {
        let good = self.index.restore_but(id, cluster, seen_at, row, &mut self.waiting);
        if self.waiting.len() + super::sketch::STORED > self.most {
            self.index.postings.insert_all(&mut self.waiting);
        }
        good
    }

    /// The index.
    pub fn finish(mut self) -> CopyIndex {
        self.index.postings.insert_all(&mut self.waiting);
        self.index
    }
}

/// Share of the smaller sample that two candidates have in common, at least.
const SHARED: f32 = 0.08;

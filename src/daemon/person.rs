//! What a person decides: two clusters are one text, an article is another text, an article is kept. Each order is one
//! transaction; the decision outlives every re-clustering.

use super::DaemonError;
use super::lookup::document;
use super::place::State;
use super::whose::Whose;
use crate::config::Config;
use crate::dedup::recluster::{Change, Recluster, Stands};
use crate::dedup::story::{self, Features};
use crate::dedup::{self, Decisions};
use crate::model::Id;
use crate::store::{Decision, Move, Ruling, StoreError, StoredText};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Pairs of articles that one `split` keeps apart, at most.
const PAIRS: usize = 4_000;
/// Articles of one cluster that an order reads.
const MEMBERS: u32 = 10_000;

/// What a person orders. Articles are meant by their ids: clusters change theirs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order {
    /// The clusters of the two are one.
    Merge {
        /// An article of the one.
        a: Id,
        /// An article of the other.
        b: Id,
    },
    /// These leave the rest of their cluster, together.
    Split {
        /// Articles of one cluster.
        articles: Vec<Id>,
    },
    /// Retention leaves the article alone, or no longer.
    Keep {
        /// The article.
        article: Id,
        /// False: no longer.
        on: bool,
    },
    /// Whose the text is that an article carries.
    Origin {
        /// One of the articles that carry it.
        article: Id,
        /// Who it was.
        whose: Whose,
    },
    /// A decision is taken back, and the texts speak again.
    Withdraw {
        /// Its number.
        number: i64,
    },
}

/// What came of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruled {
    /// The order's kind.
    pub kind: String,
    /// Numbers of the decisions that were recorded.
    pub decisions: Vec<i64>,
    /// Numbers of earlier decisions that this one overrules.
    pub withdrawn: Vec<i64>,
    /// The cluster that the order made, or the article's.
    pub cluster: Id,
    /// Its story.
    pub story: Id,
    /// Articles that moved.
    pub moved: u64,
}

/// Decisions as placement asks for them.
pub(super) fn decisions(all: &[Decision]) -> Decisions {
    let pairs = |kind: &str| all.iter().filter(|d| d.kind == kind).filter_map(|d| Some((d.subject, d.object?))).collect();
    Decisions { together: pairs("merge"), apart: pairs("split") }
}

/// Carries an order out in this process, under the database's lock: for when no daemon runs.
///
/// # Errors
/// Where the database is locked or fails, and where the order makes no sense.
pub fn here(config: &Config, order: &Order, now: Timestamp) -> Result<Ruled, DaemonError> {
    let mut state = State::open(config, Arc::default(), now)?;
    state.build(now)?;
    let done = state.obey(order, now);
    state.close();
    done?.map_err(DaemonError::Refused)
}

/// What one cluster's articles are, in the order of placement.
type Members = Vec<StoredText>;

impl State {
    /// Carries out an order; the inner error says why it makes no sense.
    ///
    /// # Errors
    /// Where the database fails; nothing is changed then.
    pub fn obey(&mut self, order: &Order, now: Timestamp) -> Result<Result<Ruled, String>, StoreError> {
        let planned = match order {
            Order::Merge { a, b } => self.merge(*a, *b)?,
            Order::Split { articles } => self.split(articles)?,
            Order::Keep { article, on } => return self.keep(*article, *on, now),
            Order::Origin { article, whose } => return self.set_origin(*article, whose, now),
            Order::Withdraw { number } => self.withdraw(*number)?,
        };
        let (ruling, cluster, story) = match planned {
            Ok(planned) => planned,
            Err(why) => return Ok(Err(why)),
        };
        let mut touched: BTreeSet<Id> = self.old_clusters(&ruling.moves)?;
        touched.insert(cluster);
        let numbers = self.store.rule(&ruling, now)?;
        tracing::info!(kind = ruling.kind, %cluster, articles = ruling.moves.len(), "a person's decision: {}", ruling.kind);
        self.learn_moves(&ruling.moves, touched, now)?;
        if ruling.kind == "withdraw" {
            self.origin_spoken(cluster, now)?;
        }
        let moved = ruling.moves.len() as u64;
        Ok(Ok(Ruled { kind: ruling.kind, decisions: numbers, withdrawn: ruling.withdrawn, cluster, story, moved }))
    }

    fn merge(&mut self, a: Id, b: Id) -> Result<Result<(Ruling, Id, Id), String>, StoreError> {
        let (one, other) = (self.cluster_with(a)?, self.cluster_with(b)?);
        let (Some(head), Some(second)) = (one.first(), other.first()) else { return Ok(Err("no such article".into())) };
        if head.cluster == second.cluster {
            return Ok(Err("the two are in one cluster already".into()));
        }
        // The cluster that has more articles keeps its id; of equal ones the first named.
        let swap = other.len() > one.len();
        let (into, moving) = if swap { (second, &one) } else { (head, &other) };
        let across = |d: &Decision| d.kind == "split" && spans(d, &one, &other);
        let withdrawn = self.store.decisions()?.iter().filter(|d| across(d)).map(|d| d.seq).collect();
        let ruling = Ruling {
            kind: "merge".into(),
            subject: a,
            decisions: vec![("merge".into(), a, Some(b))],
            withdrawn,
            revived: Vec::new(),
            moves: moving.iter().map(|m| moved(m.id, into.cluster, into.story, into.id)).collect(),
        };
        Ok(Ok((ruling, into.cluster, into.story)))
    }

    fn split(&mut self, articles: &[Id]) -> Result<Result<(Ruling, Id, Id), String>, StoreError> {
        let Some(&first) = articles.first() else { return Ok(Err("no article is named".into())) };
        let all = self.cluster_with(first)?;
        let (leaving, staying): (Members, Members) = all.into_iter().partition(|m| articles.contains(&m.id));
        let (Some(head), true) = (leaving.first(), articles.iter().all(|a| leaving.iter().any(|m| m.id == *a))) else {
            return Ok(Err("the articles are not all of one cluster".into()));
        };
        let Some(other) = staying.first() else {
            let why = if leaving.len() == 1 {
                "its text stands alone already; split parts articles that are held to be one text, and the stories of different texts are newsfold's own"
            } else {
                "these are all articles of the cluster: none would stay"
            };
            return Ok(Err(why.into()));
        };
        let withdrawn =
            self.store.decisions()?.iter().filter(|d| d.kind == "merge" && spans(d, &leaving, &staying)).map(|d| d.seq).collect();
        let pairs = leaving.iter().flat_map(|x| staying.iter().map(|y| ("split".to_owned(), x.id, Some(y.id)))).take(PAIRS).collect();
        let cluster = self.fresh_cluster(head.id, other.cluster)?;
        let story = self.story_apart(head, other, cluster);
        let ruling = Ruling {
            kind: "split".into(),
            subject: first,
            decisions: pairs,
            withdrawn,
            revived: Vec::new(),
            moves: leaving.iter().map(|m| moved(m.id, cluster, story, other.id)).collect(),
        };
        Ok(Ok((ruling, cluster, story)))
    }

    fn keep(&mut self, article: Id, on: bool, now: Timestamp) -> Result<Result<Ruled, String>, StoreError> {
        let Some(stands) = self.store.texts(&[article])?.pop() else { return Ok(Err("no such article".into())) };
        let marks: Vec<i64> = self.store.decisions()?.iter().filter(|d| d.kind == "keep" && d.subject == article).map(|d| d.seq).collect();
        let mut ruled = Ruled { kind: "keep".into(), cluster: stands.cluster, story: stands.story, ..Ruled::default() };
        match (on, marks.is_empty()) {
            (true, true) => ruled.decisions = vec![self.store.decide("keep", article, None, now)?],
            (true, false) => return Ok(Err("it is kept already".into())),
            (false, true) => return Ok(Err("it is not marked".into())),
            (false, false) => {
                for mark in &marks {
                    self.store.withdraw(*mark)?;
                }
                (ruled.kind, ruled.withdrawn) = ("unkeep".into(), marks);
            }
        }
        Ok(Ok(ruled))
    }

    /// Takes a decision back, with those that one order made together with it, and lets the texts of the clusters that it
    /// concerned speak again.
    fn withdraw(&mut self, number: i64) -> Result<Result<(Ruling, Id, Id), String>, StoreError> {
        let all = self.store.decisions()?;
        let Some(decision) = all.iter().find(|d| d.seq == number).cloned() else {
            return Ok(Err(format!("no decision {number} is in force")));
        };
        let same = |d: &&Decision| d.kind == decision.kind && d.at == decision.at && (d.kind == "split" || d.seq == number);
        let (gone, left): (Vec<&Decision>, Vec<&Decision>) = all.iter().partition(same);
        let mut ruling = Ruling { kind: "withdraw".into(), subject: decision.subject, ..Ruling::default() };
        ruling.withdrawn = gone.iter().map(|d| d.seq).collect();
        ruling.revived = gone.iter().flat_map(|d| d.before.overruled.iter().copied()).collect();
        let stands = self.store.texts(&[decision.subject])?.pop();
        let (mut cluster, mut story) = stands.map(|s| (s.cluster, s.story)).unwrap_or_default();
        if matches!(decision.kind.as_str(), "merge" | "split") {
            let mut left: Vec<Decision> = left.into_iter().cloned().collect();
            left.extend(self.store.decisions_named(&ruling.revived)?);
            let about: BTreeSet<Id> = gone.iter().flat_map(|d| [Some(d.subject), d.object]).flatten().collect();
            let back = if decision.kind == "merge" { self.back(&decision)? } else { HashMap::new() };
            ruling.moves = self.regroup(&about, decisions(&left), &back, decision.subject)?;
            // What goes back where it was stands there for the reason for which it did.
            for one in &mut ruling.moves {
                let was = decision.before.stood.iter().find(|s| s.article == one.article && s.cluster == one.cluster);
                one.because = was.and_then(|s| s.because.clone()).or_else(|| one.because.take());
            }
            if let Some(now) = ruling.moves.iter().find(|m| m.article == decision.subject) {
                (cluster, story) = (now.cluster, now.story);
            }
        }
        Ok(Ok((ruling, cluster, story)))
    }

    /// Where the articles go that a merger moved, if they are where it put them: to the cluster that they came from, in its
    /// story or what became of that since.
    fn back(&mut self, merger: &Decision) -> Result<HashMap<Id, Stands>, StoreError> {
        let here = self.store.cluster_of(merger.subject)?;
        let other = merger.object.map(|o| self.store.cluster_of(o)).transpose()?.flatten();
        let mut back = HashMap::new();
        let (Some(cluster), true) = (here, here == other) else { return Ok(back) };
        let made = self.store.story_of(cluster)?;
        for stood in &merger.before.stood {
            if self.store.cluster_of(stood.article)? != Some(cluster) {
                continue;
            }
            // A story that went with its last article into this one comes back; one that became another's since does not.
            let story = match self.store.redirected(stood.story)? {
                Some(new) if Some(new) != made && self.store.story_holds(new)? => new,
                _ => stood.story,
            };
            back.insert(stood.article, Stands { article: stood.article, cluster: stood.cluster, story });
        }
        Ok(back)
    }

    /// The articles of the clusters that these articles are in, placed over again among themselves; those in `back` as if
    /// they stood there already. What moves.
    fn regroup(
        &mut self,
        about: &BTreeSet<Id>,
        decisions: Decisions,
        back: &HashMap<Id, Stands>,
        with: Id,
    ) -> Result<Vec<Move>, StoreError> {
        let mut clusters: Vec<Id> = Vec::new();
        for &article in about {
            clusters.extend(self.store.cluster_of(article)?);
        }
        clusters.sort_unstable();
        clusters.dedup();
        let mut texts: Members = Vec::new();
        for cluster in clusters {
            texts.extend(self.members(cluster)?);
        }
        texts.sort_by_key(|text| (text.seen_at, text.id));
        let prepared: HashMap<Id, dedup::Prepared> = texts.iter().map(|text| (text.id, self.ready(text))).collect();
        let mut again = Recluster::new(self.settings().clone(), decisions);
        for text in &texts {
            let Some(new) = prepared.get(&text.id) else { continue };
            let stands = Stands { article: text.id, cluster: text.cluster, story: text.story };
            let stands = back.get(&text.id).copied().unwrap_or(stands);
            again.place(new, stands, |ids| Ok::<_, StoreError>(ids.iter().filter_map(|id| prepared.get(id)).cloned().collect()))?;
        }
        let mut goes: HashMap<Id, (Id, Id)> = back.values().map(|b| (b.article, (b.cluster, b.story))).collect();
        for mut change in again.changes() {
            let named = |at: Id| texts.iter().any(|text| text.cluster == at) || back.values().any(|b| b.cluster == at);
            // The id of its first article's cluster may be in use outside of these.
            if let (false, Some(first)) = (named(change.cluster), change.moves.first().copied()) {
                change.cluster = self.fresh_cluster(first.article, first.cluster)?;
            }
            let story = if back.is_empty() { self.story_of_change(&change)? } else { change.story };
            goes.extend(change.moves.iter().map(|m| (m.article, (change.cluster, story))));
        }
        // In the order in which they came, and only what does not stand there.
        let moves = texts.iter().filter_map(|text| {
            let (cluster, story) = *goes.get(&text.id)?;
            ((text.cluster, text.story) != (cluster, story)).then(|| moved(text.id, cluster, story, with))
        });
        Ok(moves.collect())
    }

    /// The story of what a change makes: a cluster that leaves another reports that one's event, or one of its own.
    fn story_of_change(&mut self, change: &Change) -> Result<Id, StoreError> {
        let Some(first) = change.moves.first() else { return Ok(change.story) };
        if change.from.is_empty() || change.from.contains(&change.cluster) || self.store.story_of(change.cluster)?.is_some() {
            return Ok(change.story);
        }
        let leaving = self.store.texts(&[first.article])?.pop();
        let staying = self.members(first.cluster)?.into_iter().find(|m| change.moves.iter().all(|x| x.article != m.id));
        let both = leaving.as_ref().zip(staying.as_ref());
        Ok(both.map_or(change.story, |(leaving, staying)| self.story_apart(leaving, staying, change.cluster)))
    }

    /// The story of a cluster that leaves another: its own, unless the two texts report one event.
    fn story_apart(&self, leaving: &StoredText, staying: &StoredText, cluster: Id) -> Id {
        let settings = story::Settings::default();
        let (a, b) = (Features::restore(&leaving.story_row), Features::restore(&staying.story_row));
        let one_event = a.zip(b).is_none_or(|(a, b)| {
            let compared = story::why_story(&a, &b, self.background(), &settings);
            compared.similarity >= compared.threshold
        });
        if one_event { staying.story } else { Id::story(cluster) }
    }

    fn cluster_with(&mut self, article: Id) -> Result<Members, StoreError> {
        match self.store.cluster_of(article)? {
            Some(cluster) => self.members(cluster),
            None => Ok(Vec::new()),
        }
    }

    fn members(&mut self, cluster: Id) -> Result<Members, StoreError> {
        let ids: Vec<Id> = self.store.cluster_members(cluster, MEMBERS)?.into_iter().map(|m| m.id).collect();
        self.store.texts(&ids)
    }

    /// A cluster for articles that leave `left`, of which `first` is the first: its own if nobody is in it.
    fn fresh_cluster(&mut self, first: Id, left: Id) -> Result<Id, StoreError> {
        let mut id = Id::cluster(first);
        while id == left || self.store.story_of(id)?.is_some() {
            id = Id::derive("cluster", &[&first.to_string(), &id.to_string()]);
        }
        Ok(id)
    }

    fn old_clusters(&self, moves: &[Move]) -> Result<BTreeSet<Id>, StoreError> {
        let mut old = BTreeSet::new();
        for one in moves {
            old.extend(self.store.cluster_of(one.article)?);
        }
        Ok(old)
    }

    /// Applies one cluster's change, if its articles still stand as they did when it was planned. The articles moved.
    ///
    /// # Errors
    /// Where the database fails; nothing is changed then.
    pub(super) fn apply(&mut self, change: &Change, now: Timestamp) -> Result<u64, StoreError> {
        for one in &change.moves {
            if self.store.cluster_of(one.article)? != Some(one.cluster) {
                return Ok(0);
            }
        }
        let reasons = change.reasons.iter().map(|r| serde_json::to_value(r).ok()).chain(std::iter::repeat(None));
        let moves = change.moves.iter().zip(reasons);
        let moves: Vec<Move> =
            moves.map(|(m, because)| Move { article: m.article, cluster: change.cluster, story: change.story, because }).collect();
        let touched = change.moves.iter().map(|m| m.cluster).collect();
        self.store.apply_moves(&moves, now)?;
        self.learn_moves(&moves, touched, now)?;
        Ok(moves.len() as u64)
    }

    /// Tells the indexes and the names what moved.
    fn learn_moves(&mut self, moves: &[Move], mut touched: BTreeSet<Id>, now: Timestamp) -> Result<(), StoreError> {
        let all = decisions(&self.store.decisions()?);
        self.copies.set_decisions(all);
        let mut stories: BTreeSet<Id> = BTreeSet::new();
        for cluster in &touched {
            stories.extend(self.store.story_of(*cluster)?);
        }
        for one in moves {
            self.copies.assign(one.article, one.cluster);
            touched.insert(one.cluster);
            stories.insert(one.story);
        }
        let clusters: BTreeSet<Id> = moves.iter().map(|m| m.cluster).collect();
        for cluster in clusters {
            let Some(first) = self.store.cluster_members(cluster, 1)?.pop() else { continue };
            let Some(text) = self.store.texts(&[first.id])?.pop() else { continue };
            if let Some(features) = Features::restore(&text.story_row) {
                self.stories.assign(&features, cluster, text.story, text.seen_at);
            }
        }
        self.name_groups(touched, stories, now)
    }
}

fn spans(d: &Decision, one: &[StoredText], other: &[StoredText]) -> bool {
    let is_in = |members: &[StoredText], id: Option<Id>| members.iter().any(|m| Some(m.id) == id);
    let (x, y) = (Some(d.subject), d.object);
    (is_in(one, x) && is_in(other, y)) || (is_in(one, y) && is_in(other, x))
}

fn moved(article: Id, cluster: Id, story: Id, with: Id) -> Move {
    let because = serde_json::json!({ "rule": dedup::Rule::Person, "with": with, "version": dedup::VERSION });
    Move { article, cluster, story, because: Some(because) }
}

impl State {
    /// A stored text as `dedup` compares it.
    fn ready(&self, text: &StoredText) -> dedup::Prepared {
        dedup::prepare(&document(text), &self.boilerplate_of(&text.publisher))
    }
}

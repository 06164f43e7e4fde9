//! Clustering anew what is stored: the same placement, over again, and what that changes for clusters that people know
//! by their ids.

use super::place::{CopyIndex, Decisions};
use super::prepare::Prepared;
use super::{Because, Rule, Settings};
use crate::model::Id;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// Where an article stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stands {
    /// The article.
    pub article: Id,
    /// Its cluster.
    pub cluster: Id,
    /// Its story.
    pub story: Id,
}

/// A cluster as it would be, where that is not what it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The cluster: the id that most of its articles have now, or a new one.
    pub cluster: Id,
    /// Its story.
    pub story: Id,
    /// Clusters that its articles come from, itself left out.
    pub from: Vec<Id>,
    /// The articles that move into it, as they stand now.
    pub moves: Vec<Stands>,
    /// Why each of them goes there, where it was placed over again.
    pub reasons: Vec<Reason>,
    /// Articles that it has in all.
    pub articles: u64,
}

/// Why an article goes where it goes, in short: what `why` shows in full is computed from the texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// What decided.
    pub rule: Rule,
    /// The article it was compared with.
    pub with: Option<Id>,
    /// Version of the algorithm.
    pub version: u32,
}

/// Places articles over again, in the order in which they came.
pub struct Recluster {
    index: CopyIndex,
    rows: Vec<(Stands, Id)>,
    reasons: HashMap<Id, Reason>,
}

impl Recluster {
    /// Nothing placed yet.
    pub fn new(settings: Settings, decisions: Decisions) -> Self {
        let mut index = CopyIndex::new(settings);
        index.set_decisions(decisions);
        Self { index, rows: Vec::new(), reasons: HashMap::new() }
    }

    /// Places one article; `load` gives the texts of the articles that it is compared with.
    ///
    /// # Errors
    /// Those of `load`.
    pub fn place<E>(&mut self, new: &Prepared, stands: Stands, load: impl FnOnce(&[Id]) -> Result<Vec<Prepared>, E>) -> Result<(), E> {
        let candidates = load(&self.index.candidates(new))?;
        let placement = self.index.decide(new, &candidates);
        self.index.learn(new, &placement);
        let Because { rule, with, version, .. } = placement.because;
        self.reasons.insert(stands.article, Reason { rule, with, version });
        self.rows.push((stands, placement.cluster));
        Ok(())
    }

    /// Clusters that there are now.
    pub fn clusters(&self) -> usize {
        self.rows.iter().map(|(_, cluster)| self.index.current(*cluster)).collect::<HashSet<_>>().len()
    }

    /// What is not as it stands. Each change by itself leaves every cluster within one story.
    pub fn changes(&self) -> Vec<Change> {
        let rows = self.rows.iter().map(|(stands, cluster)| (*stands, self.index.current(*cluster)));
        let mut changes = changes(&rows.collect::<Vec<_>>());
        for change in &mut changes {
            change.reasons = change.moves.iter().filter_map(|m| self.reasons.get(&m.article)).copied().collect();
        }
        changes
    }
}

/// What is to be moved so that articles stand together as `rows` group them. A group goes on under the id that most of
/// its articles have, so that what people know by an id changes as little as it can.
pub fn changes(rows: &[(Stands, Id)]) -> Vec<Change> {
    let mut order: Vec<Id> = Vec::new();
    let mut groups: HashMap<Id, Vec<Stands>> = HashMap::new();
    for (stands, group) in rows {
        let members = groups.entry(*group).or_default();
        if members.is_empty() {
            order.push(*group);
        }
        members.push(*stands);
    }
    let names = names(&order, &groups);
    let mut found = Vec::new();
    for group in order {
        let (Some(members), Some(&(cluster, story))) = (groups.get(&group), names.get(&group)) else { continue };
        let moves: Vec<Stands> = members.iter().copied().filter(|m| (m.cluster, m.story) != (cluster, story)).collect();
        if moves.is_empty() {
            continue;
        }
        let mut from: Vec<Id> = Vec::new();
        for old in moves.iter().map(|m| m.cluster) {
            if old != cluster && !from.contains(&old) {
                from.push(old);
            }
        }
        found.push(Change { cluster, story, from, moves, reasons: Vec::new(), articles: members.len() as u64 });
    }
    found
}

/// What each group is called, and its story: those of the old cluster that it is the heir of, if it is.
fn names(order: &[Id], groups: &HashMap<Id, Vec<Stands>>) -> HashMap<Id, (Id, Id)> {
    // (articles of the old cluster in the group, place of the group, old cluster, its story)
    let mut shares: Vec<(usize, usize, Id, Id)> = Vec::new();
    let mut used: HashSet<Id> = HashSet::new();
    for (at, group) in order.iter().enumerate() {
        let members = groups.get(group).map(Vec::as_slice).unwrap_or_default();
        let mut counts: HashMap<Id, (usize, Id)> = HashMap::new();
        for member in members {
            counts.entry(member.cluster).or_insert((0, member.story)).0 += 1;
            used.insert(member.cluster);
        }
        shares.extend(counts.into_iter().map(|(cluster, (count, story))| (count, at, cluster, story)));
    }
    shares.sort_by(|x, y| y.0.cmp(&x.0).then(x.1.cmp(&y.1)).then(x.2.cmp(&y.2)));
    let (mut names, mut taken): (HashMap<Id, (Id, Id)>, HashSet<Id>) = (HashMap::new(), HashSet::new());
    for (_, at, cluster, story) in shares {
        if let Some(group) = order.get(at)
            && !names.contains_key(group)
            && taken.insert(cluster)
        {
            names.insert(*group, (cluster, story));
        }
    }
    for group in order {
        let Some(first) = groups.get(group).and_then(|m| m.first()) else { continue };
        names.entry(*group).or_insert_with(|| {
            let mut id = Id::cluster(first.article);
            while !used.insert(id) {
                id = Id::derive("cluster", &[&first.article.to_string(), &id.to_string()]);
            }
            (id, first.story)
        });
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(article: u64, cluster: u64, story: u64) -> Stands {
        Stands { article: Id(article), cluster: Id(cluster), story: Id(story) }
    }

    #[test]
    fn nothing_moves_where_the_groups_are_the_same() {
        let rows = [(at(1, 7, 9), Id(50)), (at(2, 7, 9), Id(50)), (at(3, 8, 9), Id(51))];
        assert_eq!(changes(&rows), []);
    }

    #[test]
    fn a_cluster_that_falls_apart_goes_on_in_its_larger_part() {
        let rows = [(at(1, 7, 9), Id(50)), (at(2, 7, 9), Id(51)), (at(3, 7, 9), Id(51))];
        let found = changes(&rows);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].cluster, Id::cluster(Id(1)));
        assert_eq!((found[0].moves.as_slice(), found[0].from.as_slice()), ([at(1, 7, 9)].as_slice(), [Id(7)].as_slice()));
        assert_eq!(found[0].story, Id(9), "another text of the same event");
    }

    #[test]
    fn two_clusters_become_one_under_the_larger_one_s_id_and_story() {
        let rows = [(at(1, 7, 9), Id(50)), (at(2, 8, 10), Id(50)), (at(3, 8, 10), Id(50))];
        let found = changes(&rows);
        assert_eq!((found[0].cluster, found[0].story, found[0].articles), (Id(8), Id(10), 3));
        assert_eq!((found[0].moves.as_slice(), found[0].from.as_slice()), ([at(1, 7, 9)].as_slice(), [Id(7)].as_slice()));
    }

    #[test]
    fn a_new_id_is_never_one_that_another_group_goes_on_under() {
        let first = Id(1);
        let stands = |article: u64| Stands { article: Id(article), cluster: Id::cluster(first), story: Id(9) };
        let rows = [(stands(1), Id(50)), (stands(2), Id(51)), (stands(3), Id(51))];
        let found = changes(&rows);
        assert_eq!(found.len(), 1);
        assert_ne!(found[0].cluster, Id::cluster(first));
    }
}

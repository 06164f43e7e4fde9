//! Lines that an outlet prints under article after article: learnt, and left out of comparison.

use super::tokens::{Line, mix};
use crate::model::Id;
use crate::model::lines::line_hash;
use ahash::RandomState;
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Clusters, so articles that are not copies of each other, in which a line has to stand before it is boilerplate.
pub const DIFFERENT: usize = 3;
/// Lines of an outlet that are followed at one time.
const LINES: usize = 4096;
/// Entries of the table of lines seen once, 2 MB. Reckoned with five lines an article, 30,000 articles are 150,000 lines, so
/// a line stays for longer than a day of those; what an outlet prints under each of its articles comes again sooner.
const ONCE: usize = 1 << 18;

/// A line that is boilerplate, as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Whose.
    pub publisher: String,
    /// [`line_hash`] of the line.
    pub hash: u64,
    /// The line as it was printed when it was learnt, for people; up to 200 characters.
    pub sample: String,
    /// Articles that it stood in since it was first seen twice.
    pub count: u32,
    /// When it was last seen.
    pub last_seen: Timestamp,
}

#[derive(Clone, Debug)]
struct Seen {
    clusters: [u64; DIFFERENT],
    sample: Box<str>,
    count: u32,
    last_seen: Timestamp,
}

impl Seen {
    fn learnt(&self) -> bool {
        self.clusters.iter().all(|&c| c != 0)
    }

    /// True when this cluster made it boilerplate.
    fn add(&mut self, cluster: u64) -> bool {
        for place in &mut self.clusters {
            if *place == cluster {
                return false;
            }
            if *place == 0 {
                *place = cluster;
                return self.learnt();
            }
        }
        false
    }
}

#[derive(Clone, Debug, Default)]
struct Outlet {
    lines: HashMap<u64, Seen, RandomState>,
    known: Arc<HashSet<u64>>,
    changed: Vec<u64>,
}

/// Learns boilerplate from placed articles, outlet by outlet.
///
/// Memory is bounded: lines seen once share a table of fixed size, in which a later line takes an earlier one's place.
#[derive(Debug, Default)]
pub struct Learner {
    outlets: HashMap<String, Outlet, RandomState>,
    once: Vec<(u32, u32)>,
    none: Arc<HashSet<u64>>,
}

impl Learner {
    /// The hashes of this outlet's boilerplate.
    pub fn of(&self, publisher: Option<&str>) -> Arc<HashSet<u64>> {
        let known = publisher.and_then(|p| self.outlets.get(p)).map(|outlet| &outlet.known);
        Arc::clone(known.unwrap_or(&self.none))
    }

    /// Learns from an article that was placed in `cluster`: its `lines` ([`super::Prepared::lines`]) and the `text` they
    /// come from. True when the outlet's boilerplate has grown.
    pub fn learn(&mut self, publisher: &str, lines: &[Line], text: &str, cluster: Id, at: Timestamp) -> bool {
        if self.once.is_empty() {
            self.once = vec![(0, 0); ONCE];
        }
        let cluster = cluster.0.max(1);
        let owner = line_hash(publisher);
        if !self.outlets.contains_key(publisher) {
            self.outlets.insert(publisher.to_owned(), Outlet::default());
        }
        let Some(outlet) = self.outlets.get_mut(publisher) else { return false };
        let mut grown = Vec::new();
        for hash in lines.iter().map(|line| line.hash).filter(|&hash| hash != 0) {
            if let Some(seen) = outlet.lines.get_mut(&hash) {
                seen.count = seen.count.saturating_add(1);
                seen.last_seen = at;
                if seen.add(cluster) {
                    seen.sample = sample(text, hash).into();
                    grown.push(hash);
                }
                if seen.learnt() && !outlet.changed.contains(&hash) {
                    outlet.changed.push(hash);
                }
                continue;
            }
            let key = mix(owner ^ hash.rotate_left(32));
            let Some(place) = self.once.get_mut(key as usize % ONCE) else { continue };
            let tag = (key >> 32) as u32 | 1;
            let short = (mix(cluster) >> 32) as u32;
            if place.0 != tag {
                *place = (tag, short);
            } else if place.1 != short && outlet.lines.len() < LINES {
                // the first article's cluster is known by a hash only: it stands for one of the different ones
                let mut clusters = [0; DIFFERENT];
                clusters[0] = u64::from(place.1).max(1);
                clusters[1] = cluster;
                outlet.lines.insert(hash, Seen { clusters, sample: "".into(), count: 2, last_seen: at });
            }
        }
        if grown.is_empty() {
            return false;
        }
        Arc::make_mut(&mut outlet.known).extend(grown);
        true
    }

    /// Takes note that these lines were printed again and were left out of a text: they stay learnt.
    pub fn seen(&mut self, publisher: &str, hashes: &[u64], at: Timestamp) {
        let Some(outlet) = self.outlets.get_mut(publisher) else { return };
        for hash in hashes {
            let Some(seen) = outlet.lines.get_mut(hash).filter(|seen| seen.learnt()) else { continue };
            seen.count = seen.count.saturating_add(1);
            seen.last_seen = at;
            if !outlet.changed.contains(hash) {
                outlet.changed.push(*hash);
            }
        }
    }

    /// Boilerplate that is new or was seen again since the last call, for the store.
    pub fn take_changes(&mut self) -> Vec<Row> {
        let mut rows = Vec::new();
        for (publisher, outlet) in &mut self.outlets {
            for hash in outlet.changed.drain(..) {
                if let Some(seen) = outlet.lines.get(&hash) {
                    rows.push(Row {
                        publisher: publisher.clone(),
                        hash,
                        sample: seen.sample.to_string(),
                        count: seen.count,
                        last_seen: seen.last_seen,
                    });
                }
            }
        }
        rows.sort_unstable_by(|x, y| (&x.publisher, x.hash).cmp(&(&y.publisher, y.hash)));
        rows
    }

    /// Takes in what the store kept.
    pub fn restore(&mut self, rows: impl IntoIterator<Item = Row>) {
        for row in rows {
            let outlet = self.outlets.entry(row.publisher).or_default();
            Arc::make_mut(&mut outlet.known).insert(row.hash);
            let seen = Seen { clusters: [u64::MAX; DIFFERENT], sample: row.sample.into(), count: row.count, last_seen: row.last_seen };
            outlet.lines.insert(row.hash, seen);
        }
    }

    /// Forgets lines that were last seen before `cut`, and tells which boilerplate that was: (publisher, hash).
    pub fn forget_before(&mut self, cut: Timestamp) -> Vec<(String, u64)> {
        let mut gone = Vec::new();
        for (publisher, outlet) in &mut self.outlets {
            let known = &mut outlet.known;
            outlet.lines.retain(|&hash, seen| {
                let keep = seen.last_seen >= cut;
                if !keep && known.contains(&hash) {
                    Arc::make_mut(known).remove(&hash);
                    gone.push((publisher.clone(), hash));
                }
                keep
            });
        }
        self.outlets.retain(|_, outlet| !outlet.lines.is_empty());
        gone
    }
}

fn sample(text: &str, hash: u64) -> String {
    text.lines().find(|line| line_hash(line) == hash).unwrap_or_default().trim().chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::Learner;
    use crate::dedup::tokens::tokenize;
    use crate::model::Id;
    use crate::model::lines::line_hash;
    use jiff::Timestamp;

    const LINE: &str = "Sign up for the Harbour letter.";

    fn learn(learner: &mut Learner, n: u64, cluster: u64) -> bool {
        let text = format!("Report number {n} of its kind.\n{LINE}");
        learner.learn("Harbour Post", &tokenize(&text).lines, &text, Id(cluster), Timestamp::from_second(n as i64).unwrap())
    }

    #[test]
    fn a_line_under_different_articles_is_boilerplate_and_under_copies_is_not() {
        let mut learner = Learner::default();
        assert!((1..20).all(|n| !learn(&mut learner, n, 7)));
        assert!(learner.of(Some("Harbour Post")).is_empty());
        assert!(!learn(&mut learner, 20, 8));
        assert!(learn(&mut learner, 21, 9));
        let known = learner.of(Some("Harbour Post"));
        assert!(known.contains(&line_hash(LINE)) && known.len() == 1);
        assert!(learner.of(Some("The Ledger")).is_empty() && learner.of(None).is_empty());
    }

    #[test]
    fn what_was_learnt_survives_a_restart_and_ages() {
        let mut learner = Learner::default();
        for n in 1..=5 {
            learn(&mut learner, n, n);
        }
        let rows = learner.take_changes();
        assert_eq!(rows.iter().map(|r| (r.sample.as_str(), r.count)).collect::<Vec<_>>(), [(LINE, 5)]);
        assert!(learner.take_changes().is_empty());
        let mut again = Learner::default();
        again.restore(rows);
        assert!(again.of(Some("Harbour Post")).contains(&line_hash(LINE)));
        assert!(again.forget_before(Timestamp::from_second(5).unwrap()).is_empty());
        assert_eq!(again.forget_before(Timestamp::from_second(6).unwrap()), [("Harbour Post".to_owned(), line_hash(LINE))]);
        assert!(again.of(Some("Harbour Post")).is_empty());
    }

    #[test]
    fn a_line_that_is_left_out_stays_learnt_while_it_is_printed() {
        let mut learner = Learner::default();
        for n in 1..=5 {
            learn(&mut learner, n, n);
        }
        learner.take_changes();
        learner.seen("Harbour Post", &[line_hash(LINE), line_hash("unknown")], Timestamp::from_second(9).unwrap());
        learner.seen("The Ledger", &[line_hash(LINE)], Timestamp::from_second(9).unwrap());
        assert_eq!(learner.take_changes().iter().map(|r| r.count).collect::<Vec<_>>(), [6]);
        assert!(learner.forget_before(Timestamp::from_second(9).unwrap()).is_empty());
        assert_eq!(learner.forget_before(Timestamp::from_second(10).unwrap()).len(), 1);
    }
}

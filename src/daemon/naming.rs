//! After a commit: whose text each touched cluster is, and what each touched story is called.

use super::clocks;
use super::place::State;
use crate::article::agency;
use crate::dedup::changes;
use crate::dedup::origin::{Clock, Witness, origin};
use crate::dedup::story::headline;
use crate::model::Id;
use crate::model::views::OriginView;
use crate::store::{ArticleCommit, ClusterMember, Findings, OriginRow, StoreError};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

/// Members that an origin or a headline is decided from, the first placed: a bound on the work, and a cluster's origin
/// is hardly its two-hundredth copy.
const MEMBERS: u32 = 200;
/// Copies that are held against a correction: each is read and compared.
const COPIES: u32 = 40;
/// A feed's first poll finds what was published within about this time, in seconds: when it was seen says little.
const NEVER_POLLED_S: i64 = 7 * 86_400;

impl State {
    /// Origins and headlines of what these commits touched; not stored yet.
    ///
    /// # Errors
    /// Where the database fails.
    pub(super) fn names(&self, commits: &[ArticleCommit]) -> Result<Findings, StoreError> {
        let mut clusters: BTreeMap<Id, bool> = BTreeMap::new();
        for commit in commits {
            clusters.entry(commit.cluster).and_modify(|needed| *needed = true).or_insert_with(|| !is_alone(commit));
        }
        let clusters = clusters.into_iter().filter(|(_, needed)| *needed).map(|(cluster, _)| cluster).collect();
        let moved = commits.iter().flat_map(|c| c.moved_clusters.iter().chain(&c.joined_stories).map(|(_, into)| *into));
        let stories: BTreeSet<Id> = commits.iter().map(|commit| commit.story).chain(moved).collect();
        self.names_of(clusters, stories)
    }

    /// Decides origins of these clusters and headlines of these stories.
    ///
    /// # Errors
    /// Where the database fails.
    pub(super) fn name_groups(&mut self, clusters: BTreeSet<Id>, stories: BTreeSet<Id>, now: Timestamp) -> Result<(), StoreError> {
        let found = self.names_of(clusters, stories)?;
        self.store.save_findings(&found, now)
    }

    fn names_of(&self, clusters: BTreeSet<Id>, stories: BTreeSet<Id>) -> Result<Findings, StoreError> {
        let mut found = Findings::default();
        for cluster in clusters {
            found.origins.push(OriginRow { cluster, origin: self.origin_of(cluster)? });
        }
        for story in stories {
            let (all, lang) = self.store.story_headlines(story, MEMBERS)?;
            let texts: Vec<&str> = all.iter().map(String::as_str).collect();
            if all.len() > 1
                && let Some(title) = headline(&texts, lang.as_deref(), self.background()).and_then(|at| all.get(at))
            {
                found.titles.push((story, title.clone()));
            }
        }
        Ok(found)
    }

    fn origin_of(&self, cluster: Id) -> Result<Option<OriginView>, StoreError> {
        let members = self.store.cluster_members(cluster, MEMBERS)?;
        if let Some(said) = self.origin_by_hand(cluster, &members)? {
            return Ok(Some(said));
        }
        let witnesses: Vec<Witness> = members.iter().map(|member| witness(member, self.clocks.of(&member.publisher))).collect();
        let Some(found) = origin(&witnesses) else { return Ok(None) };
        Ok(Some(OriginView {
            article: found.member.and_then(|at| members.get(at)).map(|member| member.id),
            publisher: found.publisher,
            confidence: f64::from(found.confidence),
            evidence: found.evidence,
            by_hand: false,
        }))
    }
}

/// Whether this is a cluster's first article and names nobody as its origin: there is nothing to decide, and most
/// articles are so.
fn is_alone(commit: &ArticleCommit) -> bool {
    let article = &commit.article;
    let first = !commit.is_revision && commit.cluster == Id::cluster(article.id);
    first && article.credit.is_none() && article.canonical_elsewhere.is_none()
}

/// An article whose text was replaced by a later one.
pub(super) struct Revised {
    pub article: Id,
    pub cluster: Id,
    /// Its text until now.
    pub earlier: String,
}

impl State {
    /// Says where the origin of a text corrected it, and who still carries what was corrected: numbers and names that now
    /// read otherwise.
    ///
    /// # Errors
    /// Where the database fails.
    pub(super) fn note_corrections(&mut self, revised: &[Revised], now: Timestamp) -> Result<(), StoreError> {
        for one in revised {
            let members = self.store.cluster_members(one.cluster, COPIES)?;
            let origin = self.store.origin_of(one.cluster)?;
            // A copy that changes its own text corrects nobody's but its own.
            if origin.is_some_and(|(article, _)| article != Some(one.article)) && members.len() > 1 {
                continue;
            }
            let Some(text) = self.store.texts(&[one.article])?.pop() else { continue };
            let made = changes::replaced_in(&one.earlier, &text.text);
            if made.is_empty() {
                continue;
            }
            let others: Vec<Id> = members.iter().map(|member| member.id).filter(|id| *id != one.article).collect();
            let behind: Vec<Id> = self
                .store
                .texts(&others)?
                .iter()
                .filter(|copy| !changes::uncorrected(&one.earlier, &text.text, &copy.text).is_empty())
                .map(|copy| copy.id)
                .collect();
            let said: Vec<String> = made.iter().take(3).map(|r| format!("{} → {}", r.from, r.to)).collect();
            let still = match behind.len() {
                0 => String::new(),
                1 => "; a copy still has the old".to_owned(),
                n => format!("; {n} copies still have the old"),
            };
            let words = format!("{}: {} ({}){still}", text.publisher, text.title, said.join(", "));
            let data = serde_json::json!({"cluster": one.cluster, "replaced": made, "copies_behind": behind});
            self.store.note(now, "corrected", Some(one.article), &words, &data)?;
        }
        Ok(())
    }
}

/// What a publisher is credited as besides its name: an agency in another script or at length, an outlet without its "news".
fn other_names(publisher: &str) -> impl Iterator<Item = String> {
    let short = ["news", " online"].iter().find_map(|word| {
        let rest = publisher.len().checked_sub(word.len()).filter(|at| publisher.is_char_boundary(*at))?;
        let (name, end) = publisher.split_at(rest);
        (end.eq_ignore_ascii_case(word) && name.trim().chars().count() >= 3).then(|| name.trim().to_owned())
    });
    agency(publisher).map(str::to_owned).into_iter().chain(short)
}

fn witness(member: &ClusterMember, clock: Clock) -> Witness {
    let host = |url: &str| Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    Witness {
        publisher: member.publisher.clone(),
        aliases: member.domains.iter().cloned().chain(host(&member.url)).chain(other_names(&member.publisher)).collect(),
        credit: member.credit.as_ref().map(|credit| credit.name.clone()),
        canonical_elsewhere: member.canonical_elsewhere.as_deref().and_then(host),
        published_at: member.published_at,
        date_only: member.published_at.is_some_and(clocks::is_date_only),
        seen_at: Some(member.seen_at),
        unseen_for_s: member.unseen_for_s.unwrap_or(NEVER_POLLED_S),
        clock,
        words: member.words as usize,
        shared: 1.0,
        byline: member.byline.is_some(),
        ..Witness::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_publisher_is_known_by_the_names_that_others_credit() {
        let names = |publisher: &str| other_names(publisher).collect::<Vec<_>>();
        assert_eq!(names("РИА Новости"), ["RIA Novosti"]);
        assert_eq!(names("Harbournews"), ["Harbour"]);
        assert_eq!(names("Coast Online"), ["Coast"]);
        assert!(names("News").is_empty() && names("Новости").is_empty() && names("Harbour Post").is_empty());
    }
}

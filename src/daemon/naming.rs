//! After a commit: whose text each touched cluster is, and what each touched story is called.

use super::place::State;
use crate::dedup::origin::{Witness, origin};
use crate::dedup::story::headline;
use crate::model::Id;
use crate::model::views::OriginView;
use crate::store::{ArticleCommit, ClusterMember, OriginRow, StoreError};
use std::collections::BTreeSet;
use url::Url;

/// Members that an origin or a headline is decided from, the first placed: a bound on the work, and a cluster's origin
/// is hardly its two-hundredth copy.
const MEMBERS: u32 = 200;

impl State {
    /// Decides origins and headlines of what these commits touched.
    ///
    /// # Errors
    /// Where the database fails.
    pub(super) fn name(&mut self, commits: &[ArticleCommit]) -> Result<(), StoreError> {
        let clusters: BTreeSet<Id> = commits.iter().map(|commit| commit.cluster).collect();
        let moved = commits.iter().flat_map(|c| c.moved_clusters.iter().chain(&c.joined_stories).map(|(_, into)| *into));
        let stories: BTreeSet<Id> = commits.iter().map(|commit| commit.story).chain(moved).collect();
        self.name_groups(clusters, stories)
    }

    /// Decides origins of these clusters and headlines of these stories.
    ///
    /// # Errors
    /// Where the database fails.
    pub(super) fn name_groups(&mut self, clusters: BTreeSet<Id>, stories: BTreeSet<Id>) -> Result<(), StoreError> {
        let mut origins = Vec::new();
        for cluster in clusters {
            origins.push(OriginRow { cluster, origin: self.origin_of(cluster)? });
        }
        self.store.set_origins(&origins)?;
        let mut titles = Vec::new();
        for story in stories {
            let (all, lang) = self.store.story_headlines(story, MEMBERS)?;
            let texts: Vec<&str> = all.iter().map(String::as_str).collect();
            if all.len() > 1
                && let Some(title) = headline(&texts, lang.as_deref(), self.background()).and_then(|at| all.get(at))
            {
                titles.push((story, title.clone()));
            }
        }
        self.store.set_story_titles(&titles)
    }

    fn origin_of(&self, cluster: Id) -> Result<Option<OriginView>, StoreError> {
        let members = self.store.cluster_members(cluster, MEMBERS)?;
        let witnesses: Vec<Witness> = members.iter().map(witness).collect();
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

fn witness(member: &ClusterMember) -> Witness {
    let host = |url: &str| Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    Witness {
        publisher: member.publisher.clone(),
        aliases: host(&member.url).into_iter().collect(),
        credit: member.credit.as_ref().map(|credit| credit.name.clone()),
        canonical_elsewhere: member.canonical_elsewhere.as_deref().and_then(host),
        published_at: member.published_at,
        seen_at: Some(member.seen_at),
        words: member.words as usize,
        shared: 1.0,
        byline: member.byline.is_some(),
        ..Witness::default()
    }
}

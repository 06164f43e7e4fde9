//! What a person says of a text's origin: it goes before the evidence, and is kept over restarts and re-clustering because
//! it is kept as a decision about articles, not about a cluster.

use super::person::Ruled;
use super::place::State;
use crate::model::Id;
use crate::model::views::OriginView;
use crate::store::{ClusterMember, Decision, Ruling, StoreError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The kind of decision.
pub const KIND: &str = "origin";
/// Under which name the database keeps a publisher that is no article of the cluster: this, then the decision's number.
const NAME: &str = "origin/";
/// The longest name of a publisher, in bytes.
const LONGEST_NAME: usize = 200;

/// Where [`crate::store::Reader::meta`] has the publisher that a decision about an origin names, if it names no article.
pub fn name_key(number: i64) -> String {
    format!("{NAME}{number}")
}

/// Who a person says it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// This article of the cluster.
    Article(Id),
    /// A publisher that none of the cluster's articles is of.
    Publisher(String),
    /// The evidence is to say so again.
    Evidence,
}

impl State {
    /// Carries out what a person says of the origin of the text that `article` carries.
    ///
    /// # Errors
    /// Where the database fails; the inner error says why it makes no sense.
    pub(super) fn set_origin(&mut self, article: Id, whose: &Whose, now: Timestamp) -> Result<Result<Ruled, String>, StoreError> {
        let Some(cluster) = self.store.cluster_of(article)? else { return Ok(Err("no such article".into())) };
        let earlier = self.spoken(cluster)?;
        let object = match whose {
            Whose::Article(origin) if self.store.cluster_of(*origin)? != Some(cluster) => {
                return Ok(Err(format!("{origin} does not carry this text; `newsfold merge` makes two clusters one")));
            }
            Whose::Publisher(name) if name.trim().is_empty() || name.len() > LONGEST_NAME => {
                return Ok(Err("that is no publisher's name".into()));
            }
            Whose::Evidence if earlier.is_empty() => return Ok(Err("nobody set the origin of this text".into())),
            Whose::Article(origin) => Some(*origin),
            Whose::Publisher(_) | Whose::Evidence => None,
        };
        let decisions = if *whose == Whose::Evidence { Vec::new() } else { vec![(KIND.to_owned(), article, object)] };
        let withdrawn: Vec<i64> = earlier.iter().map(|d| d.seq).collect();
        let ruling = Ruling { kind: KIND.into(), subject: article, decisions, withdrawn: withdrawn.clone(), ..Ruling::default() };
        let numbers = self.store.rule(&ruling, now)?;
        if let (Whose::Publisher(name), Some(number)) = (whose, numbers.first()) {
            self.store.set_meta(&name_key(*number), name.trim())?;
        }
        self.origin_spoken(cluster, now)?;
        let story = self.store.story_of(cluster)?.unwrap_or_default();
        Ok(Ok(Ruled { kind: KIND.into(), decisions: numbers, withdrawn, cluster, story, moved: 0 }))
    }

    /// A person spoke of this cluster's origin, or took it back: it is decided anew.
    pub(super) fn origin_spoken(&mut self, cluster: Id, now: Timestamp) -> Result<(), StoreError> {
        if self.spoken(cluster)?.is_empty() {
            self.store.forget_set_origin(cluster)?;
        }
        let stories: BTreeSet<Id> = self.store.story_of(cluster)?.into_iter().collect();
        self.name_groups([cluster].into(), stories, now)
    }

    /// What people say of a cluster's origin.
    fn spoken(&self, cluster: Id) -> Result<Vec<Decision>, StoreError> {
        let mut said = self.store.decisions_of(KIND)?;
        let mut mine = Vec::new();
        for decision in said.drain(..) {
            if self.store.cluster_of(decision.subject)? == Some(cluster) {
                mine.push(decision);
            }
        }
        Ok(mine)
    }

    /// The origin that a person set for the text of `members`, the last word first. One that named an article which is no
    /// longer of the cluster says nothing any more.
    pub(super) fn origin_by_hand(&self, cluster: Id, members: &[ClusterMember]) -> Result<Option<OriginView>, StoreError> {
        for decision in self.spoken(cluster)?.iter().rev() {
            let evidence = vec![format!("a person said so on {}", decision.at.strftime("%Y-%m-%d"))];
            let (article, publisher) = match decision.object {
                Some(object) => match members.iter().find(|m| m.id == object) {
                    Some(member) => (Some(object), member.publisher.clone()),
                    None => continue,
                },
                None => match self.store.meta(&name_key(decision.seq))? {
                    Some(name) => (None, name),
                    None => continue,
                },
            };
            return Ok(Some(OriginView { article, publisher, confidence: 1.0, evidence, by_hand: true }));
        }
        Ok(None)
    }
}

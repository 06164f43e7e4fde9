//! Lists of stories, and one story in full.

use super::Reader;
use super::filter::{self, FEW, Question};
use crate::model::views::{ClusterDetail, MemberRow, OriginView, StoryDetail, StoryFilter, StoryRow};
use crate::model::{Credit, Id};
use crate::store::StoreError;
use crate::store::codec::{get, join_reason, ms, put, time};
use crate::store::groups::{Group, of_cluster, of_story};
use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, Statement};
use std::collections::HashMap;

/// Beyond so many stories in the period, they are read in the order of rank instead of time: the first rows come at once,
/// and passing over those of other periods costs less than sorting.
const MANY: i64 = 2_000;
/// The same where each has to be asked for more than its row: passing over one costs less than that.
const MANY_TO_ASK: i64 = 20_000;
const ALL: u32 = u32::MAX;

const STORY: &str = "s.id, s.title, s.first_seen_at, s.last_seen_at, s.publishers, s.copies, s.texts, s.origin, s.lang";

/// One article alone in its story: it has no row in `story`. Of `p` and `a`.
const SINGLE: &str =
    "p.story, a.title, p.seen_at, p.seen_at, 1, 1, 1, (SELECT g.publisher FROM origin g WHERE g.cluster = p.cluster), a.lang";
const PLACED: &str = "placed p JOIN article a ON a.seq = p.seq";

fn story_row(row: &Row<'_>) -> rusqlite::Result<StoryRow> {
    Ok(StoryRow {
        id: get(row.get(0)?),
        title: row.get(1)?,
        first_seen_at: time(row.get(2)?),
        last_seen_at: time(row.get(3)?),
        publishers: row.get(4)?,
        copies: row.get(5)?,
        texts: row.get(6)?,
        origin: row.get(7)?,
        lang: row.get(8)?,
    })
}

impl Reader {
    /// Most independent publishers first, then most copies, then newest.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn stories(&self, filter: &StoryFilter) -> Result<Vec<StoryRow>, StoreError> {
        self.stories_where(filter, FEW)
    }

    /// The ids of [`Reader::stories`], each with when its story last grew: a few bytes a story, however many there are.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn story_ids(&self, filter: &StoryFilter) -> Result<Vec<(Id, Timestamp)>, StoreError> {
        self.ranked(filter, FEW, |row| Ok((get(row.get(0)?), time(row.get(3)?))))
    }

    /// [`Reader::stories`], beginning with the articles where the filter leaves at most `few`.
    pub(in crate::store) fn stories_where(&self, filter: &StoryFilter, few: u32) -> Result<Vec<StoryRow>, StoreError> {
        self.ranked(filter, few, story_row)
    }

    fn ranked<T>(&self, filter: &StoryFilter, few: u32, row: fn(&Row<'_>) -> rusqlite::Result<T>) -> Result<Vec<T>, StoreError> {
        self.read(|conn| {
            let limit = filter.limit.unwrap_or(ALL);
            let questions = filter::questions(filter);
            // Of the values, the first five are those of every list.
            let rarest = filter::rarest(conn, &questions, 6, few)?;
            let list = List { filter, questions: &questions, rarest: rarest.as_deref(), row };
            let mut rows = shared_stories(conn, &list, limit)?;
            let left = limit.saturating_sub(u32::try_from(rows.len()).unwrap_or(ALL));
            if left > 0 && filter.min_publishers.unwrap_or(0) <= 1 && filter.min_copies.unwrap_or(0) <= 1 {
                rows.extend(single_stories(conn, &list, left)?);
                // A story of two copies by one owner ranks with one publisher, before those of one copy: the order holds.
            }
            Ok(rows)
        })
    }

    /// One story in full; the id may be one that was merged into it.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn story(&self, id: Id) -> Result<Option<StoryDetail>, StoreError> {
        self.read(|conn| {
            let id = Self::today(conn, id)?;
            let sql = format!("SELECT {STORY} FROM story s WHERE s.id = ?1");
            let mut row = conn.prepare_cached(&sql)?.query_row([put(id)], story_row).optional()?;
            if row.is_none() {
                row = conn
                    .prepare_cached(&format!("SELECT {SINGLE} FROM {PLACED} WHERE p.seq IN {}", of_story!("?1")))?
                    .query_row([put(id)], story_row)
                    .optional()?;
            }
            let Some(row) = row else {
                return Ok(None);
            };
            let mut clusters: Vec<(Id, Vec<Member>)> = Vec::new();
            let mut places: HashMap<Id, usize> = HashMap::new();
            for (cluster, member) in members_of(conn, Group::Story, id)? {
                let at = *places.entry(cluster).or_insert_with(|| {
                    clusters.push((cluster, Vec::new()));
                    clusters.len() - 1
                });
                if let Some((_, members)) = clusters.get_mut(at) {
                    members.push(member);
                }
            }
            // Stable: of clusters of one size, the one that was there first comes first.
            clusters.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
            let clusters = clusters.into_iter().map(|(id, members)| cluster(conn, id, members)).collect::<Result<_, _>>()?;
            Ok(Some(StoryDetail { row, clusters }))
        })
    }

    /// One cluster, and the story it is in; the id may be one that was merged into it.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn cluster(&self, id: Id) -> Result<Option<(Id, ClusterDetail)>, StoreError> {
        self.read(|conn| {
            let id = Self::today(conn, id)?;
            let sql = concat!("SELECT story FROM placed WHERE seq IN ", of_cluster!("?1"), " LIMIT 1");
            let Some(story) = conn.prepare_cached(sql)?.query_row([put(id)], |r| r.get(0)).optional()? else {
                return Ok(None);
            };
            let members = members_of(conn, Group::Cluster, id)?.into_iter().map(|(_, member)| member).collect();
            Ok(Some((get(story), cluster(conn, id, members)?)))
        })
    }
}

/// The values of every list: since, until, least publishers, least copies, limit.
fn values(filter: &StoryFilter, questions: &[Question], limit: u32) -> Vec<Value> {
    let general = [
        filter.since.map_or(i64::MIN, ms),
        filter.until.map_or(i64::MAX, ms),
        filter.min_publishers.unwrap_or(0).into(),
        filter.min_copies.unwrap_or(0).into(),
        limit.into(),
    ];
    general.into_iter().map(Value::from).chain(filter::values(questions)).collect()
}

/// Binds as many of the values as the statement names.
fn bind(statement: &mut Statement<'_>, values: &[Value]) -> rusqlite::Result<()> {
    let count = statement.parameter_count();
    values.iter().take(count).enumerate().try_for_each(|(n, value)| statement.raw_bind_parameter(n + 1, value))
}

/// What a list is made of.
struct List<'a, T> {
    filter: &'a StoryFilter,
    questions: &'a [Question],
    rarest: Option<&'a str>,
    row: fn(&Row<'_>) -> rusqlite::Result<T>,
}

/// Stories of two articles or more: their ids in the order of the answer, and of these the first that fit.
fn shared_stories<T>(conn: &Connection, list: &List<'_, T>, limit: u32) -> Result<Vec<T>, StoreError> {
    let List { filter, questions, rarest, row } = *list;
    let values = values(filter, questions, limit);
    let from = match rarest {
        // CROSS JOIN keeps SQLite from another order.
        Some(rows) => {
            format!(
                "(SELECT DISTINCT m.story AS id FROM ({rows}) r CROSS JOIN placed m ON m.seq = r.seq) d CROSS JOIN story s ON s.id = d.id"
            )
        }
        None => {
            let many = if questions.is_empty() { MANY } else { MANY_TO_ASK };
            let recent: i64 = conn
                .prepare_cached("SELECT COUNT(*) FROM (SELECT 1 FROM story INDEXED BY story_recent WHERE last_seen_at >= ?1 LIMIT ?2)")?
                .query_row([filter.since.map_or(i64::MIN, ms), many + 1], |r| r.get(0))?;
            format!("story s INDEXED BY {}", if recent > many { "story_rank" } else { "story_recent" })
        }
    };
    // The ids come from an index alone; what costs more is asked one by one, until there are enough.
    let mut ids = conn.prepare_cached(&format!(
        "SELECT s.id FROM {from} WHERE s.last_seen_at >= ?1 AND s.publishers >= ?3 AND s.copies >= ?4
         ORDER BY s.publishers DESC, s.copies DESC, s.last_seen_at DESC"
    ))?;
    let carried: String = filter::conditions(questions, 6)
        .iter()
        .map(|c| format!(" AND EXISTS (SELECT 1 FROM {PLACED} WHERE p.seq IN {} AND {c})", of_story!("s.id")))
        .collect();
    // ?1 is the story here.
    let mut story =
        conn.prepare_cached(&format!("SELECT {STORY} FROM story s WHERE s.id = ?1 AND s.first_seen_at < ?2 AND s.visible = 1{carried}"))?;
    bind(&mut ids, &values)?;
    bind(&mut story, &values)?;
    let mut rows = Vec::new();
    let mut found = ids.raw_query();
    while rows.len() < limit as usize
        && let Some(id) = found.next()?
    {
        story.raw_bind_parameter(1, id.get::<_, i64>(0)?)?;
        rows.extend(story.raw_query().next()?.map(row).transpose()?);
    }
    Ok(rows)
}

/// Stories of one article, newest first.
fn single_stories<T>(conn: &Connection, list: &List<'_, T>, limit: u32) -> Result<Vec<T>, StoreError> {
    let List { filter, questions, rarest, row } = *list;
    let from = match rarest {
        Some(rows) => format!("({rows}) r CROSS JOIN placed p ON p.seq = r.seq JOIN article a ON a.seq = p.seq"),
        None => PLACED.to_owned(),
    };
    let conditions: String = filter::conditions(questions, 6).iter().map(|c| format!(" AND {c}")).collect();
    let mut query = conn.prepare_cached(&format!(
        "SELECT {SINGLE} FROM {from} WHERE p.seen_at >= ?1 AND p.seen_at < ?2 AND p.mute = 0
         AND NOT EXISTS (SELECT 1 FROM story s WHERE s.id = p.story){conditions} ORDER BY p.seen_at DESC LIMIT ?5"
    ))?;
    bind(&mut query, &values(filter, questions, limit))?;
    Ok(query.raw_query().mapped(row).collect::<Result<_, _>>()?)
}

/// An article of a cluster, before distances are known.
pub(super) struct Member {
    pub row: MemberRow,
    fingerprint: u64,
    version: u32,
}

/// The columns that [`member`] reads, of `p`, `a`, `u`.
pub(super) const MEMBER: &str = "p.id, u.name, a.title, a.url, a.published_at, p.seen_at, a.lang, a.words, a.credit, a.credit_words,
  a.because, (SELECT json FROM common WHERE id = a.because_common), p.fingerprint, p.version";

/// Reads the columns of [`MEMBER`] that stand from 0 on.
pub(super) fn member(row: &Row<'_>) -> rusqlite::Result<Member> {
    let (credit, words): (Option<String>, Option<String>) = (row.get(8)?, row.get(9)?);
    Ok(Member {
        row: MemberRow {
            id: get(row.get(0)?),
            publisher: row.get(1)?,
            title: row.get(2)?,
            url: row.get(3)?,
            published_at: row.get::<_, Option<i64>>(4)?.map(time),
            seen_at: time(row.get(5)?),
            lang: row.get(6)?,
            words: row.get(7)?,
            distance: None,
            credit: credit.map(|name| Credit { name, words: words.unwrap_or_default() }),
            because: join_reason(row.get(10)?, row.get(11)?),
        },
        fingerprint: row.get::<_, i64>(12)?.cast_unsigned(),
        version: row.get(13)?,
    })
}

/// The articles of a cluster or story with their clusters, in the order they were placed.
pub(super) fn members_of(conn: &Connection, group: Group, id: Id) -> Result<Vec<(Id, Member)>, StoreError> {
    let sql = format!(
        "SELECT {MEMBER}, p.cluster FROM placed p JOIN article a ON a.seq = p.seq JOIN publisher u ON u.id = a.publisher
         WHERE p.seq IN {} ORDER BY p.seq",
        group.rows()
    );
    let mut query = conn.prepare_cached(&sql)?;
    Ok(query.query_map([put(id)], |r| Ok((get(r.get(14)?), member(r)?)))?.collect::<Result<_, _>>()?)
}

/// The recorded origin of a cluster.
pub(super) fn origin(conn: &Connection, cluster: Id) -> Result<Option<OriginView>, StoreError> {
    let mut query = conn.prepare_cached("SELECT article, publisher, confidence, evidence, by_hand FROM origin WHERE cluster = ?1")?;
    let row = query.query_row([put(cluster)], |r| {
        Ok(OriginView {
            article: r.get::<_, Option<i64>>(0)?.map(get),
            publisher: r.get(1)?,
            confidence: r.get(2)?,
            evidence: serde_json::from_str(&r.get::<_, String>(3)?).unwrap_or_default(),
            by_hand: r.get(4)?,
        })
    });
    Ok(row.optional()?)
}

/// A cluster with its members by publication, distances measured from its origin, else from its longest member.
pub(super) fn cluster(conn: &Connection, id: Id, mut members: Vec<Member>) -> Result<ClusterDetail, StoreError> {
    let origin = origin(conn, id)?;
    let head = origin
        .as_ref()
        .and_then(|o| members.iter().find(|m| Some(m.row.id) == o.article))
        .or_else(|| members.iter().rev().max_by_key(|m| m.row.words))
        .map(|m| (m.fingerprint, m.version));
    for member in &mut members {
        // Empty texts hash to 0, and fingerprints of two versions cannot be compared.
        member.row.distance = head
            .filter(|(print, version)| *version == member.version && *print != 0 && member.fingerprint != 0)
            .map(|(print, _)| (print ^ member.fingerprint).count_ones());
    }
    members.sort_by_key(|m| m.row.published_at.unwrap_or(m.row.seen_at));
    Ok(ClusterDetail { id, origin, members: members.into_iter().map(|m| m.row).collect() })
}

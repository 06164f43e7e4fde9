//! What a filter asks of the articles of a story, and which of its questions is asked first.
//!
//! Passing over stories in the order of the answer finds the first rows at once where much fits, and reads everything
//! where little does; beginning with the articles that fit is the other way round. So the answers are counted first, up
//! to a limit.

use crate::model::Id;
use crate::model::views::StoryFilter;
use crate::store::StoreError;
use crate::store::codec::put;
use crate::store::groups::of_cluster;
use rusqlite::Connection;
use rusqlite::types::Value;

/// Up to so many articles a list begins with them.
pub(super) const FEW: u32 = 5_000;

/// One question about an article.
pub(super) struct Question {
    /// The condition on `p` and `a`; `?N` stands for the value.
    condition: &'static str,
    /// The numbers of all articles that fulfil it; `?N` again.
    rows: &'static str,
    value: Value,
}

/// The feeds that carry a tag.
const TAGGED: &str = "SELECT f.seq FROM feed f, json_each(f.tags) t WHERE t.value = ?N COLLATE NOCASE";

/// Every question of `filter`.
pub(super) fn questions(filter: &StoryFilter) -> Vec<Question> {
    let mut all = Vec::new();
    let mut ask = |condition, rows, value: Value| all.push(Question { condition, rows, value });
    for publisher in &filter.publisher {
        // An agency is a publisher too, though it may be seen only through those who carry it.
        ask(
            "(a.publisher = (SELECT id FROM publisher WHERE name = ?N)
              OR EXISTS (SELECT 1 FROM origin g WHERE g.cluster = p.cluster AND g.article IS NULL AND g.publisher = ?N COLLATE NOCASE))",
            concat!(
                "SELECT seq FROM article WHERE publisher = (SELECT id FROM publisher WHERE name = ?N)
              UNION SELECT p.seq FROM origin g CROSS JOIN placed p ON p.seq IN ",
                of_cluster!("g.cluster"),
                " WHERE g.article IS NULL AND g.publisher = ?N COLLATE NOCASE"
            ),
            publisher.clone().into(),
        );
    }
    for owner in &filter.owner {
        ask(
            "p.owner = (SELECT id FROM owner WHERE name = ?N)",
            "SELECT seq FROM article WHERE publisher IN (SELECT id FROM publisher WHERE owner = (SELECT id FROM owner WHERE name = ?N))",
            owner.clone().into(),
        );
    }
    for lang in &filter.lang {
        ask("a.lang = ?N", "SELECT seq FROM article WHERE lang = ?N", lang.to_lowercase().into());
    }
    for tag in &filter.tag {
        ask(
            "EXISTS (SELECT 1 FROM entry e WHERE e.article = p.seq AND e.feed IN (TAGGED))",
            "SELECT DISTINCT article AS seq FROM entry WHERE feed IN (TAGGED) AND article IS NOT NULL",
            tag.clone().into(),
        );
    }
    for feed in &filter.feed {
        let id = feed.parse().unwrap_or_else(|_| Id::feed(feed));
        ask(
            "EXISTS (SELECT 1 FROM entry e JOIN feed f ON f.seq = e.feed WHERE e.article = p.seq AND f.id = ?N)",
            "SELECT DISTINCT article AS seq FROM entry WHERE feed = (SELECT seq FROM feed WHERE id = ?N) AND article IS NOT NULL",
            put(id).into(),
        );
    }
    all
}

fn numbered(sql: &str, number: usize) -> String {
    sql.replace("TAGGED", TAGGED).replace("?N", &format!("?{number}"))
}

/// The conditions on `p` and `a`, their values numbered from `first`.
pub(super) fn conditions(questions: &[Question], first: usize) -> Vec<String> {
    questions.iter().enumerate().map(|(n, question)| numbered(question.condition, first + n)).collect()
}

/// The values of [`conditions`].
pub(super) fn values(questions: &[Question]) -> impl Iterator<Item = Value> {
    questions.iter().map(|question| question.value.clone())
}

/// The answers to the question that fewest articles answer, at most `few` of them, as a query of their numbers whose value
/// is numbered like that of [`conditions`]. `None`: there is no question with so few.
pub(super) fn rarest(conn: &Connection, questions: &[Question], first: usize, few: u32) -> Result<Option<String>, StoreError> {
    let mut best: Option<(u32, usize)> = None;
    for (n, question) in questions.iter().enumerate() {
        let most = best.map_or(few, |(count, _)| count);
        let sql = format!("SELECT COUNT(*) FROM ({} LIMIT {})", numbered(question.rows, 1), u64::from(most) + 1);
        let count: u32 = conn.prepare_cached(&sql)?.query_row([&question.value], |r| r.get(0))?;
        if count <= most {
            best = Some((count, n));
        }
    }
    Ok(best.map(|(_, n)| numbered(questions[n].rows, first + n)))
}

//! The outbox of alerts. What is to be told is decided once, in one transaction with the cursor on the events; what has
//! been told is kept, so that nothing is told twice.

use super::Writer;
use crate::store::codec::{count, ms};
use crate::store::{NewAlert, StoreError, WaitingAlert};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

/// Under which name the cursor is kept.
const CURSOR: &str = "alert.cursor";

impl Writer {
    /// The number of the latest event that was ever written; 0 before the first.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn last_event(&self) -> Result<i64, StoreError> {
        let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'event'";
        Ok(self.conn.prepare_cached(sql)?.query_row([], |r| r.get(0)).optional()?.unwrap_or(0))
    }

    /// The last event that was looked at for alerts; where none ever was, the latest one, which counts as looked at from
    /// now on: a rule that is new does not tell of the past.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn alert_cursor(&mut self) -> Result<i64, StoreError> {
        if let Some(at) = self.meta(CURSOR)?.and_then(|at| at.parse().ok()) {
            return Ok(at);
        }
        let last = self.last_event()?;
        self.set_meta(CURSOR, &last.to_string())?;
        Ok(last)
    }

    /// Forgets the cursor: nobody looks at the events any more.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn forget_alert_cursor(&mut self) -> Result<(), StoreError> {
        if self.meta(CURSOR)?.is_none() {
            return Ok(());
        }
        self.write(|t| Ok(t.tx.execute("DELETE FROM meta WHERE key = ?1", [CURSOR]).map(|_| ())?))
    }

    /// Puts alerts into the outbox, but those that were there before by rule and key, and moves the cursor on; how many
    /// were new.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn queue_alerts(&mut self, cursor: i64, alerts: &[NewAlert], at: Timestamp) -> Result<u64, StoreError> {
        self.write(|t| {
            let mut insert =
                t.tx.prepare_cached("INSERT INTO alert (rule, key, at, data) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")?;
            let mut new = 0;
            for alert in alerts {
                new += insert.execute(params![alert.rule, alert.key, ms(at), alert.data])? as u64;
            }
            t.tx.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)", params![CURSOR, cursor.to_string()])?;
            Ok(new)
        })
    }

    /// The alerts of a rule that wait, oldest first.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn waiting_alerts(&self, rule: &str, limit: u32) -> Result<Vec<WaitingAlert>, StoreError> {
        let sql = "SELECT seq, data, handed FROM alert WHERE rule = ?1 AND done_at IS NULL ORDER BY seq LIMIT ?2";
        let mut query = self.conn.prepare_cached(sql)?;
        let rows = query.query_map(params![rule, limit], |r| Ok(WaitingAlert { seq: r.get(0)?, data: r.get(1)?, handed: r.get(2)? }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Alerts that wait, of all rules.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn alerts_left(&self) -> Result<u64, StoreError> {
        Ok(self.conn.prepare_cached("SELECT COUNT(*) FROM alert WHERE done_at IS NULL")?.query_row([], |r| count(r, 0))?)
    }

    /// A run has taken these; how it ends is not known yet.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn alerts_handed(&mut self, alerts: &[i64]) -> Result<(), StoreError> {
        self.each_alert("UPDATE alert SET handed = handed + 1 WHERE seq = ?1", alerts)
    }

    /// The run that took these failed: they were not delivered.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn alerts_failed(&mut self, alerts: &[i64]) -> Result<(), StoreError> {
        self.each_alert("UPDATE alert SET handed = 0 WHERE seq = ?1 AND handed > 0", alerts)
    }

    /// These are done with; only their keys are kept.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn alerts_done(&mut self, alerts: &[i64], at: Timestamp) -> Result<(), StoreError> {
        self.each_alert(&format!("UPDATE alert SET done_at = {}, data = '' WHERE seq = ?1", ms(at)), alerts)
    }

    fn each_alert(&mut self, sql: &str, alerts: &[i64]) -> Result<(), StoreError> {
        if alerts.is_empty() {
            return Ok(());
        }
        self.write(|t| {
            let mut update = t.tx.prepare_cached(sql)?;
            alerts.iter().try_for_each(|seq| update.execute([seq]).map(|_| ()))?;
            Ok(())
        })
    }

    /// Drops what waits for rules that are not in `rules`, and what has waited since before `waited`; how many those were.
    /// What was told before `told` is forgotten.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn drop_alerts(&mut self, rules: &[String], waited: Timestamp, told: Timestamp) -> Result<u64, StoreError> {
        let rules = serde_json::Value::from(rules).to_string();
        let (waited, told) = (ms(waited), ms(told));
        let old = "done_at IS NULL AND (at < ?1 OR rule NOT IN (SELECT value FROM json_each(?2)))";
        let any = format!("SELECT EXISTS (SELECT 1 FROM alert WHERE ({old}) OR done_at < ?3)");
        if !self.conn.prepare_cached(&any)?.query_row(params![waited, rules, told], |r| r.get::<_, bool>(0))? {
            return Ok(0);
        }
        self.write(|t| {
            let given_up = t.tx.execute(&format!("DELETE FROM alert WHERE {old}"), params![waited, rules])?;
            t.tx.execute("DELETE FROM alert WHERE done_at < ?1", [told])?;
            Ok(given_up as u64)
        })
    }
}

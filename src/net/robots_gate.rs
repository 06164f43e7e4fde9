//! robots.txt at work: fetched once a day for each origin, asked before every page.

use super::client::Client;
use super::host::host_key;
use super::robots::Rules;
use super::{NetError, Request, Response};
use crate::model::Validators;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use url::{Position, Url};

/// How long rules are good (RFC 9309, 2.4).
const FRESH: SignedDuration = SignedDuration::from_hours(24);
/// How long to wait after robots.txt could not be had.
const RETRY: SignedDuration = SignedDuration::from_mins(10);
/// How long rules that cannot be refreshed go on to be used.
const STALE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Origins remembered.
const KEEP: usize = 10_000;
/// Bytes of rules remembered.
const KEEP_BYTES: usize = 32 << 20;

/// What is known of one origin's robots.txt, in a form that can be stored and loaded again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RobotsRow {
    /// `https://example.org` or `http://example.org:8080`.
    pub origin: String,
    /// When the rules were fetched or last confirmed.
    pub fetched_at: Timestamp,
    /// The rules that concern this program, as a small robots.txt.
    pub rules: String,
    /// For the next conditional request.
    pub validators: Validators,
}

struct Entry {
    rules: Rules,
    size: usize,
    fetched_at: Timestamp,
    /// Asked for again from then on.
    check_at: Timestamp,
    validators: Validators,
    /// Why there are no rules, so that nothing may be fetched.
    unreachable: Option<String>,
    /// Not given out by [`Client::new_robots`] yet.
    unsaved: AtomicBool,
}

type Slot = Arc<tokio::sync::Mutex<Option<Arc<Entry>>>>;

/// The rules of all origins.
#[derive(Default)]
pub(super) struct RobotsCache {
    slots: Mutex<HashMap<String, Slot>>,
}

impl RobotsCache {
    fn slot(&self, origin: &str) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(origin) {
            return slot.clone();
        }
        if slots.len() >= KEEP {
            sweep(&mut slots, KEEP / 2);
        }
        slots.entry(origin.to_owned()).or_default().clone()
    }

    /// Keeps the whole within its bytes after an entry has grown.
    fn weigh(&self) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let total: usize = slots.values().filter_map(|s| Some(s.try_lock().ok()?.as_ref()?.size)).sum();
        if total > KEEP_BYTES {
            let half = slots.len() / 2;
            sweep(&mut slots, half);
        }
    }
}

/// Drops the rules fetched longest ago until `keep` are left; those in use stay.
fn sweep(slots: &mut HashMap<String, Slot>, keep: usize) {
    let mut ages: Vec<(Timestamp, String)> = slots
        .iter()
        .filter_map(|(origin, slot)| {
            let entry = slot.try_lock().ok()?;
            Some((entry.as_ref().map_or(Timestamp::MIN, |e| e.fetched_at), origin.clone()))
        })
        .collect();
    ages.sort_unstable();
    let surplus = slots.len().saturating_sub(keep);
    for (_, origin) in ages.into_iter().take(surplus) {
        slots.remove(&origin);
    }
}

impl Client {
    /// Whether robots.txt lets `url` be fetched; fetches it where it is not known. Must be called without holding a turn
    /// at any host: fetching takes turns of its own.
    pub(super) async fn check_robots(&self, url: &Url) -> Result<(), NetError> {
        let origin = url.origin().ascii_serialization();
        let slot = self.inner().robots.slot(&origin);
        let now = self.inner().clock.now();
        let mut held = slot.lock().await;
        // A clock that was set back makes rules from the future, which are as old as can be.
        let current = held.clone().filter(|e| now < e.check_at && now >= e.fetched_at);
        let entry = match current {
            Some(entry) => entry,
            None => {
                let entry = Arc::new(self.fetch_robots(url, held.as_deref(), now).await?);
                *held = Some(entry.clone());
                entry
            }
        };
        drop(held);
        let host = host_key(url);
        if let Some(detail) = &entry.unreachable {
            return Err(NetError::RobotsUnreachable { host, until: entry.check_at, detail: detail.clone() });
        }
        match entry.rules.allows(&url[Position::BeforePath..Position::AfterQuery]) {
            true => Ok(()),
            false => Err(NetError::RobotsDisallowed { host }),
        }
    }

    async fn fetch_robots(&self, url: &Url, old: Option<&Entry>, now: Timestamp) -> Result<Entry, NetError> {
        let mut address = url.clone();
        address.set_path("/robots.txt");
        address.set_query(None);
        let known = old.filter(|e| e.unreachable.is_none());
        let request = Request::new(address, super::Kind::Robots);
        let request = request.conditional(known.map(|e| e.validators.clone()).unwrap_or_default(), None);
        let answer = Box::pin(self.follow(&request)).await;
        let host = self.inner().hosts.of(url);
        let entry = match self.read_robots(answer, known, now)? {
            Ok(entry) => entry,
            // The last rules that were had go on for a while.
            Err(detail) => match known.filter(|e| now.duration_since(e.fetched_at) < STALE) {
                Some(e) => Entry {
                    rules: e.rules.clone(),
                    size: e.size,
                    fetched_at: e.fetched_at,
                    check_at: now.saturating_add(RETRY).unwrap_or(Timestamp::MAX),
                    validators: e.validators.clone(),
                    unreachable: None,
                    unsaved: AtomicBool::new(false),
                },
                None => Entry {
                    rules: Rules::default(),
                    size: 0,
                    fetched_at: now,
                    check_at: now.saturating_add(RETRY).unwrap_or(Timestamp::MAX),
                    validators: Validators::default(),
                    unreachable: Some(detail),
                    unsaved: AtomicBool::new(false),
                },
            },
        };
        host.set_crawl_delay(entry.rules.crawl_delay);
        Ok(entry)
    }

    /// Turns an answer into rules by RFC 9309, 2.3.1. The inner error says why robots.txt could not be had; the outer one
    /// that nothing was asked at all.
    fn read_robots(
        &self,
        answer: Result<Response, NetError>,
        known: Option<&Entry>,
        now: Timestamp,
    ) -> Result<Result<Entry, String>, NetError> {
        let fresh = |rules: Rules, size: usize, validators: Validators| Entry {
            rules,
            size,
            fetched_at: now,
            check_at: now.saturating_add(FRESH).unwrap_or(Timestamp::MAX),
            validators,
            unreachable: None,
            unsaved: AtomicBool::new(true),
        };
        let response = match answer {
            Ok(response) => response,
            Err(e @ (NetError::Cancelled | NetError::HostBackoff { .. })) => return Err(e),
            // A redirect that leads nowhere is a file that is not there.
            Err(NetError::BadRedirect { .. }) => return Ok(Ok(fresh(Rules::default(), 0, Validators::default()))),
            Err(e) => return Ok(Err(e.to_string())),
        };
        Ok(match (response.status, known) {
            (200..300, _) => {
                let rules = Rules::read(&String::from_utf8_lossy(&response.body), &self.inner().product);
                let size = rules.size();
                if size > 64 << 10 {
                    self.inner().robots.weigh();
                }
                Ok(fresh(rules, size, response.validators))
            }
            (304, Some(e)) => Ok(fresh(e.rules.clone(), e.size, e.validators.clone())),
            (429, _) | (500.., _) | (304, None) => Err(format!("status {}", response.status)),
            _ => Ok(fresh(Rules::default(), 0, Validators::default())),
        })
    }

    /// Rules that were fetched or confirmed since this was last asked, to be stored. Where robots.txt could not be had
    /// there is nothing to store: it is asked for anew.
    pub fn new_robots(&self) -> Vec<RobotsRow> {
        let slots: Vec<(String, Slot)> = {
            let slots = self.inner().robots.slots.lock().unwrap_or_else(PoisonError::into_inner);
            slots.iter().map(|(o, s)| (o.clone(), s.clone())).collect()
        };
        let row = |(origin, slot): (String, Slot)| {
            let entry = slot.try_lock().ok()?.clone()?;
            if entry.unreachable.is_some() || !entry.unsaved.swap(false, Ordering::Relaxed) {
                return None;
            }
            let rules = entry.rules.to_text();
            Some(RobotsRow { origin, fetched_at: entry.fetched_at, rules, validators: entry.validators.clone() })
        };
        slots.into_iter().filter_map(row).collect()
    }

    /// Takes up rules that were stored; what is known already stays.
    pub fn load_robots(&self, rows: impl IntoIterator<Item = RobotsRow>) {
        for row in rows {
            let Ok(url) = Url::parse(&row.origin) else { continue };
            let rules = Rules::read(&row.rules, &self.inner().product);
            let slot = self.inner().robots.slot(&row.origin);
            let Ok(mut held) = slot.try_lock() else { continue };
            if held.is_some() {
                continue;
            }
            self.inner().hosts.of(&url).set_crawl_delay(rules.crawl_delay);
            *held = Some(Arc::new(Entry {
                size: rules.size(),
                rules,
                fetched_at: row.fetched_at,
                check_at: row.fetched_at.saturating_add(FRESH).unwrap_or(Timestamp::MAX),
                validators: row.validators,
                unreachable: None,
                unsaved: AtomicBool::new(false),
            }));
        }
    }
}

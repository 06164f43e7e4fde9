//! newsfold folds the news: it polls feeds, fetches and cleans the articles, recognises copies of one text and coverage
//! of one event, and keeps both in SQLite.
//!
//! # The life of one article
//!
//! 1. A bell rings in [`daemon`]; the poller asks the [`store`] which feeds are due.
//! 2. [`net`] sends the conditional GET under the host's permit, address guard and limits.
//! 3. [`feed`] reads the bytes and decides: outcome; entries new, changed or known; when to poll next.
//! 4. **Commit A** in the [`store`]: outcome, validators, pending entries and the next due time, in one transaction.
//! 5. The fetcher takes pending entries and GETs their pages; [`article`] cleans them off the async threads.
//! 6. The writer, one thread that owns the read-write connection and the [`dedup`] indexes, places the article:
//!    candidates, their texts, a decision.
//! 7. **Commit B**: article, fingerprint, placement with its reason, event.
//! 8. [`cli`] reads the database directly; what changes state goes to the daemon when one runs.
//!
//! # Rooms and their direction
//!
//! `main → cli → daemon → {net, store} → {feed, article, dedup} → {model, config, clock}`. A room may use any room to
//! its right; rooms in braces do not know each other, but for [`article::credits`], which every way into `dedup` calls
//! first. `feed`, `article` and `dedup` are pure: plain values in, plain values out, `now` a parameter. The test
//! `rooms` holds these lines by reading the imports.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

// The tests of `cli` fill a database with what tests and benches share, which names this crate from outside.
#[cfg(test)]
extern crate self as newsfold;

pub mod article;
pub mod cli;
pub mod clock;
pub mod config;
pub mod daemon;
pub mod dedup;
pub mod feed;
pub mod model;
pub mod net;
pub mod store;

//! SQLite: migrations, one writer, readers. SQL stands only here; one method is one transaction, domain types go in and
//! come out.
//!
//! The [`Writer`] owns the only read-write connection and lives on one thread. [`Reader`]s open the file read-only, with
//! the daemon up or down, and keep their reads short, so that the write-ahead log stays small. The schema is documented
//! in `migrations/`; its views (`v_articles`, `v_clusters`, `v_copies`, `v_stories`, `v_feeds`) are for everybody.

mod care;
mod codec;
mod error;
mod fts;
mod groups;
mod lock;
mod migrate;
mod pins;
mod reader;
mod records;
#[cfg(test)]
mod tests;
mod texts;
mod writer;

pub use crate::model::{EntryKeys, NewEntry};
pub use care::{Copied, Finding, Health, backup, doctor, restore};
pub use error::{Advice, StoreError};
pub use fts::unspaced;
pub use pins::log_bytes;
pub use reader::{Every, Found, Named, Reader, SearchOrder};
pub use records::*;
pub use writer::{Timing, Writer};

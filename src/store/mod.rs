//! SQLite: migrations, one writer, readers. SQL stands only here; one method is one transaction, domain types go in and
//! come out.
//!
//! The [`Writer`] owns the only read-write connection and lives on one thread. [`Reader`]s open the file read-only, with
//! the daemon up or down, and keep their reads short, so that the write-ahead log stays small.

mod error;
mod reader;
mod records;
mod writer;

pub use error::{Advice, StoreError};
pub use reader::{Found, Reader};
pub use records::*;
pub use writer::Writer;

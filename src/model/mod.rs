//! Ids and plain records that several rooms share.

pub mod canonical;
pub mod dates;
pub mod encoding;
mod id;
pub mod lines;
mod records;
pub mod views;

pub use id::{Id, ParseIdError};
pub use records::*;

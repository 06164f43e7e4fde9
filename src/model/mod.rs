//! Ids and plain records that several rooms share.

pub mod canonical;
pub mod dates;
pub mod encoding;
pub mod entities;
mod id;
pub mod lines;
mod records;
mod unseen;
pub mod views;

pub use id::{Id, ParseIdError};
pub use records::*;
pub use unseen::{is_bidi_control, is_unseen};

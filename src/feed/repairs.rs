//! What was repaired in the texts of a document: kept aside while it is read, so that every text need not hand it on.

use crate::model::Warning;
use std::cell::Cell;

/// A repair that a person should know of: what is shown is not what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repair {
    Mojibake,
    DoubleEncoding,
}

thread_local! {
    /// One bit a kind, for the document that this thread reads.
    static DONE: Cell<u8> = const { Cell::new(0) };
}

/// Notes a repair.
pub(super) fn note(repair: Repair) {
    DONE.set(DONE.get() | 1 << repair as u8);
}

/// What was noted on this thread since it was last asked, in words.
pub(super) fn take() -> Vec<Warning> {
    let done = DONE.take();
    let words = [
        (Repair::Mojibake, "text in UTF-8 that was read as Windows-1252 and encoded again was put right"),
        (Repair::DoubleEncoding, "HTML that was escaped twice was put right"),
    ];
    words.into_iter().filter(|(repair, _)| done & 1 << *repair as u8 != 0).map(|(_, words)| words.to_owned()).collect()
}

//! Content-Encoding: gzip and brotli, counted while they unfold.
//!
//! reqwest is built without decoders, so what arrives is what was sent, and every decoded byte is seen here. The whole
//! body is an answer or there is none: a stream that is cut short, doubled or followed by something else is an error.

use brotli::enc::StandardAlloc;
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState};
use std::io::Read;

/// Members that one gzip body may have: each costs its decoder anew, even where it holds nothing.
const MAX_MEMBERS: usize = 1_000;

/// What a body is wrapped in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Identity,
    Gzip,
    Brotli,
}

/// Why a body could not be decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum DecodeError {
    TooLarge,
    Truncated,
    Broken(String),
}

impl Coding {
    /// Reads the values of all Content-Encoding headers of an answer.
    pub(super) fn from_headers<'a>(values: impl Iterator<Item = &'a [u8]>) -> Result<Self, String> {
        let mut coding = Self::Identity;
        let words = values.flat_map(|v| v.split(|b| *b == b',')).map(<[u8]>::trim_ascii);
        for word in words.filter(|w| !w.is_empty() && !w.eq_ignore_ascii_case(b"identity")) {
            let next = match () {
                () if word.eq_ignore_ascii_case(b"gzip") || word.eq_ignore_ascii_case(b"x-gzip") => Self::Gzip,
                () if word.eq_ignore_ascii_case(b"br") => Self::Brotli,
                () => {
                    let shown: String = String::from_utf8_lossy(word).chars().take(40).collect();
                    return Err(format!("encoding {shown:?} was not asked for"));
                }
            };
            if coding != Self::Identity {
                return Err("it is encoded more than once".into());
            }
            coding = next;
        }
        Ok(coding)
    }

    /// Decodes a whole body to at most `limit` bytes. After an error `out` holds what came before it, at most a piece
    /// more than `limit`.
    pub(super) fn decode(self, wire: &[u8], limit: usize, out: &mut Vec<u8>) -> Result<(), DecodeError> {
        match self {
            Self::Identity => {
                out.extend_from_slice(wire.get(..limit).unwrap_or(wire));
                if wire.len() > limit { Err(DecodeError::TooLarge) } else { Ok(()) }
            }
            Self::Gzip => gunzip(wire, limit, out),
            Self::Brotli => unbrotli(wire, limit, out),
        }
    }
}

/// True for bytes that are still compressed: an encoding left over that no header owned up to.
pub(super) fn looks_encoded(body: &[u8]) -> bool {
    body.starts_with(&[0x1f, 0x8b, 0x08]) || body.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
}

/// A first guess of the room that `wire` needs, so that small bodies grow once and bombs do not reserve memory.
fn room(wire: &[u8], limit: usize) -> usize {
    wire.len().saturating_mul(5).min(limit).min(512 << 10)
}

fn gunzip(wire: &[u8], limit: usize, out: &mut Vec<u8>) -> Result<(), DecodeError> {
    out.reserve(room(wire, limit));
    let mut rest = wire;
    let mut members = 0;
    while !rest.is_empty() {
        members += 1;
        if members > MAX_MEMBERS {
            return Err(DecodeError::Broken("more gzip members than any honest server sends".into()));
        }
        let mut member = flate2::bufread::GzDecoder::new(rest);
        let left = limit.saturating_sub(out.len()) as u64;
        if let Err(e) = member.by_ref().take(left + 1).read_to_end(out) {
            return Err(match e.kind() {
                std::io::ErrorKind::UnexpectedEof => DecodeError::Truncated,
                _ => DecodeError::Broken(format!("gzip: {e}")),
            });
        }
        if out.len() > limit {
            return Err(DecodeError::TooLarge);
        }
        rest = member.into_inner();
        // Some servers pad the last member with zeros; anything else that follows must be a member too.
        if rest.iter().all(|b| *b == 0) {
            break;
        }
    }
    Ok(())
}

fn unbrotli(wire: &[u8], limit: usize, out: &mut Vec<u8>) -> Result<(), DecodeError> {
    if wire.is_empty() {
        return Ok(());
    }
    out.reserve(room(wire, limit));
    // Strict: the large-window extension, which could ask for a gigabyte, is not part of the "br" coding.
    let alloc = StandardAlloc::default;
    let mut state = BrotliState::new_strict(alloc(), alloc(), alloc());
    let mut piece = [0u8; 16 << 10];
    let (mut left, mut at, mut total) = (wire.len(), 0, 0);
    loop {
        let (mut space, mut filled) = (piece.len(), 0);
        let result = BrotliDecompressStream(&mut left, &mut at, wire, &mut space, &mut filled, &mut piece, &mut total, &mut state);
        out.extend_from_slice(piece.get(..filled).unwrap_or_default());
        if out.len() > limit {
            return Err(DecodeError::TooLarge);
        }
        match result {
            BrotliResult::NeedsMoreOutput => {}
            BrotliResult::NeedsMoreInput => return Err(DecodeError::Truncated),
            BrotliResult::ResultFailure => return Err(DecodeError::Broken("brotli: invalid data".into())),
            BrotliResult::ResultSuccess if left > 0 => {
                return Err(DecodeError::Broken("something follows the brotli stream".into()));
            }
            BrotliResult::ResultSuccess => return Ok(()),
        }
    }
}

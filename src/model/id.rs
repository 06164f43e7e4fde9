use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// The identity of a feed, entry, article, cluster or story: 64 bits in one namespace, written as 16 hex digits.
///
/// Ids are derived, not drawn: the same thing gets the same id on every machine and after every crash.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Id(pub u64);

/// The bits of an entry's id that are its feed's.
const BY_FEED: u64 = 0xffff << 48;
/// What tells a cluster from its first article: half of the bits, in no order. Stored: the schema's SQL repeats it.
const CLUSTER: u64 = 0x5851_f42d_4c95_7f2d;
/// What tells a story from its first cluster, likewise.
const STORY: u64 = 0x1405_7b7e_f767_814f;

impl Id {
    /// The id of the thing of this `kind` that `parts` identify: the first 64 bits of a SHA-256 over kind and parts,
    /// each preceded by its length.
    pub fn derive(kind: &str, parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in std::iter::once(&kind).chain(parts) {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        let digest = hash.finalize();
        Self(u64::from_be_bytes(digest[..8].try_into().expect("SHA-256 has 32 bytes")))
    }

    /// The id of a feed: its declared URL.
    pub fn feed(url: &str) -> Self {
        Self::derive("feed", &[url])
    }

    /// The id of an entry: its feed, and its identity within that feed. The first 16 bits are the feed's, inverted: the
    /// entries of a feed lie beside each other in an index, and apart from the feed itself.
    pub fn entry(feed: Id, identity: &str) -> Self {
        let own = Self::derive("entry", &[&feed.to_string(), identity]);
        Self(!feed.0 & BY_FEED | own.0 & !BY_FEED)
    }

    /// The id of an article: its canonical URL.
    pub fn article(canonical_url: &str) -> Self {
        Self::derive("article", &[canonical_url])
    }

    /// The id of the cluster that `first`, its first article, started. The article's follows from it by the same step,
    /// which is how the store finds the only article of a cluster without an index of clusters.
    pub fn cluster(first: Id) -> Self {
        Self(first.0 ^ CLUSTER)
    }

    /// The id of the story that `first`, its first cluster, started; the cluster's follows from it by the same step.
    pub fn story(first: Id) -> Self {
        Self(first.0 ^ STORY)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({self})")
    }
}

/// The text is not an id of 16 hex digits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not an id: 16 hexadecimal digits")]
pub struct ParseIdError(String);

impl FromStr for Id {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hex = text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit());
        match u64::from_str_radix(text, 16) {
            Ok(bits) if hex => Ok(Self(bits)),
            _ => Err(ParseIdError(text.to_owned())),
        }
    }
}

impl Serialize for Id {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

//! HTTP: one client, one chokepoint.
//!
//! Links come from strangers, so every request, and every redirect of one, passes the same gates in the same order:
//!
//! 1. the address guard on the URL (scheme, literals),
//! 2. robots.txt, for pages,
//! 3. the host's turn: permit, backoff, gap,
//! 4. room among all requests under way, which it keeps until its answer is dropped,
//! 5. the resolver's answers, guarded; the connected peer, guarded again,
//! 6. a capped read under deadlines, and decoding that counts what it gives.
//!
//! [`Client::get`] is the way in. An answer of any status is a [`Response`]; what gave none is a [`NetError`], which
//! says whether to retry, skip or stop. The room keeps its knowledge of hosts in memory; [`Client::holds`] and
//! [`Client::new_robots`] give what is worth storing, and take it up again.

mod backoff;
mod client;
mod decode;
mod error;
mod exchange;
mod guard;
mod host;
mod lanes;
mod request;
mod resolve;
mod response;
mod robots;
mod robots_gate;
mod settings;
mod stack;

pub use backoff::{Hold, HoldRow};
pub use client::Client;
pub use error::{ErrorKind, NetError, Stage};
pub use host::HostState;
pub use request::{Kind, Request, Secrets};
pub use resolve::{Looking, Lookup, SystemLookup};
pub use response::{Freshness, Hop, Response};
pub use robots_gate::RobotsRow;
pub use settings::Settings;

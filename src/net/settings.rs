//! How the client behaves.

use crate::config::AllowNet;
use std::fmt;
use std::time::Duration;
use url::Url;

/// Settings of a [`Client`](super::Client). Times are wall times; sizes are bytes after decoding.
#[derive(Clone)]
pub struct Settings {
    /// The User-Agent header, whole or the part before the contact; its first word up to `/` is the name that robots.txt
    /// is read for.
    pub user_agent: String,
    /// A mail or web address that site owners can turn to; added to the User-Agent as `(+…)`.
    pub contact: Option<String>,
    /// Addresses that are not public and may be fetched nevertheless.
    pub allow_networks: Vec<AllowNet>,
    /// Proxy for all requests. `HTTP_PROXY` and its like are never read.
    pub proxy: Option<Url>,
    /// Between the end of one request to a host and the start of the next.
    pub min_gap: Duration,
    /// Requests under way to one host; 1 or more.
    pub per_host: usize,
    /// Requests under way in all; 1 or more. Those that take longer than a moment step aside and are not counted, up to four
    /// for each that is.
    pub max_connections: usize,
    /// Idle connections kept for the next request, in all.
    pub max_idle: usize,
    /// How long an idle connection is kept.
    pub keep_idle: Duration,
    /// Name resolution.
    pub dns_timeout: Duration,
    /// Lookups at a time. One that hangs keeps its thread until the system gives up, so there are more than requests at work.
    pub dns_threads: usize,
    /// Until a connection stands: resolution, TCP, TLS.
    pub connect_timeout: Duration,
    /// From the request (connection included) until the answer's headers are there.
    pub first_byte_timeout: Duration,
    /// Between two pieces of a body.
    pub idle_timeout: Duration,
    /// For a request as a whole, redirects included; waiting for one's turn at a host is not counted.
    pub total_timeout: Duration,
    /// The longest wait for a host's gap or backoff inside a request; what would wait longer fails with
    /// [`HostBackoff`](super::NetError::HostBackoff) instead. Waiting behind other requests to the host is not limited.
    pub max_wait: Duration,
    /// Most bytes of a feed.
    pub feed_max_bytes: u64,
    /// Most bytes of a page.
    pub page_max_bytes: u64,
    /// Bytes of robots.txt that are read; the rest is ignored.
    pub robots_max_bytes: u64,
    /// Whether robots.txt is obeyed for pages. Feeds are named by the user and always exempt.
    pub respect_robots: bool,
    /// Most that a `Retry-After` can ask for, and longest backoff.
    pub max_backoff: Duration,
    /// More certificate authorities, PEM, beside the system's.
    pub extra_roots: Vec<Vec<u8>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_agent: concat!("newsfold/", env!("CARGO_PKG_VERSION")).into(),
            contact: None,
            allow_networks: Vec::new(),
            proxy: None,
            min_gap: Duration::from_secs(1),
            per_host: 1,
            max_connections: 64,
            max_idle: 256,
            keep_idle: Duration::from_secs(15),
            dns_timeout: Duration::from_secs(10),
            dns_threads: 128,
            connect_timeout: Duration::from_secs(10),
            first_byte_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(20),
            total_timeout: Duration::from_secs(60),
            max_wait: Duration::from_secs(30),
            feed_max_bytes: 8 << 20,
            page_max_bytes: 4 << 20,
            robots_max_bytes: 512 << 10,
            respect_robots: true,
            max_backoff: Duration::from_secs(24 * 3600),
            extra_roots: Vec::new(),
        }
    }
}

impl Settings {
    /// The User-Agent header as sent: `newsfold/0.1.0 (+https://example.org/about)`.
    pub fn user_agent_header(&self) -> String {
        match self.contact.as_deref().map(str::trim).filter(|c| !c.is_empty()) {
            Some(contact) => format!("{} (+{contact})", self.user_agent),
            None => self.user_agent.clone(),
        }
    }

    /// The name that robots.txt is read for: `newsfold`.
    pub fn product_token(&self) -> String {
        let end = self.user_agent.find(|c: char| !(c.is_ascii_alphabetic() || c == '_' || c == '-'));
        let token = self.user_agent.get(..end.unwrap_or(self.user_agent.len())).unwrap_or_default();
        match token.is_empty() {
            true => "newsfold".into(),
            false => token.to_ascii_lowercase(),
        }
    }
}

// By hand, because a proxy's URL may hold a password.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("user_agent", &self.user_agent_header())
            .field("allow_networks", &self.allow_networks)
            .field("proxy", &self.proxy.as_ref().and_then(Url::host_str))
            .field("min_gap", &self.min_gap)
            .field("per_host", &self.per_host)
            .field("max_connections", &self.max_connections)
            .field("respect_robots", &self.respect_robots)
            .finish_non_exhaustive()
    }
}

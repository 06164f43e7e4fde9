//! What can go wrong between asking for a URL and holding its bytes.

use super::Hold;
use jiff::Timestamp;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

/// What the caller should do about a [`NetError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The fault may pass: try again later, with backoff.
    Retry,
    /// Asking again for the same thing would give the same answer.
    Skip,
    /// The caller gave up or the program is stopping: do nothing more.
    Stop,
}

/// The part of an exchange that ran out of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Name resolution.
    Dns,
    /// TCP and TLS handshakes.
    Connect,
    /// From sending the request to the end of the answer's headers.
    FirstByte,
    /// Between two pieces of the body.
    Idle,
    /// The request as a whole.
    Total,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dns => "its name was not resolved",
            Self::Connect => "no connection",
            Self::FirstByte => "no answer",
            Self::Idle => "the body stood still",
            Self::Total => "the answer was not complete",
        })
    }
}

/// Why a request gave no [`Response`](super::Response). Holds hosts, never whole URLs: those may carry secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetError {
    /// The address guard forbids the connection; nothing was sent.
    Refused {
        /// Host of the URL.
        host: String,
        /// The address that is forbidden; `None` where the URL itself is.
        address: Option<IpAddr>,
        /// What kind of address it is.
        why: &'static str,
    },
    /// A deadline passed.
    Timeout {
        /// Host of the URL.
        host: String,
        /// What was being waited for.
        stage: Stage,
        /// The limit.
        after: Duration,
    },
    /// The name could not be resolved.
    Dns {
        /// The name.
        host: String,
        /// What the resolver said.
        detail: String,
    },
    /// No TCP connection.
    Connect {
        /// Host of the URL.
        host: String,
        /// What the system said.
        detail: String,
    },
    /// No TLS session: certificate, protocol or handshake.
    Tls {
        /// Host of the URL.
        host: String,
        /// What rustls said.
        detail: String,
    },
    /// The connection ended in the middle of an answer.
    Reset {
        /// Host of the URL.
        host: String,
        /// How it ended.
        detail: String,
    },
    /// What came is not HTTP, or beyond the limits on headers.
    BadResponse {
        /// Host of the URL.
        host: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The body is larger than the limit, on the wire or decoded.
    TooLarge {
        /// Host of the URL.
        host: String,
        /// The limit, bytes.
        limit: u64,
    },
    /// The body's encoding is unknown, doubled, broken or cut short.
    BadEncoding {
        /// Host of the URL.
        host: String,
        /// What is wrong with it.
        detail: String,
        /// The body ended early, which may not happen again.
        truncated: bool,
    },
    /// A redirect that is not followed.
    BadRedirect {
        /// Host that redirected.
        host: String,
        /// Why it is not followed.
        detail: String,
    },
    /// robots.txt forbids the page.
    RobotsDisallowed {
        /// Host of the page.
        host: String,
    },
    /// robots.txt could not be had, so that pages must not be fetched for now (RFC 9309, 2.3.1.4).
    RobotsUnreachable {
        /// Host of the page.
        host: String,
        /// When it is asked for again.
        until: Timestamp,
        /// What happened.
        detail: String,
    },
    /// The host asked to be left alone, or keeps failing.
    HostBackoff {
        /// The host.
        host: String,
        /// When it may be asked again.
        until: Timestamp,
        /// Why.
        why: Hold,
    },
    /// The request makes no sense: wrong scheme, no host, too long.
    BadRequest {
        /// What is wrong with it.
        detail: String,
    },
    /// The caller cancelled.
    Cancelled,
}

impl NetError {
    /// Whether to retry, skip or stop.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Timeout { .. }
            | Self::Dns { .. }
            | Self::Connect { .. }
            | Self::Tls { .. }
            | Self::Reset { .. }
            | Self::BadResponse { .. }
            | Self::RobotsUnreachable { .. }
            | Self::HostBackoff { .. } => ErrorKind::Retry,
            Self::BadEncoding { truncated, .. } => match truncated {
                true => ErrorKind::Retry,
                false => ErrorKind::Skip,
            },
            Self::Refused { .. }
            | Self::TooLarge { .. }
            | Self::BadRedirect { .. }
            | Self::RobotsDisallowed { .. }
            | Self::BadRequest { .. } => ErrorKind::Skip,
            Self::Cancelled => ErrorKind::Stop,
        }
    }

    /// A short word for records and filters; stays the same from version to version.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "refused",
            Self::Timeout { .. } => "timeout",
            Self::Dns { .. } => "dns",
            Self::Connect { .. } => "connect",
            Self::Tls { .. } => "tls",
            Self::Reset { .. } => "reset",
            Self::BadResponse { .. } => "bad-response",
            Self::TooLarge { .. } => "too-large",
            Self::BadEncoding { .. } => "bad-encoding",
            Self::BadRedirect { .. } => "bad-redirect",
            Self::RobotsDisallowed { .. } => "robots",
            Self::RobotsUnreachable { .. } => "robots-unreachable",
            Self::HostBackoff { .. } => "backoff",
            Self::BadRequest { .. } => "bad-request",
            Self::Cancelled => "cancelled",
        }
    }

    /// When it makes sense to ask again, where that is known. Such an error says that nothing was sent, so it should not
    /// count as an attempt.
    pub fn until(&self) -> Option<Timestamp> {
        match self {
            Self::HostBackoff { until, .. } | Self::RobotsUnreachable { until, .. } => Some(*until),
            _ => None,
        }
    }

    /// True where the fault lies with the host as a whole rather than with what was asked of it.
    pub(super) fn blames_host(&self) -> bool {
        matches!(
            self,
            Self::Timeout { .. }
                | Self::Dns { .. }
                | Self::Connect { .. }
                | Self::Tls { .. }
                | Self::Reset { .. }
                | Self::BadResponse { .. }
        )
    }
}

impl fmt::Display for NetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { host, address: Some(address), why } => {
                write!(f, "{host} leads to {address}, {why}; if it is meant to be fetched, name the address in fetch.allow_networks")
            }
            Self::Refused { host, address: None, why } => write!(f, "{host} is {why}"),
            Self::Timeout { host, stage, after } => write!(f, "{host}: {stage} within {after:?}"),
            Self::Dns { host, detail } => write!(f, "the name {host} could not be resolved: {detail}"),
            Self::Connect { host, detail } => write!(f, "no connection to {host}: {detail}"),
            Self::Tls { host, detail } => write!(f, "no secure connection to {host}: {detail}"),
            Self::Reset { host, detail } => write!(f, "{host} broke off: {detail}"),
            Self::BadResponse { host, detail } => write!(f, "{host} gave no valid answer: {detail}"),
            Self::TooLarge { host, limit } => {
                write!(f, "{host} sent more than the limit of {limit} bytes (fetch.feed_max_bytes, fetch.page_max_bytes)")
            }
            Self::BadEncoding { host, detail, .. } => write!(f, "{host} sent a body that cannot be decoded: {detail}"),
            Self::BadRedirect { host, detail } => write!(f, "{host} redirects, which was not followed: {detail}"),
            Self::RobotsDisallowed { host } => write!(f, "robots.txt of {host} does not allow this page"),
            Self::RobotsUnreachable { host, until, detail } => {
                write!(f, "robots.txt of {host} could not be read ({detail}); no page is asked for until {until:.0}")
            }
            Self::HostBackoff { host, until, why } => write!(f, "{host} {why}; left alone until {until:.0}"),
            Self::BadRequest { detail } => write!(f, "not a request that can be sent: {detail}"),
            Self::Cancelled => f.write_str("cancelled"),
        }
    }
}

impl std::error::Error for NetError {}

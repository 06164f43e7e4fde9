//! What is asked for.

use crate::model::Validators;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use std::fmt;
use tokio_util::sync::CancellationToken;
use url::Url;

/// What a URL is asked for as: decides limits, the Accept header and whether robots.txt matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A feed that the user named.
    Feed,
    /// A page behind a link that a stranger wrote.
    Page,
    /// robots.txt.
    Robots,
}

impl Kind {
    /// Its place in the host's memory of bot checks.
    pub(super) fn slot(self) -> Option<usize> {
        match self {
            Self::Feed => Some(0),
            Self::Page => Some(1),
            Self::Robots => None,
        }
    }
}

/// Headers that a feed needs and nobody else may see: sent to the origin of the request's own URL only, never printed.
/// Whoever builds a request sees to it that its URL is of the origin that the secrets are for.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets(HeaderMap);

impl Secrets {
    /// No headers.
    pub fn none() -> Self {
        Self::default()
    }

    /// True where there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a header, `User-Agent` and `Cookie` too.
    ///
    /// # Errors
    /// Names that are no header or that the client itself must decide (framing, encoding, conditions), and values that
    /// cannot stand in a header. The message holds the name, never the value.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, String> {
        const OWN: [&str; 12] = [
            "host",
            "connection",
            "content-length",
            "transfer-encoding",
            "te",
            "upgrade",
            "accept-encoding",
            "referer",
            "range",
            "if-none-match",
            "if-modified-since",
            "expect",
        ];
        let key = HeaderName::from_bytes(name.trim().as_bytes()).map_err(|_| format!("{name:?} is not the name of a header"))?;
        if OWN.contains(&key.as_str()) {
            return Err(format!("the header {key} is newsfold's own to set"));
        }
        let mut value = HeaderValue::from_str(value.trim()).map_err(|_| format!("the value of {key} cannot stand in a header"))?;
        value.set_sensitive(true);
        self.0.insert(key, value);
        Ok(self)
    }

    /// Adds basic authentication.
    ///
    /// # Errors
    /// A user name with a colon, which the scheme cannot carry.
    pub fn basic(self, user: &str, password: &str) -> Result<Self, String> {
        if user.contains(':') {
            return Err("a user name cannot hold a colon".into());
        }
        self.header("authorization", &format!("Basic {}", base64(format!("{user}:{password}").as_bytes())))
    }

    /// Adds a bearer token.
    ///
    /// # Errors
    /// A token that cannot stand in a header.
    pub fn bearer(self, token: &str) -> Result<Self, String> {
        self.header("authorization", &format!("Bearer {}", token.trim()))
    }

    /// What of them fits a page: all but what says which kind of document is wanted.
    #[must_use]
    pub fn for_pages(mut self) -> Self {
        self.0.remove(ACCEPT);
        self
    }

    pub(super) fn has_authorization(&self) -> bool {
        self.0.contains_key(AUTHORIZATION)
    }

    pub(super) fn apply(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.0 {
            headers.insert(name.clone(), value.clone());
        }
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys().map(HeaderName::as_str)).finish()
    }
}

/// Base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0u32, |w, b| (w << 8) | u32::from(*b)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS.get((word >> (18 - 6 * place)) as usize & 63).copied().unwrap_or(b'=');
            out.push(if place <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

/// One GET.
#[derive(Clone)]
pub struct Request {
    /// What to get; http or https. A user and password in it are sent as basic authentication and appear nowhere else.
    pub url: Url,
    /// What it is asked for as.
    pub kind: Kind,
    /// What the last answer left; empty: unconditional.
    pub validators: Validators,
    /// The URL that gave the validators (the last answer's `final_url`): they are sent to that URL alone. Where `None`,
    /// they go to the origin of `url`.
    pub validators_from: Option<Url>,
    /// The feed's own headers and credentials.
    pub secrets: Secrets,
    /// The answer keeps its room among the requests until it is dropped, so that bodies which wait to be read are bounded
    /// as well. Who asks so must not hold one answer while asking for another.
    pub keeps_room: bool,
    /// Ends the request early.
    pub cancel: CancellationToken,
}

impl Request {
    /// An unconditional GET.
    pub fn new(url: Url, kind: Kind) -> Self {
        Self {
            url,
            kind,
            validators: Validators::default(),
            validators_from: None,
            secrets: Secrets::default(),
            keeps_room: false,
            cancel: CancellationToken::new(),
        }
    }

    /// A GET of a feed.
    pub fn feed(url: Url) -> Self {
        Self::new(url, Kind::Feed)
    }

    /// A GET of a page.
    pub fn page(url: Url) -> Self {
        Self::new(url, Kind::Page)
    }

    /// Makes it conditional: `validators` came from `from`.
    #[must_use]
    pub fn conditional(mut self, validators: Validators, from: Option<Url>) -> Self {
        (self.validators, self.validators_from) = (validators, from);
        self
    }

    /// Adds a feed's headers and credentials.
    #[must_use]
    pub fn secrets(mut self, secrets: Secrets) -> Self {
        self.secrets = secrets;
        self
    }

    /// Keeps its room until the answer is dropped.
    #[must_use]
    pub fn keeping_room(mut self) -> Self {
        self.keeps_room = true;
        self
    }

    /// Ends with `cancel`.
    #[must_use]
    pub fn cancelled_by(mut self, cancel: CancellationToken) -> Self {
        self.cancel = cancel;
        self
    }
}

// By hand, because URLs may hold passwords and tokens.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = format!("{}://{}{}", self.url.scheme(), self.url.host_str().unwrap_or_default(), self.url.path());
        f.debug_struct("Request").field("url", &place).field("kind", &self.kind).field("secrets", &self.secrets).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_agrees_with_rfc_4648() {
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xfe]), "+//+");
    }

    #[test]
    fn secrets_are_never_printed_and_own_headers_cannot_be_set() {
        let secrets = Secrets::none().basic("anna", "canary").unwrap().header("X-Key", "canary").unwrap();
        let url = Url::parse("http://u:canary@host/p?token=canary").unwrap();
        let shown = format!("{:?}", Request::feed(url).secrets(secrets));
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.contains("x-key"), "{shown}");
        for name in ["Host", "Accept-Encoding", "If-None-Match", "Content-Length", "a b", ""] {
            let error = Secrets::none().header(name, "canary").unwrap_err();
            assert!(!error.contains("canary"));
        }
        assert!(!Secrets::none().header("X", "canary\r\nY: z").unwrap_err().contains("canary"));
    }
}

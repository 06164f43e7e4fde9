//! What came back.

use super::client::HeldRoom;
use crate::model::{Validators, dates};
use bytes::Bytes;
use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header::{self, HeaderMap, HeaderName};
use std::time::Duration;
use url::Url;

/// Longest validator that is kept: it must be sent back whole, so a longer one is not kept at all.
const MAX_VALIDATOR: usize = 1024;

/// One redirect that was followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The URL that redirected.
    pub url: Url,
    /// With which status.
    pub status: u16,
}

/// How long an answer says that it stays good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Freshness {
    /// `Cache-Control: max-age`, seconds.
    pub max_age: Option<u64>,
    /// `Age`, seconds: how old it was already.
    pub age: u64,
    /// `Expires`.
    pub expires: Option<Timestamp>,
    /// `Date`.
    pub date: Option<Timestamp>,
    /// `no-cache` or `no-store`: good for nothing but now.
    pub no_cache: bool,
}

impl Freshness {
    /// For how long from now the answer is fresh by its own word (RFC 9111, section 4.2); `None` where it says nothing.
    pub fn lasts(&self) -> Option<Duration> {
        if self.no_cache {
            return Some(Duration::ZERO);
        }
        let stated = match (self.max_age, self.expires, self.date) {
            (Some(max_age), ..) => Duration::from_secs(max_age),
            (None, Some(expires), Some(date)) => Duration::try_from(expires.duration_since(date)).unwrap_or_default(),
            _ => return None,
        };
        Some(stated.saturating_sub(Duration::from_secs(self.age)))
    }

    fn read(headers: &HeaderMap) -> Self {
        let seconds = |text: &str| text.trim().trim_matches('"').parse::<u64>().ok().map(|s| s.min(1 << 31));
        let mut fresh = Self {
            age: text(headers, &header::AGE).and_then(|t| seconds(&t)).unwrap_or(0),
            expires: text(headers, &header::EXPIRES).and_then(|t| dates::parse_date(&t)),
            date: text(headers, &header::DATE).and_then(|t| dates::parse_date(&t)),
            ..Self::default()
        };
        for word in headers.get_all(header::CACHE_CONTROL).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(',')) {
            let (name, value) = word.split_once('=').unwrap_or((word, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                "max-age" => fresh.max_age = fresh.max_age.or(seconds(value)),
                "no-cache" | "no-store" => fresh.no_cache = true,
                _ => {}
            }
        }
        fresh
    }
}

/// An answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Response {
    /// HTTP status; 304 only where the request was conditional.
    pub status: u16,
    /// The URL that answered, without fragment, user and password.
    pub final_url: Url,
    /// The redirects on the way, in order.
    pub hops: Vec<Hop>,
    /// Where the whole way was 301 or 308: the address that the request's URL should become, once it has proved good.
    pub permanent_redirect: Option<Url>,
    /// Content-Type, as sent.
    pub content_type: Option<String>,
    /// ETag and Last-Modified, byte for byte.
    pub validators: Validators,
    /// Whether validators were sent to the URL that answered.
    pub conditional: bool,
    /// How long it is fresh.
    pub freshness: Freshness,
    /// `Retry-After`, from now, clamped to the longest backoff. The client obeys it by itself.
    pub retry_after: Option<Duration>,
    /// Signs of bot protection, for people; `None` where there are none.
    pub blocked: Option<&'static str>,
    /// The decoded body. Empty for 304; for other answers than 2xx its first 64 KiB at most.
    pub body: Bytes,
    /// Bytes of the body as sent.
    pub wire_bytes: u64,
    /// Time spent on the exchanges, without the waiting for a turn.
    pub elapsed: Duration,
    /// Its room among the requests, where the request was to keep it.
    #[allow(dead_code, reason = "held, and given back by dropping it")]
    pub(super) room: HeldRoom,
}

impl Response {
    /// Without its room among the requests.
    #[must_use]
    pub fn aside(mut self) -> Self {
        self.room = None;
        self
    }

    /// 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// 304.
    pub fn is_unchanged(&self) -> bool {
        self.status == 304
    }

    /// Size of the body, decoded.
    pub fn decoded_bytes(&self) -> u64 {
        self.body.len() as u64
    }

    /// The `charset` of the Content-Type header.
    pub fn charset(&self) -> Option<&str> {
        let params = self.content_type.as_deref()?.split(';').skip(1);
        let value = params.filter_map(|p| p.split_once('=')).find(|(k, _)| k.trim().eq_ignore_ascii_case("charset"))?.1;
        Some(value.trim().trim_matches(['"', '\'']).trim()).filter(|v| !v.is_empty())
    }

    /// True where the Content-Type says HTML.
    pub fn is_html(&self) -> bool {
        let essence = self.content_type.as_deref().and_then(|t| t.split(';').next()).unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("text/html") || essence.eq_ignore_ascii_case("application/xhtml+xml")
    }
}

/// What the headers of one answer say.
pub(super) struct Head {
    pub(super) status: StatusCode,
    pub(super) content_type: Option<String>,
    pub(super) validators: Validators,
    pub(super) freshness: Freshness,
    pub(super) retry_after: Option<Duration>,
}

impl Head {
    pub(super) fn read(status: StatusCode, headers: &HeaderMap, now: Timestamp, max_backoff: Duration) -> Self {
        Self {
            status,
            content_type: text(headers, &header::CONTENT_TYPE).map(|t| t.chars().take(200).collect()),
            validators: Validators {
                etag: text(headers, &header::ETAG).filter(|t| t.len() <= MAX_VALIDATOR),
                last_modified: text(headers, &header::LAST_MODIFIED).filter(|t| t.len() <= MAX_VALIDATOR),
            },
            freshness: Freshness::read(headers),
            retry_after: text(headers, &header::RETRY_AFTER).and_then(|t| retry_after(&t, now, max_backoff)),
        }
    }
}

/// A header's value. hyper has taken the white space around it; nothing else is changed.
pub(super) fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?.as_bytes();
    std::str::from_utf8(value).ok().filter(|v| !v.is_empty()).map(str::to_owned)
}

/// Reads `Retry-After` in both forms; `None` where it says nothing useful (zero, the past, garbage).
fn retry_after(value: &str, now: Timestamp, max: Duration) -> Option<Duration> {
    let value = value.trim();
    let pause = match value.bytes().all(|b| b.is_ascii_digit()) && !value.is_empty() {
        // More digits than fit are more seconds than anyone waits.
        true => Duration::from_secs(value.parse().unwrap_or(u64::MAX)),
        false => Duration::try_from(dates::parse_date(value)?.duration_since(now)).ok()?,
    };
    (!pause.is_zero()).then(|| pause.min(max))
}

/// Looks for the signs of a bot check in an answer. Only what such services say of themselves counts; a plain 403 is
/// no sign.
pub(super) fn blocked(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Option<&'static str> {
    let has = |name: &str, value: &str| {
        let values = headers.get_all(name).iter();
        values.filter_map(|v| v.to_str().ok()).any(|v| v.to_ascii_lowercase().contains(value))
    };
    if has("cf-mitigated", "challenge") {
        return Some("Cloudflare challenge");
    }
    if has("x-amzn-waf-action", "challenge") || has("x-amzn-waf-action", "captcha") {
        return Some("AWS WAF challenge");
    }
    if !matches!(status.as_u16(), 401 | 403 | 405 | 406 | 409 | 429 | 503) {
        return None;
    }
    if headers.contains_key("x-datadome") || headers.contains_key("x-dd-b") {
        return Some("DataDome");
    }
    let start = body.get(..body.len().min(16 << 10)).unwrap_or_default().to_ascii_lowercase();
    let says = |words: &str| memchr::memmem::find(&start, words.as_bytes()).is_some();
    const SIGNS: [(&str, &str); 12] = [
        ("cdn-cgi/challenge-platform", "Cloudflare challenge"),
        ("<title>just a moment", "Cloudflare challenge"),
        ("attention required! | cloudflare", "Cloudflare block"),
        ("you have been blocked", "block page"),
        ("_incapsula_resource", "Imperva"),
        ("px-captcha", "HUMAN"),
        ("captcha-delivery.com", "DataDome"),
        ("errors.edgesuite.net", "Akamai"),
        ("sucuri website firewall", "Sucuri"),
        ("are you a robot", "bot check"),
        ("verify you are human", "bot check"),
        ("g-recaptcha", "bot check"),
    ];
    SIGNS.into_iter().find(|(sign, _)| says(sign)).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
        list.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_bytes(v.as_bytes()).unwrap())).collect()
    }

    #[test]
    fn retry_after_reads_both_forms_and_clamps() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let day = Duration::from_secs(86_400);
        let table = [
            ("120", Some(120)),
            (" 5 ", Some(5)),
            ("0", None),
            ("-5", None),
            ("", None),
            ("soon", None),
            ("1.5", None),
            ("99999999", Some(86_400)),
            ("99999999999999999999999999", Some(86_400)),
            ("Sun, 22 Nov 2026 12:10:00 GMT", Some(600)),
            ("Sun, 22 Nov 2026 11:00:00 GMT", None),
            ("Fri, 22 Nov 2999 11:00:00 GMT", Some(86_400)),
        ];
        for (value, want) in table {
            assert_eq!(retry_after(value, now, day), want.map(Duration::from_secs), "{value:?}");
        }
    }

    #[test]
    fn freshness_follows_max_age_then_expires() {
        let lasts = |list: &[(&'static str, &str)]| Freshness::read(&headers(list)).lasts().map(|d| d.as_secs());
        assert_eq!(lasts(&[]), None);
        assert_eq!(lasts(&[("cache-control", "public, Max-Age=600"), ("age", "100")]), Some(500));
        assert_eq!(lasts(&[("cache-control", "max-age=60"), ("age", "100")]), Some(0));
        assert_eq!(lasts(&[("cache-control", "max-age=60, no-cache")]), Some(0));
        assert_eq!(lasts(&[("cache-control", "max-age=99999999999999999999")]), None);
        let dated = [("date", "Sun, 22 Nov 2026 12:00:00 GMT"), ("expires", "Sun, 22 Nov 2026 13:00:00 GMT")];
        assert_eq!(lasts(&dated), Some(3_600));
        assert_eq!(lasts(&[("date", "Sun, 22 Nov 2026 12:00:00 GMT"), ("expires", "0")]), None);
    }

    #[test]
    fn validators_are_kept_byte_for_byte_or_not_at_all() {
        let long = format!("\"{}\"", "x".repeat(2_000));
        for (etag, want) in [("W/\"a b\"", true), ("unquoted", true), ("\"ä\"", true), (long.as_str(), false)] {
            let head = Head::read(StatusCode::OK, &headers(&[("etag", etag)]), Timestamp::UNIX_EPOCH, Duration::ZERO);
            assert_eq!(head.validators.etag.as_deref(), want.then_some(etag));
        }
    }

    #[test]
    fn bot_checks_are_told_from_plain_refusals() {
        let html = b"<html><head><title>Just a moment...</title>";
        assert!(blocked(StatusCode::FORBIDDEN, &headers(&[]), html).is_some());
        assert!(blocked(StatusCode::FORBIDDEN, &headers(&[]), b"<h1>Forbidden</h1>").is_none());
        assert!(blocked(StatusCode::OK, &headers(&[]), html).is_none());
        assert!(blocked(StatusCode::OK, &headers(&[("cf-mitigated", "challenge")]), b"").is_some());
        assert!(blocked(StatusCode::SERVICE_UNAVAILABLE, &headers(&[("x-datadome", "protected")]), b"").is_some());
    }
}

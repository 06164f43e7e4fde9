//! One exchange: a request out, an answer in, within its limits; no redirects, no turns.

use super::client::Client;
use super::decode::{Coding, DecodeError, looks_encoded};
use super::error::Stage;
use super::resolve::{TARGET, Target};
use super::response::{Head, blocked, text};
use super::{Kind, NetError};
use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{self, HeaderMap, HeaderValue};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use url::{Host, Url};

/// Most bytes of headers; hyper by itself takes some 400 kB and bounds their number (100).
const MAX_HEAD: usize = 64 << 10;
/// What is read of an answer that is neither good nor a redirect: enough to tell a bot check.
const ERROR_BODY: usize = 64 << 10;
/// A redirect's body that is read to the end, so that its connection can be used again.
const SMALL_BODY: u64 = 16 << 10;
/// And how long that may take.
const SMALL_WAIT: Duration = Duration::from_secs(1);
/// From this size on, a body needs one of few permits to be read on.
const BULKY: usize = 1 << 20;
/// From this size on, decoding moves off the async threads.
const BIG_WIRE: usize = 256 << 10;

/// What one exchange, without its redirects, gave.
pub(super) struct Answer {
    pub(super) head: Head,
    /// Where a redirect leads, as written.
    pub(super) location: Option<String>,
    pub(super) blocked: Option<&'static str>,
    pub(super) body: Bytes,
    pub(super) wire_bytes: u64,
}

impl Client {
    /// Sends one request and reads its answer.
    pub(super) async fn exchange(&self, url: &Url, kind: Kind, headers: HeaderMap, key: &str) -> Result<Answer, NetError> {
        let own = self.inner();
        let port = url.port_or_known_default();
        if own.settings.proxy.is_some() {
            self.check_proxied(url, port).await?;
        }
        let (client, fresh) = own.stack.pick(url, key)?;
        let mut request = reqwest::Request::new(Method::GET, url.clone());
        *request.headers_mut() = headers;
        // Without a body the request can always be cloned.
        let again = fresh.and_then(|client| Some((client, request.try_clone()?)));
        let mut response = match (self.send(client, request, port, key).await, again) {
            // A server may close a kept connection just when it is used again; that says nothing about the request.
            (Err(NetError::Reset { .. }), Some((client, request))) => self.send(client, request, port, key).await?,
            (sent, _) => sent?,
        };
        // The resolver's answers were checked; this catches whatever found another way.
        if let (None, Some(peer)) = (&own.settings.proxy, response.remote_addr()) {
            own.guard.check_address(key, peer.ip(), Some(peer.port()))?;
        }
        let status = response.status();
        let size: usize = response.headers().iter().map(|(n, v)| n.as_str().len() + v.len()).sum();
        if size > MAX_HEAD {
            let detail = format!("{size} bytes of headers");
            return Err(NetError::BadResponse { host: key.to_owned(), detail });
        }
        let head = Head::read(status, response.headers(), own.clock.now(), own.settings.max_backoff);
        if matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
            let location = text(response.headers(), &header::LOCATION)
                .ok_or_else(|| NetError::BadRedirect { host: key.to_owned(), detail: "it does not say where to".into() })?;
            if response.content_length().is_some_and(|n| n <= SMALL_BODY) {
                let _ = timeout(SMALL_WAIT, self.read(&mut response, key, SMALL_BODY as usize)).await;
            }
            own.stack.done(key);
            return Ok(Answer { head, location: Some(location), blocked: None, body: Bytes::new(), wire_bytes: 0 });
        }
        let (body, wire_bytes) = match status.as_u16() {
            204 | 205 | 304 => (Bytes::new(), 0),
            _ => self.body(&mut response, kind, key).await?,
        };
        own.stack.done(key);
        let blocked = blocked(status, response.headers(), &body);
        Ok(Answer { head, location: None, blocked, body, wire_bytes })
    }

    /// Sends a request and waits for the head of its answer.
    async fn send(
        &self,
        client: &reqwest::Client,
        request: reqwest::Request,
        port: Option<u16>,
        key: &str,
    ) -> Result<reqwest::Response, NetError> {
        let patience = self.inner().settings.first_byte_timeout;
        match timeout(patience, TARGET.scope(Target { port }, client.execute(request))).await {
            Err(_) => Err(NetError::Timeout { host: key.to_owned(), stage: Stage::FirstByte, after: patience }),
            Ok(Err(e)) => Err(self.explain(e, key)),
            Ok(Ok(response)) => Ok(response),
        }
    }

    /// Reads and decodes a body. Good answers are whole or an error; of others, and of robots.txt, the start is enough.
    async fn body(&self, response: &mut reqwest::Response, kind: Kind, key: &str) -> Result<(Bytes, u64), NetError> {
        let settings = &self.inner().settings;
        let good = response.status().is_success();
        let limit = match (good, kind) {
            (false, _) => ERROR_BODY as u64,
            (true, Kind::Feed) => settings.feed_max_bytes,
            (true, Kind::Page) => settings.page_max_bytes,
            (true, Kind::Robots) => settings.robots_max_bytes,
        };
        let start_is_enough = !good || kind == Kind::Robots;
        let too_large = || NetError::TooLarge { host: key.to_owned(), limit };
        let bad = |detail: String| NetError::BadEncoding { host: key.to_owned(), detail, truncated: false };
        let coding = match Coding::from_headers(response.headers().get_all(header::CONTENT_ENCODING).iter().map(HeaderValue::as_bytes)) {
            Ok(coding) => coding,
            Err(_) if !good => return Ok((Bytes::new(), 0)),
            Err(detail) => return Err(bad(detail)),
        };
        if !start_is_enough && response.content_length().is_some_and(|n| n > limit) {
            return Err(too_large());
        }
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let (wire, whole) = self.read(response, key, limit).await?;
        if !whole && !start_is_enough {
            return Err(too_large());
        }
        let wire_bytes = wire.len() as u64;
        let (body, fault) = match coding {
            Coding::Identity => (wire, None),
            coding => self.decode(coding, wire, limit).await?,
        };
        match fault {
            None => {}
            Some(_) if !good => {}
            Some(DecodeError::TooLarge) if start_is_enough => {}
            Some(DecodeError::Truncated) if start_is_enough && !whole => {}
            Some(DecodeError::TooLarge) => return Err(too_large()),
            Some(DecodeError::Broken(detail)) => return Err(bad(detail)),
            Some(DecodeError::Truncated) => {
                let detail = "the compressed data ends early".into();
                return Err(NetError::BadEncoding { host: key.to_owned(), detail, truncated: true });
            }
        }
        if good && looks_encoded(&body) {
            return Err(bad("what is inside is compressed once more".into()));
        }
        Ok((body, wire_bytes))
    }

    async fn decode(&self, coding: Coding, wire: Bytes, limit: usize) -> Result<(Bytes, Option<DecodeError>), NetError> {
        let big = wire.len() >= BIG_WIRE;
        let work = move || {
            let mut out = Vec::new();
            let fault = coding.decode(&wire, limit, &mut out).err();
            out.truncate(limit);
            (Bytes::from(out), fault)
        };
        if !big {
            return Ok(work());
        }
        // Two at a time: a brotli window alone may take 16 MiB.
        let room = Arc::new(self.inner().decoders.clone().acquire_owned().await.map_err(|_| NetError::Cancelled)?);
        // The work holds it too: who waits for it may be gone before it has ended.
        let theirs = Arc::clone(&room);
        let done = tokio::task::spawn_blocking(move || {
            let _theirs = theirs;
            work()
        });
        let done = done.await.map_err(|_| NetError::Cancelled);
        drop(room);
        done
    }

    /// Reads at most `limit` bytes of a body as sent. False: there was more.
    async fn read(&self, response: &mut reqwest::Response, key: &str, limit: usize) -> Result<(Bytes, bool), NetError> {
        let patience = self.inner().settings.idle_timeout;
        let mut first = Bytes::new();
        let mut all: Vec<u8> = Vec::new();
        let mut bulky = None;
        loop {
            if bulky.is_none() && all.len() > BULKY {
                bulky = Some(self.inner().bulky.acquire().await.map_err(|_| NetError::Cancelled)?);
            }
            let chunk = match timeout(patience, response.chunk()).await {
                Err(_) => return Err(NetError::Timeout { host: key.to_owned(), stage: Stage::Idle, after: patience }),
                Ok(Err(e)) => return Err(self.explain(e, key)),
                Ok(Ok(None)) if all.is_empty() => return Ok((first, true)),
                Ok(Ok(None)) => return Ok((all.into(), true)),
                Ok(Ok(Some(chunk))) => chunk,
            };
            let room = limit.saturating_sub(first.len().max(all.len()));
            let (piece, cut) = if chunk.len() > room { (chunk.slice(..room), true) } else { (chunk, false) };
            if first.is_empty() && all.is_empty() {
                first = piece;
            } else {
                // Most small bodies come in one piece and are never copied.
                if all.is_empty() {
                    let stated = response.content_length().and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
                    all.reserve(stated.min(limit).min(1 << 20).max(first.len() * 4));
                    all.extend_from_slice(&first);
                }
                all.extend_from_slice(&piece);
            }
            if cut {
                return Ok((if all.is_empty() { first } else { all.into() }, false));
            }
        }
    }

    /// With a proxy the connection goes to it, so the name is looked up here and the guard sees where it would lead. A
    /// name that only the proxy can resolve is its operator's to judge, unless it is plainly a local one.
    async fn check_proxied(&self, url: &Url, port: Option<u16>) -> Result<(), NetError> {
        let Some(Host::Domain(name)) = url.host() else { return Ok(()) };
        match self.inner().resolver.addresses(name, port).await {
            Ok(_) => Ok(()),
            Err(e @ NetError::Refused { .. }) => Err(e),
            Err(e) => {
                let bare = name.trim_end_matches('.');
                let local = [".local", ".localhost", ".internal", ".lan", ".home", ".corp", ".intranet", ".arpa"];
                if !bare.contains('.') || local.iter().any(|l| bare.ends_with(l)) { Err(e) } else { Ok(()) }
            }
        }
    }

    /// Tells what an error of reqwest means.
    fn explain(&self, error: reqwest::Error, host: &str) -> NetError {
        let host = host.to_owned();
        let (timed_out, connecting) = (error.is_timeout(), error.is_connect());
        let error = error.without_url();
        let mut cause: &(dyn std::error::Error + 'static) = &error;
        let mut broken = false;
        loop {
            if let Some(own) = cause.downcast_ref::<NetError>() {
                return own.clone();
            }
            if let Some(io) = cause.downcast_ref::<std::io::Error>() {
                use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
                broken |= matches!(io.kind(), ConnectionReset | ConnectionAborted | BrokenPipe | UnexpectedEof);
                // `source` of an I/O error leaves out what it wraps.
                let mut inner = io.get_ref().map(|e| e as &(dyn std::error::Error + 'static));
                while let Some(e) = inner {
                    if let Some(tls) = e.downcast_ref::<rustls::Error>() {
                        return NetError::Tls { host, detail: tls_words(tls) };
                    }
                    inner = e.downcast_ref::<std::io::Error>().and_then(|e| e.get_ref()).map(|e| e as _);
                }
            }
            match cause.source() {
                Some(next) => cause = next,
                None => break,
            }
        }
        let detail: String = cause.to_string().chars().take(200).collect();
        let words = detail.to_ascii_lowercase();
        broken |= ["closed", "eof", "end of file", "reset", "goaway"].iter().any(|w| words.contains(w));
        match (timed_out, connecting, broken) {
            (true, ..) => NetError::Timeout { host, stage: Stage::Connect, after: self.inner().settings.connect_timeout },
            (_, true, _) => NetError::Connect { host, detail },
            (.., true) => NetError::Reset { host, detail },
            _ => NetError::BadResponse { host, detail },
        }
    }
}

fn tls_words(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer) => {
            "its certificate was issued by nobody this machine knows (is ca-certificates installed?)".into()
        }
        other => other.to_string(),
    }
}

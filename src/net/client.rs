//! The one way out.

use super::decode::{Coding, DecodeError, looks_encoded};
use super::error::Stage;
use super::guard::Guard;
use super::host::{Hosts, Signal, host_key};
use super::resolve::{Resolver, TARGET, Target};
use super::response::{Head, blocked, text};
use super::robots_gate::RobotsCache;
use super::stack::Stack;
use super::{Hop, HostState, Kind, Lookup, NetError, Request, Response, Secrets, Settings, SystemLookup};
use crate::clock::Clock;
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};
use url::{Host, Url};

/// Redirects that are followed.
const MAX_HOPS: usize = 5;
/// Longest URL that is asked for, bytes.
const MAX_URL: usize = 8 << 10;
/// What is read of an answer that is neither good nor a redirect: enough to tell a bot check.
const ERROR_BODY: usize = 64 << 10;
/// A redirect's body that is read to the end, so that its connection can be used again.
const SMALL_BODY: u64 = 16 << 10;
/// From this size on, decoding moves off the async threads.
const BIG_WIRE: usize = 256 << 10;

/// Fetches politely and trusts nothing. Cheap to clone; clones share hosts, connections and robots.txt.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

pub(super) struct Inner {
    settings: Arc<Settings>,
    pub(super) clock: Clock,
    guard: Guard,
    resolver: Resolver,
    pub(super) hosts: Hosts,
    pub(super) robots: RobotsCache,
    /// The name that robots.txt is read for.
    pub(super) product: String,
    stack: Stack,
    slots: Semaphore,
    /// Large bodies being decoded.
    decoders: Arc<Semaphore>,
    /// Headers that every request of a kind has.
    base: [HeaderMap; 3],
}

/// What one exchange, without its redirects, gave.
struct Answer {
    head: Head,
    /// Where a redirect leads, as written.
    location: Option<String>,
    blocked: Option<&'static str>,
    body: Bytes,
    wire_bytes: u64,
}

impl Client {
    /// A client with the system's resolver.
    ///
    /// # Errors
    /// Settings that cannot stand in a request: a User-Agent with control characters, a proxy that is none.
    pub fn new(settings: Settings, clock: Clock) -> Result<Self, NetError> {
        let lookup = Arc::new(SystemLookup::new(settings.dns_threads));
        Self::with_lookup(settings, clock, lookup)
    }

    /// A client with another resolver.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with_lookup(settings: Settings, clock: Clock, lookup: Arc<dyn Lookup>) -> Result<Self, NetError> {
        let settings = Arc::new(settings);
        let agent = HeaderValue::from_str(&settings.user_agent_header());
        let agent = agent.map_err(|_| NetError::BadRequest { detail: "the User-Agent cannot stand in a header".into() })?;
        let guard = Guard::new(settings.allow_networks.clone());
        let proxy_name = settings.proxy.as_ref().and_then(Url::host_str).map(Arc::from);
        let resolver = Resolver::new(lookup, guard.clone(), settings.dns_timeout, proxy_name);
        let inner = Inner {
            clock: clock.clone(),
            guard,
            hosts: Hosts::new(settings.clone(), clock),
            robots: RobotsCache::default(),
            product: settings.product_token(),
            stack: Stack::new(settings.clone(), resolver.clone())?,
            slots: Semaphore::new(settings.max_connections.max(1)),
            decoders: Arc::new(Semaphore::new(2)),
            base: [
                base_headers(
                    &agent,
                    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, \
                     application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.8, */*;q=0.1",
                ),
                base_headers(&agent, "text/html, application/xhtml+xml, */*;q=0.1"),
                base_headers(&agent, "text/plain, */*;q=0.1"),
            ],
            resolver,
            settings,
        };
        Ok(Self(Arc::new(inner)))
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.0
    }

    /// Gets what `request` asks for: waits for the host's turn, follows redirects, and reads the body within its limits.
    /// An answer of any status is a response. Dropping the future ends the request.
    ///
    /// # Errors
    /// [`NetError`], which says whether to retry, skip or stop.
    pub async fn get(&self, request: Request) -> Result<Response, NetError> {
        tokio::select! {
            biased;
            () = request.cancel.cancelled() => Err(NetError::Cancelled),
            answer = self.follow(&request) => answer,
        }
    }

    /// How long until a request to the host of `url` could start; zero: at once. For choosing work of other hosts
    /// instead of queueing up behind one.
    pub fn next_free(&self, url: &Url, kind: Kind) -> Duration {
        self.0.hosts.next_free(url, kind)
    }

    /// How all hosts that are known stand, those with trouble first.
    pub fn host_states(&self) -> Vec<HostState> {
        self.0.hosts.states()
    }

    /// The name under which hosts are treated: two URLs with one key share permits, gaps and backoff.
    pub fn host_key(url: &Url) -> String {
        host_key(url)
    }

    pub(super) async fn follow(&self, request: &Request) -> Result<Response, NetError> {
        let (mut url, secrets) = own_parts(request)?;
        let origin = url.origin();
        let mut hops: Vec<Hop> = Vec::new();
        let mut spent = Duration::ZERO;
        loop {
            let own = url.origin() == origin;
            let conditional = match &request.validators_from {
                Some(from) => same_resource(from, &url),
                None => own,
            } && !request.validators.is_empty();
            let headers = self.headers(request, own.then_some(&secrets), conditional)?;
            let answer = self.hop(&url, request.kind, headers, &mut spent).await?;
            let Some(location) = answer.location else {
                let permanent = !hops.is_empty() && hops.iter().all(|h| matches!(h.status, 301 | 308));
                return Ok(Response {
                    status: answer.head.status.as_u16(),
                    permanent_redirect: permanent.then(|| url.clone()),
                    final_url: url,
                    hops,
                    content_type: answer.head.content_type,
                    validators: answer.head.validators,
                    conditional,
                    freshness: answer.head.freshness,
                    retry_after: answer.head.retry_after,
                    blocked: answer.blocked,
                    body: answer.body,
                    wire_bytes: answer.wire_bytes,
                    elapsed: spent,
                });
            };
            let next = next_url(&url, &location, &hops)?;
            hops.push(Hop { url: std::mem::replace(&mut url, next), status: answer.head.status.as_u16() });
        }
    }

    /// One exchange with all its gates.
    async fn hop(&self, url: &Url, kind: Kind, headers: HeaderMap, spent: &mut Duration) -> Result<Answer, NetError> {
        let own = &*self.0;
        own.guard.check_url(url)?;
        if kind == Kind::Page && own.settings.respect_robots {
            self.check_robots(url).await?;
        }
        let host = own.hosts.of(url);
        let turn = own.hosts.turn(&host, kind).await?;
        let slot = own.slots.acquire().await.map_err(|_| NetError::Cancelled)?;
        let began = Instant::now();
        let left = own.settings.total_timeout.saturating_sub(*spent);
        let answer = match timeout(left, self.exchange(url, kind, headers, &host.key)).await {
            Ok(answer) => answer,
            Err(_) => Err(NetError::Timeout { host: host.key.clone(), stage: Stage::Total, after: own.settings.total_timeout }),
        };
        *spent += began.elapsed();
        own.hosts.learn(&host, kind, signal(&answer));
        drop((slot, turn));
        answer
    }

    async fn exchange(&self, url: &Url, kind: Kind, headers: HeaderMap, key: &str) -> Result<Answer, NetError> {
        let own = &*self.0;
        let port = url.port_or_known_default();
        if own.settings.proxy.is_some() {
            self.check_proxied(url, port).await?;
        }
        let client = own.stack.pick(url, key)?;
        let mut request = reqwest::Request::new(Method::GET, url.clone());
        *request.headers_mut() = headers;
        let sent = TARGET.scope(Target { port }, client.execute(request));
        let patience = own.settings.first_byte_timeout;
        let mut response = match timeout(patience, sent).await {
            Err(_) => return Err(NetError::Timeout { host: key.to_owned(), stage: Stage::FirstByte, after: patience }),
            Ok(Err(e)) => return Err(self.explain(e, key)),
            Ok(Ok(response)) => response,
        };
        // The resolver's answers were checked; this catches whatever found another way.
        if let (None, Some(peer)) = (&own.settings.proxy, response.remote_addr()) {
            own.guard.check_address(key, peer.ip(), Some(peer.port()))?;
        }
        let status = response.status();
        let head = Head::read(status, response.headers(), own.clock.now(), own.settings.max_backoff);
        if matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
            let location = text(response.headers(), &header::LOCATION)
                .ok_or_else(|| NetError::BadRedirect { host: key.to_owned(), detail: "it does not say where to".into() })?;
            if response.content_length().is_some_and(|n| n <= SMALL_BODY) {
                let _ = self.read(&mut response, key, SMALL_BODY as usize).await;
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

    /// Reads and decodes a body. Good answers are whole or an error; of others, and of robots.txt, the start is enough.
    async fn body(&self, response: &mut reqwest::Response, kind: Kind, key: &str) -> Result<(Bytes, u64), NetError> {
        let settings = &self.0.settings;
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
        let permit = self.0.decoders.clone().acquire_owned().await.map_err(|_| NetError::Cancelled)?;
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        done.await.map_err(|_| NetError::Cancelled)
    }

    /// Reads at most `limit` bytes of a body as sent. False: there was more.
    async fn read(&self, response: &mut reqwest::Response, key: &str, limit: usize) -> Result<(Bytes, bool), NetError> {
        let patience = self.0.settings.idle_timeout;
        let mut first = Bytes::new();
        let mut all: Vec<u8> = Vec::new();
        loop {
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
        match self.0.resolver.addresses(name, port).await {
            Ok(_) => Ok(()),
            Err(e @ NetError::Refused { .. }) => Err(e),
            Err(e) => {
                let bare = name.trim_end_matches('.');
                let local = [".local", ".localhost", ".internal", ".lan", ".home", ".corp", ".intranet", ".arpa"];
                if !bare.contains('.') || local.iter().any(|l| bare.ends_with(l)) { Err(e) } else { Ok(()) }
            }
        }
    }

    fn headers(&self, request: &Request, secrets: Option<&Secrets>, conditional: bool) -> Result<HeaderMap, NetError> {
        let [feed, page, robots] = &self.0.base;
        let mut headers = match request.kind {
            Kind::Feed => feed.clone(),
            Kind::Page => page.clone(),
            Kind::Robots => robots.clone(),
        };
        if conditional {
            let known = &request.validators;
            for (name, value) in [(header::IF_NONE_MATCH, &known.etag), (header::IF_MODIFIED_SINCE, &known.last_modified)] {
                if let Some(value) = value {
                    let detail = || NetError::BadRequest { detail: format!("the stored {name} cannot stand in a header") };
                    let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| detail())?;
                    headers.insert(name, value);
                }
            }
        }
        if let Some(secrets) = secrets {
            secrets.apply(&mut headers);
        }
        Ok(headers)
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
                if let Some(tls) = io.get_ref().and_then(|e| e.downcast_ref::<rustls::Error>()) {
                    return NetError::Tls { host, detail: tls_words(tls) };
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
            (true, ..) => NetError::Timeout { host, stage: Stage::Connect, after: self.0.settings.connect_timeout },
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

fn base_headers(agent: &HeaderValue, accept: &'static str) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(header::USER_AGENT, agent.clone());
    headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip, br"));
    headers
}

/// The request's URL without fragment, user and password, and its secrets with the latter.
fn own_parts(request: &Request) -> Result<(Url, Secrets), NetError> {
    let bad = |detail: &str| NetError::BadRequest { detail: detail.into() };
    let mut url = request.url.clone();
    let mut secrets = request.secrets.clone();
    // Only feeds are written by the user; what stands in the link of a stranger is not ours to send.
    if request.kind == Kind::Feed && !secrets.has_authorization() && (!url.username().is_empty() || url.password().is_some()) {
        let plain = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
        let (user, password) = (plain(url.username()), plain(url.password().unwrap_or_default()));
        secrets = secrets.basic(&user, &password).map_err(|detail| NetError::BadRequest { detail })?;
    }
    clean(&mut url);
    if url.as_str().len() > MAX_URL {
        return Err(bad("the URL is too long"));
    }
    Ok((url, secrets))
}

fn clean(url: &mut Url) {
    url.set_fragment(None);
    // These fail for URLs without a host only, which the guard refuses.
    let _ = url.set_username("");
    let _ = url.set_password(None);
}

fn same_resource(from: &Url, url: &Url) -> bool {
    let mut from = from.clone();
    clean(&mut from);
    from == *url
}

/// Where a redirect leads. Addresses are left to the guard.
fn next_url(url: &Url, location: &str, hops: &[Hop]) -> Result<Url, NetError> {
    let bad = |detail: String| NetError::BadRedirect { host: host_key(url), detail };
    if hops.len() >= MAX_HOPS {
        return Err(bad(format!("more than {MAX_HOPS} redirects")));
    }
    let mut next = url.join(location.trim()).map_err(|e| bad(format!("its target is no URL: {e}")))?;
    clean(&mut next);
    match (url.scheme(), next.scheme()) {
        ("https", "http") => return Err(bad("from https to plain http".into())),
        (_, "http" | "https") => {}
        (_, other) => return Err(bad(format!("to {}:", other.chars().take(20).collect::<String>()))),
    }
    if next.as_str().len() > MAX_URL {
        return Err(bad("its target is too long".into()));
    }
    if next == *url || hops.iter().any(|h| h.url == next) {
        return Err(bad("in a circle".into()));
    }
    Ok(next)
}

/// What an exchange says about its host.
fn signal(answer: &Result<Answer, NetError>) -> Signal {
    match answer {
        Err(e) if e.blames_host() => Signal::Failed,
        Err(_) => Signal::Nothing,
        Ok(answer) if answer.blocked.is_some() => Signal::Blocked,
        Ok(answer) => match (answer.head.status, answer.head.retry_after) {
            (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE, asked) => Signal::Busy(asked),
            (status, Some(asked)) if status.as_u16() >= 400 => Signal::Busy(Some(asked)),
            (status, None) if status.is_server_error() => Signal::Failed,
            _ => Signal::Fine,
        },
    }
}

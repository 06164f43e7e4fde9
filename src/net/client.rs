//! The one way out.

use super::error::Stage;
use super::exchange::Answer;
use super::guard::Guard;
use super::host::{Host, Hosts, Signal, Turn, host_key};
use super::lanes::Lanes;
use super::resolve::Resolver;
use super::robots_gate::RobotsCache;
use super::stack::Stack;
use super::{HoldRow, Hop, HostState, Kind, Lookup, NetError, Request, Response, Secrets, Settings, SystemLookup};
use crate::clock::Clock;
use percent_encoding::percent_decode_str;
use reqwest::StatusCode;
use reqwest::header::{self, HeaderMap, HeaderValue};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};
use url::Url;

/// Redirects that are followed.
const MAX_HOPS: usize = 5;
/// How long a request may take before it makes room for another.
const MOMENT: Duration = Duration::from_millis(500);
/// Bodies beyond a megabyte being read at one time: a bound on what many hosts together can make us hold.
const MAX_BULKY: usize = 32;
/// Longest URL that is asked for, bytes.
const MAX_URL: usize = 8 << 10;

/// An answer's room among the requests; clones of the answer share it.
pub(super) type HeldRoom = Option<Arc<OwnedSemaphorePermit>>;

/// Fetches politely and trusts nothing. Cheap to clone; clones share hosts, connections and robots.txt.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

pub(super) struct Inner {
    pub(super) settings: Arc<Settings>,
    pub(super) clock: Clock,
    pub(super) guard: Guard,
    pub(super) resolver: Resolver,
    pub(super) hosts: Hosts,
    pub(super) robots: RobotsCache,
    /// The name that robots.txt is read for.
    pub(super) product: String,
    pub(super) stack: Stack,
    lanes: Lanes,
    /// Permits for bodies beyond a megabyte.
    pub(super) bulky: Semaphore,
    /// Large bodies being decoded.
    pub(super) decoders: Arc<Semaphore>,
    /// Headers that every request of a kind has.
    base: [HeaderMap; 3],
}

/// What an exchange may begin with.
struct Admitted {
    host: Arc<Host>,
    turn: Turn,
    room: OwnedSemaphorePermit,
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
            lanes: Lanes::new(settings.max_connections, MOMENT),
            bulky: Semaphore::new(MAX_BULKY),
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

    /// Requests under way that take longer than a moment. They do not count towards `max_connections`.
    pub fn slow(&self) -> usize {
        self.0.lanes.aside()
    }

    /// How all hosts that are known stand, those with trouble first.
    pub fn host_states(&self) -> Vec<HostState> {
        self.0.hosts.states()
    }

    /// The pauses that hosts asked for or brought upon themselves and that have not ended, to be stored.
    pub fn holds(&self) -> Vec<HoldRow> {
        self.0.hosts.rows()
    }

    /// A number that rises when a pause begins or is lifted: what [`Client::holds`] gives is worth storing again.
    pub fn hold_changes(&self) -> u64 {
        self.0.hosts.changes()
    }

    /// Takes up pauses that were stored; those that have ended are passed over.
    pub fn load_holds(&self, rows: impl IntoIterator<Item = HoldRow>) {
        self.0.hosts.load(rows);
    }

    /// The name that robots.txt is read for.
    pub fn product(&self) -> &str {
        &self.0.product
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
            // Who waits here is small, and what the exchange needs is allocated afterwards: of a round of polls many wait and some work.
            let admitted = self.admitted(&url, request.kind).await?;
            let (answer, room) = Box::pin(self.hop(&url, request, headers, &mut spent, admitted)).await?;
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
                    room,
                });
            };
            let next = next_url(&url, &location, &hops)?;
            hops.push(Hop { url: std::mem::replace(&mut url, next), status: answer.head.status.as_u16() });
        }
    }

    /// Waits for what an exchange needs: the site's leave, the host's turn, and room among the requests under way.
    async fn admitted(&self, url: &Url, kind: Kind) -> Result<Admitted, NetError> {
        let own = &*self.0;
        own.guard.check_url(url)?;
        if kind == Kind::Page && own.settings.respect_robots {
            self.check_robots(url).await?;
        }
        let host = own.hosts.of(url);
        let turn = own.hosts.turn(&host, kind).await?;
        Ok(Admitted { host, turn, room: own.lanes.room().await? })
    }

    /// One exchange.
    async fn hop(
        &self,
        url: &Url,
        request: &Request,
        headers: HeaderMap,
        spent: &mut Duration,
        Admitted { host, turn, room }: Admitted,
    ) -> Result<(Answer, HeldRoom), NetError> {
        let (own, kind) = (&*self.0, request.kind);
        let left = own.settings.total_timeout.saturating_sub(*spent);
        let exchange = async {
            let began = Instant::now();
            let answer = timeout(left, self.exchange(url, kind, headers, &host.key)).await;
            (answer, began.elapsed())
        };
        let ((answer, elapsed), room) = own.lanes.carry(room, exchange).await?;
        *spent += elapsed;
        let late = |_| NetError::Timeout { host: host.key.clone(), stage: Stage::Total, after: own.settings.total_timeout };
        let answer = answer.map_err(late).flatten();
        own.hosts.learn(&host, kind, signal(&answer));
        drop(turn);
        let answer = answer?;
        let room = match request.keeps_room && !answer.body.is_empty() {
            true => Some(Arc::new(own.lanes.back(room).await?)),
            false => None,
        };
        Ok((answer, room))
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

//! The validated configuration: what the other rooms see.

use super::problem::Problem;
use crate::model::Id;
use ipnet::IpNet;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// A configuration without a problem in it.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file it starts from; empty when it was built from text alone.
    pub path: PathBuf,
    /// All files read, in the order of reading; the first is `path`.
    pub files: Vec<PathBuf>,
    /// Where the database, its lock and the control socket live. Absolute, unless everything given was relative.
    pub state_dir: PathBuf,
    /// File patterns as written.
    pub include: Vec<String>,
    /// How to fetch.
    pub fetch: Fetch,
    /// How often to poll what states no `every` or `cron`.
    pub schedule: Schedule,
    /// What is compared.
    pub dedup: Dedup,
    /// What is kept.
    pub retention: Retention,
    /// How the database is written.
    pub store: Store,
    /// `[metrics]`.
    pub metrics: Metrics,
    /// Declared publishers, then those that feeds name without a declaration.
    pub publishers: Vec<Publisher>,
    /// Declared feeds in file order, each URL once.
    pub feeds: Vec<Feed>,
    /// Rules for the pages of single sites.
    pub sites: Vec<Site>,
    /// What to tell whom.
    pub alerts: Vec<Alert>,
    /// What is odd but no error: outlines skipped, secrets not at hand, names that nearly match.
    pub warnings: Vec<Problem>,
    pub(super) by_domain: HashMap<String, usize>,
    pub(super) by_name: HashMap<String, usize>,
    pub(super) by_id: HashMap<Id, usize>,
}

impl Config {
    /// The publisher whose domains match `host` (a host name or address literal, without port): the longest declared
    /// domain that is `host` or a suffix of it at a dot.
    pub fn publisher_of(&self, host: &str) -> Option<&Publisher> {
        let mut host = host.trim_end_matches('.').to_ascii_lowercase();
        if let Ok(address) = host.parse::<IpAddr>() {
            host = if address.is_ipv6() { format!("[{host}]") } else { host };
            return self.by_domain.get(&host).and_then(|i| self.publishers.get(*i));
        }
        let mut part = host.as_str();
        loop {
            if let Some(found) = self.by_domain.get(part) {
                return self.publishers.get(*found);
            }
            part = part.split_once('.')?.1;
        }
    }

    /// The declared feed of this id. Ids are hashes of URLs: looked up, not computed anew for every declared feed.
    pub fn feed(&self, id: Id) -> Option<&Feed> {
        self.by_id.get(&id).and_then(|i| self.feeds.get(*i))
    }

    /// The publisher of this name, in any case.
    pub fn publisher(&self, name: &str) -> Option<&Publisher> {
        self.by_name.get(&name.trim().to_lowercase()).and_then(|i| self.publishers.get(*i))
    }

    /// Who answers for `publisher` in the end: its owner, itself where none is declared or the name is unknown.
    /// Independent publishers are counted by this.
    pub fn owner_of<'a>(&'a self, publisher: &'a str) -> &'a str {
        self.publisher(publisher).map_or(publisher, Publisher::owner)
    }

    /// The rules for the pages of `host`: those of the longest matching domain.
    pub fn site_of(&self, host: &str) -> Option<&Site> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let fits = |domain: &str| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        self.sites.iter().filter(|site| fits(&site.domain)).max_by_key(|site| site.domain.len())
    }
}

/// `[fetch]`: how to fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// Addresses that are not public and may be fetched nevertheless.
    pub allow_networks: Vec<AllowNet>,
    /// Between two requests to one host.
    pub min_gap: Duration,
    /// Requests under way to one host at a time.
    pub per_host: u32,
    /// Requests under way in all.
    pub concurrency: u32,
    /// Replaces the User-Agent header whole.
    pub user_agent: Option<String>,
    /// A mail or web address that site owners can turn to; part of the User-Agent.
    pub contact: Option<String>,
    /// HTTP proxy for all requests.
    pub proxy: Option<Url>,
    /// Whether robots.txt is obeyed for article pages.
    pub respect_robots: bool,
    /// How long after its first fetch a page is asked for again; rising, each once. Empty: never.
    pub recheck: Vec<Duration>,
    /// Until a connection stands.
    pub connect_timeout: Duration,
    /// From the request until the answer's headers are there.
    pub first_byte_timeout: Duration,
    /// Between two pieces of a body.
    pub idle_timeout: Duration,
    /// For a request as a whole, redirects included.
    pub total_timeout: Duration,
    /// Most bytes of a feed, decompressed.
    pub feed_max_bytes: u64,
    /// Most bytes of a page, decompressed.
    pub page_max_bytes: u64,
}

impl Default for Fetch {
    fn default() -> Self {
        Self {
            allow_networks: Vec::new(),
            min_gap: Duration::from_secs(1),
            per_host: 1,
            concurrency: 64,
            user_agent: None,
            contact: None,
            proxy: None,
            respect_robots: true,
            recheck: [1, 6, 24, 7 * 24].map(|hours| Duration::from_secs(hours * 3600)).to_vec(),
            connect_timeout: Duration::from_secs(10),
            first_byte_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(20),
            total_timeout: Duration::from_secs(60),
            feed_max_bytes: 8 << 20,
            page_max_bytes: 4 << 20,
        }
    }
}

/// One entry of `allow_networks`: a network or address, with a port or for all ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AllowNet {
    /// The addresses.
    pub net: IpNet,
    /// The only port, if not all.
    pub port: Option<u16>,
}

impl AllowNet {
    /// Whether this entry allows `address` at `port`.
    pub fn allows(&self, address: IpAddr, port: u16) -> bool {
        self.net.contains(&address) && self.port.is_none_or(|only| only == port)
    }
}

impl std::str::FromStr for AllowNet {
    type Err = ();

    /// Reads "127.0.0.0/8", "10.0.0.7", "10.0.0.7:8080", "::1", "[::1]", "[::1]:8080", "[fd00::/8]:443".
    fn from_str(text: &str) -> Result<Self, ()> {
        let text = text.trim();
        let net = |t: &str| {
            let bare = t.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(t);
            bare.parse::<IpNet>().ok().or_else(|| bare.parse::<IpAddr>().ok().map(IpNet::from))
        };
        if let Some(whole) = net(text) {
            return Ok(Self { net: whole.trunc(), port: None });
        }
        let (address, port) = text.rsplit_once(':').ok_or(())?;
        let port = port.parse::<u16>().ok().filter(|p| *p > 0).ok_or(())?;
        Ok(Self { net: net(address).ok_or(())?.trunc(), port: Some(port) })
    }
}

impl fmt::Display for AllowNet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.net, self.port) {
            (net, None) => write!(f, "{net}"),
            (IpNet::V4(net), Some(port)) => write!(f, "{net}:{port}"),
            (IpNet::V6(net), Some(port)) => write!(f, "[{net}]:{port}"),
        }
    }
}

/// `[schedule]`: bounds of the adaptive interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Never more often than this.
    pub min: Duration,
    /// At least about this often: up to a twelfth later.
    pub max: Duration,
}

impl Default for Schedule {
    fn default() -> Self {
        Self { min: Duration::from_secs(5 * 60), max: Duration::from_secs(24 * 3600) }
    }
}

/// `[dedup]`: what is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dedup {
    /// How far back articles are still candidates, counted from first seen.
    pub window: Duration,
}

impl Default for Dedup {
    fn default() -> Self {
        Self { window: Duration::from_secs(14 * 86_400) }
    }
}

/// `[retention]`: what is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Age, counted from first seen, at which articles go.
    pub articles: Duration,
    /// Age at which the record of polls and events goes.
    pub events: Duration,
    /// Most articles kept.
    pub max_articles: Option<u64>,
    /// Most bytes of the database.
    pub max_size: Option<u64>,
    /// Other ages for articles reached through feeds with these tags; the longest counts.
    pub tags: BTreeMap<String, Duration>,
}

impl Default for Retention {
    fn default() -> Self {
        let days = |n: u64| Duration::from_secs(n * 86_400);
        Self { articles: days(180), events: days(90), max_articles: None, max_size: None, tags: BTreeMap::new() }
    }
}

/// `[store]`: how the database is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Store {
    /// Whether every commit waits for the disk.
    pub synchronous: Synchronous,
}

/// `[metrics]`: where they go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metrics {
    /// The file that is written every minute, for node_exporter.
    pub textfile: Option<PathBuf>,
}

/// SQLite's `synchronous`, as far as it makes sense here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Synchronous {
    /// A power cut may take the last moments, never more and never the file.
    #[default]
    Normal,
    /// Nothing acknowledged is lost in a power cut; slower.
    Full,
}

/// `[[publisher]]`: the organisation answerable for a site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Publisher {
    /// Its name as people know it.
    pub name: String,
    /// Whose it is, where it is not its own.
    pub owner: Option<String>,
    /// Domains of its sites, lower case, ASCII; subdomains belong to them.
    pub domains: Vec<String>,
    /// Whether its articles are asked for again; `None`: those whose text others carry too.
    pub recheck: Option<bool>,
    /// True where a `[[publisher]]` declares it; false where only a feed names it.
    pub declared: bool,
}

impl Publisher {
    /// The owner, itself where none is declared.
    pub fn owner(&self) -> &str {
        self.owner.as_deref().unwrap_or(&self.name)
    }
}

/// `[[feed]]`: one declared URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Its address, normalised; http or https, without user and password.
    pub url: Url,
    /// A name for people, where the feed's own title will not do.
    pub title: Option<String>,
    /// Publisher's name; always in `Config::publishers`.
    pub publisher: Option<String>,
    /// What it serves.
    pub kind: FeedKind,
    /// Fixed interval.
    pub every: Option<Duration>,
    /// Cron expression with seconds, UTC; excludes `every`.
    pub cron: Option<String>,
    /// Whether article pages are fetched; else what the feed carries is used.
    pub full_text: bool,
    /// Tags, each once, in the order given.
    pub tags: Vec<String>,
    /// False: kept, but not polled.
    pub enabled: bool,
    /// True: polled and clustered, but never makes a story appear by itself.
    pub mute: bool,
    /// Headers to send to this feed's host only; names lower case.
    pub headers: Vec<(String, Secret)>,
    /// User name for basic authentication at this feed's host.
    pub username: Option<String>,
    /// Its password.
    pub password: Option<Secret>,
    /// File and line of the declaration, for messages.
    pub declared_at: (PathBuf, usize),
}

impl Feed {
    /// A feed of this address with every other key at its default.
    pub fn new(url: Url) -> Self {
        Self {
            url,
            title: None,
            publisher: None,
            kind: FeedKind::Feed,
            every: None,
            cron: None,
            full_text: true,
            tags: Vec::new(),
            enabled: true,
            mute: false,
            headers: Vec::new(),
            username: None,
            password: None,
            declared_at: (PathBuf::new(), 0),
        }
    }

    /// Its identity everywhere else.
    pub fn id(&self) -> Id {
        Id::feed(self.url.as_str())
    }
}

/// What a declared URL serves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FeedKind {
    /// RSS, Atom, JSON Feed or a news sitemap.
    #[default]
    Feed,
    /// A listing page of a site without a feed, read by CSS selectors.
    Page(PageSelectors),
}

/// Where the items of a listing page stand; CSS selectors as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageSelectors {
    /// One match an item.
    pub item: String,
    /// The link, within the item; the first link by default.
    pub link: Option<String>,
    /// The headline, within the item; the link's text by default.
    pub headline: Option<String>,
    /// The date, within the item.
    pub date: Option<String>,
}

/// `[[site]]`: selectors for a domain's pages, as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// The domain; subdomains belong to it.
    pub domain: String,
    /// Where the body stands.
    pub body: Vec<String>,
    /// What to drop from it.
    pub remove: Vec<String>,
    /// Where the headline stands.
    pub title: Vec<String>,
    /// Where the publication time stands.
    pub published: Vec<String>,
}

/// `[[alert]]`: what to tell whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Its name, once in the configuration.
    pub name: String,
    /// What it waits for.
    pub on: AlertOn,
    /// Only stories reached through feeds with one of these tags.
    pub tags: Vec<String>,
    /// Program and arguments, run without a shell; gets JSON on standard input.
    pub command: Vec<String>,
    /// File to append a line of JSON to.
    pub file: Option<PathBuf>,
}

/// What an alert waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlertOn {
    /// A story passes this many independent publishers.
    Story {
        /// How many.
        min_publishers: u32,
    },
    /// One of these terms appears in a headline or text.
    Term {
        /// The terms, any case.
        terms: Vec<String>,
    },
    /// Somebody copies this publisher.
    Copied {
        /// Who is copied.
        publisher: String,
    },
    /// A feed is silent beyond its rhythm.
    Silent,
    /// A feed's host blocks us.
    Blocked,
    /// A feed moved.
    Moved,
}

/// A value that is never shown: not by Debug, not by Display, not by `config show`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// Where it is from.
    pub from: SecretFrom,
    pub(super) value: Option<String>,
}

/// Where a secret is from; this is no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretFrom {
    /// It stands in the configuration itself.
    Literal,
    /// An environment variable.
    Env(String),
    /// A file of systemd's `$CREDENTIALS_DIRECTORY`.
    Credential(String),
    /// A file; its first line.
    File(PathBuf),
}

impl Secret {
    /// One that is written out in the configuration.
    pub fn literal(value: impl Into<String>) -> Self {
        Self { from: SecretFrom::Literal, value: Some(value.into()) }
    }

    /// One that is elsewhere, not looked up yet.
    pub fn elsewhere(from: SecretFrom) -> Self {
        Self { from, value: None }
    }

    /// The value itself, for the request alone; `None` where it is not at hand (a warning has said so).
    pub fn expose(&self) -> Option<&str> {
        self.value.as_deref()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({:?})", self.from)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

//! Checked values -> [`Config`]: what the keys mean together.

use super::opml::Opml;
use super::problem::{ConfigErrors, Problem, nearest};
use super::read::{Block, File, Read};
use super::types::*;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::{Host, Url};

/// The shortest interval that may be asked of a stranger's server.
const SHORTEST: Duration = Duration::from_secs(60);

/// A configuration from one text, without its includes. `path` is for messages.
///
/// # Errors
/// Everything that is wrong with it.
pub fn from_text(text: &str, path: impl AsRef<Path>) -> Result<Config, ConfigErrors> {
    let mut builder = Builder::default();
    builder.toml(text, path.as_ref(), true);
    builder.finish()
}

/// Takes files one by one, the main one first, and collects what is wrong.
#[derive(Default)]
pub(super) struct Builder {
    pub config: Config,
    pub problems: Vec<Problem>,
    feeds_at: HashMap<Url, usize>,
    /// Publishers' names that feeds give, with the place of the first.
    named: Vec<(String, Problem)>,
    /// Feeds that OPML named, to let a `[[feed]]` win over them.
    from_opml: Vec<(Feed, String)>,
}

impl Builder {
    /// Takes a TOML file; returns the include patterns of the main one with their places.
    pub(super) fn toml(&mut self, text: &str, path: &Path, main: bool) -> Vec<(String, Problem)> {
        let mut file = File::new(path, text);
        let Read { mut top, mut single, mut many } = file.read(text, main);
        let mut patterns = Vec::new();
        if main {
            if let Some(dir) = top.text("state_dir") {
                self.config.state_dir = dir.into();
            }
            let include = top.placed_texts("include").unwrap_or_default();
            self.config.include = include.iter().map(|(_, p)| p.clone()).collect();
            patterns = include.into_iter().map(|(at, pattern)| (pattern, file.at(at, ""))).collect();
            let mut block = |name: &str| single.remove(name).unwrap_or_default();
            self.fetch(block("fetch"));
            self.schedule(block("schedule"), &mut file);
            let dedup = block("dedup");
            self.retention(block("retention"), dedup, &mut file);
            self.config.metrics.textfile = block("metrics").text("textfile").map(PathBuf::from);
            if block("store").text("synchronous").as_deref() == Some("full") {
                self.config.store.synchronous = Synchronous::Full;
            }
        }
        let mut blocks = |name: &str| many.remove(name).unwrap_or_default();
        for block in blocks("publisher") {
            self.publisher(block, &mut file);
        }
        for block in blocks("feed") {
            self.feed(block, &mut file);
        }
        for block in blocks("site") {
            self.site(block, &mut file);
        }
        for block in blocks("alert") {
            self.alert(block, &mut file);
        }
        self.problems.append(&mut file.problems);
        patterns
    }

    fn fetch(&mut self, mut b: Block) {
        let to = &mut self.config.fetch;
        to.allow_networks = b.networks("allow_networks").unwrap_or_default();
        to.user_agent = b.text("user_agent");
        to.contact = b.text("contact");
        to.proxy = b.url("proxy");
        set(&mut to.respect_robots, b.bool("respect_robots"));
        if let Some(mut times) = b.times("recheck") {
            times.sort_unstable();
            times.dedup();
            to.recheck = times;
        }
        set(&mut to.per_host, b.count("per_host").and_then(|n| n.try_into().ok()));
        set(&mut to.concurrency, b.count("concurrency").and_then(|n| n.try_into().ok()));
        set(&mut to.min_gap, b.duration("min_gap"));
        set(&mut to.connect_timeout, b.duration("connect_timeout"));
        set(&mut to.first_byte_timeout, b.duration("first_byte_timeout"));
        set(&mut to.idle_timeout, b.duration("idle_timeout"));
        set(&mut to.total_timeout, b.duration("total_timeout"));
        set(&mut to.feed_max_bytes, b.size("feed_max_bytes"));
        set(&mut to.page_max_bytes, b.size("page_max_bytes"));
    }

    fn schedule(&mut self, mut b: Block, file: &mut File<'_>) {
        let at = b.at("min");
        let to = &mut self.config.schedule;
        set(&mut to.min, b.duration("min"));
        set(&mut to.max, b.duration("max"));
        if to.min > to.max {
            file.wrong(at, "`schedule.min` is longer than `schedule.max`", "");
        }
    }

    fn retention(&mut self, mut b: Block, mut dedup: Block, file: &mut File<'_>) {
        let at = if b.has("articles") { b.at("articles") } else { dedup.at("window") };
        set(&mut self.config.dedup.window, dedup.duration("window"));
        let to = &mut self.config.retention;
        set(&mut to.articles, b.duration("articles"));
        set(&mut to.events, b.duration("events"));
        to.max_articles = b.count("max_articles");
        to.max_size = b.size("max_size");
        to.tags = b.durations("tags").unwrap_or_default();
        if to.articles < self.config.dedup.window {
            file.wrong(at, "`retention.articles` is shorter than `dedup.window`", "articles must be kept as long as they are compared");
        }
    }

    fn publisher(&mut self, mut b: Block, file: &mut File<'_>) {
        let (name_at, complete) = (b.at("name"), b.has("name"));
        let (owner, recheck) = (b.text("owner"), b.bool("recheck"));
        let domains = b.placed_texts("domains").unwrap_or_default();
        let Some(name) = b.text("name") else {
            if !complete {
                file.wrong(b.at, "a [[publisher]] without `name`", "name = \"Al Jazeera\"");
            }
            return;
        };
        let index = self.config.publishers.len();
        if let Some(first) = self.config.by_name.get(&name.to_lowercase()) {
            let first = self.config.publishers.get(*first).map_or("", |p| &p.name);
            file.wrong(
                name_at,
                format!("the publisher \"{name}\" is declared twice (\"{first}\")"),
                "one [[publisher]] with all its domains",
            );
            return;
        }
        for (at, domain) in &domains {
            if let Some(other) = self.config.by_domain.insert(domain.clone(), index) {
                let other = self.config.publishers.get(other).map_or(name.as_str(), |p| &p.name);
                file.wrong(
                    *at,
                    format!("the domain \"{domain}\" is \"{other}\"'s already"),
                    "a domain belongs to one publisher; name a longer one (\"sport.example.org\") to divide it",
                );
            }
        }
        self.config.by_name.insert(name.to_lowercase(), index);
        self.config.publishers.push(Publisher {
            name,
            owner,
            domains: domains.into_iter().map(|(_, d)| d).collect(),
            recheck,
            declared: true,
        });
    }

    fn feed(&mut self, mut b: Block, file: &mut File<'_>) {
        let (at, url_at, publisher_at, complete) = (b.at, b.at("url"), b.at("publisher"), b.has("url"));
        let (every_at, cron_at) = (b.at("every"), b.at("cron"));
        let kind = self.kind(&mut b, file);
        let Some(url) = b.url("url") else {
            if !complete {
                file.wrong(at, "a [[feed]] without `url`", "url = \"https://example.org/feed.xml\"");
            }
            return;
        };
        let mut feed = Feed::new(url);
        feed.kind = kind;
        feed.declared_at = (file.path.to_path_buf(), file.line(url_at));
        feed.title = b.text("title");
        feed.publisher = b.text("publisher");
        feed.every = b.duration("every");
        feed.cron = b.text("cron");
        set(&mut feed.full_text, b.bool("full_text"));
        set(&mut feed.enabled, b.bool("enabled"));
        set(&mut feed.mute, b.bool("mute"));
        feed.tags = tags(&mut b);
        feed.headers = b.headers("headers").unwrap_or_default();
        feed.username = b.text("username");
        feed.password = b.secret("password");
        if feed.every.is_some() && feed.cron.is_some() {
            file.wrong(cron_at, "`every` and `cron` exclude each other", "keep one of them");
        }
        if feed.password.is_some() && feed.username.is_none() {
            file.wrong(at, "a `password` without `username`", "");
        }
        let cron_gap = feed.cron.as_deref().and_then(|c| super::cron::check(c).ok());
        for (gap, at) in [(feed.every, every_at), (cron_gap, cron_at)] {
            if gap.is_some_and(|gap| gap < SHORTEST) && !self.is_own(&feed.url) {
                file.wrong(at, "more often than once a minute", "only addresses that fetch.allow_networks names may be polled so often");
            }
        }
        if let Some(name) = &feed.publisher {
            self.named.push((name.clone(), file.at(publisher_at, "")));
        }
        match self.feeds_at.get(&feed.url) {
            Some(first) => {
                let first = self.config.feeds.get(*first).map(|f| format!("{}:{}", f.declared_at.0.display(), f.declared_at.1));
                file.wrong(
                    url_at,
                    format!("this feed is declared twice: {}", feed.url),
                    format!("the first is at {}", first.unwrap_or_default()),
                );
            }
            None => {
                self.feeds_at.insert(feed.url.clone(), self.config.feeds.len());
                self.config.feeds.push(feed);
            }
        }
    }

    fn kind(&self, b: &mut Block, file: &mut File<'_>) -> FeedKind {
        let at = b.at("kind");
        let page = b.text("kind").as_deref() == Some("page");
        let stray = ["item", "link", "headline", "date"].into_iter().find(|k| b.has(k)).map(|k| (k, b.at(k)));
        let has_item = b.has("item");
        let selectors = PageSelectors {
            item: b.text("item").unwrap_or_default(),
            link: b.text("link"),
            headline: b.text("headline"),
            date: b.text("date"),
        };
        if page && !has_item {
            file.wrong(at, "`kind = \"page\"` needs `item`", "a CSS selector with one match an item: item = \"article\"");
        }
        match stray {
            Some((key, at)) if !page => file.wrong(at, format!("`{key}` is for listing pages"), "add kind = \"page\", or drop it"),
            _ => {}
        }
        if page { FeedKind::Page(selectors) } else { FeedKind::Feed }
    }

    /// Whether the host is one's own: local, or an address named in `allow_networks`.
    fn is_own(&self, url: &Url) -> bool {
        let port = url.port_or_known_default().unwrap_or(0);
        let allowed = |ip| self.config.fetch.allow_networks.iter().any(|net| net.allows(ip, port));
        match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(ip)) => allowed(ip.into()),
            Some(Host::Ipv6(ip)) => allowed(ip.into()),
            None => false,
        }
    }

    fn site(&mut self, mut b: Block, file: &mut File<'_>) {
        let (at, complete) = (b.at("domain"), b.has("domain") || b.has("domains"));
        let mut domains = b.placed_texts("domains").unwrap_or_default();
        domains.extend(b.text("domain").map(|domain| (at, domain)));
        let mut list = |key| b.texts(key).unwrap_or_default();
        let site =
            Site { domain: String::new(), body: list("body"), remove: list("remove"), title: list("title"), published: list("published") };
        if !complete {
            file.wrong(b.at, "a [[site]] without `domain`", "domain = \"example.org\"");
        }
        for (at, domain) in domains {
            if self.config.sites.iter().any(|s| s.domain == domain) {
                file.wrong(at, format!("\"{domain}\" has a [[site]] already"), "");
            } else {
                self.config.sites.push(Site { domain, ..site.clone() });
            }
        }
    }

    fn alert(&mut self, mut b: Block, file: &mut File<'_>) {
        let at = b.at;
        for key in ["name", "on"] {
            if !b.has(key) {
                file.wrong(at, format!("an [[alert]] without `{key}`"), "");
            }
        }
        if !b.has("command") && !b.has("file") {
            file.wrong(at, "an [[alert]] without `command` or `file`", "command = [\"/usr/local/bin/tell-me\"]");
        }
        let name_at = b.at("name");
        let (name, on) = (b.text("name"), b.text("on"));
        let needs = [("story", "min_publishers"), ("term", "terms"), ("copied", "publisher")];
        for (kind, key) in needs {
            if on.as_deref() == Some(kind) && !b.has(key) {
                file.wrong(at, format!("`on = \"{kind}\"` needs `{key}`"), "");
            } else if on.as_deref().is_some_and(|on| on != kind) && b.has(key) {
                file.wrong(b.at(key), format!("`{key}` goes with `on = \"{kind}\"`"), "");
            }
        }
        let publisher_at = b.at("publisher");
        let on = match on.as_deref() {
            Some("story") => {
                b.count("min_publishers").and_then(|n| n.try_into().ok()).map(|min_publishers| AlertOn::Story { min_publishers })
            }
            Some("term") => b.texts("terms").filter(|t| !t.is_empty()).map(|terms| AlertOn::Term { terms }),
            Some("copied") => b.text("publisher").map(|publisher| {
                self.named.push((publisher.clone(), file.at(publisher_at, "")));
                AlertOn::Copied { publisher }
            }),
            Some("silent") => Some(AlertOn::Silent),
            Some("blocked") => Some(AlertOn::Blocked),
            Some("moved") => Some(AlertOn::Moved),
            _ => None,
        };
        if let Some(name) = name.as_ref().filter(|n| self.config.alerts.iter().any(|a| a.name == **n)) {
            file.wrong(name_at, format!("two alerts are called \"{name}\""), "");
        }
        let tags = tags(&mut b);
        let (command, to_file) = (b.texts("command").unwrap_or_default(), b.text("file").map(PathBuf::from));
        if let (Some(name), Some(on)) = (name, on) {
            self.config.alerts.push(Alert { name, on, tags, command, file: to_file });
        }
    }

    /// Takes a subscription list that was included. What it skipped is a warning: the list is another program's.
    pub(super) fn opml(&mut self, opml: Opml, path: &Path) {
        for skipped in opml.skipped {
            self.config.warnings.push(Problem {
                file: path.to_path_buf(),
                line: skipped.line,
                column: 1,
                message: skipped.message,
                hint: None,
            });
        }
        for subscription in opml.subscriptions {
            let title = subscription.title.clone().unwrap_or_default();
            let mut feed = subscription.into_feed();
            feed.declared_at.0 = path.to_path_buf();
            self.from_opml.push((feed, title));
        }
    }

    /// The configuration, or everything that is wrong.
    pub(super) fn finish(mut self) -> Result<Config, ConfigErrors> {
        for (feed, _) in std::mem::take(&mut self.from_opml) {
            match self.feeds_at.get(&feed.url).copied() {
                // Readers list a feed once in each of its folders: one feed with all those tags.
                Some(first) => {
                    if let Some(known) = self.config.feeds.get_mut(first).filter(|k| k.declared_at.0 == feed.declared_at.0) {
                        known.tags = distinct(known.tags.iter().cloned().chain(feed.tags).collect());
                    }
                }
                None => {
                    self.feeds_at.insert(feed.url.clone(), self.config.feeds.len());
                    self.config.feeds.push(feed);
                }
            }
        }
        self.name_publishers();
        self.config.by_id = self.config.feeds.iter().map(Feed::id).zip(0..).collect();
        in_order(&mut self.problems, &self.config.files);
        in_order(&mut self.config.warnings, &self.config.files);
        if self.problems.is_empty() { Ok(self.config) } else { Err(ConfigErrors(self.problems)) }
    }

    /// Makes publishers of the names that only feeds give, in the declared spelling where only the case differs.
    fn name_publishers(&mut self) {
        let declared: Vec<String> = self.config.publishers.iter().map(|p| p.name.clone()).collect();
        for (name, mut place) in std::mem::take(&mut self.named) {
            if self.config.by_name.contains_key(&name.to_lowercase()) {
                continue;
            }
            // A short name one letter off is as likely another publisher ("BBC", "CBC").
            if name.chars().count() > 5
                && let Some(near) =
                    nearest(&name, declared.iter().map(String::as_str)).filter(|n| strsim::damerau_levenshtein(n, &name) <= 2)
            {
                place.message = format!("no [[publisher]] is called \"{name}\"");
                place.hint = Some(format!("did you mean \"{near}\"? Else declare it, and this goes away"));
                self.config.warnings.push(place);
            }
            self.config.by_name.insert(name.to_lowercase(), self.config.publishers.len());
            self.config.publishers.push(Publisher { name, ..Publisher::default() });
        }
        let Config { feeds, publishers, by_name, alerts, .. } = &mut self.config;
        let spelt = |name: &str| by_name.get(&name.to_lowercase()).and_then(|i| publishers.get(*i)).map(|p| p.name.clone());
        for feed in feeds {
            feed.publisher = feed.publisher.as_deref().and_then(spelt);
        }
        for alert in alerts {
            if let AlertOn::Copied { publisher } = &mut alert.on {
                *publisher = spelt(publisher).unwrap_or_default();
            }
        }
    }
}

/// Sorts problems as a reader meets them: by file in the order of reading, then by place.
pub(super) fn in_order(problems: &mut [Problem], files: &[PathBuf]) {
    let order: HashMap<&Path, usize> = files.iter().map(PathBuf::as_path).zip(0..).collect();
    problems.sort_by_key(|p| (order.get(p.file.as_path()).copied().unwrap_or(usize::MAX), p.line, p.column));
}

fn set<T>(to: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *to = given;
    }
}

/// The tags of a table, white space within them made single, each once.
fn tags(b: &mut Block) -> Vec<String> {
    let single = |tag: String| tag.split_whitespace().collect::<Vec<_>>().join(" ");
    distinct(b.texts("tags").unwrap_or_default().into_iter().map(single).collect())
}

/// Each text once, in the order of first appearance.
pub(super) fn distinct(texts: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(texts.len());
    for text in texts {
        if !out.contains(&text) {
            out.push(text);
        }
    }
    out
}

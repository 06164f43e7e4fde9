//! Every key there is: its kind, its default and what it does. Checking, messages and the reference page all read this table.

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// `true` or `false`.
    Bool,
    /// A whole number within bounds.
    Count(u64, u64),
    /// "30m", within bounds given in seconds.
    Duration(u64, u64),
    /// A list of such, each within the bounds.
    Times(u64, u64),
    /// "8 MiB", within bounds given in bytes.
    Size(u64, u64),
    /// Text that is not empty.
    Text,
    /// A list of such texts, or one.
    Texts,
    /// An address, http or https.
    Url,
    /// Networks or addresses, with a port or without.
    Networks,
    /// A cron expression of six fields.
    Cron,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A domain name.
    Domain,
    /// A list of them, or one.
    Domains,
    /// A text or a reference to one kept elsewhere.
    Secret,
    /// A table of header names and such texts.
    Headers,
    /// A table of tags and durations.
    Durations,
}

impl Kind {
    /// In words, for messages and the reference.
    pub(super) fn words(self) -> String {
        use super::units::{show_duration, show_size};
        let time = |s| show_duration(std::time::Duration::from_secs(s));
        match self {
            Self::Bool => "true or false".into(),
            Self::Count(min, max) => format!("whole number, {min} to {max}"),
            Self::Duration(min, max) => format!("duration such as \"30m\", {} to {}", time(min), time(max)),
            Self::Times(min, max) => format!("list of durations, each {} to {}", time(min), time(max)),
            Self::Size(min, max) => format!("size such as \"8 MiB\", {} to {}", show_size(min), show_size(max)),
            Self::Text => "text".into(),
            Self::Texts => "list of texts".into(),
            Self::Url => "http or https address".into(),
            Self::Networks => "list of networks such as \"127.0.0.0/8\", \"10.0.0.7:8080\"".into(),
            Self::Cron => "cron expression: second minute hour day month weekday, UTC".into(),
            Self::OneOf(words) => words.iter().map(|w| format!("\"{w}\"")).collect::<Vec<_>>().join(" or "),
            Self::Domain => "domain such as \"example.org\"".into(),
            Self::Domains => "list of domains such as \"example.org\"".into(),
            Self::Secret => "text, or { env = \"NAME\" }, { credential = \"NAME\" }, { file = \"PATH\" }".into(),
            Self::Headers => "table of headers; values as for a password".into(),
            Self::Durations => "table of tags and durations".into(),
        }
    }
}

/// One key.
pub(super) struct Key {
    pub name: &'static str,
    pub kind: Kind,
    /// As TOML; empty where there is none.
    pub default: &'static str,
    pub doc: &'static str,
}

const fn key(name: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> Key {
    Key { name, kind, default, doc }
}

/// One table of the file.
pub(super) struct Section {
    /// Empty for the top of the file.
    pub name: &'static str,
    /// `[[name]]`, any number of times, also in included files.
    pub many: bool,
    pub doc: &'static str,
    pub keys: &'static [Key],
}

use Kind::*;
const DAY: u64 = 86_400;
const YEAR: u64 = 366 * DAY;

pub(super) const TOP: Section = Section {
    name: "",
    many: false,
    doc: "These stand above the first table.",
    keys: &[
        key(
            "state_dir",
            Text,
            "",
            "Folder of the database, its lock and the control socket. `~/` and paths relative to this file are understood. Without it: `$STATE_DIRECTORY`; `/var/lib/newsfold` for root and for a configuration in `/etc/newsfold`; else `$XDG_STATE_HOME/newsfold`, which is `~/.local/state/newsfold` by default. `--state-dir` wins over all.",
        ),
        key(
            "include",
            Texts,
            "[]",
            "More files, as patterns relative to this one: `*.toml` with `[[publisher]]`, `[[feed]]`, `[[site]]` and `[[alert]]` tables, and `*.opml` subscription lists, whose folders become tags.",
        ),
    ],
};

pub(super) const SECTIONS: &[Section] = &[
    Section {
        name: "fetch",
        many: false,
        doc: "How pages and feeds are fetched.",
        keys: &[
            key(
                "allow_networks",
                Networks,
                "[]",
                "Private, loopback and otherwise special addresses are refused unless named here. With a port, only that port is allowed.",
            ),
            key(
                "min_gap",
                Duration(0, 3600),
                "\"1s\"",
                "Pause between two requests to one host. `\"0s\"` is for loopback and your own servers.",
            ),
            key("per_host", Count(1, 16), "1", "Requests under way to one host at a time."),
            key(
                "concurrency",
                Count(1, 1024),
                "64",
                "Requests under way in all. Those that take longer than a second are not counted, up to four for each that is.",
            ),
            key("user_agent", Text, "", "Replaces the whole User-Agent header. Better leave it, and set `contact`."),
            key("contact", Text, "", "Mail or web address for site owners who have something to say; sent within the User-Agent."),
            key("proxy", Url, "", "HTTP proxy for every request. The environment's proxy variables are not used."),
            key("respect_robots", Bool, "true", "Obey robots.txt for article pages. Feeds are made for machines and exempt."),
            key(
                "recheck",
                Times(600, 30 * DAY),
                "[\"1h\", \"6h\", \"1d\", \"7d\"]",
                "How long after its first fetch an article's page is asked for again, so that corrections and silent edits become revisions. Only pages that several articles share a text with, or whose publisher says `recheck = true`, and only conditionally: a page without ETag and Last-Modified is not asked for again. `[]` switches this off.",
            ),
            key("connect_timeout", Duration(1, 300), "\"10s\"", "Until a connection stands."),
            key("first_byte_timeout", Duration(1, 600), "\"30s\"", "From the request until its answer begins."),
            key("idle_timeout", Duration(1, 600), "\"20s\"", "Between two pieces of an answer."),
            key("total_timeout", Duration(1, 3600), "\"1m\"", "For one request as a whole, redirects included."),
            key("feed_max_bytes", Size(1 << 10, 256 << 20), "\"8 MiB\"", "Most bytes of a feed, decompressed."),
            key("page_max_bytes", Size(1 << 10, 64 << 20), "\"4 MiB\"", "Most bytes of a page, decompressed."),
        ],
    },
    Section {
        name: "schedule",
        many: false,
        doc: "Bounds for feeds that state neither `every` nor `cron`: they are polled by their own rhythm.",
        keys: &[
            key("min", Duration(60, 7 * DAY), "\"5m\"", "Never more often than this."),
            key("max", Duration(60, 30 * DAY), "\"1d\"", "At least about this often (up to a twelfth later), as long as the feed works."),
        ],
    },
    Section {
        name: "dedup",
        many: false,
        doc: "What is compared.",
        keys: &[key(
            "window",
            Duration(3600, 10 * YEAR),
            "\"14d\"",
            "How far back articles are still candidates, counted from first seen.",
        )],
    },
    Section {
        name: "retention",
        many: false,
        doc: "What is kept. Articles that a person marked with `keep` stay.",
        keys: &[
            key(
                "articles",
                Duration(DAY, 100 * YEAR),
                "\"180d\"",
                "Age, counted from first seen, at which articles go. Not below `dedup.window`.",
            ),
            key("events", Duration(DAY, 100 * YEAR), "\"90d\"", "Age at which the record of polls and events goes."),
            key("max_articles", Count(1, u32::MAX as u64), "", "Most articles kept; the oldest go first."),
            key("max_size", Size(1 << 20, 1 << 50), "", "Most bytes of the database; the oldest articles go first."),
            key(
                "tags",
                Durations,
                "{}",
                "Other ages for articles reached through feeds with these tags: `tags = { sport = \"30d\" }`. Of several the longest counts.",
            ),
        ],
    },
    Section {
        name: "store",
        many: false,
        doc: "How the database is written.",
        keys: &[key(
            "synchronous",
            OneOf(&["normal", "full"]),
            "\"normal\"",
            "`normal`: a power cut may take the last moments, never the file. `full`: nothing acknowledged is lost; slower.",
        )],
    },
    Section {
        name: "metrics",
        many: false,
        doc: "Numbers for a monitoring system.",
        keys: &[key(
            "textfile",
            Text,
            "",
            "File that is written every minute in Prometheus' text format, e.g. `/var/lib/prometheus/node-exporter/newsfold.prom`. `newsfold status --prometheus` prints the same.",
        )],
    },
    Section {
        name: "publisher",
        many: true,
        doc: "The organisation answerable for a site. Stories count independent publishers by owner.",
        keys: &[
            key("name", Text, "", "Its name, once in the configuration. Required."),
            key("owner", Text, "", "Whose it is; itself where not given."),
            key(
                "domains",
                Domains,
                "[]",
                "Domains of its sites; subdomains belong to them. An article found there is this publisher's, whichever feed led to it.",
            ),
            key(
                "recheck",
                Bool,
                "",
                "`true`: ask for all its articles again at the times of `fetch.recheck`; `false`: for none. Without it: for those whose text others carry too.",
            ),
        ],
    },
    Section {
        name: "feed",
        many: true,
        doc: "One address that serves RSS, Atom or JSON Feed.",
        keys: &[
            key("url", Url, "", "Its address, once in the configuration. Required."),
            key("title", Text, "", "A name for lists, where the feed's own will not do."),
            key("publisher", Text, "", "Publisher's name. One that no `[[publisher]]` declares declares itself."),
            key("kind", OneOf(&["feed", "page"]), "\"feed\"", "`page`: a listing page of a site without a feed; needs `item`."),
            key(
                "every",
                Duration(0, 30 * DAY),
                "",
                "Fixed interval, at least `1m`. Without `every` and `cron` the feed's own rhythm decides.",
            ),
            key("cron", Cron, "", "Fixed times instead, e.g. `\"0 */15 6-22 * * *\"`."),
            key("full_text", Bool, "true", "Fetch the article pages. `false`: use what the feed carries."),
            key("tags", Texts, "[]", "Words to filter by: `newsfold stories --tag world`."),
            key("enabled", Bool, "true", "`false`: what was stored stays, but the feed is not polled."),
            key("mute", Bool, "false", "`true`: polled and clustered, but never makes a story appear by itself."),
            key("item", Text, "", "CSS selector, one match an item. Only with `kind = \"page\"`, as the next three."),
            key("link", Text, "", "CSS selector of the link within the item; its first link where not given."),
            key("headline", Text, "", "CSS selector of the headline within the item; the link's text where not given."),
            key("date", Text, "", "CSS selector of the date within the item."),
            key(
                "headers",
                Headers,
                "{}",
                "Headers to send, to this feed's origin only, its article pages there included: `headers = { x-api-key = { env = \"KEY\" } }`. Never shown.",
            ),
            key("username", Text, "", "User name for basic authentication."),
            key("password", Secret, "", "Its password. Never shown; better kept elsewhere than written here."),
        ],
    },
    Section {
        name: "site",
        many: true,
        doc: "CSS selectors for the pages of one domain, where newsfold's own reading of them is wrong. Try them with `newsfold extract --url ADDRESS --explain FILE`.",
        keys: &[
            key("domain", Domain, "", "The domain; subdomains belong to it. This or `domains` is required."),
            key("domains", Domains, "[]", "Several domains with the same rules."),
            key("body", Texts, "[]", "Where the report stands."),
            key("remove", Texts, "[]", "What to drop from it."),
            key("title", Texts, "[]", "Where the headline stands."),
            key("published", Texts, "[]", "Where the time of publication stands."),
        ],
    },
    Section {
        name: "alert",
        many: true,
        doc: "What to tell whom. The event comes as JSON, on standard input of `command` or as a line in `file`.",
        keys: &[
            key("name", Text, "", "Its name, once in the configuration. Required."),
            key(
                "on",
                OneOf(&["story", "term", "copied", "silent", "blocked", "moved"]),
                "",
                "`story`: a story passes `min_publishers`. `term`: one of `terms` appears. `copied`: somebody copies `publisher`. `silent`, `blocked`, `moved`: a feed is quiet beyond its rhythm, is refused, has a new address. docs/alerts.md says when each comes. Required.",
            ),
            key("min_publishers", Count(2, 10_000), "", "For `on = \"story\"`: independent publishers."),
            key("terms", Texts, "", "For `on = \"term\"`: words or phrases, in any case."),
            key("publisher", Text, "", "For `on = \"copied\"`: whose texts."),
            key("tags", Texts, "[]", "Only what was reached through feeds with one of these tags."),
            key(
                "command",
                Texts,
                "",
                "Program and arguments, run without a shell. It gets the alerts that wait on standard input, a line of JSON each, mostly one.",
            ),
            key("file", Text, "", "File to append to, a line of JSON an alert; relative to the state directory."),
        ],
    },
];

/// The table of this name.
pub(super) fn section(name: &str) -> Option<&'static Section> {
    SECTIONS.iter().find(|s| s.name == name)
}

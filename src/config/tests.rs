//! The room from outside: text in, configuration or problems out.

use super::*;
use std::time::Duration;

fn wrong(text: &str) -> Vec<String> {
    match from_text(text, "t.toml") {
        Ok(_) => Vec::new(),
        Err(errors) => errors.0.iter().map(ToString::to_string).collect(),
    }
}

fn right(text: &str) -> Config {
    from_text(text, "t.toml").unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn reads_every_key() {
    let config = right(EVERYTHING);
    assert_eq!(config.state_dir.to_str(), Some("/srv/news"));
    assert_eq!(config.include, ["feeds.d/*.toml"]);
    assert_eq!(
        config.fetch.allow_networks.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["127.0.0.0/8", "10.0.0.7/32:8080", "[::1/128]:81"]
    );
    assert_eq!(config.fetch.min_gap, Duration::ZERO);
    assert_eq!(config.dedup.window, Duration::from_secs(7 * 86_400));
    assert_eq!(config.retention.tags["sport"], Duration::from_secs(30 * 86_400));
    assert_eq!(config.store.synchronous, Synchronous::Full);
    assert_eq!(
        config.publishers.iter().map(|p| (p.name.as_str(), p.owner(), p.declared)).collect::<Vec<_>>(),
        [("Al Jazeera", "Al Jazeera Media Network", true), ("The Ledger", "The Ledger", false)]
    );
    let feed = &config.feeds[0];
    assert_eq!((feed.every, feed.full_text, feed.mute, feed.enabled), (Some(Duration::from_secs(1800)), false, true, false));
    assert_eq!(feed.tags, ["world", "gulf"]);
    assert_eq!(feed.publisher.as_deref(), Some("Al Jazeera"), "the declared spelling");
    assert_eq!(feed.declared_at.1, 47);
    assert_eq!(config.feeds[1].cron.as_deref(), Some("0 */15 6-22 * * *"));
    assert!(matches!(&config.feeds[1].kind, FeedKind::Page(page) if page.item == "article" && page.date.as_deref() == Some("time")));
    assert_eq!(config.sites[0].remove, [".ads", "aside"]);
    assert_eq!(config.alerts[0].on, AlertOn::Story { min_publishers: 5 });
    assert_eq!(config.warnings, []);
}

/// Every key of the schema, none at its default.
const EVERYTHING: &str = r#"state_dir = "/srv/news"
include = ["feeds.d/*.toml"]
[fetch]
allow_networks = ["127.0.0.0/8", "10.0.0.7:8080", "[::1]:81"]
min_gap = "0s"
per_host = 2
concurrency = 8
user_agent = "mine/1"
contact = "me@example.org"
proxy = "http://10.0.0.7:8080/"
respect_robots = false
recheck = ["2h", "3d"]
connect_timeout = "3s"
first_byte_timeout = "4s"
idle_timeout = "5s"
total_timeout = "6s"
feed_max_bytes = "1 MiB"
page_max_bytes = "2 MiB"
[schedule]
min = "10m"
max = "12h"
[dedup]
window = "7d"
[retention]
articles = "60d"
events = "30d"
max_articles = 1_000_000
max_size = "2 GiB"
tags = { sport = "30d" }
[store]
synchronous = "full"
[metrics]
textfile = "/run/newsfold.prom"
[[publisher]]
name = "Al Jazeera"
owner = "Al Jazeera Media Network"
domains = ["aljazeera.com", "www.AlJazeera.net."]
recheck = true
[[feed]]
publisher = "al jazeera"
every = "30m"
full_text = false
title = "All"
tags = ["world", "gulf", "world"]
enabled = false
mute = true
url = "https://www.aljazeera.com/xml/rss/all.xml"
username = "me"
password = { env = "NEWSFOLD_TEST" }
headers = { X-Key = { credential = "key" }, "x.other" = "canary-literal" }
[[feed]]
url = "https://ledger.example/latest"
publisher = "The Ledger"
kind = "page"
item = "article"
link = "a.more"
headline = "h2"
date = "time"
cron = "0 */15 6-22 * * *"
[[site]]
domain = "ledger.example"
body = "main"
remove = [".ads", "aside"]
title = ["h1"]
published = ["time"]
[[alert]]
name = "big"
on = "story"
min_publishers = 5
tags = ["world"]
command = ["/usr/local/bin/tell", "me"]
[[alert]]
name = "words"
on = "term"
terms = ["storm"]
file = "/var/log/storms.jsonl"
[[alert]]
name = "taken"
on = "copied"
publisher = "The Ledger"
command = "/usr/local/bin/tell"
"#;

#[test]
fn everything_really_names_every_key() {
    for section in std::iter::once(&schema::TOP).chain(schema::SECTIONS) {
        for key in section.keys {
            assert!(EVERYTHING.lines().any(|l| l.starts_with(&format!("{} = ", key.name))), "{}.{}", section.name, key.name);
        }
    }
}

#[test]
fn all_problems_at_once_with_places_and_nearest_keys() {
    let found = wrong(
        "state_dirr = 'x'\nmin_gap = '1s'\n[fetch]\nmin_gap = 5\nrespect_robots = 'yes'\nfeed_max_bytes = '1 YB'\nper_host = 99\nallow_networks = ['home']\n\
         [retenton]\n[dedup]\nwindow = 'long'\n[[feed]]\nurl = 'ftp://example.org'\n  evry = '5m'\n[[feed]]\nevery = '5m'\ntitle = 7\n[[feed]]\nurl = 'https://a.example/'\nkind = 'pages'\ncolour = 1\n",
    );
    assert_eq!(
        found,
        [
            "t.toml:1:1: unknown key `state_dirr`\n  did you mean `state_dir`?",
            "t.toml:2:1: unknown key `min_gap`\n  `min_gap` is a key of [fetch]",
            "t.toml:4:11: `min_gap` needs a unit\n  write \"5s\", \"5m\", \"5h\" or \"5d\"",
            "t.toml:5:18: `fetch.respect_robots` is a text\n  it takes true or false",
            "t.toml:6:18: \"1 YB\" is no size\n  write \"512 KiB\", \"8 MiB\" or \"2 GB\"",
            "t.toml:7:12: `per_host` cannot be 99\n  it takes a whole number, 1 to 16",
            "t.toml:8:19: \"home\" is no network\n  write \"127.0.0.0/8\", \"10.0.0.7\", \"10.0.0.7:8080\" or \"[::1]:8080\"",
            "t.toml:9:2: unknown key `retenton`\n  did you mean `retention`?",
            "t.toml:11:10: \"long\" is no duration\n  write \"90s\", \"30m\", \"1h30m\", \"14d\" or \"2w\"",
            "t.toml:13:7: `url` has the scheme `ftp:`, not http or https\n  only http and https are fetched",
            "t.toml:14:3: unknown key `evry` in [[feed]]\n  did you mean `every`?",
            "t.toml:15:1: a [[feed]] without `url`\n  url = \"https://example.org/feed.xml\"",
            "t.toml:17:9: `feed.title` is a number\n  it takes text",
            "t.toml:20:8: `kind` cannot be \"pages\"\n  did you mean \"page\"?",
            "t.toml:21:1: unknown key `colour` in [[feed]]\n  known here: url, title, publisher, kind, every, cron, full_text, tags, enabled, mute, item, link, headline, date, headers, username, password",
        ]
    );
}

#[test]
fn syntax_errors_do_not_hide_the_others() {
    let found = wrong("[fetch]\nmin_gap = \n[[feed]]\nurl = 'https://a.example/'\nevrey = '1h'\n");
    assert!(found[0].starts_with("t.toml:2:"), "{found:?}");
    assert!(found.iter().any(|f| f.starts_with("t.toml:5:1: unknown key `evrey`")), "{found:?}");
    assert!(
        wrong("[[feed]]\nurl = 'https://a.example/'\nurl = 'https://b.example/'\n")[0].starts_with("t.toml:3:1: not TOML: duplicate key")
    );
    assert!(wrong("[feed]\nurl = 'https://a.example/'\n")[0].contains("write [[feed]], with two brackets"));
    assert!(wrong("[[fetch]]\nmin_gap = '1s'\n")[0].contains("write [fetch]"));
}

#[test]
fn what_does_not_go_together() {
    let feed = "[[feed]]\nurl = 'https://a.example/x'\n";
    let cases = [
        (format!("{feed}every = '1h'\ncron = '0 0 * * * *'\n"), "t.toml:4:8: `every` and `cron` exclude each other"),
        (format!("{feed}every = '20s'\n"), "t.toml:3:9: more often than once a minute"),
        (format!("{feed}cron = '*/5 * * * * *'\n"), "t.toml:3:8: more often than once a minute"),
        (
            format!("{feed}cron = '*/5 * * * *'\n"),
            "t.toml:3:8: a cron expression has six fields here, the first is the second\n  write \"0 */5 * * * *\"",
        ),
        (
            format!("{feed}[[feed]]\nurl = 'https://A.example/x#top'\n"),
            "t.toml:4:7: this feed is declared twice: https://a.example/x\n  the first is at t.toml:2",
        ),
        (format!("{feed}item = 'li'\n"), "t.toml:3:8: `item` is for listing pages"),
        (format!("{feed}kind = 'page'\n"), "t.toml:3:8: `kind = \"page\"` needs `item`"),
        (format!("{feed}password = 'p'\n"), "t.toml:1:1: a `password` without `username`"),
        ("[schedule]\nmin = '2d'\n".into(), "t.toml:2:7: `schedule.min` is longer than `schedule.max`"),
        ("[dedup]\nwindow = '300d'\n".into(), "t.toml:2:10: `retention.articles` is shorter than `dedup.window`"),
        ("[[publisher]]\nname = 'A'\n[[publisher]]\nname = 'a'\n".into(), "t.toml:4:8: the publisher \"a\" is declared twice (\"A\")"),
        (
            "[[publisher]]\nname = 'A'\ndomains = ['a.example']\n[[publisher]]\nname = 'B'\ndomains = ['b.example', 'A.example']\n".into(),
            "t.toml:6:25: the domain \"a.example\" is \"A\"'s already",
        ),
        (
            "[[publisher]]\nname = 'A'\ndomains = ['https://a.example/']\n".into(),
            "t.toml:3:12: \"https://a.example/\" is no domain\n  write \"a.example\"",
        ),
        ("[[alert]]\nname = 'a'\non = 'story'\nfile = 'x'\n".into(), "t.toml:1:1: `on = \"story\"` needs `min_publishers`"),
        ("[[site]]\nbody = 'main'\n".into(), "t.toml:1:1: a [[site]] without `domain`"),
    ];
    for (text, expected) in cases {
        let found = wrong(&text);
        assert_eq!(found.len(), 1, "{text}{found:?}");
        assert!(found[0].starts_with(expected), "{text}{found:?}");
    }
}

#[test]
fn own_servers_may_be_polled_often() {
    right("[fetch]\nallow_networks = ['127.0.0.0/8:81']\n[[feed]]\nurl = 'http://127.0.0.9:81/'\nevery = '1s'\n");
    assert_eq!(wrong("[fetch]\nallow_networks = ['127.0.0.0/8:81']\n[[feed]]\nurl = 'http://127.0.0.9:82/'\nevery = '1s'\n").len(), 1);
}

#[test]
fn an_almost_known_publisher_is_a_warning() {
    let config = right(
        "[[publisher]]\nname = 'Al Jazeera'\n[[feed]]\nurl = 'https://a.example/'\npublisher = 'Al Jazera'\n[[feed]]\nurl = 'https://b.example/'\npublisher = 'CBC'\n",
    );
    assert_eq!(config.warnings.len(), 1);
    assert!(
        config.warnings[0].to_string().starts_with("t.toml:5:13: no [[publisher]] is called \"Al Jazera\"\n  did you mean \"Al Jazeera\"?")
    );
    assert_eq!(config.publishers.len(), 3);
}

#[test]
fn publishers_are_found_by_the_longest_domain() {
    let config = right(
        "[[publisher]]\nname = 'Wide'\nowner = 'Group'\ndomains = ['example.org', '127.0.0.5', '::1']\n[[publisher]]\nname = 'Sport'\ndomains = ['sport.example.org', 'münchen.example']\n[[site]]\ndomain = 'example.org'\n[[site]]\ndomain = 'a.example.org'\n",
    );
    let name = |host| config.publisher_of(host).map(|p| p.name.as_str());
    assert_eq!(name("example.org"), Some("Wide"));
    assert_eq!(name("WWW.Example.org."), Some("Wide"));
    assert_eq!(name("live.sport.example.org"), Some("Sport"));
    assert_eq!(name("badexample.org"), None);
    assert_eq!(name("org"), None);
    assert_eq!(name(""), None);
    assert_eq!(name("127.0.0.5"), Some("Wide"));
    assert_eq!(name("10.0.0.5"), None);
    assert_eq!(name("[::1]"), Some("Wide"));
    assert_eq!(name("xn--mnchen-3ya.example"), Some("Sport"));
    assert_eq!((config.owner_of("wide"), config.owner_of("Sport"), config.owner_of("Nobody")), ("Group", "Sport", "Nobody"));
    assert_eq!(config.site_of("b.a.example.org").map(|s| s.domain.as_str()), Some("a.example.org"));
    assert_eq!(config.site_of("xa.example.org").map(|s| s.domain.as_str()), Some("example.org"));
}

#[test]
fn what_is_shown_reads_back_as_the_same() {
    for text in ["", EVERYTHING] {
        let config = right(text);
        let shown = show(&config);
        let again = right(&shown);
        assert_eq!(show(&again), shown, "{shown}");
        assert_eq!(
            (&again.fetch, &again.retention, &again.schedule, &again.alerts, &again.sites),
            (&config.fetch, &config.retention, &config.schedule, &config.alerts, &config.sites)
        );
        assert_eq!(
            again.feeds.iter().map(|f| (&f.url, &f.tags, &f.kind)).collect::<Vec<_>>(),
            config.feeds.iter().map(|f| (&f.url, &f.tags, &f.kind)).collect::<Vec<_>>()
        );
    }
}

#[test]
fn secrets_are_never_shown() {
    let config = right(EVERYTHING);
    let everything = format!("{config:?}\n{}\n{}\n{}", show(&config), feed_block(&config.feeds[0]), opml::write(&config));
    assert!(!everything.contains("canary"), "{everything}");
    assert!(everything.contains("password = { env = \"NEWSFOLD_TEST\" }"));
    let feed = "[[feed]]\nurl = 'https://a.example/'\nusername = 'me'\n";
    for broken in [
        "[[feed]]\nurl = 'https://me:canary@a.example/'\n".to_owned(),
        format!("{feed}password = ['canary']\n"),
        format!("{feed}password = {{ envv = 'canary' }}\n"),
        format!("{feed}password = canary\n"),
        format!("{feed}password = 'canary\n"),
        format!("{feed}headers = 'canary'\n"),
        format!("{feed}headers = {{ authorization = ['canary'] }}\n"),
        format!("{feed}headers = {{ authorization = \"canary\\u0007\" }}\n"),
        "[fetch]\nproxy = 'http://me:canary@10.0.0.1/'\n".to_owned(),
    ] {
        let found = wrong(&broken);
        assert!(!found.is_empty(), "{broken}");
        assert!(!found.concat().contains("canary"), "{broken}{found:?}");
    }
}

#[test]
fn the_defaults_of_the_table_are_the_defaults() {
    let shown = show(&right(""));
    let mut name = "";
    for line in shown.lines().filter(|l| !l.is_empty()) {
        match line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            Some(section) => name = section,
            None => {
                let (key, value) = line.split_once(" = ").expect(line);
                let section = if name.is_empty() { &schema::TOP } else { schema::section(name).expect(name) };
                let key = section.keys.iter().find(|k| k.name == key).expect(line);
                if key.name != "state_dir" {
                    let unquoted = |t: &str| t.trim_matches('"').to_owned();
                    let same = parse_duration(&unquoted(value))
                        .filter(|_| value.starts_with('"'))
                        .map(|d| parse_duration(&unquoted(key.default)) == Some(d));
                    assert!(same.unwrap_or(value == key.default), "{name}.{}: {value} is not {}", key.name, key.default);
                }
            }
        }
    }
    // Keys that are not shown have no default to hold.
    for section in schema::SECTIONS.iter().filter(|s| !s.many) {
        for key in section.keys.iter().filter(|k| !k.default.is_empty()) {
            assert!(shown.lines().any(|l| l.starts_with(&format!("{} = ", key.name))), "{}.{}", section.name, key.name);
        }
    }
}

#[test]
fn the_reference_page_is_generated() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md")).expect("docs/configuration.md");
    let (before, after) = ("<!-- generated: cargo test config::tests::the_reference_page -->\n", "<!-- end of the generated part -->");
    let held = page.split_once(before).and_then(|(_, rest)| rest.split_once(after)).expect("the markers").0;
    if std::env::var_os("NEWSFOLD_BLESS").is_some() {
        let page = page.replace(&format!("{before}{held}{after}"), &format!("{before}\n{}{after}", reference()));
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md"), page).expect("writing the page");
    } else {
        assert!(
            held.trim() == reference().trim(),
            "docs/configuration.md is behind the code: run NEWSFOLD_BLESS=1 cargo test config::tests::the_reference_page"
        );
    }
}

#[test]
fn the_shipped_configuration_is_right() {
    let config = load(Some(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/config/newsfold.toml"))), None)
        .unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(config.warnings, []);
    assert!((50..=80).contains(&config.feeds.len()), "{}", config.feeds.len());
    for feed in &config.feeds {
        let publisher = feed.publisher.as_deref().and_then(|p| config.publisher(p)).expect("a publisher");
        assert!(publisher.declared && !publisher.domains.is_empty(), "{}", feed.url);
        assert!(!feed.tags.is_empty(), "{}", feed.url);
        assert_eq!(feed.url.scheme(), "https", "{}", feed.url);
    }
    let owners: std::collections::HashSet<_> = config.publishers.iter().map(Publisher::owner).collect();
    assert!(owners.len() >= 30, "{}", owners.len());
}

/// The ```toml blocks of the pages that newcomers copy from.
#[test]
fn the_documentation_is_right() {
    let mut blocks = 0;
    for page in ["README.md", "docs/configuration.md", "docs/recipes.md", "docs/service.md"] {
        let text = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).expect(page);
        for block in text.split("```toml\n").skip(1) {
            let block = block.split("```").next().unwrap_or_default();
            let config = from_text(block, page).unwrap_or_else(|e| panic!("{e}\n{block}"));
            assert_eq!(config.warnings, [], "{block}");
            blocks += 1;
        }
    }
    assert!(blocks >= 3, "{blocks}");
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    /// Text that is nearly a configuration.
    fn nearly_toml() -> impl Strategy<Value = String> {
        let word = prop::sample::select(vec![
            "[[feed]]\n",
            "[fetch]\n",
            "url",
            "every",
            "headers",
            "password",
            "include",
            " = ",
            "'30m'",
            "\"https://a.example/\"",
            "{",
            "}",
            "[",
            "]",
            "\n",
            "env",
            "'",
            "\"\"\"",
            "0x",
            "-1",
            "1e9",
            ".",
            "é",
            "\0",
            "#",
            "min_gap",
            "true",
            ",",
        ]);
        prop::collection::vec(word, 0..40).prop_map(|words| words.concat())
    }

    fn nearly_opml() -> impl Strategy<Value = String> {
        let word = prop::sample::select(vec![
            "<opml>",
            "<body>",
            "<outline ",
            "text=",
            "xmlUrl=",
            "'",
            "\"",
            "https://a.example/",
            "/>",
            ">",
            "</outline>",
            "&",
            "&#0;",
            "&#xD800;",
            "&amp;",
            "<![CDATA[",
            "]]>",
            "<!--",
            "-->",
            "<!DOCTYPE a [",
            "]>",
            "exec:",
            "|",
            ",",
            "/",
            "category=",
            "é",
            "\0",
            " ",
        ]);
        prop::collection::vec(word, 0..40).prop_map(|words| words.concat())
    }

    proptest! {
        #[test]
        fn any_text_is_a_configuration_or_has_problems_with_places(text in prop_oneof![nearly_toml(), any::<String>()]) {
            match from_text(&text, "t.toml") {
                Ok(config) => prop_assert!(from_text(&show(&config), "t.toml").is_ok(), "{}", show(&config)),
                Err(errors) => {
                    prop_assert!(!errors.0.is_empty());
                    for problem in errors.0 {
                        prop_assert!(problem.line >= 1 && problem.line <= text.matches('\n').count() + 1, "{problem}");
                    }
                }
            }
        }

        #[test]
        fn any_list_reads_back_as_it_was_written(text in prop_oneof![nearly_opml(), any::<String>()]) {
            let Ok(list) = opml::read(&text) else { return Ok(()) };
            let feeds = list.subscriptions.into_iter().map(opml::Subscription::into_feed).collect();
            let config = Config { feeds, ..Config::default() };
            let back = opml::read(&opml::write(&config)).expect("a list");
            prop_assert_eq!(back.skipped, vec![]);
            let sorted = |feeds: Vec<Feed>| {
                let mut rows: Vec<_> = feeds.into_iter().map(|f| (f.url.to_string(), f.tags)).collect();
                rows.sort();
                rows
            };
            prop_assert_eq!(sorted(back.subscriptions.into_iter().map(opml::Subscription::into_feed).collect()), sorted(config.feeds));
        }
    }
}

#[test]
fn allow_networks_read_and_print_every_form() {
    for text in ["127.0.0.0/8", "10.0.0.7/32", "10.0.0.0/8:8080", "::1/128", "[fd00::/8]:443", "[::1/128]:8080"] {
        let net: AllowNet = text.parse().unwrap();
        assert_eq!(net.to_string(), text);
    }
    for (text, prints) in
        [("10.0.0.7", "10.0.0.7/32"), ("10.0.0.7:80", "10.0.0.7/32:80"), ("[::1]:80", "[::1/128]:80"), ("10.1.2.3/8", "10.0.0.0/8")]
    {
        assert_eq!(text.parse::<AllowNet>().unwrap().to_string(), prints);
    }
    for text in ["", "localhost", "10.0.0.0/33", "10.0.0.1:0", "10.0.0.1:99999", "[::1", ":80", "1.2.3"] {
        assert!(text.parse::<AllowNet>().is_err(), "{text:?}");
    }
}

//! FAULTS 1, 2, 3, 7: no packet reaches an address that is not public, however it is written, found or redirected to.

use crate::net::{client, feed, named, page, settings, url};
use crate::server::{Answer, Server};
use newsfold::clock::Clock;
use newsfold::net::{Client, Looking, Lookup, NetError, Request, Settings};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Hosts, as they stand in a URL, that lead to this machine or into a private network. `127.0.0.1` and its spellings
/// have the canary behind them.
const PRIVATE: &[&str] = &[
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "0x7f.1",
    "0x7f.0.0.1",
    "0x7f000001",
    "0177.0.0.1",
    "0177.1",
    "017700000001",
    "2130706433",
    "127.0.0.1.",
    "127.1.",
    "127.000.000.001",
    "127.0.0.0x1",
    "0x7F.0X1",
    "127.255.255.254",
    "127.0.0.2",
    "１２７.０.０.１",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "127｡0｡0｡1",
    "１２７．０．０．１",
    "%31%32%37.0.0.1",
    "12%37.1",
    "0",
    "0.",
    "0.0.0.0",
    "0x0",
    "00",
    "0.1",
    "0.0.0.1",
    "0.255.255.255",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::0001]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:0:127.0.0.1]",
    "[::127.0.0.1]",
    "[::7f00:1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::10.0.0.1]",
    "[64:ff9b:1::7f00:1]",
    "[64:ff9b:1:7f00:0:100::]",
    "[2002:7f00:1::]",
    "[2002:7f00:0001::1]",
    "[2002:a00:1::]",
    "[2002:c0a8:101::1]",
    "[2001:0:7f00:1::]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    "[2001::1]",
    "[2600::5efe:10.0.0.1]",
    "[2600::200:5efe:7f00:1]",
    "[fe80::5efe:7f00:1]",
    "[fe80::1]",
    "[febf::1]",
    "[fc00::1]",
    "[fd00::1]",
    "[fdff:ffff::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[ff0e::1]",
    "[fd00:ec2::254]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[3fff:fff::1]",
    "[100::1]",
    "[5f00::1]",
    "[4000::1]",
    "[::2]",
    "[1::]",
    "[2001:1ff::1]",
    "10.0.0.1",
    "10.255.255.255",
    "0xa.1",
    "012.0.0.1",
    "167772161",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.1",
    "0xc0a80001",
    "3232235521",
    "169.254.169.254",
    "169.254.1.1",
    "0xa9fea9fe",
    "2852039166",
    "[::ffff:169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]",
    "168.63.129.16",
    "0xa83f8110",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "192.0.0.1",
    "192.0.0.170",
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "4294967295",
    "0xffffffff",
];

/// Addresses that a resolver may give and nobody may connect to.
const ANSWERS: &[&str] = &[
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.20.0.1",
    "192.168.178.1",
    "169.254.169.254",
    "168.63.129.16",
    "100.64.0.1",
    "198.18.0.1",
    "192.0.2.9",
    "224.0.0.251",
    "255.255.255.255",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::1",
    "2001:0:1:2:3:4:80ff:fffe",
    "fd00::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::127.0.0.1",
];

fn refused<T: std::fmt::Debug>(case: &str, result: Result<T, NetError>) {
    match result {
        Err(NetError::Refused { .. }) => {}
        other => panic!("{case}: {other:?}"),
    }
}

/// A client that would reach the canary if anything let it: short patience, so that a hole shows as another error.
fn strict() -> Client {
    let patience = Duration::from_millis(500);
    let settings = Settings { min_gap: Duration::ZERO, connect_timeout: patience, total_timeout: patience, ..Settings::default() };
    Client::new(settings, Clock::system()).unwrap()
}

#[tokio::test]
async fn fault_1_and_2_literals_are_refused_in_every_spelling() {
    let canary = Server::start();
    let client = strict();
    for host in PRIVATE {
        for scheme in ["http", "https"] {
            let text = format!("{scheme}://{host}:{}/", canary.addr.port());
            // What the URL parser refuses cannot be asked for either.
            let Ok(url) = url::Url::parse(&text) else { continue };
            refused(&text, client.get(Request::feed(url.clone())).await);
            refused(&text, client.get(Request::page(url)).await);
        }
    }
    assert_eq!(canary.connections(), 0);
}

#[tokio::test]
async fn most_spellings_are_urls_so_that_the_table_tests_something() {
    let readable = PRIVATE.iter().filter(|host| url::Url::parse(&format!("http://{host}/")).is_ok()).count();
    assert_eq!(readable, PRIVATE.len());
}

#[tokio::test]
async fn fault_4_redirects_to_private_literals_are_refused() {
    let (server, canary) = (Server::start(), Server::start());
    server.script("/to", |seen| Answer::redirect(302, seen.target.split_once('?').unwrap().1));
    let client = client(&server);
    for host in PRIVATE {
        let target = format!("http://{host}:{}/", canary.addr.port());
        let start = format!("{}?{target}", server.url("/to"));
        // The query carries the target as it stands in the table, escapes and all.
        refused(&target, page(&client, &start).await);
    }
    assert_eq!(canary.connections(), 0);
    assert_eq!(server.log().len(), PRIVATE.len());
}

#[tokio::test]
async fn fault_3_private_answers_are_refused_alone_and_among_public_ones() {
    let canary = Server::start();
    for answer in ANSWERS {
        for list in [&[*answer][..], &["93.184.216.34", *answer], &[*answer, "2606:2800:220:1::1"]] {
            let names = [("news.example", list)];
            let client = named(Settings { min_gap: Duration::ZERO, ..Settings::default() }, &names);
            let text = format!("http://news.example:{}/", canary.addr.port());
            refused(&format!("{list:?}"), feed(&client, &text).await);
        }
    }
    assert_eq!(canary.connections(), 0);
}

#[tokio::test]
async fn fault_3_a_redirect_to_a_name_with_a_private_answer_is_refused() {
    let (server, canary) = (Server::start(), Server::start());
    server.on("/", Answer::redirect(301, &canary.url_at("inside.example", "/")));
    let client = named(settings(&server), &[("news.example", &["127.0.0.1"]), ("inside.example", &["127.0.0.1"])]);
    refused("redirect", page(&client, &server.url_at("news.example", "/")).await);
    assert_eq!((canary.connections(), server.connections()), (0, 1));
}

/// Says something public first and the canary's address ever after.
struct Rebinding(AtomicUsize);

impl Lookup for Rebinding {
    fn lookup(&self, _: &str) -> Looking {
        let first = self.0.fetch_add(1, Ordering::SeqCst) == 0;
        let answer: IpAddr = if first { "192.0.2.1" } else { "127.0.0.1" }.parse().unwrap();
        Box::pin(async move { Ok(vec![answer]) })
    }
}

#[tokio::test]
async fn fault_3_what_is_checked_is_what_is_connected_to() {
    let canary = Server::start();
    // The first answer is refused as documentation, the second as loopback: one lookup a request, each judged.
    let names = Arc::new(Rebinding(AtomicUsize::new(0)));
    let settings = Settings { min_gap: Duration::ZERO, ..Settings::default() };
    let client = Client::with_lookup(settings, Clock::system(), names.clone()).unwrap();
    for n in 1..=3 {
        refused("rebinding", feed(&client, &canary.url_at("news.example", "/")).await);
        assert_eq!(names.0.load(Ordering::SeqCst), n);
    }
    assert_eq!(canary.connections(), 0);
}

#[tokio::test]
async fn fault_7_allow_networks_opens_exactly_what_it_names() {
    let (server, other) = (Server::start(), Server::start());
    for s in [&server, &other] {
        s.on("/", Answer::ok("text/plain", "hello"));
    }
    let client = named(settings(&server), &[("home.example", &["127.0.0.1"]), ("both.example", &["::1", "127.0.0.1"])]);
    for host in ["127.0.0.1", "127.1", "0x7f.1", "[::ffff:127.0.0.1]", "home.example", "both.example"] {
        if host.starts_with('[') {
            // Allowed, and no route to it where IPv6 is off: anything but a refusal.
            let result = feed(&client, &server.url_at(host, "/")).await;
            assert!(!matches!(result, Err(NetError::Refused { .. })), "{host}: {result:?}");
            continue;
        }
        assert_eq!(feed(&client, &server.url_at(host, "/")).await.unwrap().body, "hello", "{host}");
        refused(host, feed(&client, &other.url_at(host, "/")).await);
    }
    for host in ["10.0.0.1", "[::1]", "[fd00::1]", "169.254.169.254"] {
        refused(host, feed(&client, &server.url_at(host, "/")).await);
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn names_that_are_numbers_to_some_resolver_are_refused() {
    let client = strict();
    for host in ["a.1", "1.2.3.4.5", "0x7f.0.0.0.1", "x.0x1"] {
        let Ok(url) = url::Url::parse(&format!("http://{host}/")) else { continue };
        refused(host, client.get(Request::feed(url)).await);
    }
}

#[tokio::test]
async fn other_schemes_are_not_requests() {
    let client = strict();
    for text in ["file:///etc/passwd", "ftp://example.org/", "gopher://example.org/", "data:text/plain,x", "javascript:1", "unix:/run/x"] {
        let result = client.get(Request::feed(url(text))).await;
        assert!(matches!(result, Err(NetError::BadRequest { .. })), "{text}: {result:?}");
    }
}

#[tokio::test]
async fn fault_5_a_configured_proxy_is_used_and_still_guarded() {
    let (proxy, canary) = (Server::start(), Server::start());
    proxy.on("http://news.example/feed", Answer::ok("text/plain", "through"));
    let own = Settings { proxy: Some(url(&proxy.url("/"))), min_gap: Duration::ZERO, ..Settings::default() };
    let names = [("news.example", &["93.184.216.34"][..]), ("inside.example", &["127.0.0.1"])];
    let client = named(own, &names);
    assert_eq!(feed(&client, "http://news.example/feed").await.unwrap().body, "through");
    for text in [canary.url("/"), canary.url_at("inside.example", "/"), "http://10.0.0.1/".into(), "http://[::1]/".into()] {
        refused(&text, feed(&client, &text).await);
    }
    for text in ["http://router/", "http://printer.local/", "http://db.internal/"] {
        assert!(matches!(feed(&client, text).await, Err(NetError::Dns { .. })), "{text}");
    }
    assert_eq!((canary.connections(), proxy.log().len()), (0, 1));
}

//! FAULTS 13, 14, 16: one request at a time, gaps, Retry-After, backoff, circuit, bounded idle connections.

use crate::net::{Names, client, feed, named, page, settings, url};
use crate::server::{Answer, Server, Step};
use jiff::{SignedDuration, Timestamp};
use newsfold::clock::Clock;
use newsfold::net::{Client, ErrorKind, Hold, Kind, NetError, Request, Settings};
use std::sync::Arc;
use std::time::Duration;

const START: &str = "2026-11-22T12:00:00Z";

/// A client whose clock stands until the test moves it.
fn timed(server: &Server) -> (Client, Clock) {
    let clock = Clock::fixed(START.parse().unwrap());
    let names = Names::new(&[("a.example", &["127.0.0.1"]), ("b.example", &["127.0.0.1"])]);
    (Client::with_lookup(settings(server), clock.clone(), Arc::new(names)).unwrap(), clock)
}

fn at(seconds: i64) -> Timestamp {
    START.parse::<Timestamp>().unwrap().checked_add(SignedDuration::from_secs(seconds)).unwrap()
}

fn held<T: std::fmt::Debug>(result: Result<T, NetError>) -> Timestamp {
    match result {
        Err(e @ NetError::HostBackoff { .. }) => {
            assert_eq!(e.kind(), ErrorKind::Retry);
            e.until().unwrap()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn one_request_at_a_time_to_a_host_and_many_to_others() {
    let server = Server::start();
    server.on("/*", Answer::ok("text/plain", "x").after(Duration::from_millis(20)));
    let names: Vec<String> = (0..8).map(|n| format!("h{n}.example")).collect();
    let list: Vec<(&str, &[&str])> = names.iter().map(|n| (n.as_str(), &["127.0.0.1"][..])).collect();
    let one = named(settings(&server), &list);
    let run = |hosts: usize| {
        let jobs: Vec<_> = (0..8).map(|n| server.url_at(&format!("h{}.example", n % hosts), &format!("/{n}"))).collect();
        let client = one.clone();
        async move { futures_util::future::join_all(jobs.iter().map(|u| page(&client, u))).await }
    };
    assert!(run(1).await.iter().all(Result::is_ok));
    assert_eq!(server.most_together(), 1);
    assert!(run(8).await.iter().all(Result::is_ok));
    assert!(server.most_together() > 1);
    assert_eq!(server.log().len(), 16);
}

#[tokio::test]
async fn requests_in_all_are_bounded() {
    let server = Server::start();
    server.on("/", Answer::ok("text/plain", "x").after(Duration::from_millis(20)));
    let names: Vec<String> = (0..10).map(|n| format!("h{n}.example")).collect();
    let list: Vec<(&str, &[&str])> = names.iter().map(|n| (n.as_str(), &["127.0.0.1"][..])).collect();
    let client = named(Settings { max_connections: 3, ..settings(&server) }, &list);
    let jobs: Vec<String> = names.iter().map(|n| server.url_at(n, "/")).collect();
    let done = futures_util::future::join_all(jobs.iter().map(|u| page(&client, u))).await;
    assert!(done.iter().all(Result::is_ok));
    assert_eq!(server.most_together(), 3);
}

#[tokio::test]
async fn silent_hosts_take_nobody_s_room() {
    let server = Server::start();
    server.on("/silent", Answer::steps([Step::Hang])).on("/", Answer::ok("text/plain", "x"));
    let names: Vec<String> = (0..7).map(|n| format!("h{n}.example")).collect();
    let list: Vec<(&str, &[&str])> = names.iter().map(|n| (n.as_str(), &["127.0.0.1"][..])).collect();
    let hour = Duration::from_secs(3_600);
    let patient = Settings { max_connections: 2, first_byte_timeout: hour, idle_timeout: hour, total_timeout: hour, ..settings(&server) };
    let client = named(patient, &list);
    let silent: Vec<_> = names[..6]
        .iter()
        .map(|name| {
            let (client, address) = (client.clone(), server.url_at(name, "/silent"));
            tokio::spawn(async move { feed(&client, &address).await })
        })
        .collect();
    // Three times as many as there is room for would hold it for an hour.
    let all_asked = async {
        while server.hits("/silent") < 6 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(60), all_asked).await.is_ok());
    let answered = tokio::time::timeout(Duration::from_secs(60), feed(&client, &server.url_at(&names[6], "/"))).await;
    assert!(answered.is_ok_and(|answer| answer.is_ok()));
    assert!(silent.iter().all(|task| !task.is_finished()));
    silent.iter().for_each(|task| task.abort());
}

#[tokio::test]
async fn an_answer_that_waits_to_be_read_keeps_its_room_where_it_is_asked_to() {
    let server = Server::start();
    server.on("/", Answer::ok("text/plain", "x"));
    let client = named(Settings { max_connections: 1, ..settings(&server) }, &[("a.example", &["127.0.0.1"])]);
    let first = client.get(Request::feed(url(&server.url("/"))).keeping_room()).await.unwrap();
    let address = server.url_at("a.example", "/");
    let mut second = std::pin::pin!(feed(&client, &address));
    assert!(tokio::time::timeout(Duration::from_millis(100), &mut second).await.is_err());
    drop(first);
    assert!(second.await.is_ok());
}

#[tokio::test]
async fn the_gap_lies_between_requests_of_one_host_redirects_included() {
    let server = Server::start();
    server.on("/a", Answer::redirect(302, "/b")).on("/b", Answer::ok("text/plain", "x"));
    let gap = Duration::from_millis(120);
    let client = named(Settings { min_gap: gap, per_host: 2, ..settings(&server) }, &[]);
    let urls = [server.url("/a"), server.url("/b"), server.url("/b")];
    let done = futures_util::future::join_all(urls.iter().map(|u| feed(&client, u))).await;
    assert!(done.iter().all(Result::is_ok), "{done:?}");
    let log = server.log();
    assert_eq!(log.len(), 4);
    for pair in log.windows(2) {
        assert!(pair[1].at - pair[0].at >= gap - Duration::from_millis(10));
    }
    assert!(client.next_free(&url(&server.url("/")), Kind::Feed) > Duration::ZERO);
}

#[tokio::test]
async fn fault_16_retry_after_holds_for_the_host_in_both_forms_and_clamped() {
    let server = Server::start();
    let table = [
        (429, "120", 120),
        (503, "120", 120),
        (503, "Sun, 22 Nov 2026 12:10:00 GMT", 600),
        (429, "99999999999", 86_400),
        (500, "3600", 3_600),
    ];
    for (status, value, seconds) in table {
        let (client, clock) = timed(&server);
        server.on("/busy", Answer::new(status, &[("retry-after", value)], "")).on("/", Answer::ok("text/plain", "x"));
        let here = server.url_at("a.example", "/");
        let response = feed(&client, &server.url_at("a.example", "/busy")).await.unwrap();
        assert_eq!(response.retry_after, Some(Duration::from_secs(seconds)), "{value}");
        let sent = server.log().len();
        assert_eq!(held(page(&client, &here).await), at(seconds as i64), "{value}");
        assert_eq!(held(feed(&client, &here).await), at(seconds as i64));
        assert_eq!(client.next_free(&url(&here), Kind::Page), Duration::from_secs(seconds));
        assert!(feed(&client, &server.url_at("b.example", "/")).await.is_ok(), "another host is free");
        clock.set(at(seconds as i64 - 1));
        assert!(client.next_free(&url(&here), Kind::Page) > Duration::ZERO);
        assert_eq!(server.log().len(), sent + 1);
        clock.set(at(seconds as i64));
        assert!(feed(&client, &here).await.is_ok(), "{value}: free again");
    }
}

#[tokio::test]
async fn fault_16_429_and_503_without_a_word_back_off_further_each_time() {
    let server = Server::start();
    let (client, clock) = timed(&server);
    server.on("/", Answer::status(503));
    let mut now = at(0);
    let mut last = SignedDuration::ZERO;
    for round in 0..10 {
        clock.set(now);
        assert_eq!(feed(&client, &server.url("/")).await.unwrap().status, 503);
        let until = held(feed(&client, &server.url("/")).await);
        let pause = until.duration_since(now);
        let nominal = 60i64 << round;
        let bounds = SignedDuration::from_secs((nominal * 3 / 4).min(16_200))..=SignedDuration::from_secs((nominal * 5 / 4).min(27_000));
        assert!(bounds.contains(&pause), "round {round}: {pause}");
        assert!(pause > last || round > 7);
        (last, now) = (pause, until);
    }
    assert_eq!(server.log().len(), 10);
    clock.set(now);
    server.on("/", Answer::ok("text/plain", "x"));
    for _ in 0..2 {
        assert!(feed(&client, &server.url("/")).await.is_ok());
    }
}

#[tokio::test]
async fn backoff_is_spread_so_that_hosts_do_not_come_back_together() {
    let server = Server::start();
    server.on("/", Answer::status(429));
    let mut ends = std::collections::HashSet::new();
    for _ in 0..8 {
        let (client, _) = timed(&server);
        feed(&client, &server.url("/")).await.unwrap();
        ends.insert(held(feed(&client, &server.url("/")).await));
    }
    assert!(ends.len() > 4, "{ends:?}");
}

#[tokio::test]
async fn fault_13_a_host_that_keeps_failing_is_left_alone_and_tried_again() {
    let server = Server::start();
    let (client, clock) = timed(&server);
    for failure in [Answer::steps([Step::Reset]), Answer::status(500), Answer::raw("nonsense\r\n\r\n")] {
        server.on("/", Answer::ok("text/plain", "x"));
        clock.set(clock.now().checked_add(SignedDuration::from_hours(2)).unwrap());
        assert!(feed(&client, &server.url("/")).await.is_ok());
        server.on("/", failure);
        let sent = server.log().len();
        for _ in 0..3 {
            assert!(!matches!(feed(&client, &server.url("/")).await, Err(NetError::HostBackoff { .. })));
        }
        let until = held(feed(&client, &server.url("/")).await);
        let asked = server.log().len();
        assert!(asked > sent);
        clock.set(until);
        assert!(!matches!(feed(&client, &server.url("/")).await, Err(NetError::HostBackoff { .. })), "tried once");
        assert!(held(feed(&client, &server.url("/")).await) > until, "and left alone again");
        assert_eq!(client.host_states()[0].failures, 4);
    }
}

#[tokio::test]
async fn faults_that_are_not_the_hosts_leave_it_free() {
    let server = Server::start();
    server.on("/big", Answer::ok("text/plain", "x".repeat(2_000))).on("/odd", Answer::new(200, &[("content-encoding", "zstd")], "x"));
    server.on("/gone", Answer::status(404)).on("/out", Answer::redirect(302, "ftp://x/"));
    let client = named(Settings { feed_max_bytes: 1_000, ..settings(&server) }, &[]);
    for path in ["/big", "/odd", "/gone", "/out"].repeat(3) {
        assert!(!matches!(feed(&client, &server.url(path)).await, Err(NetError::HostBackoff { .. })), "{path}");
    }
    let state = &client.host_states()[0];
    assert_eq!((state.failures, state.backoff, state.in_flight, state.waiting, state.requests), (0, None, 0, 0, 12));
}

#[tokio::test]
async fn a_clock_set_back_does_not_stretch_a_backoff() {
    let server = Server::start();
    let (client, clock) = timed(&server);
    server.on("/", Answer::new(503, &[("retry-after", "3600")], ""));
    feed(&client, &server.url("/")).await.unwrap();
    clock.set(at(-86_400));
    assert_eq!(held(feed(&client, &server.url("/")).await), at(-86_400 + 3_600));
    clock.set(at(10 * 365 * 86_400));
    assert_eq!(client.next_free(&url(&server.url("/")), Kind::Feed), Duration::ZERO);
}

#[tokio::test]
async fn fault_16_a_bot_check_blocks_its_kind_for_long_and_says_so() {
    let server = Server::start();
    let (client, clock) = timed(&server);
    let challenge = "<html><head><title>Just a moment...</title></head></html>";
    server.on("/page", Answer::new(403, &[("content-type", "text/html"), ("server", "cloudflare")], challenge));
    server.on("/feed", Answer::ok("text/xml", "<rss/>"));
    let response = page(&client, &server.url("/page")).await.unwrap();
    assert_eq!((response.status, response.blocked), (403, Some("Cloudflare challenge")));
    let until = held(page(&client, &server.url("/page")).await);
    assert!(until >= at(2_700), "{until}");
    assert!(feed(&client, &server.url("/feed")).await.is_ok(), "the feed is let through");
    let state = &client.host_states()[0];
    assert!(state.blocked && state.backoff.is_some_and(|b| b.1 == Hold::Blocked));
    clock.set(until);
    server.on("/page", Answer::ok("text/html", "x"));
    assert!(page(&client, &server.url("/page")).await.is_ok());
    assert!(!client.host_states()[0].blocked);
    server.on("/page", Answer::status(403));
    assert_eq!(page(&client, &server.url("/page")).await.unwrap().blocked, None, "a plain 403 is not a bot check");
    assert!(page(&client, &server.url("/page")).await.is_ok());
}

#[tokio::test]
async fn pauses_can_be_stored_and_taken_up_after_a_restart() {
    let server = Server::start();
    let (client, clock) = timed(&server);
    server.on("a.example /", Answer::new(503, &[("retry-after", "3600")], ""));
    server.on("b.example /", Answer::new(403, &[("cf-mitigated", "challenge")], ""));
    feed(&client, &server.url_at("a.example", "/")).await.unwrap();
    page(&client, &server.url_at("b.example", "/")).await.unwrap();
    let rows = client.holds();
    assert_eq!(rows.len(), 2);
    let (again, clock_again) = timed(&server);
    again.load_holds(rows.clone());
    assert_eq!(held(feed(&again, &server.url_at("a.example", "/")).await), at(3_600));
    held(page(&again, &server.url_at("b.example", "/")).await);
    assert!(feed(&again, &server.url_at("b.example", "/feed")).await.is_ok(), "only pages are blocked there");
    let mut left = again.holds();
    left.sort_by_key(|r| r.until);
    let mut were = rows.clone();
    were.sort_by_key(|r| r.until);
    assert_eq!(left, were);
    for c in [&clock, &clock_again] {
        c.set(at(86_400 * 2));
    }
    assert!(again.holds().is_empty());
    let (late, late_clock) = timed(&server);
    late_clock.set(at(86_400 * 2));
    late.load_holds(rows);
    assert!(late.host_states().is_empty());
}

#[tokio::test]
async fn http_and_https_of_one_site_are_one_host() {
    for (a, b, same) in [
        ("http://x.example/1", "https://X.example./2", true),
        ("http://x.example:80/", "http://x.example/", true),
        ("http://x.example:8080/", "http://x.example/", false),
        ("http://www.x.example/", "http://x.example/", false),
    ] {
        assert_eq!(Client::host_key(&url(a)) == Client::host_key(&url(b)), same, "{a} {b}");
    }
}

#[tokio::test]
async fn connections_are_kept_for_the_next_request() {
    let server = Server::start();
    server.on("/*", Answer::ok("text/plain", "x")).on("/gone", Answer::new(404, &[], "no such page"));
    server.on("/away", Answer::new(302, &[("location", "/here")], "<a href=here>"));
    let client = client(&server);
    for path in ["/1", "/2", "/gone", "/away", "/3"] {
        feed(&client, &server.url(path)).await.unwrap();
    }
    assert_eq!((server.log().len(), server.connections()), (6, 1));
}

#[tokio::test]
async fn a_kept_connection_that_the_server_closed_is_replaced_once() {
    let server = Server::start();
    // The server closes after each answer without saying so, the second time before it answers at all.
    let ok = Answer::ok("text/plain", "x");
    server.on("/", ok.clone());
    server.each("/close", vec![Answer::steps([Step::Close]), ok]);
    let client = client(&server);
    feed(&client, &server.url("/")).await.unwrap();
    assert_eq!(feed(&client, &server.url("/close")).await.unwrap().body, "x");
    assert_eq!((server.connections(), server.hits("/close")), (2, 2));
    server.on("/never", Answer::steps([Step::Close]));
    assert!(matches!(feed(&client, &server.url("/never")).await, Err(NetError::Reset { .. })));
    assert_eq!(server.hits("/never"), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fault_14_idle_connections_are_bounded_over_all_hosts() {
    let server = Server::start();
    server.on("/", Answer::ok("text/plain", "x"));
    let names: Vec<String> = (0..10_000).map(|n| format!("h{n}.example")).collect();
    let list: Vec<(&str, &[&str])> = names.iter().map(|n| (n.as_str(), &["127.0.0.1"][..])).collect();
    let own = Settings { max_idle: 20, max_connections: 8, keep_idle: Duration::from_secs(600), ..settings(&server) };
    let client = named(own, &list);
    let mut most = 0;
    for some in names.chunks(50) {
        let jobs: Vec<String> = some.iter().map(|n| server.url_at(n, "/")).collect();
        let done = futures_util::future::join_all(jobs.iter().map(|u| page(&client, u))).await;
        assert!(done.iter().all(Result::is_ok));
        most = most.max(server.open());
    }
    assert_eq!(server.connections(), 10_000);
    assert!(most <= 20 + 8 + 8, "{most} connections open");
    assert_eq!(client.host_states().len(), 10_000);
}

#[tokio::test]
async fn a_short_backoff_is_waited_for_and_a_long_one_is_said() {
    let server = Server::start();
    server.each("/", vec![Answer::new(503, &[("retry-after", "1")], ""), Answer::ok("text/plain", "x")]);
    let patient = named(Settings { max_wait: Duration::from_secs(5), ..settings(&server) }, &[]);
    assert_eq!(feed(&patient, &server.url("/")).await.unwrap().status, 503);
    assert_eq!(feed(&patient, &server.url("/")).await.unwrap().body, "x");
    let log = server.log();
    assert!(log[1].at - log[0].at >= Duration::from_millis(990));
}

#[tokio::test]
async fn a_queue_is_seen_in_the_hint() {
    let server = Server::start();
    server.on("/", Answer::steps([Step::Hang]));
    let client = client(&server);
    let target = url(&server.url("/"));
    assert_eq!(client.next_free(&target, Kind::Page), Duration::ZERO);
    let job = tokio::spawn({
        let (client, target) = (client.clone(), target.clone());
        async move { client.get(Request::page(target)).await }
    });
    while server.hits("/") == 0 {
        tokio::task::yield_now().await;
    }
    assert!(client.next_free(&target, Kind::Page) > Duration::ZERO);
    assert_eq!(client.host_states()[0].in_flight, 1);
    job.abort();
    assert!(job.await.unwrap_err().is_cancelled());
    assert_eq!(client.host_states()[0].in_flight, 0);
}

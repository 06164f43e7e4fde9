//! FAULTS 29 and 30: robots.txt by RFC 9309.

use crate::net::{Names, feed, named, page, settings};
use crate::server::{Answer, Server, Step, head};
use jiff::SignedDuration;
use newsfold::clock::Clock;
use newsfold::net::{Client, ErrorKind, NetError, Settings};
use std::sync::Arc;
use std::time::Duration;

const RULES: &str = "User-agent: newsfold\nDisallow: /no\n\nUser-agent: *\nDisallow: /";

fn obeying(server: &Server) -> Settings {
    Settings { respect_robots: true, ..settings(server) }
}

fn timed(server: &Server, own: Settings) -> (Client, Clock) {
    let clock = Clock::fixed("2026-11-22T12:00:00Z".parse().unwrap());
    let names = Names::new(&[("a.example", &["127.0.0.1"]), ("b.example", &["127.0.0.1"])]);
    let _ = server;
    (Client::with_lookup(own, clock.clone(), Arc::new(names)).unwrap(), clock)
}

fn later(clock: &Clock, by: SignedDuration) {
    clock.set(clock.now().checked_add(by).unwrap());
}

fn pages(server: &Server) {
    server.on("/*", Answer::ok("text/html", "x"));
}

#[tokio::test]
async fn fault_29_and_30_pages_ask_robots_once_a_day_and_feeds_never() {
    let server = Server::start();
    pages(&server);
    server.script("/robots.txt", |seen| match seen.header("if-none-match") {
        Some("\"r1\"") => Answer::status(304),
        _ => Answer::new(200, &[("etag", "\"r1\"")], RULES),
    });
    let (client, clock) = timed(&server, obeying(&server));
    assert!(feed(&client, &server.url("/no/feed")).await.is_ok());
    assert_eq!(server.hits("/robots.txt"), 0);
    for _ in 0..3 {
        assert!(page(&client, &server.url("/yes")).await.is_ok());
        let error = page(&client, &server.url("/no/1")).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Skip, "robots"));
    }
    assert_eq!((server.hits("/robots.txt"), server.hits("/no/1")), (1, 0));
    later(&clock, SignedDuration::from_hours(25));
    assert!(page(&client, &server.url("/no/1")).await.is_err());
    assert_eq!(server.hits("/robots.txt"), 2);
    assert!(server.last().conditional());
    later(&clock, SignedDuration::from_hours(-48));
    assert!(page(&client, &server.url("/yes")).await.is_ok());
    assert_eq!(server.hits("/robots.txt"), 3, "rules from the future are asked for again");
}

#[tokio::test]
async fn many_pages_at_once_fetch_robots_once() {
    let server = Server::start();
    pages(&server);
    server.on("/robots.txt", Answer::ok("text/plain", RULES).after(Duration::from_millis(50)));
    let client = named(obeying(&server), &[]);
    let urls: Vec<String> = (0..10).map(|n| server.url(&format!("/{n}"))).collect();
    let done = futures_util::future::join_all(urls.iter().map(|u| page(&client, u))).await;
    assert!(done.iter().all(Result::is_ok));
    assert_eq!(server.hits("/robots.txt"), 1);
}

#[tokio::test]
async fn the_setting_turns_it_off() {
    let server = Server::start();
    pages(&server);
    server.on("/robots.txt", Answer::ok("text/plain", "User-agent: *\nDisallow: /"));
    let client = named(settings(&server), &[]);
    assert!(page(&client, &server.url("/a")).await.is_ok());
    assert_eq!(server.hits("/robots.txt"), 0);
}

#[tokio::test]
async fn fault_30_missing_means_free_and_unreachable_means_closed() {
    let cases = [
        ("404", Answer::status(404), true),
        ("403", Answer::status(403), true),
        ("410", Answer::status(410), true),
        ("204", Answer::status(204), true),
        ("html", Answer::ok("text/html", "<html>User-agent: * Disallow: /</html>"), true),
        ("redirect to nowhere", Answer::status(302), true),
        ("endless redirect", Answer::redirect(302, "/robots.txt"), true),
        ("500", Answer::status(500), false),
        ("nonsense", Answer::raw("nonsense\r\n\r\n"), false),
        ("reset", Answer::steps([Step::Reset]), false),
        ("zstd", Answer::new(200, &[("content-encoding", "zstd")], "x"), false),
        ("unasked 304", Answer::status(304), false),
        ("redirect inside", Answer::redirect(302, "http://10.0.0.1/robots.txt"), false),
    ];
    for (case, answer, free) in cases {
        let server = Server::start();
        pages(&server);
        server.on("/robots.txt", answer);
        let (client, clock) = timed(&server, obeying(&server));
        let result = page(&client, &server.url("/a")).await;
        if free {
            assert!(result.is_ok(), "{case}: {result:?}");
            continue;
        }
        let error = result.unwrap_err();
        assert!(matches!(error, NetError::RobotsUnreachable { .. }), "{case}: {error:?}");
        assert_eq!((error.kind(), server.hits("/a")), (ErrorKind::Retry, 0));
        assert!(page(&client, &server.url("/a")).await.is_err());
        clock.set(error.until().unwrap());
        server.on("/robots.txt", Answer::status(404));
        assert!(page(&client, &server.url("/a")).await.is_ok(), "{case}: asked again in time");
    }
}

#[tokio::test]
async fn a_busy_robots_holds_the_host() {
    let server = Server::start();
    pages(&server);
    server.on("/robots.txt", Answer::new(503, &[("retry-after", "600")], ""));
    let (client, clock) = timed(&server, obeying(&server));
    assert!(page(&client, &server.url("/a")).await.is_err());
    assert!(matches!(feed(&client, &server.url("/feed")).await, Err(NetError::HostBackoff { .. })));
    later(&clock, SignedDuration::from_secs(601));
    server.on("/robots.txt", Answer::status(404));
    assert!(page(&client, &server.url("/a")).await.is_ok());
}

#[tokio::test]
async fn rules_outlive_a_robots_that_fails_later_but_not_for_ever() {
    let server = Server::start();
    pages(&server);
    server.on("/robots.txt", Answer::ok("text/plain", RULES));
    let (client, clock) = timed(&server, obeying(&server));
    assert!(page(&client, &server.url("/yes")).await.is_ok());
    server.on("/robots.txt", Answer::status(500));
    later(&clock, SignedDuration::from_hours(25));
    assert!(page(&client, &server.url("/yes")).await.is_ok());
    assert_eq!(page(&client, &server.url("/no")).await.unwrap_err().code(), "robots");
    assert_eq!(server.hits("/robots.txt"), 2, "not asked again at once");
    later(&clock, SignedDuration::from_hours(31 * 24));
    assert_eq!(page(&client, &server.url("/yes")).await.unwrap_err().code(), "robots-unreachable");
}

#[tokio::test]
async fn fault_30_a_megabyte_is_read_to_its_limit_and_no_further() {
    let server = Server::start();
    pages(&server);
    let early = format!("User-agent: *\nDisallow: /early\n{}\nDisallow: /late\n", "# filler\n".repeat(120_000));
    assert!(early.len() > 1_000_000);
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut bomb, early.as_bytes()).unwrap();
    let endless = Step::Forever(b"# filler\n".repeat(1_000), Duration::ZERO);
    let answers = [
        Answer::ok("text/plain", &early),
        Answer::new(200, &[("content-encoding", "gzip")], bomb.finish().unwrap()),
        Answer::steps([Step::Send(head(200, &[])), Step::Send(b"User-agent: *\nDisallow: /early\n".to_vec()), endless]),
    ];
    for answer in answers {
        server.on("/robots.txt", answer);
        let client = named(obeying(&server), &[]);
        assert_eq!(page(&client, &server.url("/early")).await.unwrap_err().code(), "robots");
        assert!(page(&client, &server.url("/late")).await.is_ok());
    }
}

#[tokio::test]
async fn fault_30_a_redirected_robots_counts_for_the_origin_that_was_asked() {
    let server = Server::start();
    pages(&server);
    server.on("a.example /robots.txt", Answer::redirect(301, &server.url_at("b.example", "/rules.txt")));
    server.on("b.example /rules.txt", Answer::ok("text/plain", RULES));
    server.on("b.example /robots.txt", Answer::redirect(301, &server.url_at("a.example", "/robots.txt")));
    let (client, _) = timed(&server, obeying(&server));
    let (a, b) = (server.url_at("a.example", "/no"), server.url_at("b.example", "/no"));
    // Each leads to the other, and one of them to itself again: neither waits for the other for ever.
    let (first, second) = futures_util::join!(page(&client, &a), page(&client, &b));
    assert_eq!(first.unwrap_err().code(), "robots");
    assert_eq!(second.unwrap_err().code(), "robots");
}

#[tokio::test]
async fn fault_30_crawl_delay_is_the_gap_of_the_host() {
    let server = Server::start();
    pages(&server);
    server.on("/robots.txt", Answer::ok("text/plain", "User-agent: *\nCrawl-delay: 0.3\nDisallow:"));
    let client = named(Settings { max_wait: Duration::from_secs(5), ..obeying(&server) }, &[]);
    for path in ["/1", "/2"] {
        page(&client, &server.url(path)).await.unwrap();
    }
    let log = server.log();
    assert_eq!(log.len(), 3);
    for pair in log.windows(2) {
        assert!(pair[1].at - pair[0].at >= Duration::from_millis(290));
    }
    assert_eq!(client.host_states()[0].gap, Duration::from_millis(300));
    server.on("/robots.txt", Answer::ok("text/plain", "User-agent: *\nCrawl-delay: 86400"));
    let client = named(obeying(&server), &[]);
    let error = page(&client, &server.url("/1")).await.unwrap_err();
    assert_eq!(error.code(), "backoff", "longer than one waits in a request");
    assert_eq!(client.host_states()[0].gap, Duration::from_secs(600), "and never longer than is sensible");
}

#[tokio::test]
async fn rules_can_be_stored_and_taken_up_again() {
    let server = Server::start();
    pages(&server);
    server.on("/robots.txt", Answer::ok("text/plain", format!("{RULES}\nUser-agent: newsfold\nCrawl-delay: 0.2")));
    let (client, _) = timed(&server, Settings { max_wait: Duration::from_secs(5), ..obeying(&server) });
    page(&client, &server.url("/yes")).await.unwrap();
    let rows = client.new_robots();
    assert_eq!((rows.len(), rows[0].origin.as_str()), (1, server.url("").as_str()));
    assert!(client.new_robots().is_empty(), "given out once");
    let (again, clock) = timed(&server, Settings { max_wait: Duration::from_secs(5), ..obeying(&server) });
    again.load_robots(rows);
    page(&again, &server.url("/yes")).await.unwrap();
    assert_eq!(page(&again, &server.url("/no")).await.unwrap_err().code(), "robots");
    assert_eq!(server.hits("/robots.txt"), 1);
    assert_eq!(again.host_states()[0].gap, Duration::from_millis(200));
    later(&clock, SignedDuration::from_hours(25));
    page(&again, &server.url("/yes")).await.unwrap();
    assert_eq!(server.hits("/robots.txt"), 2);
}

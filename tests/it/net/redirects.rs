//! FAULTS 4 and 8: redirects are followed by hand, five at most, and never downhill.

use crate::net::{client, feed, named, page, settings, url};
use crate::server::{AUTHORITY, Answer, Server, Step, head};
use newsfold::net::{NetError, Request, Settings};
use std::time::Duration;

fn chain(server: &Server, length: usize, status: u16) {
    for n in 0..length {
        server.on(&format!("/{n}"), Answer::redirect(status, &format!("/{}", n + 1)));
    }
    server.on(&format!("/{length}"), Answer::ok("text/plain", "end"));
}

fn bad_redirect<T: std::fmt::Debug>(result: Result<T, NetError>, says: &str) {
    match result {
        Err(NetError::BadRedirect { detail, .. }) => assert!(detail.contains(says), "{detail:?} does not say {says:?}"),
        other => panic!("{says}: {other:?}"),
    }
}

#[tokio::test]
async fn five_hops_are_followed_and_six_are_not() {
    let server = Server::start();
    chain(&server, 6, 302);
    let client = client(&server);
    let response = feed(&client, &server.url("/1")).await.unwrap();
    assert_eq!((response.body.as_ref(), response.hops.len()), (&b"end"[..], 5));
    assert_eq!(response.final_url.as_str(), server.url("/6"));
    assert_eq!(response.permanent_redirect, None);
    bad_redirect(feed(&client, &server.url("/0")).await, "more than 5");
    assert_eq!(server.hits("/6"), 1);
}

#[tokio::test]
async fn fault_8_only_a_wholly_permanent_way_is_a_new_address() {
    let server = Server::start();
    server.on("/moved", Answer::redirect(301, "/also#part")).on("/also", Answer::redirect(308, "/new"));
    server.on("/mixed", Answer::redirect(301, "/temp")).on("/temp", Answer::redirect(307, "/new"));
    server.on("/new", Answer::ok("text/plain", "x"));
    let client = client(&server);
    let moved = feed(&client, &server.url("/moved")).await.unwrap();
    assert_eq!(moved.permanent_redirect.unwrap().as_str(), server.url("/new"));
    assert_eq!(moved.hops.iter().map(|h| h.status).collect::<Vec<_>>(), [301, 308]);
    assert_eq!(feed(&client, &server.url("/mixed")).await.unwrap().permanent_redirect, None);
    assert_eq!(feed(&client, &server.url("/new")).await.unwrap().permanent_redirect, None);
}

#[tokio::test]
async fn fault_4_circles_and_other_schemes_are_told() {
    let server = Server::start();
    server.on("/self", Answer::redirect(302, "/self#x"));
    server.on("/a", Answer::redirect(302, "/b")).on("/b", Answer::redirect(302, "/a"));
    let client = client(&server);
    bad_redirect(feed(&client, &server.url("/self")).await, "circle");
    bad_redirect(feed(&client, &server.url("/a")).await, "circle");
    assert_eq!(server.log().len(), 3);
    for target in ["file:///etc/passwd", "data:text/xml,<rss/>", "gopher://127.0.0.1/", "javascript:alert(1)", "ftp://127.0.0.1/"] {
        server.on("/out", Answer::redirect(301, target));
        bad_redirect(feed(&client, &server.url("/out")).await, target.split(':').next().unwrap());
    }
    server.on("/out", Answer::status(302));
    bad_redirect(feed(&client, &server.url("/out")).await, "where to");
    server.on("/out", Answer::redirect(302, "http://[broken"));
    bad_redirect(feed(&client, &server.url("/out")).await, "no URL");
    server.on("/out", Answer::redirect(302, &format!("/{}", "x".repeat(9_000))));
    bad_redirect(feed(&client, &server.url("/out")).await, "too long");
}

#[tokio::test]
async fn fault_4_https_never_falls_back_to_http() {
    let (secure, plain) = (Server::tls(), Server::start());
    secure.on("/down", Answer::redirect(301, &plain.url("/x"))).on("/ok", Answer::ok("text/plain", "safe"));
    plain.on("/up", Answer::redirect(301, &secure.url("/ok")));
    let mut own = settings(&secure);
    own.allow_networks.extend(settings(&plain).allow_networks);
    own.extra_roots = vec![AUTHORITY.to_vec()];
    let client = named(own, &[]);
    bad_redirect(feed(&client, &secure.url("/down")).await, "https to plain http");
    assert_eq!(plain.connections(), 0);
    assert_eq!(feed(&client, &plain.url("/up")).await.unwrap().body, "safe");
}

#[tokio::test]
async fn an_unknown_certificate_is_an_error_of_tls_and_starts_need_no_authorities() {
    let secure = Server::tls();
    let client = named(settings(&secure), &[("wrong.example", &["127.0.0.1"])]);
    let error = feed(&client, &secure.url("/")).await.unwrap_err();
    assert!(matches!(error, NetError::Tls { .. }), "{error:?}");
    let mut own = settings(&secure);
    own.extra_roots = vec![AUTHORITY.to_vec(), b"not a certificate".to_vec()];
    let client = named(own, &[("wrong.example", &["127.0.0.1"]), ("localhost", &["127.0.0.1"])]);
    let error = feed(&client, &secure.url_at("wrong.example", "/")).await.unwrap_err();
    assert!(matches!(error, NetError::Tls { .. }), "{error:?}");
    assert_eq!(feed(&client, &secure.url_at("localhost", "/")).await.unwrap().status, 404);
    assert_eq!(secure.log().len(), 1);
}

#[tokio::test]
async fn fault_11_the_body_of_a_redirect_is_not_waited_for() {
    let server = Server::start();
    // A drip of chunks, and a stated length that never comes.
    let (chunked, stated) = ([("location", "/end"), ("transfer-encoding", "chunked")], [("location", "/end"), ("content-length", "9")]);
    let drip = Step::Forever(b"1\r\nx\r\n".to_vec(), Duration::from_millis(50));
    server.on("/chunks", Answer::steps([Step::Send(head(302, &chunked)), drip]));
    server.on("/length", Answer::steps([Step::Send(head(302, &stated)), Step::Hang]));
    server.on("/end", Answer::ok("text/plain", "x"));
    let client = named(Settings { idle_timeout: Duration::from_secs(60), ..settings(&server) }, &[]);
    for path in ["/chunks", "/length"] {
        assert_eq!(feed(&client, &server.url(path)).await.unwrap().body, "x", "{path}");
    }
}

#[tokio::test]
async fn every_hop_passes_robots_and_backoff_of_its_own_host() {
    let server = Server::start();
    server.on("b.example /robots.txt", Answer::ok("text/plain", "User-agent: *\nDisallow: /private"));
    server.on("a.example /1", Answer::redirect(302, &server.url_at("b.example", "/private/1")));
    server.on("a.example /2", Answer::redirect(302, &server.url_at("c.example", "/busy")));
    server.on("c.example /busy", Answer::new(503, &[("retry-after", "3600")], ""));
    let own = Settings { respect_robots: true, ..settings(&server) };
    let client = named(own, &[("a.example", &["127.0.0.1"]), ("b.example", &["127.0.0.1"]), ("c.example", &["127.0.0.1"])]);
    let error = page(&client, &server.url_at("a.example", "/1")).await.unwrap_err();
    assert!(matches!(&error, NetError::RobotsDisallowed { host } if host.starts_with("b.example")), "{error:?}");
    assert_eq!(server.hits("/private/1"), 0);
    assert_eq!(page(&client, &server.url_at("a.example", "/2")).await.unwrap().status, 503);
    let error = page(&client, &server.url_at("a.example", "/2")).await.unwrap_err();
    assert!(matches!(&error, NetError::HostBackoff { host, .. } if host.starts_with("c.example")), "{error:?}");
    assert_eq!(server.hits("/busy"), 1);
    assert!(client.get(Request::page(url(&server.url_at("a.example", "/3")))).await.is_ok(), "a.example itself is fine");
}

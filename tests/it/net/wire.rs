//! FAULTS 11 and 12, and 13 on the wire: what stalls, drips, lies or breaks off ends in a clean error, in time.

use crate::net::{client, feed, named, settings, url};
use crate::server::{Answer, Server, Step, head};
use newsfold::clock::Clock;
use newsfold::net::{Client, ErrorKind, Looking, Lookup, NetError, Request, Settings, Stage};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

fn quick(server: &Server) -> Settings {
    Settings {
        first_byte_timeout: Duration::from_millis(300),
        idle_timeout: Duration::from_millis(300),
        total_timeout: Duration::from_millis(900),
        ..settings(server)
    }
}

async fn stage(server: &Server, answer: Answer) -> Stage {
    server.on("/", answer);
    match feed(&named(quick(server), &[]), &server.url("/")).await {
        Err(NetError::Timeout { stage, .. }) => stage,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn fault_11_silence_and_drips_end_at_their_deadlines() {
    let server = Server::start();
    let slow = Duration::from_millis(50);
    let silence = Answer::steps([Step::Hang]);
    assert_eq!(stage(&server, silence).await, Stage::FirstByte);
    let headers = Answer::steps([Step::Drip(head(200, &[("x", &"y".repeat(500))]), slow)]);
    assert_eq!(stage(&server, headers).await, Stage::FirstByte);
    let interim = Answer::steps([Step::Forever(b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec(), slow)]);
    assert_eq!(stage(&server, interim).await, Stage::FirstByte);
    let standing = Answer::steps([Step::Send(head(200, &[("content-length", "10")])), Step::Hang]);
    assert_eq!(stage(&server, standing).await, Stage::Idle);
    let body = Answer::steps([Step::Send(head(200, &[("content-length", "1000")])), Step::Drip(vec![b'x'; 1000], slow)]);
    assert_eq!(stage(&server, body).await, Stage::Total);
    let chunks = Answer::steps([Step::Send(head(200, &[("transfer-encoding", "chunked")])), Step::Forever(b"1\r\nx\r\n".to_vec(), slow)]);
    assert_eq!(stage(&server, chunks).await, Stage::Total);
}

#[tokio::test]
async fn fault_11_redirects_share_one_total_deadline() {
    let server = Server::start();
    for n in 0..5 {
        server.on(&format!("/{n}"), Answer::redirect(302, &format!("/{}", n + 1)).after(Duration::from_millis(250)));
    }
    let result = feed(&named(quick(&server), &[]), &server.url("/0")).await;
    assert!(matches!(result, Err(NetError::Timeout { stage: Stage::Total, .. })), "{result:?}");
    assert_eq!(server.hits("/5"), 0);
}

#[tokio::test]
async fn fault_11_a_stalled_host_does_not_hold_up_others() {
    let server = Server::start();
    server.on("slow.example /", Answer::steps([Step::Hang])).on("fast.example /", Answer::ok("text/plain", "x"));
    let client = named(quick(&server), &[("slow.example", &["127.0.0.1"]), ("fast.example", &["127.0.0.1"])]);
    let (slow, fast) = (server.url_at("slow.example", "/"), server.url_at("fast.example", "/"));
    tokio::select! {
        biased;
        first = feed(&client, &slow) => panic!("the stalled one came first: {first:?}"),
        fast = async { for _ in 0..5 { feed(&client, &fast).await.unwrap(); } } => fast,
    }
}

#[tokio::test]
async fn fault_12_heads_beyond_bounds_and_nonsense_are_bad_responses() {
    let server = Server::start();
    let many: Vec<(String, String)> = (0..101).map(|n| (format!("x-{n}"), "y".to_owned())).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let long = "y".repeat(500_000);
    let cases = [
        ("101 headers", Answer::raw(head(200, &many))),
        ("500 kB of header", Answer::raw(head(200, &[("x", &long)]))),
        ("no HTTP", Answer::raw("SSH-2.0-OpenSSH_9.2\r\n\r\n")),
        ("no status", Answer::raw("HTTP/1.1 abc Nonsense\r\n\r\n")),
        ("two lengths", Answer::raw("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx")),
        ("a length that is none", Answer::raw("HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\nx")),
        ("a chunk size that is none", Answer::raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nx\r\n0\r\n\r\n")),
        (
            "a chunk size that overflows",
            Answer::raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\nx\r\n0\r\n\r\n"),
        ),
    ];
    for (case, answer) in cases {
        server.on("/", answer);
        let error = feed(&client(&server), &server.url("/")).await.expect_err(case);
        assert!(matches!(error, NetError::BadResponse { .. } | NetError::Reset { .. }), "{case}: {error:?}");
        assert_eq!(error.kind(), ErrorKind::Retry, "{case}");
    }
}

#[tokio::test]
async fn fault_12_and_13_bodies_that_end_early_are_never_a_part() {
    let server = Server::start();
    let start = head(200, &[("content-length", "100")]);
    let chunk = [head(200, &[("transfer-encoding", "chunked")]), b"5\r\nhello\r\n".to_vec()].concat();
    let cases = [
        ("a length that lies", Answer::steps([Step::Send(start.clone()), Step::Send(b"hello".to_vec()), Step::Close])),
        ("chunks without an end", Answer::steps([Step::Send(chunk.clone()), Step::Close])),
        ("reset in the body", Answer::steps([Step::Send(start), Step::Send(b"hello".to_vec()), Step::Reset])),
        ("reset between chunks", Answer::steps([Step::Send(chunk), Step::Wait(Duration::from_millis(50)), Step::Reset])),
        ("reset at once", Answer::steps([Step::Reset])),
        ("closed at once", Answer::steps([Step::Close])),
        ("closed in the head", Answer::raw("HTTP/1.1 200 OK\r\nx: ")),
    ];
    for (case, answer) in cases {
        server.on("/", answer);
        let error = feed(&client(&server), &server.url("/")).await.expect_err(case);
        assert!(matches!(error, NetError::Reset { .. }), "{case}: {error:?}");
        assert_eq!(error.kind(), ErrorKind::Retry);
    }
}

#[tokio::test]
async fn fault_13_refused_connections_and_unknown_names_are_told_apart() {
    let server = Server::start();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut own = settings(&server);
    own.allow_networks = vec!["127.0.0.0/8".parse().unwrap()];
    let client = named(own, &[]);
    let error = feed(&client, &format!("http://{closed}/")).await.unwrap_err();
    assert!(matches!(error, NetError::Connect { .. }), "{error:?}");
    let error = feed(&client, "http://nowhere.example/").await.unwrap_err();
    assert!(matches!(&error, NetError::Dns { host, .. } if host == "nowhere.example"), "{error:?}");
}

/// Never answers.
struct Silent;

impl Lookup for Silent {
    fn lookup(&self, _: &str) -> Looking {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn fault_13_a_resolver_that_hangs_has_its_own_deadline() {
    let own = Settings { dns_timeout: Duration::from_millis(100), min_gap: Duration::ZERO, ..Settings::default() };
    let client = Client::with_lookup(own, Clock::system(), Arc::new(Silent)).unwrap();
    let error = feed(&client, "http://news.example/").await.unwrap_err();
    assert!(matches!(error, NetError::Timeout { stage: Stage::Dns, .. }), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::Retry);
}

#[tokio::test]
async fn a_cancelled_request_ends_at_once_and_frees_its_host() {
    let server = Server::start();
    server.on("/hang", Answer::steps([Step::Hang])).on("/", Answer::ok("text/plain", "x"));
    let own = Settings { first_byte_timeout: Duration::from_secs(600), total_timeout: Duration::from_secs(600), ..settings(&server) };
    let client = named(own, &[]);
    let cancel = CancellationToken::new();
    let request = Request::feed(url(&server.url("/hang"))).cancelled_by(cancel.clone());
    let began = Instant::now();
    let waiting = tokio::spawn({
        let client = client.clone();
        async move { client.get(request).await }
    });
    while server.hits("/hang") == 0 {
        tokio::task::yield_now().await;
    }
    cancel.cancel();
    let error = waiting.await.unwrap().unwrap_err();
    assert_eq!((&error, error.kind()), (&NetError::Cancelled, ErrorKind::Stop));
    assert_eq!(feed(&client, &server.url("/")).await.unwrap().body, "x");
    assert!(began.elapsed() < Duration::from_secs(300), "no deadline had to pass");
}

/// A listener whose queue is full: connections to it are never answered, as on a route that leads nowhere.
fn black_hole() -> (tokio::net::TcpListener, Vec<std::net::TcpStream>) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let addr = listener.local_addr().unwrap();
    let mut queued = Vec::new();
    while let Ok(stream) = std::net::TcpStream::connect_timeout(&addr, Duration::from_millis(200)) {
        queued.push(stream);
        assert!(queued.len() < 100, "the queue never fills");
    }
    (listener, queued)
}

#[tokio::test]
async fn fault_13_a_black_hole_ends_at_the_connect_deadline_and_others_go_on() {
    let (hole, _queued) = black_hole();
    let server = Server::start();
    server.on("/", Answer::ok("text/plain", "x"));
    let mut own = settings(&server);
    own.allow_networks.iter_mut().for_each(|net| net.port = None);
    let own = Settings {
        connect_timeout: Duration::from_millis(400),
        first_byte_timeout: Duration::from_secs(60),
        total_timeout: Duration::from_secs(60),
        ..own
    };
    let client = named(own, &[]);
    let address = format!("http://{}/", hole.local_addr().unwrap());
    let swallowed = tokio::spawn({
        let (client, address) = (client.clone(), address.clone());
        async move { feed(&client, &address).await }
    });
    assert!(feed(&client, &server.url("/")).await.is_ok(), "somebody else meanwhile");
    // The system would give up by itself, but only after half a minute.
    let ended = tokio::time::timeout(Duration::from_secs(15), swallowed).await.expect("the connect deadline");
    let error = ended.unwrap().unwrap_err();
    assert!(matches!(error, NetError::Timeout { stage: Stage::Connect, .. }), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::Retry);
    for _ in 0..2 {
        assert!(feed(&client, &address).await.is_err());
    }
    assert!(
        matches!(feed(&client, &address).await, Err(NetError::HostBackoff { .. })),
        "after the third it is left alone, and its next try is known"
    );
}

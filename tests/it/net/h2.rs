//! HTTP/2: the same limits and manners as over HTTP/1.1, against a server that speaks nothing else.

use crate::net::url;
use crate::server::{AUTHORITY, acceptor};
use bytes::Bytes;
use h2::{Reason, RecvStream, server::SendResponse};
use http::{Request as Asked, Response as Reply, StatusCode};
use newsfold::clock::Clock;
use newsfold::config::AllowNet;
use newsfold::model::Validators;
use newsfold::net::{Client, NetError, Request, Settings, Stage};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    requests: Mutex<Vec<Asked<()>>>,
}

/// An HTTP/2 server, and a client that may talk to it.
async fn start() -> (SocketAddr, Arc<Seen>, Client) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (addr, seen) = (listener.local_addr().unwrap(), Arc::new(Seen::default()));
    let theirs = seen.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            theirs.connections.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(serve(stream, theirs.clone()));
        }
    });
    let settings = Settings {
        allow_networks: vec![AllowNet { net: "127.0.0.0/8".parse().unwrap(), port: Some(addr.port()) }],
        min_gap: Duration::ZERO,
        respect_robots: false,
        connect_timeout: Duration::from_secs(5),
        first_byte_timeout: Duration::from_millis(800),
        idle_timeout: Duration::from_millis(800),
        total_timeout: Duration::from_millis(1_600),
        feed_max_bytes: 1 << 20,
        extra_roots: vec![AUTHORITY.to_vec()],
        ..Settings::default()
    };
    (addr, seen, Client::new(settings, Clock::system()).unwrap())
}

async fn serve(stream: TcpStream, seen: Arc<Seen>) {
    let Ok(stream) = acceptor(&[b"h2"]).accept(stream).await else { return };
    let Ok(mut connection) = h2::server::handshake(stream).await else { return };
    while let Some(Ok((request, respond))) = connection.accept().await {
        let (parts, _) = request.into_parts();
        let last = parts.uri.path() == "/goaway";
        seen.requests.lock().unwrap().push(Asked::from_parts(parts.clone(), ()));
        tokio::spawn(answer(Asked::from_parts(parts, ()), respond));
        if last {
            connection.abrupt_shutdown(Reason::ENHANCE_YOUR_CALM);
        }
    }
}

async fn answer(request: Asked<()>, mut respond: SendResponse<Bytes>) -> Option<RecvStream> {
    let ok = || Reply::builder().status(StatusCode::OK).header("etag", "\"two\"");
    match request.uri().path() {
        "/silence" => std::future::pending::<()>().await,
        "/reset" => respond.send_reset(Reason::INTERNAL_ERROR),
        "/head" => {
            let reply = (0..500).fold(ok(), |reply, n| reply.header(format!("x-{n}"), "y".repeat(1_000)));
            let _ = respond.send_response(reply.body(()).ok()?, true);
        }
        "/down" => {
            let _ = respond.send_response(Reply::builder().status(301).header("location", "http://127.0.0.1/").body(()).ok()?, true);
        }
        "/same" if request.headers().contains_key("if-none-match") => {
            let _ = respond.send_response(Reply::builder().status(304).body(()).ok()?, true);
        }
        path => {
            let (size, pause) = match path {
                "/big" => (1 << 14, Duration::ZERO),
                "/drip" => (1, Duration::from_millis(50)),
                _ => (0, Duration::ZERO),
            };
            let mut body = respond.send_response(ok().body(()).ok()?, false).ok()?;
            body.send_data(Bytes::from_static(b"whole"), size == 0).ok()?;
            if size == 0 {
                return None;
            }
            loop {
                body.reserve_capacity(size);
                std::future::poll_fn(|cx| body.poll_capacity(cx)).await?.ok()?;
                body.send_data(Bytes::from(vec![b'x'; body.capacity().min(size)]), false).ok()?;
                tokio::time::sleep(pause).await;
            }
        }
    }
    None
}

#[tokio::test]
async fn a_request_says_the_same_and_a_conditional_one_is_answered() {
    let (addr, seen, client) = start().await;
    let address = url(&format!("https://{addr}/same"));
    let first = client.get(Request::feed(address.clone())).await.unwrap();
    assert_eq!((first.status, &first.body[..]), (200, &b"whole"[..]));
    let validators = Validators { etag: Some("\"two\"".into()), last_modified: None };
    assert_eq!(first.validators, validators);
    assert!(client.get(Request::feed(address).conditional(validators, None)).await.unwrap().is_unchanged());
    let requests = seen.requests.lock().unwrap();
    assert_eq!((requests.len(), seen.connections.load(Ordering::SeqCst)), (2, 1), "one connection for both");
    for request in requests.iter() {
        assert_eq!(request.version(), http::Version::HTTP_2);
        let mut names: Vec<&str> = request.headers().keys().map(http::HeaderName::as_str).filter(|name| *name != "if-none-match").collect();
        names.sort_unstable();
        assert_eq!(names, ["accept", "accept-encoding", "user-agent"]);
    }
    assert_eq!(requests[1].headers()["if-none-match"], "\"two\"");
}

#[tokio::test]
async fn limits_and_deadlines_hold() {
    let (addr, seen, client) = start().await;
    let get = async |path: &str| client.get(Request::feed(url(&format!("https://{addr}{path}")))).await.unwrap_err();
    assert!(matches!(get("/big").await, NetError::TooLarge { .. }));
    assert!(matches!(get("/drip").await, NetError::Timeout { stage: Stage::Total, .. }));
    assert!(matches!(get("/silence").await, NetError::Timeout { stage: Stage::FirstByte, .. }));
    let next = start().await;
    let (client, addr) = (next.2, next.0);
    let get = async |path: &str| client.get(Request::feed(url(&format!("https://{addr}{path}")))).await.unwrap_err();
    let head = get("/head").await;
    assert!(matches!(head.code(), "bad-response" | "reset"), "{head:?}");
    let reset = get("/reset").await;
    assert!(matches!(reset.code(), "bad-response" | "reset"), "{reset:?}");
    assert!(matches!(get("/down").await, NetError::BadRedirect { .. }), "never from https to http");
    assert_eq!(seen.requests.lock().unwrap().len(), 3, "none is asked twice");
}

#[tokio::test]
async fn after_goaway_a_new_connection_is_made() {
    let (addr, seen, client) = start().await;
    let get = async |path: &str| client.get(Request::feed(url(&format!("https://{addr}{path}")))).await;
    assert!(get("/a").await.is_ok());
    let _ = get("/goaway").await;
    assert!(get("/b").await.is_ok());
    assert!(seen.connections.load(Ordering::SeqCst) >= 2);
}

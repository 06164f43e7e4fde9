//! FAULTS 9 and 10: a body is whole and within its limit, or it is an error.

use crate::net::{client, feed, named, page, settings};
use crate::server::{Answer, Server, Step, head};
use flate2::Compression;
use flate2::write::GzEncoder;
use newsfold::net::{ErrorKind, NetError, Request, Settings};
use std::io::Write;

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn brotli(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &data[..], &mut out, &brotli::enc::BrotliEncoderParams { quality: 5, ..Default::default() }).unwrap();
    out
}

fn coded(coding: &str, body: &[u8]) -> Answer {
    Answer::new(200, &[("content-encoding", coding)], body)
}

fn bad(case: &str, result: Result<newsfold::net::Response, NetError>) {
    match result {
        Err(NetError::BadEncoding { .. }) => {}
        other => panic!("{case}: {:?}", other.map(|r| r.body.len())),
    }
}

#[tokio::test]
async fn gzip_and_brotli_are_decoded_and_counted() {
    let (server, text) = (Server::start(), "news ".repeat(100_000));
    server.on("/gzip", coded("gzip", &gzip(text.as_bytes()))).on("/x", coded("X-GZip", &gzip(text.as_bytes())));
    server.on("/br", coded("br", &brotli(text.as_bytes()))).on("/id", coded("identity", text.as_bytes()));
    server.on("/empty", coded("gzip", b"")).on("/none", coded("br", b"")).on("/void", Answer::status(204));
    let client = client(&server);
    for path in ["/gzip", "/x", "/br", "/id"] {
        let response = feed(&client, &server.url(path)).await.unwrap();
        assert_eq!(response.body, text.as_bytes(), "{path}");
        assert_eq!(response.decoded_bytes(), 500_000);
        assert_eq!(response.wire_bytes < 10_000, path != "/id", "{path}");
    }
    for path in ["/empty", "/none", "/void"] {
        assert!(feed(&client, &server.url(path)).await.unwrap().body.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn fault_10_two_members_arrive_whole_and_padding_is_no_fault() {
    let server = Server::start();
    let both = [gzip(b"first "), gzip(b"second")].concat();
    server.on("/two", coded("gzip", &both)).on("/padded", coded("gzip", &[&both[..], &[0; 64]].concat()));
    let client = client(&server);
    for path in ["/two", "/padded"] {
        assert_eq!(feed(&client, &server.url(path)).await.unwrap().body, "first second", "{path}");
    }
}

#[tokio::test]
async fn fault_10_broken_unknown_and_doubled_encodings_are_errors() {
    let (server, data) = (Server::start(), "text ".repeat(5_000));
    let (gz, br) = (gzip(data.as_bytes()), brotli(data.as_bytes()));
    let mut crc = gz.clone();
    let at = crc.len() - 6;
    crc[at] ^= 1;
    let (two, zs) = ([gz.clone(), gzip(b"x")[..12].to_vec()].concat(), zstd::encode_all(data.as_bytes(), 3).unwrap());
    let tail = [&gz[..], b"<rss/>"].concat();
    let members = gzip(b"").repeat(2_000);
    // Windows beyond 16 MiB are an extension that "br" does not include, and a way to ask for a gigabyte of memory.
    let mut wide = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { large_window: true, lgwin: 28, ..Default::default() };
    brotli::BrotliCompress(&mut data.as_bytes(), &mut wide, &params).unwrap();
    let cases: Vec<(&str, &str, Vec<u8>)> = vec![
        ("truncated gzip", "gzip", gz[..gz.len() / 2].to_vec()),
        ("gzip without its trailer", "gzip", gz[..gz.len() - 4].to_vec()),
        ("gzip header only", "gzip", gz[..10].to_vec()),
        ("second member truncated", "gzip", two),
        ("wrong checksum", "gzip", crc),
        ("text after gzip", "gzip", tail),
        ("thousands of members", "gzip", members),
        ("not gzip at all", "gzip", data.clone().into_bytes()),
        ("truncated brotli", "br", br[..br.len() / 2].to_vec()),
        ("brotli less a byte", "br", br[..br.len() - 1].to_vec()),
        ("text after brotli", "br", [&br[..], b"<rss/>"].concat()),
        ("not brotli at all", "br", vec![0xff; 500]),
        ("large-window brotli", "br", wide),
        ("zstd", "zstd", zs.clone()),
        ("deflate", "deflate", gz.clone()),
        ("compress", "compress", gz.clone()),
        ("unknown", "aws-chunked", gz.clone()),
        ("doubled", "gzip, gzip", gzip(&gz)),
        ("doubled in two codings", "br, gzip", gzip(&br)),
        ("doubled behind one name", "gzip", gzip(&gz)),
        ("gzip without a name", "identity", gz.clone()),
        ("zstd without a name", "identity", zs),
    ];
    let client = client(&server);
    for (case, coding, body) in cases {
        server.on("/", coded(coding, &body));
        bad(case, feed(&client, &server.url("/")).await);
    }
    server.on("/", Answer::new(200, &[("content-encoding", "gzip"), ("content-encoding", "br")], gzip(&br)));
    bad("two headers", feed(&client, &server.url("/")).await);
}

#[tokio::test]
async fn fault_9_bombs_are_cut_at_the_limit() {
    let server = Server::start();
    let zeros = vec![0u8; 64 << 20];
    server.on("/gzip", coded("gzip", &gzip(&zeros))).on("/br", coded("br", &brotli(&zeros)));
    let client = named(Settings { feed_max_bytes: 1 << 20, page_max_bytes: 1 << 16, ..settings(&server) }, &[]);
    for path in ["/gzip", "/br"] {
        let error = feed(&client, &server.url(path)).await.unwrap_err();
        assert!(matches!(error, NetError::TooLarge { limit: 0x10_0000, .. }), "{path}: {error:?}");
        let error = page(&client, &server.url(path)).await.unwrap_err();
        assert!(matches!(error, NetError::TooLarge { limit: 0x1_0000, .. }), "{path}: {error:?}");
        assert_eq!(error.kind(), ErrorKind::Skip);
    }
}

#[tokio::test]
async fn limits_hold_to_the_byte_with_and_without_a_stated_length() {
    let server = Server::start();
    let own = Settings { feed_max_bytes: 10_000, ..settings(&server) };
    let client = named(own, &[]);
    for (size, fits) in [(10_000usize, true), (10_001, false)] {
        let body = vec![b'x'; size];
        let chunked =
            [head(200, &[("transfer-encoding", "chunked")]), format!("{size:x}\r\n").into_bytes(), body.clone(), b"\r\n0\r\n\r\n".to_vec()];
        let until_close = [head(200, &[("connection", "close")]), body.clone()].concat();
        for answer in
            [Answer::ok("text/plain", &body), Answer::raw(chunked.concat()), Answer::raw(until_close), coded("gzip", &gzip(&body))]
        {
            server.on("/", answer.clone());
            let result = feed(&client, &server.url("/")).await;
            match (fits, result) {
                (true, Ok(response)) => assert_eq!(response.body, body),
                (false, Err(NetError::TooLarge { .. })) => {}
                (_, other) => panic!("{size}: {:?}", other.map(|r| r.body.len())),
            }
        }
    }
}

#[tokio::test]
async fn of_an_error_page_the_start_is_enough() {
    let server = Server::start();
    server.on("/", Answer::new(500, &[("content-type", "text/html")], "x".repeat(300_000)));
    server.on("/odd", Answer::new(404, &[("content-encoding", "zstd")], "x"));
    server.on("/cut", Answer::new(404, &[("content-encoding", "gzip")], &gzip(b"gone")[..15]));
    let endless = Step::Forever(vec![b'x'; 4096], std::time::Duration::ZERO);
    server.on("/endless", Answer::steps([Step::Send(head(404, &[])), endless]));
    let client = client(&server);
    assert_eq!(feed(&client, &server.url("/")).await.unwrap().body.len(), 64 << 10);
    assert_eq!(feed(&client, &server.url("/odd")).await.unwrap().status, 404);
    assert_eq!(feed(&client, &server.url("/cut")).await.unwrap().status, 404);
    assert_eq!(feed(&client, &server.url("/endless")).await.unwrap().body.len(), 64 << 10);
}

#[tokio::test]
async fn an_unasked_304_is_a_response_that_says_so() {
    let server = Server::start();
    server.on("/", Answer::status(304));
    let response = client(&server).get(Request::feed(crate::net::url(&server.url("/")))).await.unwrap();
    assert!(response.is_unchanged() && !response.conditional);
}

#[tokio::test]
async fn headers_that_the_rest_of_newsfold_needs_are_read() {
    let server = Server::start();
    let headers = [("content-type", "Text/HTML; Charset=\"windows-1252\""), ("cache-control", "max-age=600"), ("age", "60")];
    server.on("/", Answer::new(200, &headers, "x"));
    let response = feed(&client(&server), &server.url("/")).await.unwrap();
    assert_eq!(response.charset(), Some("windows-1252"));
    assert!(response.is_html() && response.is_success());
    assert_eq!(response.freshness.lasts().unwrap().as_secs(), 540);
}

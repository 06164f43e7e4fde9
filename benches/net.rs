//! CPU time of one request through the net room, beside bare reqwest on the same server: unchanged feeds (304) on hosts
//! of their own, and pages on one kept connection.
//!
//! `cargo bench --bench net [-- ROUNDS]`. Client time is that of the one thread that runs the client (Linux); the server
//! is another process.

use newsfold::clock::Clock;
use newsfold::config::AllowNet;
use newsfold::model::Validators;
use newsfold::net::{Client, Looking, Lookup, Request, Settings};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

const HOSTS: usize = 1_000;

/// Every name is this machine.
struct Here;

impl Lookup for Here {
    fn lookup(&self, _: &str) -> Looking {
        Box::pin(std::future::ready(Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)])))
    }
}

impl reqwest::dns::Resolve for Here {
    fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Box::pin(std::future::ready(Ok(Box::new(std::iter::once(here)) as reqwest::dns::Addrs)))
    }
}

/// Nanoseconds that this thread has spent on a processor.
fn cpu() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0)
}

fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    println!("{}", listener.local_addr().expect("an address").port());
    for stream in listener.incoming().flatten() {
        std::thread::spawn(move || answer(stream));
    }
}

fn answer(mut stream: TcpStream) {
    let page = format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 60000\r\n\r\n{}", "x".repeat(60_000));
    let _ = stream.set_nodelay(true);
    let mut buffer = [0; 4096];
    while let Ok(n @ 1..) = stream.read(&mut buffer) {
        let unchanged = buffer[..n].windows(13).any(|w| w.eq_ignore_ascii_case(b"if-none-match"));
        let reply = if unchanged { "HTTP/1.1 304 Not Modified\r\netag: \"1\"\r\n\r\n" } else { page.as_str() };
        if stream.write_all(reply.as_bytes()).is_err() {
            return;
        }
    }
}

fn validators() -> Validators {
    Validators { etag: Some("\"1\"".into()), last_modified: None }
}

fn settings(port: u16) -> Settings {
    let allow = AllowNet { net: "127.0.0.0/8".parse().expect("a network"), port: Some(port) };
    Settings { allow_networks: vec![allow], min_gap: Duration::ZERO, respect_robots: false, ..Settings::default() }
}

fn client(port: u16) -> Client {
    Client::with_lookup(settings(port), Clock::system(), Arc::new(Here)).expect("a client")
}

async fn feeds_ours(client: &Client, urls: &[Url]) {
    for url in urls {
        let response = client.get(Request::feed(url.clone()).conditional(validators(), None)).await.expect("an answer");
        assert!(response.is_unchanged());
    }
}

async fn feeds_bare(client: &reqwest::Client, urls: &[Url]) {
    for url in urls {
        let response = client.get(url.clone()).header("if-none-match", "\"1\"").header("accept-encoding", "gzip, br").send().await;
        assert_eq!(response.expect("an answer").status().as_u16(), 304);
    }
}

async fn pages_ours(client: &Client, url: &Url) {
    for _ in 0..HOSTS {
        assert_eq!(client.get(Request::page(url.clone())).await.expect("an answer").body.len(), 60_000);
    }
}

async fn pages_bare(client: &reqwest::Client, url: &Url) {
    for _ in 0..HOSTS {
        let response = client.get(url.clone()).send().await.expect("an answer");
        assert_eq!(response.bytes().await.expect("a body").len(), 60_000);
    }
}

fn bare(idle: usize) -> reqwest::Client {
    let builder = reqwest::Client::builder().dns_resolver(Arc::new(Here)).no_proxy().pool_max_idle_per_host(idle);
    builder.tls_certs_only([]).build().expect("a client")
}

fn main() {
    if std::env::args().any(|a| a == "serve") {
        return serve();
    }
    let rounds: usize = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(5);
    let mut server =
        Command::new(std::env::current_exe().expect("this program")).arg("serve").stdout(Stdio::piped()).spawn().expect("a server");
    let mut line = String::new();
    BufReader::new(server.stdout.take().expect("its output")).read_line(&mut line).expect("its port");
    let port: u16 = line.trim().parse().expect("a port");
    let _ = rustls::crypto::ring::default_provider().install_default();
    let urls: Vec<Url> = (0..HOSTS).map(|n| format!("http://h{n}.example:{port}/feed").parse().expect("a URL")).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let (kept, closing) = (bare(8), bare(0));
        println!(
            "{:>8} {:>22} {:>22} {:>22} {:>22}",
            "round", "304 new conn, bare", "304 new conn, ours", "60 kB kept, bare", "60 kB kept, ours"
        );
        for round in 1..=rounds {
            let mut row = Vec::new();
            let ours = client(port);
            let start = cpu();
            feeds_bare(&closing, &urls).await;
            row.push(cpu() - start);
            let start = cpu();
            feeds_ours(&ours, &urls).await;
            row.push(cpu() - start);
            let start = cpu();
            pages_bare(&kept, &urls[0]).await;
            row.push(cpu() - start);
            let start = cpu();
            pages_ours(&ours, &urls[0]).await;
            row.push(cpu() - start);
            let cells: Vec<String> = row.iter().map(|ns| format!("{:>19.1} µs", *ns as f64 / HOSTS as f64 / 1e3)).collect();
            println!("{round:>8} {}", cells.join(" "));
        }
    });
    let _ = server.kill();
    let _ = server.wait();
}

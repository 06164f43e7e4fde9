//! Serves the outlets on loopback: keep-alive, ETag, 304, and nothing more.

use crate::outlets::{Format, OUTLETS, Piece, feed};
use jiff::Timestamp;
use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

/// Content type and body by path.
type Site = HashMap<String, (&'static str, String)>;

/// The outlets, served until this is dropped.
pub struct Newsroom {
    /// Address of each outlet, without a slash at the end.
    pub bases: Vec<String>,
    _runtime: Runtime,
}

impl Newsroom {
    /// Binds an address for each outlet and begins to serve.
    pub fn open(pieces: &[Piece]) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let now = Timestamp::now();
        let mut bases = Vec::new();
        for outlet in 0..OUTLETS.len() {
            // An address each, as hosts have; where only 127.0.0.1 is configured, a port each.
            let listener = runtime.block_on(async {
                match TcpListener::bind((format!("127.40.0.{}", outlet + 1), 0)).await {
                    Ok(listener) => Ok(listener),
                    Err(_) => TcpListener::bind(("127.0.0.1", 0)).await,
                }
            })?;
            let base = format!("http://{}", listener.local_addr()?);
            let site = Arc::new(site(outlet, &base, pieces, now));
            runtime.spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let site = site.clone();
                    tokio::spawn(async move {
                        // A client that goes away in the middle is its own affair.
                        let _ = serve(stream, &site).await;
                    });
                }
            });
            bases.push(base);
        }
        Ok(Self { bases, _runtime: runtime })
    }
}

fn site(outlet: usize, base: &str, pieces: &[Piece], now: Timestamp) -> Site {
    let kind = match OUTLETS[outlet].format {
        Format::Rss => "application/rss+xml",
        Format::Atom => "application/atom+xml",
        Format::Json => "application/feed+json",
    };
    let mut site = Site::from([
        ("/feed".to_owned(), (kind, feed(outlet, base, pieces, now))),
        ("/robots.txt".to_owned(), ("text/plain", "User-agent: *\nDisallow: /search\n".to_owned())),
    ]);
    for piece in pieces.iter().filter(|p| p.outlet == outlet) {
        site.insert(piece.path(), ("text/html; charset=utf-8", piece.page(base, pieces, now)));
    }
    site
}

async fn serve(stream: TcpStream, site: &Site) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let (mut path, mut seen, mut line) = (String::new(), String::new(), String::new());
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let text = line.trim_end();
            if text.is_empty() {
                break;
            }
            if path.is_empty() {
                path = text.split(' ').nth(1).unwrap_or("/").to_owned();
            } else if let Some((_, value)) = text.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("if-none-match")) {
                value.trim().clone_into(&mut seen);
            }
        }
        let answer = match site.get(&path) {
            None => "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned(),
            Some((kind, body)) => {
                let tag = format!("\"{:016x}\"", BuildHasherDefault::<DefaultHasher>::default().hash_one(body));
                if seen == tag {
                    format!("HTTP/1.1 304 Not Modified\r\netag: {tag}\r\n\r\n")
                } else {
                    format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\netag: {tag}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
                }
            }
        };
        stream.get_mut().write_all(answer.as_bytes()).await?;
    }
}

//! A loopback HTTP server that does what a script says, byte by byte: answers, drips, stalls, lies and breaks off.
//!
//! It runs on a thread of its own, so that tests with and without a runtime can use it, and stops when it is dropped.
//! Every request is kept with its headers.
#![allow(dead_code)]

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The authority that signed the certificate of [`Server::tls`], PEM.
pub const AUTHORITY: &[u8] = include_bytes!("tls/ca.pem");

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    /// When its head was complete.
    pub at: Instant,
    /// Number of the connection it came on, from 1.
    pub connection: usize,
    pub method: String,
    /// Path and query (for a proxy, the whole URL).
    pub target: String,
    /// The Host header.
    pub host: String,
    /// All headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// How many requests for this target came before.
    pub before: usize,
}

impl Seen {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// True where the request asks conditionally.
    pub fn conditional(&self) -> bool {
        self.header("if-none-match").is_some() || self.header("if-modified-since").is_some()
    }
}

/// One thing that the server does.
#[derive(Clone, Debug)]
pub enum Step {
    /// Sends all at once.
    Send(Vec<u8>),
    /// Sends byte by byte with a pause after each.
    Drip(Vec<u8>, Duration),
    /// Sends the same again and again, with a pause between, until the other side is gone.
    Forever(Vec<u8>, Duration),
    Wait(Duration),
    /// Says nothing more and keeps the connection open.
    Hang,
    /// Breaks the connection off with RST.
    Reset,
    /// Closes the connection.
    Close,
}

/// What is done for one request. After the last step the connection waits for its next request.
#[derive(Clone, Debug)]
pub struct Answer(pub Vec<Step>);

impl Answer {
    /// A complete answer with its Content-Length.
    pub fn new(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut bytes = head(status, headers);
        bytes.truncate(bytes.len() - 2);
        if status != 304 {
            bytes.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(body);
        Self(vec![Step::Send(bytes)])
    }

    /// 200 with a body of that type.
    pub fn ok(content_type: &str, body: impl AsRef<[u8]>) -> Self {
        Self::new(200, &[("content-type", content_type)], body)
    }

    /// An empty answer.
    pub fn status(status: u16) -> Self {
        Self::new(status, &[], "")
    }

    /// A redirect.
    pub fn redirect(status: u16, to: &str) -> Self {
        Self::new(status, &[("location", to)], "")
    }

    /// Exactly these bytes, then the end of the connection.
    pub fn raw(bytes: impl AsRef<[u8]>) -> Self {
        Self(vec![Step::Send(bytes.as_ref().to_vec()), Step::Close])
    }

    /// Exactly these steps.
    pub fn steps(steps: impl IntoIterator<Item = Step>) -> Self {
        Self(steps.into_iter().collect())
    }

    /// The same, later.
    pub fn after(mut self, pause: Duration) -> Self {
        self.0.insert(0, Step::Wait(pause));
        self
    }
}

/// Status line and headers, with the empty line at the end.
pub fn head(status: u16, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status} Scripted\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.into_bytes()
}

type Route = Arc<dyn Fn(&Seen) -> Answer + Send + Sync>;

#[derive(Default)]
struct Shared {
    /// By `path`, or by `host path`; a path that ends in `*` stands for all that begin so.
    routes: Mutex<HashMap<String, Route>>,
    log: Mutex<Vec<Seen>>,
    connections: AtomicUsize,
    open: AtomicUsize,
    together: AtomicUsize,
    most_together: AtomicUsize,
}

/// The server. Dropping it stops it.
pub struct Server {
    pub addr: SocketAddr,
    scheme: &'static str,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Server {
    /// Plain HTTP on 127.0.0.1.
    pub fn start() -> Self {
        Self::on_address("127.0.0.1:0", false)
    }

    /// HTTPS on 127.0.0.1, for `localhost` and 127.0.0.1.
    pub fn tls() -> Self {
        Self::on_address("127.0.0.1:0", true)
    }

    /// On any address; `0.0.0.0:0` answers for all of 127/8.
    pub fn on_address(address: &str, tls: bool) -> Self {
        let listener = std::net::TcpListener::bind(address).expect("a loopback port");
        listener.set_nonblocking(true).expect("a socket that does not block");
        let addr = listener.local_addr().expect("its address");
        let shared = Arc::new(Shared::default());
        let (stop, stopped) = oneshot::channel();
        let theirs = shared.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).expect("a listener");
                tokio::select! {
                    _ = stopped => {}
                    () = accept(listener, theirs, tls.then(|| acceptor(&[]))) => {}
                }
            });
        });
        let scheme = if tls { "https" } else { "http" };
        Self { addr, scheme, shared, stop: Some(stop), thread: Some(thread) }
    }

    /// The URL of `path` at the server's address.
    pub fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.addr)
    }

    /// The URL of `path` at another name or address with the server's port.
    pub fn url_at(&self, host: &str, path: &str) -> String {
        format!("{}://{host}:{}{path}", self.scheme, self.addr.port())
    }

    /// Answers `path` always so. `path` may be `host path` (the host without port) and may end in `*`.
    pub fn on(&self, path: &str, answer: Answer) -> &Self {
        self.script(path, move |_| answer.clone())
    }

    /// Answers `path` with one after another; the last is repeated.
    pub fn each(&self, path: &str, answers: Vec<Answer>) -> &Self {
        self.script(path, move |seen| answers[seen.before.min(answers.len() - 1)].clone())
    }

    /// Answers `path` with what `script` says.
    pub fn script(&self, path: &str, script: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> &Self {
        self.shared.routes.lock().unwrap().insert(path.to_owned(), Arc::new(script));
        self
    }

    /// All requests so far.
    pub fn log(&self) -> Vec<Seen> {
        self.shared.log.lock().unwrap().clone()
    }

    /// Requests for that target.
    pub fn hits(&self, target: &str) -> usize {
        self.shared.log.lock().unwrap().iter().filter(|s| s.target == target).count()
    }

    /// The last request.
    pub fn last(&self) -> Seen {
        self.shared.log.lock().unwrap().last().cloned().expect("a request")
    }

    /// Connections so far.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Connections open now.
    pub fn open(&self) -> usize {
        self.shared.open.load(Ordering::SeqCst)
    }

    /// The most requests that were being answered at one moment.
    pub fn most_together(&self) -> usize {
        self.shared.most_together.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// TLS with the certificate for `localhost` and 127.0.0.1, speaking these protocols.
pub fn acceptor(protocols: &[&[u8]]) -> TlsAcceptor {
    use tokio_rustls::rustls::{ServerConfig, crypto::ring};
    let certs = CertificateDer::pem_slice_iter(include_bytes!("tls/leaf.pem")).map(|c| c.expect("a certificate")).collect();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/leaf.key")).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions();
    let mut config = config.expect("versions").with_no_client_auth().with_single_cert(certs, key).expect("a pair");
    config.alpn_protocols = protocols.iter().map(|p| p.to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, tls: Option<TlsAcceptor>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let number = shared.connections.fetch_add(1, Ordering::SeqCst) + 1;
        let (shared, tls) = (shared.clone(), tls.clone());
        tokio::spawn(async move {
            shared.open.fetch_add(1, Ordering::SeqCst);
            let _ = stream.set_nodelay(true);
            match tls {
                None => serve(stream, number, &shared).await,
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        serve(stream, number, &shared).await;
                    }
                }
            }
            shared.open.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

/// A connection that can be broken off.
trait Stream: AsyncRead + AsyncWrite + Unpin {
    fn tcp(&self) -> &TcpStream;
}

impl Stream for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Stream for tokio_rustls::server::TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

async fn serve(mut stream: impl Stream, connection: usize, shared: &Shared) {
    let mut buffer = Vec::new();
    while let Some(seen) = read_head(&mut stream, &mut buffer, connection, shared).await {
        let name = seen.host.split(':').next().unwrap_or_default().to_owned();
        let answer = match shared.find(&name, &seen.target) {
            Some(route) => route(&seen),
            None => Answer::status(404),
        };
        let now = shared.together.fetch_add(1, Ordering::SeqCst) + 1;
        shared.most_together.fetch_max(now, Ordering::SeqCst);
        let going_on = perform(&mut stream, answer).await;
        shared.together.fetch_sub(1, Ordering::SeqCst);
        if !going_on {
            return;
        }
    }
}

impl Shared {
    fn find(&self, host: &str, target: &str) -> Option<Route> {
        let routes = self.routes.lock().unwrap();
        let path = target.split('?').next().unwrap_or(target);
        let exact = [format!("{host} {target}"), target.to_owned(), format!("{host} {path}"), path.to_owned()];
        exact
            .iter()
            .find_map(|key| routes.get(key))
            .or_else(|| {
                let begins =
                    |key: &str| key.strip_suffix('*').is_some_and(|k| target.starts_with(k) || format!("{host} {target}").starts_with(k));
                routes.iter().filter(|(key, _)| begins(key)).max_by_key(|(key, _)| key.len()).map(|(_, route)| route)
            })
            .cloned()
    }
}

async fn read_head(stream: &mut impl Stream, buffer: &mut Vec<u8>, connection: usize, shared: &Shared) -> Option<Seen> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|w| w == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8_lossy(&buffer[..end]).into_owned();
    buffer.drain(..end);
    let mut lines = text.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<(String, String)> =
        lines.filter_map(|l| l.split_once(':')).map(|(n, v)| (n.to_ascii_lowercase(), v.trim().to_owned())).collect();
    let host = headers.iter().find(|(n, _)| n == "host").map(|(_, v)| v.clone()).unwrap_or_default();
    let mut log = shared.log.lock().unwrap();
    let before = log.iter().filter(|s| s.target == target && s.host == host).count();
    let seen = Seen { at: Instant::now(), connection, method, target, host, headers, before };
    log.push(seen.clone());
    Some(seen)
}

/// False: the connection is over.
async fn perform(stream: &mut impl Stream, answer: Answer) -> bool {
    for step in answer.0 {
        let done = match step {
            Step::Send(bytes) => stream.write_all(&bytes).await,
            Step::Drip(bytes, pause) => drip(stream, &bytes, pause).await,
            Step::Forever(bytes, pause) => loop {
                if let Err(e) = stream.write_all(&bytes).await {
                    break Err(e);
                }
                let _ = stream.flush().await;
                tokio::time::sleep(pause).await;
            },
            Step::Wait(pause) => {
                tokio::time::sleep(pause).await;
                Ok(())
            }
            Step::Hang => gone(stream).await,
            Step::Reset => {
                #[allow(deprecated)] // a blocking close is what is wanted: it takes no time with a linger of zero
                let _ = stream.tcp().set_linger(Some(Duration::ZERO));
                return false;
            }
            Step::Close => {
                let _ = stream.shutdown().await;
                return false;
            }
        };
        if done.is_err() || stream.flush().await.is_err() {
            return false;
        }
    }
    true
}

async fn drip(stream: &mut impl Stream, bytes: &[u8], pause: Duration) -> std::io::Result<()> {
    for byte in bytes {
        stream.write_all(&[*byte]).await?;
        stream.flush().await?;
        tokio::time::sleep(pause).await;
    }
    Ok(())
}

/// Waits until the other side hangs up.
async fn gone(stream: &mut impl Stream) -> std::io::Result<()> {
    let mut rest = [0; 256];
    while stream.read(&mut rest).await? > 0 {}
    Err(std::io::ErrorKind::ConnectionAborted.into())
}

//! Name resolution behind the address guard.
//!
//! The answers that are checked here are the ones that reqwest connects to: nothing is looked up twice, so no answer can
//! change between check and connection.

use super::NetError;
use super::error::Stage;
use super::guard::Guard;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// A lookup under way.
pub type Looking = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Something that turns names into addresses. The daemon uses [`SystemLookup`]; tests bring their own.
pub trait Lookup: Send + Sync + 'static {
    /// All addresses of `name`.
    fn lookup(&self, name: &str) -> Looking;
}

/// The system's resolver, on at most so many threads: a lookup that hangs keeps its thread (and its permit) until the
/// system gives up on it, which no deadline of ours can hasten.
pub struct SystemLookup(Arc<Semaphore>);

impl SystemLookup {
    /// At most `threads` lookups at a time.
    pub fn new(threads: usize) -> Self {
        Self(Arc::new(Semaphore::new(threads.max(1))))
    }
}

impl Lookup for SystemLookup {
    fn lookup(&self, name: &str) -> Looking {
        let (name, permits) = (name.to_owned(), self.0.clone());
        Box::pin(async move {
            let permit = permits.acquire_owned().await.map_err(io::Error::other)?;
            let found = tokio::task::spawn_blocking(move || {
                let _permit = permit;
                (name.as_str(), 0).to_socket_addrs().map(|all| all.map(|a| a.ip()).collect())
            });
            found.await.map_err(io::Error::other)?
        })
    }
}

/// What the request under way is for. reqwest's resolver hears only a name; the port comes through this.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    pub(super) port: Option<u16>,
}

tokio::task_local! {
    pub(super) static TARGET: Target;
}

/// Looks names up, under a deadline, and lets the guard see every answer.
#[derive(Clone)]
pub(super) struct Resolver {
    lookup: Arc<dyn Lookup>,
    guard: Guard,
    timeout: Duration,
    /// The configured proxy's own name: the user chose it, it may be anywhere.
    proxy_name: Option<Arc<str>>,
}

impl Resolver {
    pub(super) fn new(lookup: Arc<dyn Lookup>, guard: Guard, timeout: Duration, proxy_name: Option<Arc<str>>) -> Self {
        Self { lookup, guard, timeout, proxy_name }
    }

    /// The addresses of `name` that may be connected to at `port`.
    pub(super) async fn addresses(&self, name: &str, port: Option<u16>) -> Result<Vec<IpAddr>, NetError> {
        let answers = self.raw(name).await?;
        self.guard.filter(name, port, answers)
    }

    async fn raw(&self, name: &str) -> Result<Vec<IpAddr>, NetError> {
        let host = || name.to_owned();
        let answers = match tokio::time::timeout(self.timeout, self.lookup.lookup(name)).await {
            Err(_) => return Err(NetError::Timeout { host: host(), stage: Stage::Dns, after: self.timeout }),
            Ok(Err(e)) => return Err(NetError::Dns { host: host(), detail: e.to_string() }),
            Ok(Ok(answers)) => answers,
        };
        match answers.is_empty() {
            true => Err(NetError::Dns { host: host(), detail: "no address".into() }),
            false => Ok(answers),
        }
    }
}

impl reqwest::dns::Resolve for Resolver {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        // Read before the future is made: a connection that hyper moves to the background has no task-local any more, and
        // without a port only entries of `allow_networks` that hold for every port help.
        let port = TARGET.try_with(|t| t.port).unwrap_or(None);
        let own = self.clone();
        Box::pin(async move {
            let name = name.as_str();
            let found = match own.proxy_name.as_deref() == Some(name) {
                true => own.raw(name).await,
                false => own.addresses(name, port).await,
            };
            // Port 0 stands for the URL's own.
            let list = found?.into_iter().map(|ip| SocketAddr::new(ip, 0));
            Ok(Box::new(list) as reqwest::dns::Addrs)
        })
    }
}

//! The net room against a loopback server that does what no honest server does. `FAULTS` numbers are in the names.

mod addresses;
mod bodies;
mod h2;
mod hosts;
mod redirects;
mod robots;
mod secrets;
mod wire;

use crate::server::Server;
use newsfold::clock::Clock;
use newsfold::config::AllowNet;
use newsfold::net::{Client, Looking, Lookup, NetError, Request, Response, Settings};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use url::Url;

/// Settings for loopback: everything on `server` allowed, no gaps, short patience.
pub fn settings(server: &Server) -> Settings {
    Settings {
        allow_networks: vec![AllowNet { net: "127.0.0.0/8".parse().unwrap(), port: Some(server.addr.port()) }],
        min_gap: Duration::ZERO,
        respect_robots: false,
        connect_timeout: Duration::from_secs(5),
        first_byte_timeout: Duration::from_millis(1_500),
        idle_timeout: Duration::from_millis(1_500),
        total_timeout: Duration::from_secs(3),
        max_wait: Duration::from_millis(200),
        ..Settings::default()
    }
}

pub fn client(server: &Server) -> Client {
    Client::new(settings(server), Clock::system()).unwrap()
}

/// A client that resolves names from a table.
pub fn named(settings: Settings, names: &[(&str, &[&str])]) -> Client {
    Client::with_lookup(settings, Clock::system(), Arc::new(Names::new(names))).unwrap()
}

pub fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

pub async fn feed(client: &Client, text: &str) -> Result<Response, NetError> {
    client.get(Request::feed(url(text))).await
}

pub async fn page(client: &Client, text: &str) -> Result<Response, NetError> {
    client.get(Request::page(url(text))).await
}

/// A resolver with a table; counts its lookups.
#[derive(Default)]
pub struct Names {
    table: HashMap<String, Vec<IpAddr>>,
    pub asked: AtomicUsize,
}

impl Names {
    pub fn new(names: &[(&str, &[&str])]) -> Self {
        let read = |list: &&[&str]| list.iter().map(|a| a.parse().unwrap()).collect();
        Self { table: names.iter().map(|(n, list)| ((*n).to_owned(), read(list))).collect(), asked: AtomicUsize::new(0) }
    }
}

impl Lookup for Names {
    fn lookup(&self, name: &str) -> Looking {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let found = self.table.get(name).cloned();
        Box::pin(async move { found.ok_or_else(|| std::io::Error::other("no such name")) })
    }
}

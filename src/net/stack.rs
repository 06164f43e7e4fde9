//! The reqwest clients under the one [`Client`](super::Client): with and without TLS, with and without keeping idle
//! connections.

use super::resolve::Resolver;
use super::{NetError, Settings};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// Two clients that differ in what they do after an answer.
struct Pair {
    /// Keeps the connection for a while.
    keeping: reqwest::Client,
    /// Closes it.
    closing: reqwest::Client,
}

/// Whether a host's connection is kept after the answer.
enum Keep {
    /// And there may be one from before.
    Again,
    Newly,
    No,
}

/// The hosts that may keep a connection.
struct Idle {
    /// When each was last asked or answered.
    hosts: HashMap<String, Instant>,
    /// All of them may until then, at least.
    full_until: Instant,
}

/// All reqwest clients. Those for https are built at the first https URL: reading the system's certificates takes
/// longer than a small pass over plain sites.
pub(super) struct Stack {
    settings: Arc<Settings>,
    resolver: Resolver,
    plain: Pair,
    secure: OnceLock<Result<Pair, String>>,
    idle: Mutex<Idle>,
}

impl Stack {
    pub(super) fn new(settings: Arc<Settings>, resolver: Resolver) -> Result<Self, NetError> {
        let plain = pair(&settings, &resolver, rustls::RootCertStore::empty()).map_err(|detail| NetError::BadRequest { detail })?;
        let idle = Idle { hosts: HashMap::new(), full_until: Instant::now() };
        Ok(Self { settings, resolver, plain, secure: OnceLock::new(), idle: Mutex::new(idle) })
    }

    /// The client for one request to the host called `key`, and, where it may reuse a connection, one that never does.
    /// reqwest bounds idle connections by host only; here the hosts that may keep one are bounded.
    pub(super) fn pick(&self, url: &Url, key: &str) -> Result<(&reqwest::Client, Option<&reqwest::Client>), NetError> {
        let pair = match url.scheme() {
            "https" => {
                let built = self.secure.get_or_init(|| pair(&self.settings, &self.resolver, roots(&self.settings)));
                built.as_ref().map_err(|detail| NetError::Tls { host: key.to_owned(), detail: detail.clone() })?
            }
            _ => &self.plain,
        };
        Ok(match self.may_keep(key) {
            Keep::Again => (&pair.keeping, Some(&pair.closing)),
            Keep::Newly => (&pair.keeping, None),
            Keep::No => (&pair.closing, None),
        })
    }

    fn may_keep(&self, key: &str) -> Keep {
        let now = Instant::now();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = idle.hosts.get_mut(key) {
            *last = now;
            return Keep::Again;
        }
        if idle.hosts.len() >= self.settings.max_idle && now >= idle.full_until {
            // hyper looks for outlived connections once in a keep time, so they live for two at most.
            let life = self.settings.keep_idle * 2;
            idle.hosts.retain(|_, last| now.duration_since(*last) < life);
            idle.full_until = idle.hosts.values().min().map_or(now, |earliest| *earliest + life);
        }
        let room = idle.hosts.len() < self.settings.max_idle;
        if room {
            idle.hosts.insert(key.to_owned(), now);
        }
        if room { Keep::Newly } else { Keep::No }
    }

    /// The answer has been read: from now on a kept connection is idle.
    pub(super) fn done(&self, key: &str) {
        if let Some(last) = self.idle.lock().unwrap_or_else(PoisonError::into_inner).hosts.get_mut(key) {
            *last = Instant::now();
        }
    }
}

/// The system's certificate authorities and those of the settings. A machine without any is served too: its https
/// requests fail one by one, with a hint.
fn roots(settings: &Settings) -> rustls::RootCertStore {
    let mut store = rustls::RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    let (added, _) = store.add_parsable_certificates(found.certs);
    if added == 0 {
        tracing::warn!("no certificate authorities on this machine, so that no https site can be verified: install ca-certificates");
    }
    for pem in &settings.extra_roots {
        for cert in CertificateDer::pem_slice_iter(pem) {
            match cert.map_err(|e| e.to_string()).and_then(|c| store.add(c).map_err(|e| e.to_string())) {
                Ok(()) => {}
                Err(error) => tracing::warn!(%error, "a certificate of fetch.extra_roots was not read"),
            }
        }
    }
    store
}

fn pair(settings: &Settings, resolver: &Resolver, roots: rustls::RootCertStore) -> Result<Pair, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let mut tls = tls.map_err(|e| e.to_string())?.with_root_certificates(roots).with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    // Both share the sessions to resume.
    let build = |idle_per_host: usize| {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.clone())
            .dns_resolver(Arc::new(resolver.clone()))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .connect_timeout(settings.connect_timeout)
            .pool_idle_timeout(settings.keep_idle)
            .pool_max_idle_per_host(idle_per_host)
            .http2_max_header_list_size(64 << 10)
            .tcp_keepalive(Duration::from_secs(30));
        if let Some(proxy) = &settings.proxy {
            builder = builder.proxy(reqwest::Proxy::all(proxy.clone()).map_err(|e| e.without_url().to_string())?);
        }
        builder.build().map_err(|e| e.without_url().to_string())
    };
    Ok(Pair { keeping: build(settings.per_host.max(1))?, closing: build(0)? })
}

//! What a name means where it stands: namespaces, bases, the kind of document.

use super::{Kind, Reader};
use crate::feed::names::{Ns, Place, Tag, meaning};
use crate::feed::scan::{attribute, attributes};
use crate::feed::text::plain;
use crate::model::entities::unescape;
use std::rc::Rc;
use url::Url;

/// The elements that a document of a known kind begins with.
const ROOTS: [&str; 9] = ["rss", "rss2", "rss1", "channel", "rdf", "feed", "entry", "urlset", "html"];

/// At most so many namespace declarations in force are kept.
const MOST_BINDINGS: usize = 300;

impl<'a> Reader<'a> {
    /// Notes what would cost feed-rs more than it is worth.
    pub(super) fn weigh(&mut self, attrs: &str) {
        if attrs.len() > 4096 {
            self.out.excessive |= attributes(attrs).count() > 64;
        }
    }

    pub(super) fn place(&self) -> Place {
        self.open.last().map_or(Place::Feed, |open| open.place)
    }

    pub(super) fn meaning_of(&self, name: &str) -> Tag {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let ns = self.namespace(prefix);
        let mut buffer = [0_u8; 24];
        let Some(lower) = buffer.get_mut(..local.len()) else {
            return if matches!(ns, Ns::Other | Ns::Media | Ns::Itunes) { Tag::Aside } else { Tag::Unknown };
        };
        lower.copy_from_slice(local.as_bytes());
        lower.make_ascii_lowercase();
        meaning(ns, std::str::from_utf8(lower).unwrap_or(""), self.out.kind == Kind::Atom)
    }

    pub(super) fn namespace(&self, prefix: &str) -> Ns {
        match self.bindings.iter().rev().find(|(p, ..)| *p == prefix) {
            Some((_, ns, _)) => *ns,
            None => Ns::of_prefix(prefix),
        }
    }

    /// Takes xmlns, xml:base and xml:lang off a start tag.
    pub(super) fn declare(&mut self, attrs: &'a str, depth: usize) {
        let bytes = attrs.as_bytes();
        if memchr::memmem::find(bytes, b"xml").is_none() {
            return;
        }
        for (name, value) in attributes(attrs) {
            if let Some(prefix) = name.strip_prefix("xmlns") {
                let prefix = prefix.strip_prefix(':').unwrap_or("");
                // A default namespace nobody knows is still the feed's own.
                let ns = match Ns::of_uri(value) {
                    Some(ns) => ns,
                    None if prefix.is_empty() => Ns::Plain,
                    None => match Ns::of_prefix(prefix) {
                        // "content" bound to a mistyped address still means content.
                        known if known != Ns::Plain => known,
                        _ => Ns::Other,
                    },
                };
                if self.bindings.len() < MOST_BINDINGS {
                    self.bindings.push((prefix, ns, depth));
                }
                self.out.excessive |= self.bindings.len() > 60;
            } else if name.eq_ignore_ascii_case("xml:base") {
                let value = unescape(value);
                let base = self.bases.last().map(|(b, _)| b.clone());
                let url = base.and_then(|b| b.join(value.trim()).ok()).or_else(|| Url::parse(value.trim()).ok());
                if let Some(url) = url {
                    self.bases.push((Rc::new(url), depth));
                }
            } else if name.eq_ignore_ascii_case("xml:lang") && depth == 0 {
                self.language.put_first(1, plain(value));
            }
        }
    }

    /// Forgets what was declared on elements that are closed: those beyond `depth` open ones.
    pub(super) fn leave(&mut self, depth: usize) {
        while self.bindings.last().is_some_and(|(.., at)| *at >= depth) {
            self.bindings.pop();
        }
        while self.bases.len() > 1 && self.bases.last().is_some_and(|(_, at)| *at >= depth) {
            self.bases.pop();
        }
        if self.bases.last().is_some_and(|(_, at)| *at >= depth && *at > 0) {
            self.bases.pop();
        }
    }

    pub(super) fn root(&mut self, name: &str, attrs: &str, at: usize) {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        // After one that is unknown only a known one counts.
        if !self.out.format.is_empty() && !ROOTS.iter().any(|root| local.eq_ignore_ascii_case(root)) {
            return;
        }
        let version = attribute(attrs, "version").map(str::trim).filter(|v| !v.is_empty() && v.len() < 12);
        let xmlns = attributes(attrs)
            .find(|(n, _)| n.strip_prefix("xmlns").is_some_and(|p| p.strip_prefix(':').unwrap_or(p) == prefix))
            .map_or("", |(_, v)| v);
        let (kind, format) = match local.to_ascii_lowercase().as_str() {
            "rss" | "rss2" | "rss1" | "channel" => (Kind::Rss, version.map_or("RSS".to_owned(), |v| format!("RSS {v}"))),
            "rdf" => {
                let old = attrs.contains("netscape.com/rdf") || attrs.contains("simple/0.9");
                (Kind::Rdf, if old { "RSS 0.90" } else { "RSS 1.0" }.to_owned())
            }
            "feed" | "entry" => {
                let old = xmlns.contains("purl.org/atom") || version == Some("0.3");
                (Kind::Atom, if old { "Atom 0.3" } else { "Atom 1.0" }.to_owned())
            }
            "urlset" => (Kind::Sitemap, "sitemap".to_owned()),
            "html" => (Kind::Html, "HTML".to_owned()),
            other => (Kind::Unknown, format!("<{}>", other.chars().take(40).collect::<String>())),
        };
        // An unknown element may be an error message that a server printed before the feed: the root may be yet to come.
        self.seen_root = kind != Kind::Unknown;
        if self.seen_root || self.out.format.is_empty() {
            self.out.root_start = at;
        }
        self.out.kind = kind;
        self.out.format = format;
    }
}

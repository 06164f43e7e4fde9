//! OPML, the subscription list that readers exchange: read tolerantly, written plainly.
//!
//! Folders become tags. What is no web address (a command, a file) is skipped and reported, never run or opened. Entities
//! that a document type declares are not expanded.

use super::address::parse_feed_url;
use super::build::distinct;
use super::problem::Lines;
use super::types::{Config, Feed};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, escape::escape};
use std::collections::HashMap;
use std::fmt::Write;
use url::Url;

/// Folders within folders beyond this are not followed.
pub const MAX_DEPTH: usize = 64;

/// A subscription list as read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opml {
    /// The list's own title.
    pub title: Option<String>,
    /// Its feeds, in order; one that stands in several folders comes several times.
    pub subscriptions: Vec<Subscription>,
    /// What was left out, and why.
    pub skipped: Vec<Skipped>,
}

/// One feed of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// The feed's address.
    pub url: Url,
    /// Its title as the list gives it.
    pub title: Option<String>,
    /// The site's address, as written.
    pub site_url: Option<String>,
    /// Its folders from outside in, then its categories; each once.
    pub tags: Vec<String>,
    /// Line in the file, from 1.
    pub line: usize,
}

impl Subscription {
    /// The feed that this declares.
    pub fn into_feed(self) -> Feed {
        let mut feed = Feed::new(self.url);
        (feed.title, feed.tags, feed.declared_at.1) = (self.title, self.tags, self.line);
        feed
    }
}

/// An outline that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Line in the file, from 1.
    pub line: usize,
    /// What and why, one sentence. Does not repeat the address.
    pub message: String,
}

/// The text is no OPML at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an OPML subscription list: no <outline> in it")]
pub struct NotOpml;

/// Reads a subscription list, decoding its bytes first.
///
/// # Errors
/// Where there is no outline in it at all, unless it says that it is OPML.
pub fn read_bytes(bytes: &[u8]) -> Result<Opml, NotOpml> {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(200)).unwrap_or_default()).into_owned();
    let label = head.split_once("encoding=").and_then(|(_, rest)| rest.get(1..)?.split(['"', '\'']).next());
    read(&crate::model::encoding::decode(bytes, None, label).0)
}

/// Reads a subscription list.
///
/// # Errors
/// Where there is no outline in it at all, unless it says that it is OPML.
pub fn read(text: &str) -> Result<Opml, NotOpml> {
    let text = text.trim_start_matches('\u{feff}');
    let lines = Lines::new(text);
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut out = Opml::default();
    // One element an open outline: its folder's tag, or nothing for a feed that has children.
    let mut open: Vec<Option<String>> = Vec::new();
    let mut is_opml = false;
    let mut in_title = false;
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                let line = lines.line(at);
                out.skipped.push(Skipped { line, message: format!("the list breaks off here, the rest is not read: {error}") });
                break;
            }
        };
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                name if eq(name, "outline") => {
                    let folder = outline(&tag, &open, lines.line(at), &mut out);
                    open.push(folder);
                }
                name if eq(name, "opml") => is_opml = true,
                name if eq(name, "title") => in_title = true,
                _ => {}
            },
            Event::Empty(tag) if eq(tag.local_name().as_ref(), "outline") => drop(outline(&tag, &open, lines.line(at), &mut out)),
            Event::End(tag) => match tag.local_name().as_ref() {
                name if eq(name, "outline") => drop(open.pop()),
                name if eq(name, "title") => in_title = false,
                _ => {}
            },
            Event::Text(title) if in_title && out.title.is_none() => out.title = plain(&title.into_inner()),
            Event::Eof => break,
            _ => {}
        }
    }
    if !open.is_empty() {
        out.skipped.push(Skipped { line: lines.line(text.len()), message: format!("the list ends inside {} open outline(s)", open.len()) });
    }
    if is_opml || !out.subscriptions.is_empty() || !out.skipped.is_empty() { Ok(out) } else { Err(NotOpml) }
}

fn eq(name: impl AsRef<[u8]>, word: &str) -> bool {
    name.as_ref().eq_ignore_ascii_case(word.as_bytes())
}

/// Takes one outline; returns its tag where it is a folder.
fn outline(tag: &BytesStart<'_>, open: &[Option<String>], line: usize, out: &mut Opml) -> Option<String> {
    let mut said = [const { None::<String> }; 7];
    const NAMES: [&str; 7] = ["xmlurl", "url", "type", "title", "text", "htmlurl", "category"];
    for attribute in tag.html_attributes().with_checks(false).flatten() {
        let name = attribute.key.local_name();
        if let Some(slot) = NAMES.iter().position(|n| eq(name.as_ref(), n)).and_then(|i| said.get_mut(i)) {
            slot.get_or_insert(plain(&attribute.value).unwrap_or_default());
        }
    }
    let [xml_url, url, kind, title, text, html_url, category] = said.map(|s| s.filter(|s| !s.is_empty()));
    let title = title.or(text);
    let kind = kind.unwrap_or_default().to_ascii_lowercase();
    let mut skip = |why: &str| {
        let name = title.as_deref().map(|t| format!("\"{t}\": ")).unwrap_or_default();
        out.skipped.push(Skipped { line, message: format!("skipped {name}{why}") });
    };
    let address = match (xml_url, url) {
        (Some(address), _) => address,
        (None, Some(_)) if kind == "include" => {
            skip("another list; import that one by itself");
            return None;
        }
        (None, Some(_)) if kind == "link" => {
            skip("a link, not a feed");
            return None;
        }
        (None, Some(address)) => address,
        (None, None) if html_url.is_some() || matches!(kind.as_str(), "rss" | "atom" | "feed") => {
            skip("no feed address; `newsfold feeds check` with the site's address may find one");
            return None;
        }
        (None, None) => return title,
    };
    if open.len() >= MAX_DEPTH {
        skip("too deep in folders");
        return None;
    }
    match parse_feed_url(&address) {
        Ok(url) => {
            let categories = category.iter().flat_map(|c| c.split([',', '/'])).map(|c| c.trim().to_owned()).filter(|c| !c.is_empty());
            let tags = distinct(open.iter().flatten().cloned().chain(categories).collect());
            out.subscriptions.push(Subscription { url, title, site_url: html_url, tags, line });
        }
        Err(fault) => skip(&fault.to_string()),
    }
    None
}

/// Resolves the five named entities and numbers, drops control characters, and collapses white space. Entities that a
/// document type declares, and a bare `&`, stay as they are written.
fn plain(raw: &str) -> Option<String> {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(amp) = rest.find('&') {
        let (before, tail) = rest.split_at(amp);
        out.push_str(before);
        let name = tail.get(1..).and_then(|t| t.split_once(';')).map(|(name, _)| name).filter(|n| n.len() <= 10);
        let read = name.and_then(|name| match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => {
                let number = name.strip_prefix('#')?;
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => number.parse().ok()?,
                };
                char::from_u32(code)
            }
        });
        match (read, name) {
            (Some(c), Some(name)) => {
                out.push(c);
                rest = tail.get(name.len() + 2..).unwrap_or("");
            }
            _ => {
                out.push('&');
                rest = tail.get(1..).unwrap_or("");
            }
        }
    }
    out.push_str(rest);
    let clean: String = out.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = clean.split_whitespace().collect();
    Some(words.join(" ")).filter(|w| !w.is_empty())
}

/// Writes the feeds of `config` as OPML 2.0: a folder for each feed's first tag, all its tags as its category. A tag that a category
/// cannot hold becomes a folder too. Addresses and tags read back as they were; headers, passwords and the like are not written.
pub fn write(config: &Config) -> String {
    let mut out =
        String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n<head><title>newsfold</title></head>\n<body>\n");
    let mut groups: Vec<(&[String], Vec<&Feed>)> = Vec::new();
    let mut index = HashMap::new();
    for feed in &config.feeds {
        // Readers know one level of folders best, so deeper ones are for tags that need them.
        let folders = if feed.tags.iter().any(|t| t.contains([',', '/'])) { feed.tags.len() } else { 1 };
        let folders = feed.tags.get(..folders).unwrap_or_default();
        let slot = *index.entry(folders).or_insert_with(|| {
            groups.push((folders, Vec::new()));
            groups.len() - 1
        });
        if let Some((_, feeds)) = groups.get_mut(slot) {
            feeds.push(feed);
        }
    }
    for (folders, feeds) in groups {
        for folder in folders {
            let _ = writeln!(out, "<outline text=\"{}\">", escape(folder));
        }
        for feed in feeds {
            let title = feed.title.as_deref().or(feed.publisher.as_deref()).unwrap_or_else(|| feed.url.host_str().unwrap_or_default());
            let title = escape(title);
            let _ = write!(out, "<outline type=\"rss\" text=\"{title}\" title=\"{title}\" xmlUrl=\"{}\"", escape(feed.url.as_str()));
            if folders.len() < 2 && !feed.tags.is_empty() && !feed.tags.iter().any(|t| t.contains([',', '/'])) {
                let _ = write!(out, " category=\"{}\"", escape(feed.tags.join(",")));
            }
            out.push_str("/>\n");
        }
        for _ in folders {
            out.push_str("</outline>\n");
        }
    }
    out.push_str("</body>\n</opml>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::from_text;

    fn tags(opml: &Opml) -> Vec<(String, String)> {
        opml.subscriptions.iter().map(|s| (s.url.to_string(), s.tags.join("|"))).collect()
    }

    #[test]
    fn folders_become_tags_and_quirks_are_borne() {
        let list = read(
            "\u{feff}<?xml version='1.0'?><OPML version='1.1'><head><title>My &amp; lists</title></head><body>
            <outline text='World'><outline text='Near &#38; far'>
            <outline text='A' type='rss' xmlUrl='https://a.example/?x=1&amp;y=2' htmlUrl='https://a.example/'/>
            <outline text=B xmlurl=feed://b.example/rss category='/World/Gulf,news'></outline>
            </outline>
            <outline title='C & co' type='RSS' url='https://c.example/'/></outline>
            <outline XMLURL='https://d.example/&nbsp;' text=''/>
            </body></opml>",
        )
        .expect("a list");
        assert_eq!(list.title.as_deref(), Some("My"), "the first run of text");
        assert_eq!(
            tags(&list),
            [
                ("https://a.example/?x=1&y=2".to_owned(), "World|Near & far".to_owned()),
                ("http://b.example/rss".to_owned(), "World|Near & far|Gulf|news".to_owned()),
                ("https://c.example/".to_owned(), "World".to_owned()),
                ("https://d.example/&nbsp;".to_owned(), String::new()),
            ]
        );
        assert_eq!(list.subscriptions[2].title.as_deref(), Some("C & co"));
        assert_eq!(list.subscriptions[0].line, 3);
        assert_eq!(list.skipped, []);
    }

    #[test]
    fn what_is_no_web_address_is_skipped_and_reported() {
        let list = read(
            "<opml><body><outline text='pipe' xmlUrl='|/bin/sh -c canary'/>\n<outline text='run' xmlUrl='exec:canary'/>
            <outline text='file' xmlUrl='file:///etc/canary'/>\n<outline text='filter' xmlUrl='filter:canary:https://a.example/'/>
            <outline text='password' xmlUrl='https://me:canary@a.example/'/>\n<outline text='site' type='rss' htmlUrl='https://a.example/'/>
            <outline text='link' type='link' url='https://a.example/'/>\n<outline text='list' type='include' url='https://a.example/x.opml'/>
            <outline text='script' xmlUrl='javascript:canary'/>\n<outline text='good' xmlUrl='https://good.example/'/></body></opml>",
        )
        .expect("a list");
        assert_eq!(tags(&list), [("https://good.example/".to_owned(), String::new())]);
        let said: Vec<_> = list.skipped.iter().map(|s| s.message.as_str()).collect();
        assert_eq!(said.len(), 9, "{said:?}");
        assert_eq!(said[0], "skipped \"pipe\": address is a command; newsfold runs none");
        assert!(!said.concat().contains("canary"), "{said:?}");
        assert_eq!(list.skipped[1].line, 2);
    }

    #[test]
    fn entities_are_not_expanded() {
        let list = read(
            "<!DOCTYPE opml [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY f SYSTEM 'file:///etc/passwd'>]>
            <opml><body><outline text='&b;&f;' xmlUrl='https://a.example/'/></body></opml>",
        )
        .expect("a list");
        assert_eq!(list.subscriptions[0].title.as_deref(), Some("&b;&f;"));
    }

    #[test]
    fn depth_is_capped_and_truncation_said() {
        let deep = format!("<opml><body>{}<outline xmlUrl='https://a.example/'/>", "<outline text='f'>".repeat(100_000));
        let list = read(&deep).expect("a list");
        assert_eq!(list.subscriptions, []);
        assert_eq!(
            list.skipped.iter().map(|s| s.message.as_str()).collect::<Vec<_>>(),
            ["skipped too deep in folders", "the list ends inside 100000 open outline(s)"]
        );
        let cut = read("<opml><body><outline xmlUrl='https://a.example/'/><outline xmlUrl='https://b.ex").expect("a list");
        assert_eq!((cut.subscriptions.len(), cut.skipped.len()), (1, 1));
    }

    #[test]
    fn other_files_are_refused() {
        for text in ["", "hello", "<html><body><p>no</p></body></html>", "{}", "<rss><channel><title>x</title></channel></rss>"] {
            assert_eq!(read(text), Err(NotOpml), "{text}");
        }
        assert!(read("<opml><body/></opml>").is_ok());
        let mut latin = b"<?xml version=\"1.0\" encoding=\"utf-8\"?><opml><body><outline text=\"".to_vec();
        latin.extend(b"caf\xe9\" xmlUrl=\"https://a.example/\"/></body></opml>");
        assert_eq!(read_bytes(&latin).expect("a list").subscriptions.len(), 1);
    }

    #[test]
    fn a_hundred_thousand_outlines_are_read() {
        let mut text = String::from("<opml><body>");
        for i in 0..100_000 {
            let _ = writeln!(text, "<outline text='Feed {i}' type='rss' xmlUrl='https://h{i}.example/feed?a=1&amp;b=2'/>");
        }
        let list = read(&(text + "</body></opml>")).expect("a list");
        assert_eq!(list.subscriptions.len(), 100_000);
        assert_eq!(list.subscriptions[99_999].line, 100_000);
    }

    #[test]
    fn what_is_written_reads_back() {
        let config = from_text(
            "[[feed]]\nurl = 'https://a.example/?x=1&y=<2>'\ntitle = 'A \"&\" <b>'\ntags = ['world', 'near & far']\n[[feed]]\nurl = 'https://b.example/'\npublisher = 'Bee'\n\
             [[feed]]\nurl = 'https://d.example/'\ntags = ['a, b', ' c /  d ', 'e']\n[[feed]]\nurl = 'https://c.example/'\ntags = ['world']\nheaders = { cookie = 'canary' }\n",
            "t.toml",
        )
        .expect("right");
        let text = write(&config);
        let list = read(&text).expect("a list");
        assert_eq!(list.skipped, []);
        let back: Vec<_> = list.subscriptions.iter().map(|s| (s.url.clone(), s.tags.clone())).collect();
        let [a, b, d, c] = [&config.feeds[0], &config.feeds[1], &config.feeds[2], &config.feeds[3]];
        assert_eq!(d.tags, ["a, b", "c / d", "e"]);
        assert_eq!(
            back,
            [
                (a.url.clone(), a.tags.clone()),
                (c.url.clone(), c.tags.clone()),
                (b.url.clone(), b.tags.clone()),
                (d.url.clone(), d.tags.clone())
            ]
        );
        assert_eq!(list.subscriptions[0].title.as_deref(), Some("A \"&\" <b>"));
        assert_eq!(list.subscriptions[2].title.as_deref(), Some("Bee"));
        assert!(!text.contains("canary"));
    }
}

//! Stories as feeds that readers subscribe to: Atom 1.0 and JSON Feed 1.1, an entry a story. Written piece by piece, so
//! that the size of the feed does not matter.

use crate::cli::sanitize::{clean, safe_link};
use crate::cli::words::{count, titled};
use crate::model::views::{ClusterDetail, MemberRow, StoryDetail};
use jiff::Timestamp;
use serde_json::json;
use std::io;

/// What stands above the entries.
pub struct Head {
    /// The feed's title.
    pub title: String,
    /// Where it will be served.
    pub self_url: Option<String>,
    /// When the youngest of its stories last grew.
    pub updated: Timestamp,
}

/// Gives the next story, until there is none.
pub type Next<'a> = &'a mut dyn FnMut() -> anyhow::Result<Option<StoryDetail>>;

/// Takes the next piece of text.
pub type Sink<'a> = &'a mut dyn FnMut(&str) -> io::Result<()>;

/// Writes a feed of one form.
pub type Writer = fn(&Head, Next<'_>, Sink<'_>) -> anyhow::Result<()>;

/// Writes an Atom feed.
///
/// # Errors
/// Those of `next` and `sink`.
pub fn atom(head: &Head, next: Next<'_>, sink: Sink<'_>) -> anyhow::Result<()> {
    sink("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n")?;
    sink(&format!("  <title>{}</title>\n  <id>{}</id>\n", escape(&head.title), escape(&feed_id(head))))?;
    sink(&format!("  <updated>{}</updated>\n  <author><name>newsfold</name></author>\n", second(head.updated)))?;
    sink(&format!("  <generator version=\"{}\">newsfold</generator>\n", env!("CARGO_PKG_VERSION")))?;
    if let Some(url) = head.self_url.as_deref().and_then(safe_link) {
        sink(&format!("  <link rel=\"self\" href=\"{}\"/>\n", escape(&url)))?;
    }
    while let Some(story) = next()? {
        sink(&atom_entry(&story))?;
    }
    sink("</feed>\n")?;
    Ok(())
}

fn atom_entry(story: &StoryDetail) -> String {
    let row = &story.row;
    let lead = lead(story);
    let mut entry = format!("  <entry>\n    <title>{}</title>\n    <id>{}</id>\n", escape(titled(&row.title)), story_id(story));
    entry.push_str(&format!(
        "    <published>{}</published>\n    <updated>{}</updated>\n",
        second(row.first_seen_at),
        second(row.last_seen_at)
    ));
    if let Some(url) = lead.and_then(|m| safe_link(&m.url)) {
        entry.push_str(&format!("    <link rel=\"alternate\" href=\"{}\"/>\n", escape(&url)));
    }
    let author = row.origin.as_deref().or(lead.map(|m| m.publisher.as_str())).unwrap_or("newsfold");
    entry.push_str(&format!("    <author><name>{}</name></author>\n", escape(author)));
    entry.push_str(&format!("    <content type=\"html\">{}</content>\n  </entry>\n", escape(&html(story))));
    entry
}

/// Writes a JSON Feed.
///
/// # Errors
/// Those of `next` and `sink`.
pub fn json_feed(head: &Head, next: Next<'_>, sink: Sink<'_>) -> anyhow::Result<()> {
    let mut top = json!({"version": "https://jsonfeed.org/version/1.1", "title": clean(&head.title)});
    if let (Some(url), Some(map)) = (head.self_url.as_deref().and_then(safe_link), top.as_object_mut()) {
        map.insert("feed_url".to_owned(), json!(url));
    }
    let top = top.to_string();
    sink(top.trim_end_matches('}'))?;
    sink(",\"items\":[")?;
    let mut first = true;
    while let Some(story) = next()? {
        sink(if first { "\n" } else { ",\n" })?;
        sink(&json_item(&story).to_string())?;
        first = false;
    }
    sink("\n]}\n")?;
    Ok(())
}

fn json_item(story: &StoryDetail) -> serde_json::Value {
    let row = &story.row;
    let lead = lead(story);
    let mut item = json!({
        "id": story_id(story),
        "title": clean(titled(&row.title)),
        "content_html": html(story),
        "date_published": second(row.first_seen_at),
        "date_modified": second(row.last_seen_at),
        "authors": [{"name": clean(row.origin.as_deref().or(lead.map(|m| m.publisher.as_str())).unwrap_or("newsfold"))}],
    });
    if let Some(map) = item.as_object_mut() {
        map.extend(lead.and_then(|m| safe_link(&m.url)).map(|url| ("url".to_owned(), json!(url))));
        map.extend(row.lang.as_ref().map(|lang| ("language".to_owned(), json!(clean(lang)))));
    }
    item
}

/// The feed's id: its address where it has one.
fn feed_id(head: &Head) -> String {
    head.self_url.as_deref().and_then(safe_link).unwrap_or_else(|| "urn:newsfold:stories".to_owned())
}

/// A story keeps its id for good.
fn story_id(story: &StoryDetail) -> String {
    format!("urn:newsfold:story:{}", story.row.id)
}

/// Whole seconds, UTC.
fn second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The article to read: the origin of the largest text, else its first.
fn lead(story: &StoryDetail) -> Option<&MemberRow> {
    let cluster = story.clusters.first()?;
    let origin = cluster.origin.as_ref().and_then(|o| o.article);
    cluster.members.iter().find(|m| Some(m.id) == origin).or(cluster.members.first())
}

/// Who carried it, as HTML.
fn html(story: &StoryDetail) -> String {
    let row = &story.row;
    let publishers = count(row.publishers.into(), "independent publisher", "independent publishers");
    let texts = count(row.texts.into(), "text", "texts");
    let mut html = format!("<p>{publishers}, {} of {texts}</p>", count(row.copies.into(), "copy", "copies"));
    for cluster in &story.clusters {
        html.push_str(&text_html(cluster));
    }
    html
}

fn text_html(cluster: &ClusterDetail) -> String {
    let mut html = String::from("<p>");
    match &cluster.origin {
        Some(origin) => html.push_str(&format!("Origin: {} ({})", escape(&origin.publisher), escape(&origin.evidence.join(", ")))),
        None => html.push_str("Origin unknown"),
    }
    html.push_str("</p><ul>");
    for member in &cluster.members {
        let what = format!("{}: {}", escape(&member.publisher), escape(titled(&member.title)));
        match safe_link(&member.url) {
            Some(url) => html.push_str(&format!("<li><a href=\"{}\">{what}</a></li>", escape(&url))),
            None => html.push_str(&format!("<li>{what}</li>")),
        }
    }
    html.push_str("</ul>");
    html
}

/// For text and attributes in XML and HTML; what XML cannot hold is gone.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixtures;

    fn written(form: Writer) -> String {
        let mut hostile = fixtures::story_detail();
        hostile.row = fixtures::story_rows().pop().expect("a row");
        hostile.row.title.push_str("<script>alert('&')</script>]]>");
        hostile.clusters[0].members[0].url = "javascript:alert(1)".to_owned();
        let mut stories = vec![hostile, fixtures::story_detail()];
        let head = Head {
            title: "Stories <of> today".to_owned(),
            self_url: Some("https://me.example/stories?a=1&b=2".to_owned()),
            updated: fixtures::at("2026-11-22T09:55:00.123Z"),
        };
        let mut out = String::new();
        form(&head, &mut || Ok(stories.pop()), &mut |piece| {
            out.push_str(piece);
            Ok(())
        })
        .expect("nothing can fail");
        assert!(!out.chars().any(|c| c.is_control() && c != '\n'));
        out
    }

    #[test]
    fn atom_is_well_formed_and_read_by_our_own_reader() {
        let atom = written(atom);
        insta::assert_snapshot!("atom", atom);
        let mut reader = quick_xml::Reader::from_str(&atom);
        let mut entries = 0;
        loop {
            match reader.read_event().expect("well-formed") {
                quick_xml::events::Event::Start(tag) if tag.name().as_ref() == "entry" => entries += 1,
                quick_xml::events::Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(entries, 2);
        assert!(!atom.contains("javascript:"));
    }

    #[test]
    fn json_feed_is_json_and_says_the_same() {
        let text = written(json_feed);
        let feed: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        insta::assert_json_snapshot!("json_feed", feed);
        assert_eq!(feed["items"].as_array().map(Vec::len), Some(2));
        assert!(!text.contains("javascript:"));
    }
}

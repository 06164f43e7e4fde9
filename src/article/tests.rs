//! The room from outside: pages and what is expected of them, walls, hostile pages, rules.

use super::{Page, SiteRules, extract};
use crate::model::Quality;
use url::Url;

const BRIDGE: &str = include_str!("../../tests/pages/bridge.html");

fn page(html: &str) -> crate::model::Extracted {
    extract(Page { html: html.as_bytes(), ..Page::default() })
}

#[test]
fn pages_give_the_text_beside_them() {
    for (html, text) in [
        (BRIDGE, include_str!("../../tests/pages/bridge.txt")),
        (include_str!("../../tests/pages/bruecke.html"), include_str!("../../tests/pages/bruecke.txt")),
    ] {
        assert_eq!(page(html).text, text.trim_end());
    }
}

#[test]
fn metadata_of_a_page() {
    let url = Url::parse("https://www.harbourpost.example/local/old-bridge?x=1").expect("an address");
    let found = extract(Page { html: BRIDGE.as_bytes(), url: Some(&url), ..Page::default() });
    assert_eq!(found.title.as_deref(), Some("Old bridge to close for a year"));
    assert_eq!(found.byline.as_deref(), Some("Jane Roe"));
    assert_eq!(found.publisher.as_deref(), Some("The Harbour Post"));
    assert_eq!(found.published_at.map(|t| t.to_string()).as_deref(), Some("2024-02-06T20:14:00Z"));
    assert_eq!(found.lang.as_deref(), Some("en"));
    assert_eq!(found.free, Some(true));
    assert_eq!(found.credit.map(|c| c.words).as_deref(), Some("Source: Coast News Agency"));
    assert_eq!(found.quality, Quality::Article);
    assert!(found.canonical_url.is_some_and(|u| u.contains("/local/old-bridge")));
}

#[test]
fn a_canonical_address_elsewhere_is_evidence_and_no_identity() {
    let url = Url::parse("https://ledger.example/copied").expect("an address");
    let html = BRIDGE.replace("href=\"/local/old-bridge?utm_source=x\"", "href=\"https://www.harbourpost.example/local/old-bridge\"");
    let found = extract(Page { html: html.as_bytes(), url: Some(&url), ..Page::default() });
    assert_eq!(found.canonical_url.as_deref(), Some("https://ledger.example/copied"));
    assert!(found.canonical_elsewhere.is_some_and(|u| u.contains("harbourpost.example")));
}

#[test]
fn a_sites_rules_come_first() {
    let rules = SiteRules {
        body: vec![".author-bio".to_owned(), "[[ no selector".to_owned()],
        title: vec!["aside h3".to_owned()],
        ..SiteRules::default()
    };
    let found = extract(Page { html: BRIDGE.as_bytes(), rules: Some(&rules), ..Page::default() });
    assert!(found.text.starts_with("Jane Roe has written"), "{}", found.text);
    assert_eq!(found.title.as_deref(), Some("Related"));
    let rules = SiteRules { remove: vec!["blockquote".to_owned()], ..SiteRules::default() };
    let found = extract(Page { html: BRIDGE.as_bytes(), rules: Some(&rules), ..Page::default() });
    assert!(!found.text.contains("14.5 million"));
}

#[test]
fn learnt_lines_are_left_out() {
    let line = "Closed from 1 March";
    let learnt = std::collections::HashSet::from([crate::model::lines::line_hash(line)]);
    let found = extract(Page { html: BRIDGE.as_bytes(), boilerplate: Some(&learnt), ..Page::default() });
    assert!(!found.text.contains(line));
    assert_eq!(found.repeated, [crate::model::lines::line_hash(line)]);
    // The same for one of several lines of a paragraph.
    let html = BRIDGE.replace("<h2>Closed from 1 March</h2>", "<p>A first line of it.<br>Closed from 1 March<br>A last line of it.</p>");
    let found = extract(Page { html: html.as_bytes(), boilerplate: Some(&learnt), ..Page::default() });
    assert!(!found.text.contains(line) && found.repeated.len() == 1, "{}", found.text);
}

#[test]
fn the_metadata_rescues_a_page_without_text() {
    let body = "The council voted on Tuesday to close the old bridge for a year. Traffic goes north from March on, it said. ".repeat(4);
    let html = format!(
        "<title>Bridge</title><script type=\"application/ld+json\">{{\"@type\":\"NewsArticle\",\"headline\":\"Bridge\",\"articleBody\":\"{body}\"}}</script><div id=root></div>"
    );
    let found = page(&html);
    assert_eq!(found.text, body.trim());
    assert!(found.warnings.iter().any(|w| w.contains("metadata")));
}

#[test]
fn walls_are_told_from_articles() {
    let mut wrong = Vec::new();
    let mut all = 0;
    for line in include_str!("../../tests/pages/walls.txt").lines().filter(|l| !l.starts_with('#')) {
        let mut parts = line.split('|');
        let mut next = || parts.next().unwrap_or("");
        let (kind, title, first, second) = (next(), next(), next(), next());
        let html = format!(
            "<html><head><title>{title}</title></head><body><nav><a href=/>Home</a></nav><main><h1>{title}</h1><p>{first}</p><p>{second}</p></main></body></html>"
        );
        let found = page(&html);
        let name = serde_json::to_value(found.quality).expect("a name");
        all += 1;
        if name != kind {
            wrong.push(format!("{line} → {name}"));
        }
    }
    assert!(all >= 57, "{all} examples");
    assert!(wrong.is_empty(), "{} of {all}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn short_reports_are_no_walls() {
    for text in [
        "The council voted on Tuesday to close the old bridge for a year, after engineers found cracks in two of its piers.",
        "Police have blocked access to the harbour after an accident. Drivers are asked to use the northern bridge until the evening.",
        "The data protection agency has fined a shop that set cookies without asking. The shop said it would appeal against the decision.",
    ] {
        let found = page(&format!("<title>Short report</title><article><h1>Short report of the day</h1><p>{text}</p></article>"));
        assert!(found.quality.is_text(), "{text}: {:?}", found.quality);
    }
}

#[test]
fn hostile_pages_end_in_bounds() {
    let fonts: String = (0..16_000).map(|i| format!("<font class=\"c{i}\">")).collect();
    for html in [
        "<div>".repeat(200_000),
        format!("<p {}>x", (0..50_000).map(|i| format!("a{i}=1 ")).collect::<String>()),
        format!("{fonts}{}", "<p>x".repeat(1000)),
        format!("<table>{}", "x<b>y</b>".repeat(50_000)),
        "<svg>".repeat(50_000),
        "<".repeat(500_000),
        format!("<p>{}", "&amp;".repeat(200_000)),
        "<!--".repeat(50_000),
        "<ul><li>".repeat(50_000),
        String::new(),
    ] {
        let found = page(&html);
        assert!(!found.quality.is_text() || found.words < 40, "{}", html.get(..20).unwrap_or(""));
    }
}

#[test]
fn every_prefix_of_a_page_is_read() {
    for end in (0..BRIDGE.len()).step_by(97) {
        let _ = extract(Page { html: BRIDGE.as_bytes().get(..end).unwrap_or(b""), ..Page::default() });
    }
}

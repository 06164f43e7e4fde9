use crate::article::{Page, extract};
use crate::model::Extracted;

fn page(head: &str, above: &str) -> Extracted {
    let text = "<p>The ministry said on Monday that the talks would go on for another week, as both sides asked for time.</p>".repeat(6);
    let html = format!(
        "<html lang=en><head><title>Bridge opens at last</title>{head}</head><body><article><h1>Bridge opens at last</h1>{above}{text}</article></body></html>"
    );
    extract(Page { html: html.as_bytes(), ..Page::default() })
}

fn published(head: &str, above: &str) -> (String, Option<i16>) {
    let found = page(head, above);
    (found.published_at.map(|t| t.to_string()).unwrap_or_default(), found.published_offset)
}

const STATED: &str = r#"<meta property="article:published_time" content="2024-01-04T03:22:07Z">"#;

#[test]
fn the_zone_is_the_printed_times() {
    for line in ["Jan 3, 2024, 10:22 PM EST", "January 3, 2024 10:22 pm", "Published 10:22 PM ET, Wed January 3, 2024"] {
        assert_eq!(published(STATED, &format!("<div class=when>{line}</div>")), ("2024-01-04T03:22:07Z".to_owned(), Some(-300)), "{line}");
    }
    assert_eq!(published(STATED, "<div>Jan 4, 2024, 9:07 PM</div>").1, Some(0));
    assert_eq!(published(r#"<meta property="article:published_time" content="2024-01-04T09:04:00+13:00">"#, "").1, Some(780));
}

#[test]
fn an_earlier_printed_day_is_the_first_publication() {
    assert_eq!(published(STATED, "<div>Published November 2, 2022</div>").0, "2022-11-02T00:00:00Z");
    assert_eq!(published(STATED, "<p>November 2, 2022</p>").0, "2022-11-02T00:00:00Z");
    assert_eq!(published(STATED, "<p>Updated November 2, 2022</p>").0, "2024-01-04T03:22:07Z");
    assert_eq!(published(STATED, "<p>January 4, 2024</p><p>November 2, 2022</p>").0, "2024-01-04T03:22:07Z");
}

#[test]
fn a_later_printed_day_is_a_changes() {
    assert_eq!(published(STATED, "<p>March 9, 2024</p>").0, "2024-01-04T03:22:07Z");
}

#[test]
fn a_later_day_that_stands_alone_is_the_texts() {
    let linked = |changed: &str| {
        format!(
            r#"<script type="application/ld+json">{{"@type":"NewsArticle","datePublished":"2024-01-04T03:22:07Z","dateModified":"{changed}"}}</script>"#
        )
    };
    let spring = linked("2024-03-09T08:00:00Z");
    assert_eq!(published(&spring, "<p>March 9, 2024</p>").0, "2024-03-09T08:00:00Z");
    assert_eq!(published(&spring, "<p>Updated March 8, 2024</p>").0, "2024-03-08T00:00:00Z");
    assert_eq!(published(&spring, "<p>January 4, 2024</p><p>Updated March 9, 2024</p>").0, "2024-01-04T03:22:07Z");
    // Later than the last change it is the day of something else.
    assert_eq!(published(&spring, "<p>April 2, 2024</p>").0, "2024-01-04T03:22:07Z");
    // Open Graph states the first publication, and is believed beyond a month.
    assert_eq!(published(&format!("{STATED}{spring}"), "<p>March 9, 2024</p>").0, "2024-01-04T03:22:07Z");
    let soon = linked("2024-01-08T08:00:00Z");
    assert_eq!(published(&format!("{STATED}{soon}"), "<p>January 8, 2024</p>").0, "2024-01-08T08:00:00Z");
}

#[test]
fn the_day_that_is_printed_tells_the_zone() {
    assert_eq!(published(STATED, "<p>January 3, 2024</p>"), ("2024-01-04T03:22:07Z".to_owned(), Some(-240)));
    assert_eq!(published(STATED, "<p>January 4, 2024</p>"), ("2024-01-04T03:22:07Z".to_owned(), Some(0)));
    let late = r#"<meta property="article:published_time" content="2024-01-03T22:10:00Z">"#;
    assert_eq!(published(late, "<p>January 4, 2024</p>"), ("2024-01-03T22:10:00Z".to_owned(), Some(120)));
    // No zone reaches back that far: the page was there the day before.
    let noon = r#"<meta property="article:published_time" content="2024-01-04T13:10:00Z">"#;
    assert_eq!(published(noon, "<p>January 3, 2024</p>").0, "2024-01-03T00:00:00Z");
}

#[test]
fn what_only_the_page_prints() {
    assert_eq!(published("", "<div>Updated at Dec 10, 2025 · Posted on Nov 21, 2018</div>").0, "2018-11-21T00:00:00Z");
    assert_eq!(published("", "<div>By Jane Roe</div><div>Dec 17, 2025</div>").0, "2025-12-17T00:00:00Z");
    assert_eq!(published("", "").0, "");
}

use super::*;

fn at(text: &str) -> String {
    read(text, Order::DayFirst).map(|t| t.at.to_string()).unwrap_or_default()
}

#[test]
fn forms_that_pages_write() {
    for (text, want) in [
        ("2024-01-03", "2024-01-03T00:00:00Z"),
        ("2024-01-03T17:04+0100", "2024-01-03T16:04:00Z"),
        ("2024-01-03 17:04:09", "2024-01-03T17:04:09Z"),
        ("January 3, 2024", "2024-01-03T00:00:00Z"),
        ("Published Jan. 3, 2024 5:04 p.m. EST", "2024-01-03T22:04:00Z"),
        ("3rd January 2024", "2024-01-03T00:00:00Z"),
        ("Mittwoch, 03.01.2024, 17:04 Uhr", "2024-01-03T17:04:00Z"),
        ("3 de enero de 2024", "2024-01-03T00:00:00Z"),
        ("3 января 2024, 12:30", "2024-01-03T12:30:00Z"),
        ("2024年1月3日", "2024-01-03T00:00:00Z"),
        ("8:04 PM EST, Wed January 3, 2024", "2024-01-04T01:04:00Z"),
        ("January 3, 2024 — 5.30am", "2024-01-03T05:30:00Z"),
        ("3 janvier 2024 à 17h04", "2024-01-03T17:04:00Z"),
        ("2024-01-03T17:04+02:00", "2024-01-03T15:04:00Z"),
        ("Jane Roe, CorrespondentJan 3, 2024, 10:15 PM", "2024-01-03T22:15:00Z"),
        ("Jan. 3, 2024 5:04 PM PST", "2024-01-04T01:04:00Z"),
        ("2024년 1월 3일 17:04", "2024-01-03T17:04:00Z"),
        ("1704301440", "2024-01-03T17:04:00Z"),
    ] {
        assert_eq!(at(text), want, "{text}");
    }
}

#[test]
fn slashes_as_the_country_writes_them() {
    let at = |text, order| read(text, order).map(|t| t.at.to_string()).unwrap_or_default();
    assert_eq!(at("03/04/2024", Order::DayFirst), "2024-04-03T00:00:00Z");
    assert_eq!(at("03/04/2024", Order::MonthFirst), "2024-03-04T00:00:00Z");
    assert_eq!(at("13/04/2024", Order::MonthFirst), "2024-04-13T00:00:00Z");
    assert_eq!(at("03.04.2024", Order::American), "2024-04-03T00:00:00Z");
    assert_eq!(at("03-04-2024", Order::MonthFirst), "2024-04-03T00:00:00Z");
    assert_eq!(at("03-04-2024", Order::American), "2024-03-04T00:00:00Z");
}

#[test]
fn dates_in_the_data_that_a_page_renders() {
    for page in [
        r#"x={"datePublished":"2024-01-03T17:04:00Z"}"#,
        r#"x="{\"datePublished\": \"2024-01-03T17:04:00Z\"}""#,
        "<div data-x='{&quot;publishedAt&quot;:&quot;2024-01-03T17:04:00Z&quot;}'>",
    ] {
        assert_eq!(in_state(page, Order::DayFirst).map(|t| t.at.to_string()).as_deref(), Some("2024-01-03T17:04:00Z"), "{page}");
    }
    assert_eq!(in_state("datePublished of publishedAt\"", Order::DayFirst), None);
}

#[test]
fn what_is_no_date() {
    for text in ["", "Market 3, 2024x", "yesterday", "10,000 of 2024", "Roe 22, 2023, 06:21", "99.99.2024"] {
        assert_eq!(at(text), "", "{text}");
    }
}

#[test]
fn dates_in_addresses() {
    assert_eq!(in_path("/world/2024/jan/03/x").map(|t| t.at.to_string()).as_deref(), Some("2024-01-03T00:00:00Z"));
    assert_eq!(in_path("/a-20240103/").map(|t| t.at.to_string()).as_deref(), Some("2024-01-03T00:00:00Z"));
    assert_eq!(in_path("/2024/99/03"), None);
}

#[test]
fn the_zone_is_kept_as_it_is_stated() {
    let zone = |text| read(text, Order::DayFirst).and_then(|s| s.offset).map(|o| o.seconds() / 60);
    assert_eq!(zone("2024-01-03T17:04+01:00"), Some(60));
    assert_eq!(zone("Jan. 3, 2024 5:04 p.m. EST"), Some(-300));
    assert_eq!(zone("2024-01-03T17:04Z"), Some(0));
    assert_eq!(zone("2024-01-03"), None);
    assert_eq!(zone("le 3 janvier 2024 à 17:04 et"), None);
}

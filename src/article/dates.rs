//! Dates that only pages write: "3 January 2024", "Jan. 3, 2024 5:04 p.m. EST", "03.01.2024, 17:04 Uhr", "2024年1月3日".

use crate::model::dates::parse_date;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};

/// Which of two numbers between slashes is the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    DayFirst,
    MonthFirst,
}

/// Reads what metadata or a `<time>` gives; falls back to [`in_text`].
pub(super) fn read(text: &str, order: Order) -> Option<Timestamp> {
    let text = text.trim();
    if text.is_empty() || text.len() > 120 {
        return None;
    }
    let plausible = |t: &Timestamp| (0..=4_102_444_800).contains(&t.as_second());
    // What machines write opens with a digit or a weekday; what people write is read here, halves of the day and names of zones
    // included, and is no date where nothing is found.
    let machine = text.starts_with(|c: char| c.is_ascii_digit()) || text.as_bytes().get(3) == Some(&b',');
    let halved = {
        let low = text.to_ascii_lowercase();
        low.contains("p.m") || low.contains("pm") || low.contains("a.m")
    };
    // "03/04/2024" is no machine's either: it is read as the page's country writes.
    let slashed = text.bytes().take_while(|b| b.is_ascii_digit()).count() <= 2 && text.bytes().take(3).any(|b| b == b'/');
    let parsed = if machine && !halved && !slashed { parse_date(text).filter(plausible).or_else(|| numeric(text)) } else { None };
    parsed.or_else(|| in_text(text, order)).filter(plausible)
}

/// ISO-like forms that lack something: "2024-01-03", "2024-01-03 17:04", "2024-01-03T17:04+0100", "20240103", epoch seconds.
fn numeric(text: &str) -> Option<Timestamp> {
    if text.len() >= 9 && text.bytes().all(|b| b.is_ascii_digit()) {
        let n: i64 = text.parse().ok()?;
        return match text.len() {
            10 => Timestamp::from_second(n).ok(),
            13 => Timestamp::from_millisecond(n).ok(),
            _ => None,
        };
    }
    let b = text.as_bytes();
    let year: i16 = text.get(..4)?.parse().ok()?;
    let (month, day, rest) = if b.get(4).is_some_and(|c| matches!(c, b'-' | b'/' | b'.')) {
        (text.get(5..7)?, text.get(8..10)?, text.get(10..)?)
    } else {
        (text.get(4..6)?, text.get(6..8)?, text.get(8..)?)
    };
    let date = Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()?;
    let (time, offset) = clock(rest).unwrap_or((Time::midnight(), None));
    stamp(date, time, offset)
}

fn stamp(date: Date, time: Time, offset: Option<Offset>) -> Option<Timestamp> {
    let zone = TimeZone::fixed(offset.unwrap_or(Offset::UTC));
    date.to_datetime(time).to_zoned(zone).ok().map(|z| z.timestamp())
}

/// "T17:04:05.123+01:00", " 5:04 p.m. EST": hour and minute, with half of the day and zone where they follow.
fn clock(text: &str) -> Option<(Time, Option<Offset>)> {
    let colon = text.find(':').filter(|c| *c >= 1)?;
    let head = text.get(..colon)?;
    let from =
        head.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |i| i + head.get(i..).and_then(|t| t.chars().next()).map_or(1, char::len_utf8));
    let mut hour: i8 = head.get(from..)?.parse().ok()?;
    let rest = text.get(colon + 1..)?;
    let minute: i8 = rest.get(..2)?.parse().ok()?;
    let mut rest = rest.get(2..)?;
    let mut second = 0;
    if let Some(s) = rest.strip_prefix(':').and_then(|r| r.get(..2)).and_then(|s| s.parse::<i8>().ok()) {
        second = s.min(59);
        rest = rest.get(3..)?;
        rest = rest.strip_prefix('.').map_or(rest, |r| r.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    let low = rest.trim_start().to_ascii_lowercase();
    let half: String = low.chars().filter(|c| *c != '.' && *c != ' ').take(2).collect();
    if half == "pm" && hour < 12 {
        hour += 12;
    } else if half == "am" && hour == 12 {
        hour = 0;
    }
    let zone = low.trim_start_matches(['.', ' ', 'm', 'a', 'p']);
    Some((Time::new(hour, minute, second, 0).ok()?, offset(rest.trim_start()).or_else(|| named_offset(zone))))
}

fn offset(text: &str) -> Option<Offset> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        b'Z' => return Some(Offset::UTC),
        _ => return None,
    };
    let digits: String = text.chars().skip(1).filter(|c| *c != ':').take_while(char::is_ascii_digit).take(4).collect();
    let hours: i32 = digits.get(..2)?.parse().ok()?;
    let minutes: i32 = digits.get(2..4).and_then(|m| m.parse().ok()).unwrap_or(0);
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

fn named_offset(low: &str) -> Option<Offset> {
    let word: String = low.chars().take_while(char::is_ascii_alphabetic).collect();
    let hours = match word.as_str() {
        "gmt" | "utc" => 0,
        "est" | "cdt" => -5,
        "edt" => -4,
        "cst" | "mdt" => -6,
        "mst" | "pdt" => -7,
        "pst" => -8,
        "bst" | "cet" => 1,
        "cest" => 2,
        "msk" => 3,
        "jst" | "kst" => 9,
        "ist" => return Offset::from_seconds(19_800).ok(),
        _ => return None,
    };
    Offset::from_hours(hours).ok()
}

/// The month that a word names, in the languages of the newsroom; by its opening, so that cases and short forms do.
pub(super) fn month(word: &str) -> Option<i8> {
    const FULL: &[(&str, i8)] = &[
        ("januar", 1),
        ("jän", 1),
        ("janv", 1),
        ("jan", 1),
        ("ener", 1),
        ("ene", 1),
        ("genn", 1),
        ("gen", 1),
        ("янв", 1),
        ("января", 1),
        ("januari", 1),
        ("يناير", 1),
        ("stycz", 1),
        ("ocak", 1),
        ("febr", 2),
        ("feb", 2),
        ("fév", 2),
        ("fev", 2),
        ("фев", 2),
        ("فبراير", 2),
        ("lut", 2),
        ("şubat", 2),
        ("mär", 3),
        ("mar", 3),
        ("maart", 3),
        ("mrt", 3),
        ("мар", 3),
        ("مارس", 3),
        ("apr", 4),
        ("avr", 4),
        ("abr", 4),
        ("апр", 4),
        ("أبريل", 4),
        ("ابريل", 4),
        ("kwie", 4),
        ("nisan", 4),
        ("may", 5),
        ("mai", 5),
        ("mag", 5),
        ("mei", 5),
        ("maj", 5),
        ("мая", 5),
        ("май", 5),
        ("مايو", 5),
        ("jun", 6),
        ("juin", 6),
        ("giu", 6),
        ("июн", 6),
        ("يونيو", 6),
        ("czerw", 6),
        ("haziran", 6),
        ("jul", 7),
        ("juil", 7),
        ("lug", 7),
        ("июл", 7),
        ("يوليو", 7),
        ("lip", 7),
        ("temmuz", 7),
        ("aug", 8),
        ("aoû", 8),
        ("aou", 8),
        ("ago", 8),
        ("авг", 8),
        ("أغسطس", 8),
        ("اغسطس", 8),
        ("sierp", 8),
        ("ağustos", 8),
        ("sep", 9),
        ("set", 9),
        ("сен", 9),
        ("سبتمبر", 9),
        ("wrze", 9),
        ("eylül", 9),
        ("oct", 10),
        ("okt", 10),
        ("ott", 10),
        ("out", 10),
        ("окт", 10),
        ("أكتوبر", 10),
        ("اكتوبر", 10),
        ("paź", 10),
        ("ekim", 10),
        ("nov", 11),
        ("ноя", 11),
        ("نوفمبر", 11),
        ("listop", 11),
        ("kasım", 11),
        ("dec", 12),
        ("dez", 12),
        ("déc", 12),
        ("dic", 12),
        ("дек", 12),
        ("ديسمبر", 12),
        ("grud", 12),
        ("aralık", 12),
    ];
    let low = word.to_lowercase();
    // "mayor", "market" or "September's" are no months: what follows the opening stays short, and is no further word.
    FULL.iter().find(|(name, _)| low.starts_with(name) && low.chars().count() <= 11 && !NOT_MONTHS.contains(&low.as_str())).map(|m| m.1)
}

const NOT_MONTHS: &[&str] =
    &["maybe", "mayor", "market", "markets", "mark", "marked", "march's", "decided", "set", "out", "general", "sets", "outside", "second"];

/// The first date in a text that is short, or that opens with one.
pub(super) fn in_text(text: &str, order: Order) -> Option<Timestamp> {
    let mut words: Vec<(&str, usize)> = Vec::with_capacity(16);
    let mut from = None;
    for (i, c) in text.char_indices().chain(std::iter::once((text.len(), ' '))) {
        let inside = c.is_alphanumeric() || matches!(c, '\'');
        match (inside, from) {
            (true, None) => from = Some(i),
            (false, Some(start)) => {
                words.push((text.get(start..i).unwrap_or(""), i));
                from = None;
                if words.len() >= 24 {
                    break;
                }
            }
            _ => {}
        }
    }
    let day = |w: &str| -> Option<i8> {
        let digits: String = w.chars().take_while(char::is_ascii_digit).collect();
        let rest = w.get(digits.len()..)?;
        (digits.len() <= 2 && matches!(rest, "" | "st" | "nd" | "rd" | "th" | "er" | "º"))
            .then(|| digits.parse().ok())?
            .filter(|d| (1..=31).contains(d))
    };
    // Markup that puts no space between a date and a name leaves "2025Jane".
    let year = |w: &str| -> Option<i16> {
        let letters = w.get(4..)?.chars().next().is_none_or(char::is_alphabetic);
        letters.then(|| w.get(..4)?.parse().ok())?.filter(|y| (1990..=2100).contains(y))
    };
    for (i, (word, _)) in words.iter().enumerate() {
        let at = |k: usize| words.get(k).map_or("", |w| w.0);
        let filler = |w: &str| matches!(w, "de" | "del" | "of" | "di");
        let found = if let Some(m) = month(word) {
            let next = i + 1 + usize::from(filler(at(i + 1)));
            let before = i.checked_sub(1).map(|k| if filler(at(k)) { k.saturating_sub(1) } else { k });
            // "Jan 3, 2024" or "3 January 2024"
            match (day(at(i + 1)), year(at(i + 2))) {
                (Some(d), Some(y)) => Some((y, m, d, i + 2)),
                _ => match (before.and_then(|k| day(at(k))), year(at(next))) {
                    (Some(d), Some(y)) => Some((y, m, d, next)),
                    _ => None,
                },
            }
        } else if let (Some(y), Some(m), Some(d)) = (year(word), day(at(i + 1)), day(at(i + 2))) {
            Some((y, m, d, i + 2))
        } else if let (Some(a), Some(b), Some(y)) = (day(word), day(at(i + 1)), year(at(i + 2))) {
            // Points mean day first; slashes too, but where the page's country writes otherwise or the second number can be no month.
            let slash = words.get(i).and_then(|w| text.get(w.1..)).is_some_and(|rest| rest.starts_with('/'));
            let swapped = b > 12 || (slash && order == Order::MonthFirst && a <= 12);
            Some(if swapped { (y, a, b, i + 2) } else { (y, b, a, i + 2) })
        } else {
            cjk(text, word)
        };
        if let Some((y, m, d, last)) = found
            && let Ok(date) = Date::new(y, m, d)
        {
            let rest = words.get(last).and_then(|w| text.get(w.1..)).unwrap_or("");
            let near: String = rest.chars().take(24).collect();
            let (time, offset) = clock(&near).unwrap_or((Time::midnight(), None));
            return stamp(date, time, offset);
        }
    }
    None
}

/// "2024年1月3日" and "2024년 1월 3일" are one word or three.
fn cjk(text: &str, word: &str) -> Option<(i16, i8, i8, usize)> {
    let mark = word.find(['年', '년'])?;
    let y = word.get(..mark)?.parse().ok().filter(|y| (1990..=2100).contains(y))?;
    let at = text.find(word)?;
    let mut numbers = text.get(at + mark..)?.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty());
    Some((y, numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?, usize::MAX))
}

/// The first publication time in the data that a page renders itself from, whatever the quotes are escaped as.
pub(super) fn in_state(page: &str, order: Order) -> Option<Timestamp> {
    const KEYS: [&str; 6] = ["datePublished", "publishedAt", "published_at", "publishDate", "publish_date", "publicationDate"];
    KEYS.iter().find_map(|key| {
        memchr::memmem::find_iter(page.as_bytes(), key).take(8).find_map(|at| {
            let rest = page.get(at + key.len()..)?;
            let quoted: String = rest.chars().take(80).collect();
            let quoted = quoted.replace("&quot;", "\"").replace('\\', "");
            let value = quoted.strip_prefix('"')?.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
            read(value.get(..value.find('"')?)?, order)
        })
    })
}

/// The date that an address carries: "/2024/01/03/", "/2024-01-03-", "/20240103/".
pub(super) fn in_path(path: &str) -> Option<Timestamp> {
    let parts: Vec<&str> = path.split(['/', '-', '_', '.']).collect();
    for (i, part) in parts.iter().enumerate() {
        let (y, m, d) = if part.len() == 8 && part.bytes().all(|b| b.is_ascii_digit()) {
            (part.get(..4)?, part.get(4..6)?, part.get(6..)?)
        } else if part.len() == 4 {
            let (Some(m), Some(d)) = (parts.get(i + 1), parts.get(i + 2)) else { continue };
            (*part, *m, *d)
        } else {
            continue;
        };
        let (Ok(y), Ok(m), Ok(d)) = (y.parse::<i16>(), m.parse::<i8>().or_else(|_| month(m).ok_or(())), d.parse::<i8>()) else { continue };
        if (1995..=2100).contains(&y)
            && let Ok(date) = Date::new(y, m, d)
        {
            return stamp(date, Time::midnight(), None);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> String {
        read(text, Order::DayFirst).map(|t| t.to_string()).unwrap_or_default()
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
            ("1704301440", "2024-01-03T17:04:00Z"),
        ] {
            assert_eq!(at(text), want, "{text}");
        }
    }

    #[test]
    fn slashes_as_the_country_writes_them() {
        let at = |text, order| read(text, order).map(|t| t.to_string()).unwrap_or_default();
        assert_eq!(at("03/04/2024", Order::DayFirst), "2024-04-03T00:00:00Z");
        assert_eq!(at("03/04/2024", Order::MonthFirst), "2024-03-04T00:00:00Z");
        assert_eq!(at("13/04/2024", Order::MonthFirst), "2024-04-13T00:00:00Z");
        assert_eq!(at("03.04.2024", Order::MonthFirst), "2024-04-03T00:00:00Z");
    }

    #[test]
    fn dates_in_the_data_that_a_page_renders() {
        for page in [
            r#"x={"datePublished":"2024-01-03T17:04:00Z"}"#,
            r#"x="{\"datePublished\": \"2024-01-03T17:04:00Z\"}""#,
            "<div data-x='{&quot;publishedAt&quot;:&quot;2024-01-03T17:04:00Z&quot;}'>",
        ] {
            assert_eq!(in_state(page, Order::DayFirst).map(|t| t.to_string()).as_deref(), Some("2024-01-03T17:04:00Z"), "{page}");
        }
        assert_eq!(in_state("datePublished of publishedAt\"", Order::DayFirst), None);
    }

    #[test]
    fn what_is_no_date() {
        for text in ["", "Market 3, 2024x", "yesterday", "10,000 of 2024", "99.99.2024"] {
            assert_eq!(at(text), "", "{text}");
        }
    }

    #[test]
    fn dates_in_addresses() {
        assert_eq!(in_path("/world/2024/jan/03/x").map(|t| t.to_string()).as_deref(), Some("2024-01-03T00:00:00Z"));
        assert_eq!(in_path("/a-20240103/").map(|t| t.to_string()).as_deref(), Some("2024-01-03T00:00:00Z"));
        assert_eq!(in_path("/2024/99/03"), None);
    }
}

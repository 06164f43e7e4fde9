//! Times as people write and read them.

use crate::cli::look::Look;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan, Zoned};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A length of time in at most four characters: "now", "42m", "5h", "3d", "6w", "2y".
fn short(seconds: i64) -> String {
    match seconds {
        s if s < MINUTE => "now".to_owned(),
        s if s < HOUR => format!("{}m", s / MINUTE),
        s if s < 2 * DAY => format!("{}h", s / HOUR),
        s if s < 14 * DAY => format!("{}d", s / DAY),
        s if s < 730 * DAY => format!("{}w", s / (7 * DAY)),
        s => format!("{}y", s / (365 * DAY)),
    }
}

/// How long ago `at` was.
pub fn age(look: &Look, at: Timestamp) -> String {
    short(look.now.as_second() - at.as_second())
}

/// When `at` will be: "now", "in 5m".
pub fn ahead(look: &Look, at: Timestamp) -> String {
    match short(at.as_second() - look.now.as_second()) {
        now if now == "now" => now,
        other => format!("in {other}"),
    }
}

/// `at` as local time, no longer than needed today: "07:41", "Nov 20 07:41", "2025-11-20".
pub fn local(look: &Look, at: Timestamp) -> String {
    let (at, now) = (at.to_zoned(look.zone.clone()), look.now.to_zoned(look.zone.clone()));
    let form = match (at.year() == now.year(), at.date() == now.date()) {
        (_, true) => "%H:%M",
        (true, false) => "%b %d %H:%M",
        (false, false) => "%Y-%m-%d %H:%M",
    };
    at.strftime(form).to_string()
}

/// `at` in full, local, with its zone: "2026-11-22 07:41 UTC".
pub fn full(look: &Look, at: Timestamp) -> String {
    at.to_zoned(look.zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string()
}

/// `at` in full to the second, for logs.
pub fn stamp(look: &Look, at: Timestamp) -> String {
    at.to_zoned(look.zone.clone()).strftime("%b %d %H:%M:%S").to_string()
}

/// How much later than `first`: "+0:38", "+26:05"; days from the fourth on: "+5d 02:10".
pub fn offset(first: Timestamp, at: Timestamp) -> String {
    let minutes = (at.as_second() - first.as_second()) / 60;
    let (sign, minutes) = if minutes < 0 { ('−', -minutes) } else { ('+', minutes) };
    match minutes / 60 {
        hours if hours >= 96 => format!("{sign}{}d {:02}:{:02}", hours / 24, hours % 24, minutes % 60),
        hours => format!("{sign}{hours}:{:02}", minutes % 60),
    }
}

/// Reads a point in the past: a length of time ago ("24h", "3 days", "1w"), "now", "today", "yesterday", a local date
/// or time ("2026", "2026-11", "2026-11-22", "2026-11-22 07:41", "07:41"), or RFC 3339.
///
/// # Errors
/// A message that says what would be understood.
pub fn parse_when(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, String> {
    let text = text.trim();
    let here = now.to_zoned(zone.clone());
    let named = match text.to_ascii_lowercase().as_str() {
        "now" => Some(here.clone()),
        "today" => here.start_of_day().ok(),
        "yesterday" => here.checked_sub(1.day()).ok().and_then(|z| z.start_of_day().ok()),
        _ => None,
    };
    let ago = || -> Option<Zoned> {
        let span: Span = text.strip_suffix(" ago").unwrap_or(text).parse().ok()?;
        here.checked_sub(span.abs()).ok()
    };
    let absolute = || text.parse::<Timestamp>().ok();
    let local = || {
        // A date alone is its midnight; a time alone is today's.
        let hour = || if text.find(':') == Some(1) { format!("0{text}") } else { text.to_owned() };
        let time = || text.contains(':').then(|| hour().parse::<jiff::civil::Time>().ok().map(|time| here.date().to_datetime(time)))?;
        // A year or a month alone is its beginning.
        let padded = |rest: &str| format!("{text}{rest}").parse::<DateTime>().ok();
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let at = match text.len() {
            4 if digits(text) => padded("-01-01"),
            7 if digits(text) => padded("-01"),
            _ => text.parse::<DateTime>().ok().or_else(time),
        }?;
        at.to_zoned(zone.clone()).ok().map(|z| z.timestamp())
    };
    let found = named.map(|z| z.timestamp()).or_else(absolute).or_else(|| ago().map(|z| z.timestamp())).or_else(local);
    found.ok_or_else(|| format!("“{text}” is no time: say 24h, 3d, yesterday, 2026-11-22 or 2026-11-22T07:41Z"))
}

/// A spread as a row of bars, `columns` wide at most; empty for fewer than two times or where all are one instant.
pub fn sparkline(times: &[Timestamp], columns: usize) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let (Some(first), Some(last)) = (times.iter().min(), times.iter().max()) else { return String::new() };
    let span = last.as_millisecond() - first.as_millisecond();
    if span <= 0 || columns == 0 {
        return String::new();
    }
    let mut counts = vec![0usize; columns];
    for at in times {
        let place = (at.as_millisecond() - first.as_millisecond()) as i128 * columns as i128 / (span as i128 + 1);
        if let Some(count) = counts.get_mut(usize::try_from(place).unwrap_or(0)) {
            *count += 1;
        }
    }
    // A single article is no peak.
    let most = counts.iter().copied().max().unwrap_or(0).max(3);
    counts.iter().filter_map(|&n| BARS.get((n * (BARS.len() - 1)).div_ceil(most))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_a_person_would_try_is_read() {
        let look = Look::test(None);
        let read = |text| parse_when(text, look.now, &look.zone).map(|t| t.to_string());
        for (text, want) in [
            ("24h", "2026-11-21T10:00:00Z"),
            ("3d", "2026-11-19T10:00:00Z"),
            ("1w 2d", "2026-11-13T10:00:00Z"),
            ("30 minutes", "2026-11-22T09:30:00Z"),
            ("2 hours ago", "2026-11-22T08:00:00Z"),
            ("yesterday", "2026-11-21T00:00:00Z"),
            ("today", "2026-11-22T00:00:00Z"),
            ("07:41", "2026-11-22T07:41:00Z"),
            ("7:41", "2026-11-22T07:41:00Z"),
            ("2026-11-20", "2026-11-20T00:00:00Z"),
            ("2026-11", "2026-11-01T00:00:00Z"),
            ("2019", "2019-01-01T00:00:00Z"),
            ("2026-11-20 07:41", "2026-11-20T07:41:00Z"),
            ("2026-11-20T07:41:00+02:00", "2026-11-20T05:41:00Z"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(want), "{text}");
        }
        assert!(read("soonish").unwrap_err().contains("24h"));
        assert!(read("").is_err());
        assert!(read("2019-13").is_err() && read("201-").is_err() && read("0741").is_ok_and(|t| t.starts_with("0741")));
    }

    #[test]
    fn ages_and_offsets_are_short() {
        let look = Look::test(None);
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(age(&look, at("2026-11-22T09:59:30Z")), "now");
        assert_eq!(age(&look, at("2026-11-22T07:41:00Z")), "2h");
        assert_eq!(age(&look, at("2026-11-01T07:41:00Z")), "3w");
        assert_eq!(ahead(&look, at("2026-11-22T10:05:00Z")), "in 5m");
        assert_eq!(offset(at("2026-11-22T07:41:00Z"), at("2026-11-22T08:19:00Z")), "+0:38");
        assert_eq!(offset(at("2026-11-22T07:41:00Z"), at("2026-11-27T08:19:00Z")), "+5d 00:38");
        assert_eq!(local(&look, at("2026-11-20T07:41:00Z")), "Nov 20 07:41");
    }

    #[test]
    fn a_sparkline_shows_when_most_came() {
        let at = |minute: i64| Timestamp::from_second(minute * 60).unwrap();
        assert_eq!(sparkline(&[at(0), at(30), at(31), at(32), at(60)], 3), "▄█▄");
        assert_eq!(sparkline(&[at(0)], 3), "");
        assert_eq!(sparkline(&[], 3), "");
    }
}

//! Times of day.

use crate::model::dates::zone;
use jiff::civil::Time;
use jiff::tz::Offset;

/// "T17:04:05.123+01:00", " 5:04 p.m. EST", "17.04 Uhr", "17h04": hour and minute, with half of the day and zone where they follow.
pub(super) fn clock(text: &str) -> Option<(Time, Option<Offset>)> {
    let (mut hour, minute, mut rest) = text.char_indices().filter(|(_, c)| matches!(c, ':' | '.' | 'h')).find_map(|(i, c)| {
        let (hour, minute) = (digits_before(text, i)?, text.get(i + 1..i + 3)?);
        let rest = text.get(i + 3..)?;
        if !minute.bytes().all(|b| b.is_ascii_digit()) || rest.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        // A point also stands between the numbers of a date.
        let said = || half(rest).is_some() || rest.trim_start().get(..3).is_some_and(|w| w.eq_ignore_ascii_case("uhr"));
        (c != '.' || said()).then_some(())?;
        Some((hour, minute.parse::<i8>().ok()?, rest))
    })?;
    let mut second = 0;
    if let Some(s) = rest.strip_prefix(':').and_then(|r| r.get(..2)).and_then(|s| s.parse::<i8>().ok()) {
        second = s.min(59);
        rest = rest.get(3..)?;
        rest = rest.strip_prefix('.').map_or(rest, |r| r.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    match half(rest) {
        Some(true) if hour < 12 => hour += 12,
        Some(false) if hour == 12 => hour = 0,
        _ => {}
    }
    let after = rest.trim_start();
    Some((Time::new(hour, minute, second, 0).ok()?, offset(after).or_else(|| named_offset(after))))
}

/// The one or two digits that end at `end`.
fn digits_before(text: &str, end: usize) -> Option<i8> {
    let head = text.get(..end)?;
    let from = end - head.bytes().rev().take_while(u8::is_ascii_digit).count();
    let digits = head.get(from..)?;
    (!digits.is_empty() && digits.len() <= 2).then(|| digits.parse().ok())?.filter(|h| (0..24).contains(h))
}

/// True for "pm" and its forms, false for "am".
fn half(rest: &str) -> Option<bool> {
    let low: String = rest.chars().filter(|c| *c != '.' && !c.is_whitespace()).take(2).flat_map(char::to_lowercase).collect();
    match low.as_str() {
        "pm" => Some(true),
        "am" => Some(false),
        _ => None,
    }
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

/// The zone after a time, past its "p.m."; in capitals, since "est" and "et" are words too.
fn named_offset(rest: &str) -> Option<Offset> {
    let rest = match half(rest) {
        Some(_) => rest.split_once(['m', 'M'])?.1,
        None => rest,
    };
    let rest = rest.trim_start_matches(['.', ' ', '(', ',']);
    let word: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
    let capital = word.len() >= 2 && word.bytes().all(|b| b.is_ascii_uppercase());
    capital.then(|| zone(&word))?
}

//! Dates that only pages write: "3 January 2024", "Jan. 3, 2024 5:04 p.m. EST", "03.01.2024, 17:04 Uhr", "2024年1月3日".

mod clock;
mod months;
#[cfg(test)]
mod tests;

pub(super) use crate::model::dates::Stated;
use crate::model::dates::stated_date;
use clock::clock;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
pub(super) use months::month;

/// Which of two numbers between slashes is the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    DayFirst,
    /// Between slashes: English without a country.
    MonthFirst,
    /// Between strokes too: the page says that it is American.
    American,
}

/// Reads what metadata or a `<time>` gives; falls back to [`in_text`].
pub(super) fn read(text: &str, order: Order) -> Option<Stated> {
    let text = text.trim();
    if text.is_empty() || text.len() > 120 {
        return None;
    }
    let plausible = |t: &Stated| (0..=4_102_444_800).contains(&t.at.as_second());
    // What machines write opens with a digit or a weekday; what people write is read here, halves of the day and names of zones
    // included, and is no date where nothing is found.
    let machine = text.starts_with(|c: char| c.is_ascii_digit()) || text.as_bytes().get(3) == Some(&b',');
    let halved = {
        let low = text.to_ascii_lowercase();
        let hours = |h: usize| low.as_bytes().get(h.wrapping_sub(1)..h + 2).is_some_and(|w| matches!(w, [b'0'..=b'9', _, b'0'..=b'9']));
        low.contains("p.m") || low.contains("pm") || low.contains("a.m") || low.contains("uhr") || low.find('h').is_some_and(hours)
    };
    // "03/04/2024" and "03-04-2024" are no machine's either: they are read as the page's country writes.
    let turned = text.bytes().take_while(|b| b.is_ascii_digit()).count() <= 2 && text.bytes().take(3).any(|b| matches!(b, b'/' | b'-'));
    let parsed = if machine && !halved && !turned { stated_date(text).filter(plausible).or_else(|| numeric(text)) } else { None };
    parsed.or_else(|| in_text(text, order)).filter(plausible)
}

/// Dates with a rest that the common reader does not know: "2024-01-03 (Wed) 17:04", "2024/01/03T17:04".
fn numeric(text: &str) -> Option<Stated> {
    let b = text.as_bytes();
    let year: i16 = text.get(..4)?.parse().ok()?;
    let (month, day, rest) = if b.get(4).is_some_and(|c| matches!(c, b'-' | b'/' | b'.')) {
        (text.get(5..7)?, text.get(8..10)?, text.get(10..)?)
    } else {
        (text.get(4..6)?, text.get(6..8)?, text.get(8..)?)
    };
    let date = Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()?;
    stamp(date, clock(rest))
}

/// True where the two would be one day if day and month changed places in one of them.
pub(super) fn turned(a: &Stated, b: &Stated) -> bool {
    let (a, b) = (civil(a), civil(b));
    a.year() == b.year() && a.month() == b.day() && a.day() == b.month()
}

/// The day and the time as the text has them, in its own zone.
pub(super) fn civil(stated: &Stated) -> DateTime {
    stated.offset.unwrap_or(Offset::UTC).to_datetime(stated.at)
}

fn stamp(date: Date, clock: Option<(Time, Option<Offset>)>) -> Option<Stated> {
    let (time, offset) = clock.unwrap_or((Time::midnight(), None));
    let zone = TimeZone::fixed(offset.unwrap_or(Offset::UTC));
    let at = date.to_datetime(time).to_zoned(zone).ok()?.timestamp();
    Some(Stated { at, offset, timed: clock.is_some() })
}

/// The first date in a text that is short, or that opens with one.
pub(super) fn in_text(text: &str, order: Order) -> Option<Stated> {
    find(text, order).map(|(_, stated)| stated)
}

/// Like [`in_text`], with the bytes that the date takes.
pub(super) fn find(text: &str, order: Order) -> Option<(std::ops::Range<usize>, Stated)> {
    let words = words(text);
    for (i, word) in words.iter().enumerate() {
        let at = |k: usize| words.get(k).map_or("", |w| w.text);
        // Markup that puts no space between a name and a date leaves "CorrespondentDec 22, 2023".
        let glued = || word.text.rfind(char::is_uppercase).and_then(|at| month(word.text.get(at..).filter(|_| at > 0)?));
        let found = match month(word.text).or_else(glued) {
            Some(m) => named(&at, i, m),
            None => numbered(&at, i, text.get(word.end..).unwrap_or(""), order),
        };
        let found = found.map(|(y, m, d, first, last)| {
            let place = |k: usize| words.get(k).map_or((0, text.len()), |w| (w.start, w.end));
            (y, m, d, place(first).0..place(last).1)
        });
        if let Some((y, m, d, range)) = found.or_else(|| cjk(text, word))
            && let Ok(date) = Date::new(y, m, d)
        {
            let after: String = text.get(range.end..).unwrap_or("").chars().take(24).collect();
            // "2024-01-03T17:04": the hour stands in the date's last word.
            let last = text.get(range.clone()).and_then(|t| t.rsplit(['-', '/', '.']).next()).unwrap_or("");
            let glued = day_and_time(last).and_then(|_| text.get(range.start..)?.split_once(['T', 't']));
            let time = glued.and_then(|(_, time)| clock(time)).or_else(|| clock(&after)).or_else(|| {
                // "8:04 PM EST, Tue January 3, 2024"
                let before = text.get(..range.start)?;
                let from = before.char_indices().rev().nth(23).map_or(0, |(i, _)| i);
                clock(before.get(from..)?)
            });
            return stamp(date, time).map(|stated| (range, stated));
        }
    }
    None
}

/// A run of letters and digits.
struct Word<'a> {
    text: &'a str,
    start: usize,
    end: usize,
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut words: Vec<Word<'_>> = Vec::with_capacity(16);
    let (mut from, mut before) = (None, ' ');
    for (i, c) in text.char_indices().chain(std::iter::once((text.len(), ' '))) {
        let inside = c.is_alphanumeric() || matches!(c, '\'');
        // A name that markup leaves no space after: "Roe3/4/2025".
        let glued = c.is_ascii_digit() && before.is_ascii_lowercase() && before != 't';
        before = c;
        match (inside, from) {
            (true, Some(start)) if glued => {
                words.push(Word { text: text.get(start..i).unwrap_or(""), start, end: i });
                from = Some(i);
            }
            (true, None) => from = Some(i),
            (false, Some(start)) => {
                words.push(Word { text: text.get(start..i).unwrap_or(""), start, end: i });
                from = None;
                if words.len() >= 24 {
                    break;
                }
            }
            _ => {}
        }
    }
    words
}

/// Year, month, day, and the first and the last word that say so.
type Spelt = (i16, i8, i8, usize, usize);

/// "Jan 3, 2024" or "3 January 2024" around the month at `i`.
fn named<'a>(at: &dyn Fn(usize) -> &'a str, i: usize, m: i8) -> Option<Spelt> {
    let filler = |w: &str| matches!(w, "de" | "del" | "of" | "di");
    if let (Some(d), Some(y)) = (day(at(i + 1)), year(at(i + 2))) {
        return Some((y, m, d, i, i + 2));
    }
    let next = i + 1 + usize::from(filler(at(i + 1)));
    let before = i.checked_sub(1).map(|k| if filler(at(k)) { k.saturating_sub(1) } else { k })?;
    Some((year(at(next))?, m, day(at(before))?, before, next))
}

/// "2024-01-03", "03.01.2024", "1/3/2024" from the number at `i`; `rest` is what follows it.
fn numbered<'a>(at: &dyn Fn(usize) -> &'a str, i: usize, rest: &str, order: Order) -> Option<Spelt> {
    if !rest.starts_with(['-', '/', '.']) {
        return None;
    }
    if let (Some(y), Some(m), Some(d)) = (year(at(i)), day(at(i + 1)), day(at(i + 2)).or_else(|| day_and_time(at(i + 2)))) {
        return Some((y, m, d, i, i + 2));
    }
    let (a, b, y) = (day(at(i))?, day(at(i + 1))?, year(at(i + 2))?);
    // Points mean day first; slashes and strokes too, but where the page's country writes otherwise or the second number can be no
    // month.
    let month_first = match order {
        Order::DayFirst => false,
        Order::MonthFirst => rest.starts_with('/'),
        Order::American => rest.starts_with(['/', '-']),
    };
    let swapped = b > 12 || (month_first && a <= 12);
    Some(if swapped { (y, a, b, i, i + 2) } else { (y, b, a, i, i + 2) })
}

fn day(word: &str) -> Option<i8> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = (word.get(..digits)?, word.get(digits..)?);
    (digits <= 2 && matches!(rest, "" | "st" | "nd" | "rd" | "th" | "er" | "º"))
        .then(|| number.parse().ok())?
        .filter(|d| (1..=31).contains(d))
}

/// The "03T17" of "2024-01-03T17:04".
fn day_and_time(word: &str) -> Option<i8> {
    let (number, hour) = word.split_once(['T', 't'])?;
    (number.len() == 2 && hour.len() <= 2).then(|| day(number))?
}

/// Markup that puts no space between a date and a name leaves "2025Jane".
fn year(word: &str) -> Option<i16> {
    let letters = word.get(4..)?.chars().next().is_none_or(char::is_alphabetic);
    letters.then(|| word.get(..4)?.parse().ok())?.filter(|y| (1990..=2100).contains(y))
}

/// "2024年1月3日" and "2024년 1월 3일" are one word or three.
fn cjk(text: &str, word: &Word<'_>) -> Option<(i16, i8, i8, std::ops::Range<usize>)> {
    let mark = word.text.find(['年', '년'])?;
    let y = word.text.get(..mark)?.parse().ok().filter(|y| (1990..=2100).contains(y))?;
    let from = word.start + mark;
    let end = text.get(from..)?.find(['日', '일']).map_or(word.end, |i| from + i);
    let mut numbers = text.get(from..)?.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty());
    Some((y, numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?, word.start..end))
}

/// The first publication time in the data that a page renders itself from, whatever the quotes are escaped as.
pub(super) fn in_state(page: &str, order: Order) -> Option<Stated> {
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
pub(super) fn in_path(path: &str) -> Option<Stated> {
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
            return stamp(date, None);
        }
    }
    None
}

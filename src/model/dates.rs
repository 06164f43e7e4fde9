//! Dates as the wild writes them.
//!
//! One tolerant reader instead of a list of formats: the text is cut into numbers, words and signs, and each piece says
//! what it can be. RFC 3339, W3C-DTF, RFC 822 and 2822, asctime, SQL dates, US and European orders, month names of
//! the languages in [`MONTHS`], 12-hour clocks and named zones all come out of the same few rules.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::fmt::rfc2822;
use jiff::tz::Offset;

/// Longest text that is looked at, in bytes; dates are short, and garbage is not to cost time.
const LONGEST: usize = 128;

/// First letters of the months, lower case, in the languages that feeds use despite the standards. The longest match wins.
const MONTHS: [&[&str]; 12] = [
    &["jan", "gen", "ene", "янв", "ιαν", "jän", "oca", "sty", "led", "يناير"],
    &["feb", "fév", "fev", "фев", "φεβ", "şub", "lut", "úno", "فبراير"],
    &["mar", "mär", "mrt", "maa", "мар", "μάρ", "μαρ", "mrz", "bře", "مارس"],
    &["apr", "avr", "abr", "апр", "απρ", "ápr", "nis", "kwi", "dub", "أبريل"],
    &["may", "mai", "mag", "maj", "mei", "май", "мая", "μάϊ", "μαϊ", "μαΐ", "máj", "mayıs", "kvě", "مايو"],
    &["jun", "juin", "giu", "июн", "ιούν", "ιουν", "jún", "haz", "cze", "يونيو", "červen"],
    &["jul", "juil", "lug", "июл", "ιούλ", "ιουλ", "júl", "tem", "lip", "يوليو", "červenc"],
    &["aug", "aoû", "aou", "ago", "авг", "αύγ", "αυγ", "ağu", "sie", "srp", "أغسطس"],
    &["sep", "set", "сен", "σεπ", "szep", "eyl", "wrz", "zář", "سبتمبر"],
    &["oct", "okt", "ott", "out", "окт", "οκτ", "eki", "paź", "říj", "أكتوبر"],
    &["nov", "ноя", "νοέ", "νοε", "kas", "lis", "نوفمبر"],
    &["dec", "déc", "dez", "dic", "дек", "δεκ", "ara", "gru", "pro", "ديسمبر"],
];

/// Named zones, in minutes east of UTC. Single letters are not among them: they were never used with one meaning.
const ZONES: &[(&str, i32)] = &[
    ("z", 0),
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("wet", 0),
    ("west", 60),
    ("bst", 60),
    ("ist", 330),
    ("cet", 60),
    ("cest", 120),
    ("met", 60),
    ("mest", 120),
    ("mez", 60),
    ("mesz", 120),
    ("eet", 120),
    ("eest", 180),
    ("msk", 180),
    ("msd", 240),
    ("sast", 120),
    ("wat", 60),
    ("cat", 120),
    ("eat", 180),
    ("trt", 180),
    ("gst", 240),
    ("pkt", 300),
    ("npt", 345),
    ("ict", 420),
    ("wib", 420),
    ("wita", 480),
    ("wit", 540),
    ("sgt", 480),
    ("myt", 480),
    ("pht", 480),
    ("hkt", 480),
    ("awst", 480),
    ("jst", 540),
    ("kst", 540),
    ("acst", 570),
    ("acdt", 630),
    ("aest", 600),
    ("aedt", 660),
    ("nzst", 720),
    ("nzdt", 780),
    ("nst", -210),
    ("ndt", -150),
    ("ast", -240),
    ("adt", -180),
    ("at", -240),
    ("est", -300),
    ("edt", -240),
    ("et", -300),
    ("cst", -360),
    ("cdt", -300),
    ("ct", -360),
    ("mst", -420),
    ("mdt", -360),
    ("mt", -420),
    ("pst", -480),
    ("pdt", -420),
    ("pt", -480),
    ("akst", -540),
    ("akdt", -480),
    ("hst", -600),
    ("brt", -180),
    ("brst", -120),
    ("art", -180),
    ("clt", -240),
    ("clst", -180),
];

/// A date as it was written: the instant, and what the text says of its time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stated {
    /// The instant; without a zone in the text the civil time is taken for UTC's.
    pub at: Timestamp,
    /// The zone that the text gives.
    pub offset: Option<Offset>,
    /// True where the text gives a time of day.
    pub timed: bool,
}

/// The zone that a name says ("EST", "cet"), in any case.
pub fn zone(name: &str) -> Option<Offset> {
    let name = name.to_lowercase();
    ZONES.iter().find(|(known, _)| *known == name).and_then(|(_, minutes)| Offset::from_seconds(minutes * 60).ok())
}

/// Reads a date in any form that feeds and pages use; one without a zone is read as UTC. `None` where it is no date.
/// Year 1 and the like mean undated, and give `None`.
///
/// Years are kept as stated from 100 to 9999; two-digit years are 1950 to 2049, as RFC 2822 has it. `1/2/2003` is read
/// month first unless the first number cannot be one; with dots the day comes first.
pub fn parse_date(text: &str) -> Option<Timestamp> {
    standard(text).or_else(|| stated_date(text).map(|stated| stated.at))
}

/// What every HTTP header and most feeds write, without looking for what else it could be: an IMF-fixdate (RFC 9110) or an instant of
/// RFC 3339 in UTC. A twentieth of the instructions of an unchanged poll went into reading them freely. `None` where it is not just that.
fn standard(text: &str) -> Option<Timestamp> {
    const PARSER: rfc2822::DateTimeParser = rfc2822::DateTimeParser::new();
    match () {
        () if is_like(text, "aaa, 00 aaa 1000 00:00:50 GMT") => PARSER.parse_timestamp(text).ok(),
        () if is_like(text, "1000-00-00T00:00:50Z") => text.parse().ok(),
        () => None,
    }
}

/// Whether a text has this form: `a` a letter, `0` a digit, `1` one that is not 0, `5` one up to 5, anything else itself.
fn is_like(text: &str, form: &str) -> bool {
    let fits = |(c, like): (u8, u8)| match like {
        b'a' => c.is_ascii_alphabetic(),
        b'0' => c.is_ascii_digit(),
        b'1' => matches!(c, b'1'..=b'9'),
        b'5' => matches!(c, b'0'..=b'5'),
        _ => c == like,
    };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(fits)
}

/// Like [`parse_date`], with the zone as the text states it.
pub fn stated_date(text: &str) -> Option<Stated> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    if let Some(instant) = plain_number(text) {
        return instant;
    }
    let mut found = Found::default();
    let mut pieces = Pieces { rest: text };
    while let Some(piece) = pieces.next() {
        found.take(&piece, &mut pieces)?;
    }
    found.stated()
}

/// Digits alone: `20240131`, `20240131120000`, or seconds or milliseconds since 1970.
fn plain_number(text: &str) -> Option<Option<Stated>> {
    if text.len() < 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| text.get(from..to).and_then(|d| d.parse::<i16>().ok()).unwrap_or(0);
    let since_1970 = |at: Timestamp| Stated { at, offset: Some(Offset::UTC), timed: true };
    Some(match text.len() {
        8 | 12 | 14 => {
            let mut found = Found { date: Some((part(0, 4), part(4, 6), part(6, 8))), ..Found::default() };
            found.time = (text.len() > 8).then(|| (part(8, 10), part(10, 12), part(12, 14), 0));
            found.stated()
        }
        9..=11 => text.parse().ok().and_then(|s| Timestamp::from_second(s).ok()).map(since_1970),
        13 => text.parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).map(since_1970),
        _ => None,
    })
}

/// One piece of a date's text.
#[derive(Debug, PartialEq)]
enum Piece<'a> {
    Digits(&'a str),
    Word(&'a str),
    Sign(char),
}

struct Pieces<'a> {
    rest: &'a str,
}

impl<'a> Pieces<'a> {
    fn next(&mut self) -> Option<Piece<'a>> {
        let first = self.rest.chars().next()?;
        let cut = |same: fn(char) -> bool, rest: &'a str| rest.split_at(rest.find(|c| !same(c)).unwrap_or(rest.len()));
        let (piece, rest) = if first.is_ascii_digit() {
            let (digits, rest) = cut(|c| c.is_ascii_digit(), self.rest);
            (Piece::Digits(digits), rest)
        } else if first.is_alphabetic() {
            let (word, rest) = cut(char::is_alphabetic, self.rest);
            (Piece::Word(word), rest)
        } else {
            (Piece::Sign(first), self.rest.get(first.len_utf8()..).unwrap_or(""))
        };
        self.rest = rest;
        Some(piece)
    }

    /// Takes `sign` and the digits after it, if that is what comes next.
    fn digits_after(&mut self, sign: char) -> Option<&'a str> {
        let rest = self.rest.strip_prefix(sign)?;
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, rest) = rest.split_at(end);
        (!digits.is_empty()).then(|| {
            self.rest = rest;
            digits
        })
    }
}

/// What the pieces have said so far.
#[derive(Debug, Default)]
struct Found {
    /// Year, month, day as numbers that stood together.
    date: Option<(i16, i16, i16)>,
    year: Option<i16>,
    month: Option<i16>,
    day: Option<i16>,
    /// Hour, minute, second, nanosecond.
    time: Option<(i16, i16, i16, i32)>,
    /// Minutes to add for "pm"; `None` on a 24-hour clock.
    pm: Option<bool>,
    /// Minutes east.
    zone: Option<i32>,
}

impl Found {
    /// `None` where the text cannot be a date.
    fn take(&mut self, piece: &Piece<'_>, pieces: &mut Pieces<'_>) -> Option<()> {
        match *piece {
            Piece::Digits(digits) => self.digits(digits, pieces),
            Piece::Word(word) => {
                self.word(word);
                Some(())
            }
            Piece::Sign(sign @ ('+' | '-' | '−' | '–')) => {
                self.offset(if sign == '+' { 1 } else { -1 }, pieces);
                Some(())
            }
            Piece::Sign(_) => Some(()),
        }
    }

    fn digits(&mut self, digits: &str, pieces: &mut Pieces<'_>) -> Option<()> {
        if digits.len() == 6 && self.date.is_some() && self.time.is_none() {
            let part = |from: usize| digits.get(from..from + 2).and_then(|d| d.parse().ok());
            self.time = Some((part(0)?, part(2)?, part(4)?, 0));
            return Some(());
        }
        let number: i16 = digits.parse().ok().filter(|_| digits.len() <= 4).or_else(|| (digits.len() == 8).then_some(0))?;
        let next = pieces.rest.chars().next();
        if digits.len() <= 2 && self.time.is_none() && next == Some(':') {
            return self.clock(number, pieces);
        }
        if digits.len() == 8 {
            // 20240131T120000: the date without signs, the time perhaps too.
            self.date = Some((digits.get(..4)?.parse().ok()?, digits.get(4..6)?.parse().ok()?, digits.get(6..)?.parse().ok()?));
            return Some(());
        }
        let open = self.date.is_none() && self.month.is_none() && self.day.is_none();
        if open
            && let Some(sign @ ('-' | '/' | '.' | '年')) = next
            && let Some(date) = numeric_date(digits, number, sign, pieces)
        {
            self.date = Some(date);
            return Some(());
        }
        match digits.len() {
            4 if self.year.is_none() && self.date.is_none() => self.year = Some(number),
            // 120000 or 1200 after a compact date is no year; 10:15 was taken above. `5 pm` has its word ahead.
            1 | 2 if self.day.is_none() && self.date.is_none() => self.day = Some(number),
            1 | 2 if self.year.is_none() && self.date.is_none() => {
                self.year = Some(if number < 50 { 2000 + number } else { 1900 + number })
            }
            1 | 2 if self.time.is_none() => self.time = Some((number, 0, 0, 0)),
            4 if self.time.is_none() => self.time = Some((number / 100, number % 100, 0, 0)),
            _ => {}
        }
        Some(())
    }

    fn clock(&mut self, hour: i16, pieces: &mut Pieces<'_>) -> Option<()> {
        let minute = pieces.digits_after(':').and_then(|d| d.parse().ok())?;
        let second = pieces.digits_after(':').map_or(Some(0), |d| d.get(..2.min(d.len()))?.parse().ok())?;
        let fraction = pieces.digits_after('.').or_else(|| pieces.digits_after(','));
        let nanos = fraction.map_or(0, |f| format!("{f:0<9}").get(..9).and_then(|f| f.parse().ok()).unwrap_or(0));
        self.time = Some((hour, minute, second, nanos));
        Some(())
    }

    fn word(&mut self, word: &str) {
        let word = word.to_lowercase();
        match word.as_str() {
            "am" | "vorm" | "오전" | "上午" => self.pm = self.time.map(|_| false).or(Some(false)),
            "pm" | "nachm" | "오후" | "下午" => self.pm = Some(true),
            "t" | "at" if self.time.is_none() => {}
            _ => {
                if let Some(month) = month(&word).filter(|_| self.month.is_none() && self.date.is_none()) {
                    self.month = Some(month);
                } else if let Some((_, minutes)) = ZONES.iter().find(|(name, _)| *name == word).filter(|_| self.zone.is_none()) {
                    self.zone = Some(*minutes);
                }
            }
        }
    }

    /// `+0200`, `+02:00`, `+2`, also after "GMT"; only where a time stands before it.
    fn offset(&mut self, sign: i32, pieces: &mut Pieces<'_>) {
        if self.time.is_none() && self.zone.is_none() {
            return;
        }
        let end = pieces.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(pieces.rest.len());
        let (digits, rest) = pieces.rest.split_at(end);
        let Ok(number) = digits.parse::<i32>() else { return };
        pieces.rest = rest;
        let (hours, minutes) = match digits.len() {
            1 | 2 => (number, pieces.digits_after(':').and_then(|d| d.parse().ok()).unwrap_or(0)),
            3 | 4 => (number / 100, number % 100),
            6 => (number / 10_000, number / 100 % 100),
            _ => return,
        };
        if hours <= 15 && minutes < 60 {
            self.zone = Some(sign * (hours * 60 + minutes));
        }
    }

    fn stated(self) -> Option<Stated> {
        let (year, month, day) = match self.date {
            Some(date) => date,
            // "January 2024" names its first day; a bare year does not date an article.
            None => (self.year?, self.month?, self.day.unwrap_or(1)),
        };
        if year < 100 {
            return None;
        }
        let (mut hour, minute, second, nanos) = self.time.unwrap_or_default();
        match self.pm {
            Some(true) if hour < 12 => hour += 12,
            Some(false) if hour == 12 => hour = 0,
            _ => {}
        }
        // 24:00 is the next midnight, a leap second the one before it.
        let (hour, next_day) = if hour == 24 { (0, true) } else { (hour, false) };
        let time = Time::new(hour.try_into().ok()?, minute.try_into().ok()?, second.min(59).try_into().ok()?, nanos).ok()?;
        let mut date = Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()?;
        if next_day {
            date = date.tomorrow().ok()?;
        }
        let stated = self.zone.and_then(|minutes| Offset::from_seconds(minutes * 60).ok());
        let offset = stated.unwrap_or(Offset::UTC);
        // The last days of 9999 are beyond what a timestamp can say in every zone; they mean "for ever" anyway.
        let at = offset.to_timestamp(date.to_datetime(time)).ok().or_else(|| (year == 9999).then_some(Timestamp::MAX))?;
        Some(Stated { at, offset: stated, timed: self.time.is_some() })
    }
}

/// Three numbers joined by one sign, or a year and a month.
fn numeric_date(first: &str, number: i16, sign: char, pieces: &mut Pieces<'_>) -> Option<(i16, i16, i16)> {
    let before = pieces.rest;
    let second = pieces.digits_after(sign);
    // 2024年1月31日: the signs differ.
    let third_sign = if sign == '年' { '月' } else { sign };
    let third = second.and_then(|_| pieces.digits_after(third_sign));
    let parse = |d: &str| d.parse::<i16>().ok();
    let date = match (second, third) {
        (Some(month), Some(day)) if first.len() == 4 => {
            parse(month).zip(parse(day)).map(|(m, d)| if m > 12 && d <= 12 { (number, d, m) } else { (number, m, d) })
        }
        // 2003-335: the day of the year.
        (Some(day), None) if first.len() == 4 && day.len() == 3 && sign == '-' => parse(day).and_then(|n| day_of_year(number, n)),
        (Some(month), None) if first.len() == 4 && month.len() <= 2 => parse(month).map(|m| (number, m, 1)),
        (Some(b), Some(year)) => parse(b).zip(parse(year)).map(|(b, y)| {
            let full = if year.len() > 2 {
                y
            } else if y < 50 {
                2000 + y
            } else {
                1900 + y
            };
            let month_first = sign == '/' && number <= 12 || b > 12;
            if year.len() <= 2 && sign == '-' {
                // 03-12-31 is ISO with a short year.
                (if number < 50 { 2000 + number } else { 1900 + number }, b, y)
            } else if month_first {
                (full, number, b)
            } else {
                (full, b, number)
            }
        }),
        _ => None,
    };
    if date.is_none() {
        pieces.rest = before;
    }
    date
}

fn day_of_year(year: i16, day: i16) -> Option<(i16, i16, i16)> {
    let first = Date::new(year, 1, 1).ok()?;
    let date = first.checked_add(jiff::Span::new().try_days(i64::from(day) - 1).ok()?).ok()?;
    (day >= 1 && date.year() == year).then(|| (year, i16::from(date.month()), i16::from(date.day())))
}

/// The month that a lower-case word names; weekdays that begin like one ("mar" for martes and mardi) only count when
/// spelled out as months are.
fn month(word: &str) -> Option<i16> {
    const WEEKDAYS: &[&str] = &["martes", "mardi", "martedì", "martedi", "lisää", "sept-"];
    if WEEKDAYS.contains(&word) {
        return None;
    }
    let mut best: Option<(usize, i16)> = None;
    for (number, starts) in (1_i16..).zip(MONTHS) {
        for start in starts.iter().filter(|s| word.starts_with(**s)) {
            if best.is_none_or(|(length, _)| start.len() > length) {
                best = Some((start.len(), number));
            }
        }
    }
    best.map(|(_, number)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn standard_forms_say_what_the_tolerant_reader_says(second in -30_610_224_000_i64..253_402_300_799) {
            let at = Timestamp::from_second(second).unwrap().to_zoned(jiff::tz::TimeZone::UTC);
            for form in ["%a, %d %b %Y %H:%M:%S GMT", "%Y-%m-%dT%H:%M:%SZ"] {
                let text = at.strftime(form).to_string();
                proptest::prop_assert_eq!(standard(&text), Some(at.timestamp()), "{}", text);
                proptest::prop_assert_eq!(stated_date(&text).map(|stated| stated.at), Some(at.timestamp()), "{}", text);
            }
        }
    }

    #[test]
    fn what_only_looks_like_a_standard_form_is_left_to_the_tolerant_reader() {
        let others = [
            "Mon, 01 Jan 2004 19:48:21 GMT",
            "Thu, 01 Jan 2004 19:48:60 GMT",
            "Thu, 01 Jan 0001 19:48:21 GMT",
            "2004-13-01T10:14:55Z",
            "Ünï, 01 Jan 2004 1 GMT",
            "Thu, 01 Jan 104  19:48:21 GMT",
            "Thu, 01 Jan 2004 19 : 48  GMT",
            "2004-01-01T101455.1Z",
            "",
        ];
        for text in others {
            assert_eq!(standard(text), None, "{text}");
            assert_eq!(parse_date(text), stated_date(text).map(|stated| stated.at), "{text}");
        }
    }

    #[test]
    fn forms() {
        let cases = [
            ("2003-12-31T10:14:55Z", "2003-12-31T10:14:55Z"),
            ("2003-12-31T10:14:55.5-08:00", "2003-12-31T18:14:55.5Z"),
            ("2003-12-31T10:14:55+0330", "2003-12-31T06:44:55Z"),
            ("2006-01-11 16:42:55 -0800", "2006-01-12T00:42:55Z"),
            ("2022-09-03 09:37:11+03:00", "2022-09-03T06:37:11Z"),
            ("2019-01-25 00:00:00", "2019-01-25T00:00:00Z"),
            ("2019-01-25", "2019-01-25T00:00:00Z"),
            ("2019-01", "2019-01-01T00:00:00Z"),
            ("20190125", "2019-01-25T00:00:00Z"),
            ("20190125T101500Z", "2019-01-25T10:15:00Z"),
            ("2003-335", "2003-12-01T00:00:00Z"),
            ("03-12-31", "2003-12-31T00:00:00Z"),
            ("Thu, 01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21Z"),
            ("Thu, 1 Jan 04 19:48 EST", "2004-01-02T00:48:00Z"),
            ("Thursday, 01 January 2004 19:48:21 +0100", "2004-01-01T18:48:21Z"),
            ("Tue 11 Jan 2011 10:00:00 +0000", "2011-01-11T10:00:00Z"),
            ("Sat Oct 06 2018 12:00:00 GMT+0200 (CEST)", "2018-10-06T10:00:00Z"),
            ("Sun Jan  4 16:29:06 PST 2004", "2004-01-05T00:29:06Z"),
            ("Oct 6, 2018 3:04 PM", "2018-10-06T15:04:00Z"),
            ("6 October 2018 at 12:30 am", "2018-10-06T00:30:00Z"),
            ("10/26/2018 3:04:05 AM", "2018-10-26T03:04:05Z"),
            ("26/10/2018", "2018-10-26T00:00:00Z"),
            ("26.10.2018 14:30", "2018-10-26T14:30:00Z"),
            ("mar., 5 mars 2019 08:00:00 +0100", "2019-03-05T07:00:00Z"),
            ("lun, 02 déc 2019 10:00:00 GMT", "2019-12-02T10:00:00Z"),
            ("Пт, 07 июн 2019 10:00:00 +0300", "2019-06-07T07:00:00Z"),
            ("2004년 05월 25일 11:23:17", ""),
            ("2004-05-25 오후 11:23:17", "2004-05-25T23:23:17Z"),
            ("2024年1月31日 08:00", "2024-01-31T08:00:00Z"),
            ("Wed, 31 Dec 2003 24:00:00 GMT", "2004-01-01T00:00:00Z"),
            ("Wed, 31 Dec 2003 23:59:60 GMT", "2003-12-31T23:59:59Z"),
            ("1072866895", "2003-12-31T10:34:55Z"),
            ("1072866895000", "2003-12-31T10:34:55Z"),
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
            ("9999-12-30T00:00:00Z", "9999-12-30T00:00:00Z"),
            ("9999-12-31T23:59:59Z", "9999-12-30T22:00:00.999999999Z"),
            ("0001-01-01T00:00:00Z", ""),
            ("Mon, 01 Jan 0001 00:00:00 +0000", ""),
            ("2003-13-45", ""),
            ("yesterday", ""),
            ("", ""),
            ("99999999999999999999", ""),
        ];
        for (given, want) in cases {
            let found = parse_date(given).map_or(String::new(), |t| t.to_string());
            assert_eq!(found, want, "{given}");
        }
    }

    #[test]
    fn any_text_is_survived() {
        for text in ["-", "+:+:", "1:", "::::", "年", "99:99:99", "1-", "1-2-", "2024-02-30", "ß1ß2ß3", "\u{0}1 Jan 2024"] {
            let _ = parse_date(text);
        }
    }
}

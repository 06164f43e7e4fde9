//! Durations and sizes as people write them.

use std::time::Duration;

const DURATIONS: [(&str, u64); 7] =
    [("ms", 1), ("s", 1_000), ("m", 60_000), ("min", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000)];
const SIZES: [(&str, u64); 7] =
    [("B", 1), ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];

/// Sums "1h30m" in units of `table`; `None` for anything but numbers with known units.
fn sum(text: &str, table: &[(&str, u64)]) -> Option<u64> {
    let mut rest = text.trim();
    let mut total = 0u64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, tail) = rest.split_at(digits);
        let tail = tail.trim_start();
        let letters = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        let scale = table.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?.1;
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(scale)?)?;
        rest = tail.trim_start();
    }
    Some(total)
}

/// Reads "250ms", "30m", "1h30m", "14d", "2w". A number needs its unit.
pub fn parse_duration(text: &str) -> Option<Duration> {
    sum(text, &DURATIONS).map(Duration::from_millis)
}

/// Reads "512 KiB", "8MiB", "2 GB" into bytes. A number needs its unit.
pub fn parse_size(text: &str) -> Option<u64> {
    sum(text, &SIZES)
}

/// Writes a duration so that [`parse_duration`] reads it back: "1h30m", whole milliseconds.
pub fn show_duration(duration: Duration) -> String {
    let mut rest = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let mut out = String::new();
    for (unit, scale) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)] {
        if rest >= scale {
            out += &format!("{}{unit}", rest / scale);
            rest %= scale;
        }
    }
    if out.is_empty() { "0s".to_owned() } else { out }
}

/// Writes bytes so that [`parse_size`] reads them back.
pub fn show_size(bytes: u64) -> String {
    let fits = |scale: u64| bytes >= scale && bytes.is_multiple_of(scale);
    let unit = [("GiB", 1u64 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    match unit.iter().find(|(_, scale)| fits(*scale)) {
        Some((name, scale)) => format!("{} {name}", bytes / scale),
        None => format!("{bytes} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_and_write() {
        for (text, ms) in
            [("30m", 1_800_000), ("14d", 1_209_600_000), ("1h30m", 5_400_000), ("250ms", 250), ("0s", 0), ("2 w", 1_209_600_000)]
        {
            let duration = parse_duration(text).expect(text);
            assert_eq!(duration.as_millis(), ms, "{text}");
            assert_eq!(parse_duration(&show_duration(duration)), Some(duration), "{text}");
        }
        for bad in ["", "30", "m", "-5m", "1.5h", "5 years", "99999999999999999999s", "999999999999999999w", "５m"] {
            assert_eq!(parse_duration(bad), None, "{bad}");
        }
        assert_eq!(show_duration(Duration::from_secs(90)), "1m30s");
    }

    #[test]
    fn sizes_read_and_write() {
        for (text, bytes) in [("8 MiB", 8 << 20), ("512KiB", 512 << 10), ("2 GB", 2_000_000_000), ("7 B", 7), ("0 B", 0)] {
            assert_eq!(parse_size(text), Some(bytes), "{text}");
            assert_eq!(parse_size(&show_size(bytes)), Some(bytes), "{text}");
        }
        assert_eq!(parse_size("8"), None);
        assert_eq!(parse_size("8 megs"), None);
    }
}

//! Small words: numbers with their nouns, sizes.

use crate::model::Quality;

/// "1 copy", "11 copies".
pub fn count(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(n), if n == 1 { one } else { many })
}

/// Thousands apart: "12,345".
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// "4.2 MB".
pub fn size(bytes: u64) -> String {
    let mut value = bytes as f64;
    for unit in ["bytes", "kB", "MB", "GB"] {
        if value < 1000.0 {
            return if unit == "bytes" { format!("{value:.0} {unit}") } else { format!("{value:.1} {unit}") };
        }
        value /= 1000.0;
    }
    format!("{value:.1} TB")
}

/// Whether a title says more than blanks; for lists that must show something.
pub fn titled(title: &str) -> &str {
    if title.trim().is_empty() { "(no headline)" } else { title }
}

/// What the quality gate says, in words.
pub fn quality(quality: Quality) -> &'static str {
    match quality {
        Quality::Article => "an article",
        Quality::Short => "very short: compared only as a whole",
        Quality::Empty => "no text was found on the page",
        Quality::Consent => "a consent wall instead of the text",
        Quality::Paywall => "a paywall's stub instead of the text",
        Quality::JavaScript => "a page that asks for JavaScript instead of the text",
        Quality::SoftNotFound => "a page that says “not found”",
        Quality::BotCheck => "a check for robots instead of the text",
        Quality::Login => "a page that asks to log in or to register instead of the text",
        Quality::Region => "a page that is not shown in this region",
        Quality::Age => "a question for the reader's age instead of the text",
        Quality::Maintenance => "a site that is being worked on instead of the text",
        Quality::Offer => "an app or a newsletter offered instead of the text",
        Quality::Listing => "a list of articles, not one",
        Quality::TooComplex => "a page too large or too deep to read",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(1, "copy", "copies"), "1 copy");
        assert_eq!(count(1234567, "copy", "copies"), "1,234,567 copies");
        assert_eq!((size(12), size(4_200_000)), ("12 bytes".to_owned(), "4.2 MB".to_owned()));
    }
}

//! The words of an address: "/news/old-bridge-to-close-1.234" is the headline under which a text was filed.

use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use url::Url;

/// Letters and digits of an address besides the headline's: the number of the text, its kind.
const MAX_BESIDE: usize = 14;
/// Words that a headline has at least; fewer are the name of a section or a topic.
const MIN_WORDS: usize = 4;

/// The part of an address that is made of words, its letters and digits alone.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Slug(String);

impl Slug {
    /// The wordiest segment of the path. `None` where no segment has the words of a headline.
    pub fn of(url: &Url) -> Option<Self> {
        let marks = |segment: &&str| segment.bytes().filter(|b| matches!(b, b'-' | b'_')).count();
        let wordiest = url.path().split('/').max_by_key(marks).filter(|segment| marks(segment) + 1 >= MIN_WORDS)?;
        Some(Self(plain(&percent_decode_str(wordiest).decode_utf8_lossy(), |_| None)))
    }

    /// Whether it is made of this headline: its letters in their order, but for marks, accents and a number beside them.
    pub fn says(&self, headline: &str) -> bool {
        if headline.split_whitespace().count() < MIN_WORDS {
            return false;
        }
        let said = |plain: String| self.0.len() <= plain.len() + MAX_BESIDE && self.0.contains(&plain);
        said(plain(headline, |_| None)) || said(plain(headline, spelt_out))
    }
}

/// Letters and digits in lower case, without accents.
fn plain(text: &str, spelt: fn(char) -> Option<&'static str>) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfc().flat_map(char::to_lowercase) {
        match spelt(c).or_else(|| base(c)) {
            Some(letters) => out.push_str(letters),
            None => out.extend(std::iter::once(c).nfd().filter(|c| c.is_alphanumeric() && !is_combining_mark(*c))),
        }
    }
    out
}

/// Letters without an accent to take off, as addresses write them.
fn base(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' => "d",
        'ı' => "i",
        'þ' => "th",
        _ => return None,
    })
}

/// The letters that German, Danish and Norwegian addresses spell out.
fn spelt_out(c: char) -> Option<&'static str> {
    Some(match c {
        'ä' => "ae",
        'ö' | 'ø' => "oe",
        'ü' => "ue",
        'å' => "aa",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(address: &str, headline: &str) -> bool {
        Url::parse(address).ok().and_then(|url| Slug::of(&url)).is_some_and(|slug| slug.says(headline))
    }

    #[test]
    fn an_address_says_a_headline() {
        assert!(says("https://post.example/local/old-bridge-won-t-open-before-may-1.2345", "Old bridge won’t open before May"));
        assert!(says("https://post.example/bruecke-oeffnet-fuer-fussgaenger,UMx2", "Brücke öffnet für Fußgänger"));
        assert!(says("https://post.example/brucke-offnet-fur-fussganger.html", "Brücke öffnet für Fußgänger"));
        assert!(says("https://post.example/bro_apner-for-alle_-sa-gikk-det", "Bro åpner for alle – så gikk det"));
        assert!(says(
            "https://post.example/%D0%BC%D0%BE%D1%81%D1%82-%D0%B7%D0%B0%D0%BA%D1%80%D1%8B%D1%82-%D0%B4%D0%BE-%D0%BC%D0%B0%D1%8F",
            "Мост закрыт до мая"
        ));
    }

    #[test]
    fn and_no_other() {
        assert!(!says("https://post.example/local/old-bridge-to-close-for-a-year", "Old bridge won’t open before May"));
        assert!(
            !says("https://post.example/old-bridge-to-close-for-a-year-as-engineers-find-cracks", "Old bridge to close"),
            "a part of it"
        );
        assert!(!says("https://post.example/tag/old-bridge", "Old bridge"), "too few words");
        assert!(!says("https://post.example/", "Old bridge won’t open before May"));
    }
}

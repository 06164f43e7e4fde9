//! The words of an address: "/news/old-bridge-to-close-1.234" is the headline under which a text was filed.

use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use url::Url;

/// Characters of an address besides the headline's: the number of the text, its kind.
const MAX_BESIDE: usize = 14;
/// Words that a headline has at least; fewer are the name of a section or a topic.
const MIN_WORDS: usize = 4;
/// And letters.
const MIN_LETTERS: usize = 12;
/// Parts of an address whose next one is no headline, though it may have as many words.
const LISTINGS: [&str; 9] = ["tag", "tags", "topic", "topics", "category", "author", "thema", "tema", "search"];

/// The part of an address that is made of words: its letters and digits, and where each of its words begins and ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Slug {
    plain: String,
    bounds: Vec<usize>,
}

impl Slug {
    /// The last segment of the path that has words. `None` where that is no headline's.
    pub fn of(url: &Url) -> Option<Self> {
        let segments = || url.path().split('/').filter(|segment| !segment.is_empty());
        if segments().any(|segment| LISTINGS.contains(&segment.to_ascii_lowercase().as_str())) {
            return None;
        }
        let segment =
            segments().rfind(|segment| segment.contains(['-', '_']) && segment.contains(|c: char| c.is_ascii_alphabetic() || c == '%'))?;
        let segment = percent_decode_str(segment).decode_utf8_lossy();
        let mut slug = Self { plain: String::with_capacity(segment.len()), bounds: vec![0] };
        for word in segment.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c)).filter(|word| !word.is_empty()) {
            slug.plain.push_str(&plain(word));
            slug.bounds.push(slug.plain.len());
        }
        (slug.bounds.len() > MIN_WORDS).then_some(slug)
    }

    /// Whether it is made of this headline: its words in their order, but for marks, accents and a number beside them.
    pub fn says(&self, headline: &str) -> bool {
        let words = headline.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count();
        words >= MIN_WORDS && (self.is(&plain(headline)) || self.is(&spelt_out(headline)))
    }

    fn is(&self, headline: &str) -> bool {
        let beside = self.plain.chars().count().saturating_sub(headline.chars().count());
        let whole = |at: usize| self.bounds.binary_search(&at).is_ok() && self.bounds.binary_search(&(at + headline.len())).is_ok();
        beside <= MAX_BESIDE && headline.chars().count() >= MIN_LETTERS && self.plain.match_indices(headline).any(|(at, _)| whole(at))
    }
}

/// Letters and digits in lower case, without accents.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfc().flat_map(char::to_lowercase) {
        match base(c) {
            Some(letters) => out.push_str(letters),
            None => out.extend(std::iter::once(c).nfd().filter(|c| c.is_alphanumeric() && !is_combining_mark(*c))),
        }
    }
    out
}

/// The same with the letters that German, Danish and Norwegian addresses spell out.
fn spelt_out(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfc().flat_map(char::to_lowercase) {
        out.push_str(match c {
            'ä' => "ae",
            'ö' | 'ø' => "oe",
            'ü' => "ue",
            'å' => "aa",
            c => {
                out.push(c);
                continue;
            }
        });
    }
    plain(&out)
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
        assert!(!says("https://post.example/smart-in-the-usual-way", "Art in the US way"), "words are whole");
        assert!(!says("https://post.example/a-letter-from-the-bay/why-i-miss/", "A letter from the bay"), "a folder");
        assert!(!says("https://post.example/tag/bridges-of-the-old-town", "Bridges of the old town"), "a listing");
        assert!(!says("https://post.example/news-24-live-stream", "News 24 – Live"), "a dash is no word");
    }
}

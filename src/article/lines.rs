//! Lines that stand between paragraphs on many sites and are never part of a report.

use super::agencies;
use memchr::memmem::Finder;
use std::sync::LazyLock;

/// Letters and digits only, lower case: for comparing titles.
pub(super) fn squash(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// True where `text` is `squashed` but for marks, space and case.
pub(super) fn is_squashed(text: &str, squashed: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
    letters.eq(squashed.chars())
}

/// Openings of lines that lead elsewhere or belong to the page and not to the report, lower case, with the longest line, in
/// characters, of which they are believed.
const OPENINGS: &[(&str, usize, &str)] = &[
    ("advertisement", 60, "advertisement"),
    ("anzeige", 20, "advertisement"),
    ("publicidad", 20, "advertisement"),
    ("publicité", 20, "advertisement"),
    ("реклама", 20, "advertisement"),
    ("sponsored", 40, "advertisement"),
    ("story continues below", 60, "advertisement"),
    ("article continues below", 60, "advertisement"),
    ("continue reading below", 60, "advertisement"),
    ("read more", 200, "leads elsewhere"),
    ("read also", 200, "leads elsewhere"),
    ("also read", 200, "leads elsewhere"),
    ("read next", 200, "leads elsewhere"),
    ("see also", 160, "leads elsewhere"),
    ("more:", 160, "leads elsewhere"),
    ("related:", 200, "leads elsewhere"),
    ("related article", 160, "leads elsewhere"),
    ("related stor", 160, "leads elsewhere"),
    ("related topics", 100, "leads elsewhere"),
    ("recommended stor", 100, "leads elsewhere"),
    ("watch:", 160, "leads elsewhere"),
    ("watch now", 100, "leads elsewhere"),
    ("listen:", 160, "leads elsewhere"),
    ("you may also like", 100, "leads elsewhere"),
    ("you might also", 100, "leads elsewhere"),
    ("don't miss", 140, "leads elsewhere"),
    ("lesen sie auch", 200, "leads elsewhere"),
    ("lesen sie hier", 200, "leads elsewhere"),
    ("mehr zum thema", 120, "leads elsewhere"),
    ("lire aussi", 200, "leads elsewhere"),
    ("à lire aussi", 200, "leads elsewhere"),
    ("lea también", 200, "leads elsewhere"),
    ("lee también", 200, "leads elsewhere"),
    ("te puede interesar", 200, "leads elsewhere"),
    ("leggi anche", 200, "leads elsewhere"),
    ("leia também", 200, "leads elsewhere"),
    ("leia mais", 200, "leads elsewhere"),
    ("читайте также", 200, "leads elsewhere"),
    ("читайте також", 200, "leads elsewhere"),
    ("اقرأ أيضا", 200, "leads elsewhere"),
    ("lees ook", 200, "leads elsewhere"),
    ("läs också", 200, "leads elsewhere"),
    ("les også", 200, "leads elsewhere"),
    ("sign up for", 220, "asks"),
    ("sign up to", 220, "asks"),
    ("subscribe to", 220, "asks"),
    ("subscribe now", 120, "asks"),
    ("follow us", 160, "asks"),
    ("follow me on", 120, "asks"),
    ("join our", 160, "asks"),
    ("share this", 80, "asks"),
    ("share on", 60, "asks"),
    ("share the post", 60, "asks"),
    ("click here to", 160, "asks"),
    ("download our app", 160, "asks"),
    ("get the latest", 160, "asks"),
    ("get our", 140, "asks"),
    ("you can unsubscribe", 200, "asks"),
    ("by signing up", 260, "asks"),
    ("by subscribing", 260, "asks"),
    ("this site is protected by recaptcha", 260, "asks"),
    ("thank you for subscribing", 160, "asks"),
    ("please enter a valid", 120, "asks"),
    ("log in", 80, "asks"),
    ("leave a comment", 60, "asks"),
    ("leave a reply", 60, "asks"),
    ("post a comment", 60, "asks"),
    ("your email address will not be published", 160, "asks"),
    ("image credit", 160, "caption"),
    ("image source", 160, "caption"),
    ("image caption", 300, "caption"),
    ("photo credit", 160, "caption"),
    ("photo by", 160, "caption"),
    ("photo:", 160, "caption"),
    ("photos:", 160, "caption"),
    ("foto:", 160, "caption"),
    ("photograph:", 160, "caption"),
    ("image:", 160, "caption"),
    ("getty images", 60, "caption"),
    ("file photo", 160, "caption"),
    ("copyright ©", 200, "notice"),
    ("© ", 200, "notice"),
    ("(c) ", 120, "notice"),
    ("all rights reserved", 200, "notice"),
    ("tags:", 200, "filing"),
    ("filed under", 160, "filing"),
    ("posted in", 120, "filing"),
    ("topics:", 200, "filing"),
    ("last updated", 100, "date"),
    ("last modified", 100, "date"),
    ("published:", 100, "date"),
    ("published on", 80, "date"),
    ("posted on", 80, "date"),
    ("updated:", 80, "date"),
    ("min read", 30, "date"),
    ("skip to", 60, "asks"),
    ("back to top", 30, "asks"),
    ("loading", 20, "asks"),
];

/// Characters of the longest line that an opening tells.
const LONGEST_OPENED: usize = 300;

/// Phrases of sentences about the page and not about the matter, lower case.
const ABOUT_THE_PAGE: &[&str] = &[
    "we may earn a commission",
    "we may earn commission",
    "may earn an affiliate",
    "earn an affiliate commission",
    "we may receive compensation",
    "may receive a commission",
    "contains affiliate links",
    "terms of service apply",
    "terms of use and privacy",
    "all rights reserved",
    "agree to our terms",
    "agree to the terms",
    "may not be published, broadcast",
    "sign up for our",
    "subscribe to our",
    "our newsletter",
    "by clicking",
    "please enable javascript",
    "view comments",
];

/// Why a sentence is about the page: its cookies, its terms, its newsletter.
pub(super) fn about_the_page(text: &str) -> Option<&'static str> {
    if text.len() > 1500 {
        return None;
    }
    static COOKIES: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("ookies"));
    static PHRASES: LazyLock<Vec<Finder<'static>>> = LazyLock::new(|| ABOUT_THE_PAGE.iter().map(Finder::new).collect());
    let cookies = COOKIES.find(text.as_bytes()).is_some();
    let short = text.len() < 400;
    if !cookies && !short {
        return None;
    }
    let low = text.to_ascii_lowercase();
    const SITE: &[&str] = &[
        "website",
        "our site",
        "this site",
        "your browser",
        "your device",
        "consent",
        "advertising partners",
        "opt-out",
        "opt out",
        "third parties",
    ];
    if cookies && SITE.iter().filter(|s| low.contains(**s)).count() >= if short { 1 } else { 2 } {
        return Some("consent");
    }
    (short && PHRASES.iter().any(|p| p.find(low.as_bytes()).is_some())).then_some("notice")
}

/// Why a block of this text is no part of a report, whatever stands around it.
pub(super) fn junk(text: &str) -> Option<&'static str> {
    if text.len() > 1200 {
        return None;
    }
    let chars = text.chars().count();
    if chars > LONGEST_OPENED {
        return None;
    }
    if text.starts_with(['—', '–']) && text.contains("(@") {
        return Some("an embed's signature");
    }
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '©' && c != '(');
    if text.is_empty() {
        return Some("marks");
    }
    let mut low = String::with_capacity(96);
    for c in text.chars().take(40) {
        match c {
            '’' => low.push('\''),
            c if c.is_ascii() => low.push(c.to_ascii_lowercase()),
            c => low.extend(c.to_lowercase()),
        }
    }
    let first = low.as_bytes().first();
    // A notice that names an agency says where the text is from.
    let named = || agencies::known(text.trim_start_matches(|c: char| !c.is_alphabetic() || c == '©')).is_some();
    if text.starts_with('©') && named() {
        return None;
    }
    let opens = |opening: &str| opening.as_bytes().first() == first && low.starts_with(opening);
    OPENINGS.iter().find(|(opening, longest, _)| chars <= *longest && opens(opening)).map(|o| o.2)
}

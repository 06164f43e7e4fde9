//! Bytes to text: byte order mark, then valid UTF-8, then the labels, then detection.
//!
//! The order is by trust: a mark at the start and the shape of UTF-8 are seldom there by accident, a label often
//! contradicts what it labels, and detection only guesses.

use crate::model::Warning;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Encoding, ISO_2022_JP, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

/// Bytes of a document that detection looks at: enough for a verdict, little enough to be quick.
const DETECTION_BYTES: usize = 256 * 1024;

/// Text is decoded in pieces of at most so many bytes.
const PIECE: usize = 32 * 1024;

/// Decodes `bytes`. `http_label` is the `charset` of the Content-Type header, `document_label` what the document
/// declares (XML declaration, `<meta charset>`). Says in the second value what was contradicted or replaced.
///
/// Borrows where the bytes are valid UTF-8. Never fails: bytes that mean nothing become U+FFFD or what Windows-1252
/// says they are.
pub fn decode<'a>(bytes: &'a [u8], http_label: Option<&str>, document_label: Option<&str>) -> (Cow<'a, str>, Vec<Warning>) {
    let mut warnings = Vec::new();
    if let Some(text) = by_mark(bytes, &mut warnings) {
        return (text, warnings);
    }
    if let Some(wide) = wide_without_mark(bytes) {
        warnings.push(format!("{} without a byte order mark", wide.name()));
        return (decode_as(wide, bytes, &mut warnings), warnings);
    }
    let http = http_label.and_then(|label| Encoding::for_label(label.trim().as_bytes()));
    let declared = document_label.and_then(|label| Encoding::for_label(label.trim().as_bytes()));
    if let (Some(label), None) = (document_label, declared) {
        warnings.push(format!("unknown encoding “{}” declared", label.chars().take(40).collect::<String>()));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (valid_utf8(text, bytes, http, declared, &mut warnings), warnings);
    }
    let mut tried = None;
    for encoding in [http, declared].into_iter().flatten() {
        // The wide encodings were recognised by shape above; UTF-8 is known to be wrong here.
        if matches!(encoding, e if e == UTF_8 || e == UTF_16LE || e == UTF_16BE || e == REPLACEMENT) || tried == Some(encoding) {
            continue;
        }
        let (text, bad) = decoded(encoding, bytes);
        if !bad {
            return (Cow::Owned(text), warnings);
        }
        tried = Some(encoding);
    }
    if mostly_utf8(bytes) {
        warnings.push("invalid UTF-8: the stray bytes were read as Windows-1252".to_owned());
        return (Cow::Owned(mend_utf8(bytes)), warnings);
    }
    if let Some(encoding) = tried {
        warnings.push(format!("bytes that are not {} were replaced", encoding.name()));
        return (Cow::Owned(decoded(encoding, bytes).0), warnings);
    }
    let guess = detect(bytes);
    warnings.push(format!("no usable encoding declared; read as {}", guess.name()));
    (decode_as(guess, bytes, &mut warnings), warnings)
}

/// The text after a byte order mark. One at the start of UTF-32 is told from that of UTF-16 by its zeros.
fn by_mark<'a>(bytes: &'a [u8], warnings: &mut Vec<Warning>) -> Option<Cow<'a, str>> {
    match bytes {
        [0xFF, 0xFE, 0, 0, rest @ ..] => Some(Cow::Owned(utf32(rest, u32::from_le_bytes))),
        [0, 0, 0xFE, 0xFF, rest @ ..] => Some(Cow::Owned(utf32(rest, u32::from_be_bytes))),
        [0xFF, 0xFE, rest @ ..] => Some(decode_as(UTF_16LE, rest, warnings)),
        [0xFE, 0xFF, rest @ ..] => Some(decode_as(UTF_16BE, rest, warnings)),
        [0xEF, 0xBB, 0xBF, rest @ ..] => match std::str::from_utf8(rest) {
            Ok(text) => Some(Cow::Borrowed(text)),
            Err(_) if mostly_utf8(rest) => {
                warnings.push("invalid UTF-8: the stray bytes were read as Windows-1252".to_owned());
                Some(Cow::Owned(mend_utf8(rest)))
            }
            // A UTF-8 mark glued before another encoding: the mark is the error.
            Err(_) => None,
        },
        _ => None,
    }
}

/// UTF-16 or UTF-32 seen by its zeros around the first `<` or `{`, with no mark.
fn wide_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [b'<' | b'{', 0, next, 0, ..] if *next != 0 => Some(UTF_16LE),
        [0, b'<' | b'{', 0, next, ..] if *next != 0 => Some(UTF_16BE),
        _ => None,
    }
}

fn utf32(bytes: &[u8], read: fn([u8; 4]) -> u32) -> String {
    let chars = bytes.as_chunks::<4>().0;
    chars.iter().map(|c| char::from_u32(read(*c)).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Valid UTF-8 wins over labels, but for ISO-2022-JP, which is ASCII to the eye and is told by its escapes.
fn valid_utf8<'a>(
    text: &'a str,
    bytes: &'a [u8],
    http: Option<&'static Encoding>,
    declared: Option<&'static Encoding>,
    warnings: &mut Vec<Warning>,
) -> Cow<'a, str> {
    let label = http.or(declared);
    if [http, declared].contains(&Some(ISO_2022_JP)) && memchr::memchr(0x1B, bytes).is_some() {
        let (japanese, bad) = decoded(ISO_2022_JP, bytes);
        if !bad {
            return Cow::Owned(japanese);
        }
    }
    if let Some(label) = label
        && label != UTF_8
        && !text.is_ascii()
    {
        warnings.push(format!("labelled {}, but is UTF-8", label.name()));
    }
    Cow::Borrowed(text)
}

fn decode_as<'a>(encoding: &'static Encoding, bytes: &'a [u8], warnings: &mut Vec<Warning>) -> Cow<'a, str> {
    let (text, bad) = decoded(encoding, bytes);
    if bad {
        warnings.push(format!("bytes that are not {} were replaced", encoding.name()));
    }
    Cow::Owned(text)
}

/// `bytes` as `encoding` reads them, and whether some had to be replaced. Piece by piece: at one go the decoder touches the most memory that
/// any text of this length could need.
fn decoded(encoding: &'static Encoding, bytes: &[u8]) -> (String, bool) {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut piece = "\0".repeat(PIECE);
    let mut text = String::with_capacity(bytes.len());
    let (mut rest, mut bad) = (bytes, false);
    loop {
        let (state, read, written, replaced) = decoder.decode_to_str(rest, &mut piece, true);
        bad |= replaced;
        text.push_str(piece.get(..written).unwrap_or(""));
        rest = rest.get(read..).unwrap_or(&[]);
        if state == CoderResult::InputEmpty {
            return (text, bad);
        }
    }
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let part = bytes.get(..DETECTION_BYTES).unwrap_or(bytes);
    detector.feed(part, part.len() == bytes.len());
    detector.guess(None, Utf8Detection::Deny)
}

/// True where well-formed multi-byte sequences outnumber the bytes that fit none, so that the text is UTF-8 with faults.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().bytes().filter(|b| *b >= 0xC0).count();
        bad += chunk.invalid().len();
    }
    good > bad
}

/// Keeps what is valid UTF-8 and reads the rest as Windows-1252, which is what pasted text usually was.
fn mend_utf8(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 16);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    text
}

/// Undoes the commonest damage to a text: UTF-8 that was read as Windows-1252 or as Latin-1 and encoded again
/// ("donâ€™t" for "don’t"). `None` where the text does not show it.
///
/// Strict: the whole text must go back through one of the two charsets without a gap, and come out as UTF-8. A text
/// that was damaged and then cut or trimmed stays as it is.
pub fn repair_mojibake(text: &str) -> Option<String> {
    // Every such damage shows a character that is the first byte of a sequence; other text leaves at once.
    if text.is_ascii() || !text.chars().any(|c| ('\u{C2}'..='\u{F4}').contains(&c)) {
        return None;
    }
    let through = |byte: fn(char) -> Option<u8>| String::from_utf8(text.chars().map(byte).collect::<Option<Vec<u8>>>()?).ok();
    through(windows_1252_byte).or_else(|| through(|c| u8::try_from(u32::from(c)).ok()))
}

/// The byte that Windows-1252 has for `c`; none for the controls that Latin-1 has in its place.
fn windows_1252_byte(c: char) -> Option<u8> {
    match u8::try_from(u32::from(c)) {
        Ok(0x80..=0x9F) => None,
        Ok(byte) => Some(byte),
        Err(_) => WINDOWS_1252_HIGH.iter().position(|known| *known == c && c != '\u{FFFD}').and_then(|at| u8::try_from(at + 0x80).ok()),
    }
}

/// What Windows-1252 has at 0x80–0x9F; U+FFFD in its five gaps.
const WINDOWS_1252_HIGH: [char; 32] = [
    '€', '\u{FFFD}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{FFFD}', 'Ž', '\u{FFFD}', '\u{FFFD}', '‘', '’', '“', '”',
    '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{FFFD}', 'ž', 'Ÿ',
];

/// The character that a numeric reference `&#128;`–`&#159;` means: these were always written for Windows-1252.
pub fn c1_as_windows_1252(code: u32) -> Option<char> {
    let at = usize::try_from(code.checked_sub(0x80)?).ok()?;
    WINDOWS_1252_HIGH.get(at).copied().filter(|c| *c != '\u{FFFD}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_of_trust() {
        type Case = (&'static [u8], Option<&'static str>, Option<&'static str>, &'static str, bool);
        let cases: [Case; 11] = [
            (b"\xEF\xBB\xBFcaf\xC3\xA9", Some("iso-8859-1"), None, "café", false),
            ("café".as_bytes(), Some("iso-8859-1"), Some("utf-8"), "café", true),
            (b"caf\xE9", Some("iso-8859-1"), None, "café", false),
            (b"caf\xE9", Some("utf-8"), Some("iso-8859-15"), "café", false),
            (b"\xFF\xFEa\0\xE9\0", Some("utf-8"), None, "aé", false),
            (b"\xFE\xFF\0a\0\xE9", None, Some("utf-8"), "aé", false),
            (b"<\0a\0>\0", None, Some("utf-8"), "<a>", true),
            (b"\0<\0a\0>", None, None, "<a>", true),
            (b"\xFF\xFE\0\0a\0\0\0", None, None, "a", false),
            (b"\x1B$B$\"\x1B(B", None, Some("iso-2022-jp"), "あ", false),
            (b"plain", Some("x-no-such"), Some("x-none"), "plain", true),
        ];
        for (bytes, http, declared, want, warned) in cases {
            let (text, warnings) = decode(bytes, http, declared);
            assert_eq!(text, want, "{bytes:?}");
            assert_eq!(!warnings.is_empty(), warned, "{bytes:?}: {warnings:?}");
        }
    }

    #[test]
    fn stray_bytes_in_utf8_are_mended_not_lost() {
        let (text, warnings) = decode(
            "naïve – Ünïcode \u{2014} ".as_bytes().iter().copied().chain(*b"don\x92t").collect::<Vec<_>>().leak(),
            Some("utf-8"),
            None,
        );
        assert_eq!(text, "naïve – Ünïcode — don’t");
        assert_eq!(warnings.len(), 1);
    }

    #[test]
    fn mojibake_is_repaired_and_real_text_is_left_alone() {
        assert_eq!(repair_mojibake("donâ€™t").as_deref(), Some("don’t"));
        assert_eq!(repair_mojibake("cafÃ©").as_deref(), Some("café"));
        for fine in ["café", "naïve", "Größe", "plain", "日本", "Âge d’or – été", "£5"] {
            assert_eq!(repair_mojibake(fine), None, "{fine}");
        }
    }
}

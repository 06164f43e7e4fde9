//! The language of a text: detected on a sample, with the declared one as a witness that saves the detection.

/// Frequent short words of languages that pages declare most; where they are frequent, the declaration is believed.
const FREQUENT: &[(&str, &[&str])] = &[
    ("en", &["the", "of", "and", "to", "in", "a", "is", "that", "for", "on", "was", "with"]),
    ("de", &["der", "die", "und", "in", "den", "das", "von", "zu", "mit", "ist", "des", "im"]),
    ("fr", &["de", "la", "le", "et", "les", "des", "en", "un", "du", "une", "est", "que"]),
    ("es", &["de", "la", "que", "el", "en", "y", "los", "del", "las", "un", "por", "con"]),
    ("it", &["di", "e", "il", "la", "che", "in", "un", "del", "per", "è", "della", "una"]),
    ("pt", &["de", "a", "o", "que", "e", "do", "da", "em", "um", "para", "os", "não"]),
    ("nl", &["de", "van", "het", "een", "en", "in", "is", "dat", "op", "te", "voor", "zijn"]),
    ("ru", &["в", "и", "на", "что", "с", "по", "не", "из", "о", "его", "это", "для"]),
];

/// Shares that are telling: English "in" or Spanish "de" alone reach half of this in a neighbour's text.
const TELLING: usize = 6; // one word in six

/// The language of `text`, ISO 639-1 where there is one.
pub(super) fn language(text: &str, declared: Option<&str>) -> Option<String> {
    let sample = sample(text, 2400);
    if let Some((code, words)) = FREQUENT.iter().find(|(code, _)| declared == Some(*code)) {
        let (mut all, mut hits) = (0usize, 0usize);
        let mut kinds = 0u32;
        for word in sample.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).take(240) {
            all += 1;
            if word.len() <= 8
                && let Some(k) = words.iter().position(|w| w.eq_ignore_ascii_case(word) || (!word.is_ascii() && word.to_lowercase() == **w))
            {
                hits += 1;
                kinds |= 1 << k;
            }
        }
        if all >= 12 && hits * TELLING >= all && kinds.count_ones() >= 4 {
            return Some((*code).to_owned());
        }
    }
    let sample = self::sample(text, 500);
    if sample.chars().filter(|c| c.is_alphabetic()).count() < 12 {
        return declared.map(str::to_owned);
    }
    match whatlang::detect(sample) {
        Some(info) if info.is_reliable() || info.script() != whatlang::Script::Latin => Some(short(info.lang().code()).to_owned()),
        Some(info) => Some(declared.map_or_else(|| short(info.lang().code()).to_owned(), str::to_owned)),
        None => declared.map(str::to_owned),
    }
}

/// Up to `bytes` from the text's second tenth on: openings carry names and datelines.
fn sample(text: &str, bytes: usize) -> &str {
    let mut from = if text.len() > 2 * bytes { text.len() / 10 } else { 0 };
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let mut to = (from + bytes).min(text.len());
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    text.get(from..to).unwrap_or("")
}

/// ISO 639-3 to 639-1.
fn short(code: &str) -> &str {
    match code {
        "eng" => "en",
        "deu" => "de",
        "fra" => "fr",
        "spa" => "es",
        "ita" => "it",
        "por" => "pt",
        "nld" => "nl",
        "rus" => "ru",
        "ara" => "ar",
        "cmn" => "zh",
        "jpn" => "ja",
        "kor" => "ko",
        "tur" => "tr",
        "pol" => "pl",
        "ukr" => "uk",
        "swe" => "sv",
        "dan" => "da",
        "nob" => "no",
        "fin" => "fi",
        "ces" => "cs",
        "slk" => "sk",
        "hun" => "hu",
        "ron" => "ro",
        "bul" => "bg",
        "ell" => "el",
        "heb" => "he",
        "pes" => "fa",
        "urd" => "ur",
        "hin" => "hi",
        "ben" => "bn",
        "tam" => "ta",
        "tel" => "te",
        "mar" => "mr",
        "guj" => "gu",
        "pan" => "pa",
        "tha" => "th",
        "vie" => "vi",
        "ind" => "id",
        "cat" => "ca",
        "hrv" => "hr",
        "srp" => "sr",
        "slv" => "sl",
        "lit" => "lt",
        "lav" => "lv",
        "est" => "et",
        "bel" => "be",
        "kat" => "ka",
        "hye" => "hy",
        "aze" => "az",
        "uzb" => "uz",
        "afr" => "af",
        "lat" => "la",
        "epo" => "eo",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_declaration_is_overruled() {
        let text = "Der Präsident hat am Montag mit den Vertretern der Gewerkschaften über die neuen Regeln für das kommende Jahr gesprochen, wie es aus dem Ministerium hieß.";
        assert_eq!(language(text, Some("en")).as_deref(), Some("de"));
        assert_eq!(language(text, Some("de")).as_deref(), Some("de"));
    }

    #[test]
    fn other_scripts() {
        assert_eq!(language("政府は月曜日に新しい規則を発表し、来年から適用すると述べました。", None).as_deref(), Some("ja"));
        assert_eq!(language("قال الرئيس يوم الاثنين إن الحكومة ستعلن القواعد الجديدة قريبا", Some("en")).as_deref(), Some("ar"));
    }

    #[test]
    fn nothing_to_detect() {
        assert_eq!(language("", Some("fr")).as_deref(), Some("fr"));
        assert_eq!(language("12 34", None), None);
    }
}

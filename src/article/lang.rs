//! The language of a text: detected on a sample, with the declared one as a witness that saves the detection.

use ahash::AHashMap;
use std::sync::LazyLock;

/// Frequent short words of languages that pages declare most, at most 32 each, and letters of their neighbours that they do without.
/// Where the words are frequent and the letters are not, the declaration is believed.
const FREQUENT: &[(&str, &str, &str)] = &[
    ("en", "the of and to in a is that for on was with as it by from at are be this has have an he not but his they", "äöüßñçåø"),
    ("de", "der die und in den das von zu mit ist des im auf für nicht ein eine dem sich es auch er sie wird bei", "åøñëéœ"),
    ("fr", "de la le et les des en un du une est que à dans pour qui sur au par pas plus il ne se ce", "ñìòßãõ"),
    ("es", "de la que el en y los del las un por con una para se no es al lo su como más sus fue", "ãõçàèêâ"),
    ("it", "di e il la che in un del per è della una a non si con i da al le dei sono ha gli", "ñçãõêâ"),
    ("pt", "de a o que e do da em um os não uma com dos ao foi é das para na no por se as", "ñèìòùï"),
    ("nl", "de van het een en in is dat op te voor zijn met die niet aan er om ook als bij door naar wordt", "äßåøûêîñ"),
    ("ru", "в и на что с по не из о его это для как за от к был было а он до также году", "іїєўјљњћџ"),
    ("uk", "в і на що з у не за та до про це як від для його року є був й також які під після", "ыэъёў"),
    ("pl", "w i na z do nie się że to jest o jak po za od przez dla są oraz ale tym ma co już", "čďěňřšťžů"),
    ("sv", "och i att det som på är av för en med till den har de inte om ett var från men vid så nu", "æøõüß"),
    ("tr", "ve bir bu da için ile de olarak çok en daha olan gibi kadar sonra ise var göre ancak yeni oldu ne", "əñäßõ"),
    ("cs", "a v na se je že to s z do o i za ve po pro by ale jako jsou od si k u podle při", "ľĺŕôäłąęśź"),
];

/// Words of a list, each with its place there.
type Words = AHashMap<&'static [u8], u32>;

/// The same, the words set apart once and not for every word of every text.
static LISTS: LazyLock<Vec<(&str, Words, &str)>> = LazyLock::new(|| {
    let places = |words: &'static str| words.split(' ').map(str::as_bytes).zip(0..).collect();
    FREQUENT.iter().map(|(code, words, foreign)| (*code, places(words), *foreign)).collect()
});

/// Letters of a neighbour from which a sample is not in the language that is declared; a name may have one.
const FOREIGN: usize = 4;

/// Bytes of the longest word of the lists.
const LONGEST: usize = 12;

/// Shares that are telling: English "in" or Spanish "de" alone reach half of this in a neighbour's text.
const TELLING: usize = 6; // one word in six

/// So many different ones tell where fewer stand: one word in nine, of eight kinds.
const BROAD: (usize, u32) = (9, 8);

/// What is looked for first where nothing is declared: most texts without a declaration are in it, detection costs three times as
/// much, and no neighbour shares so many of its short words.
const LIKELIEST: &str = "en";

/// The language of `text`, ISO 639-1 where there is one.
pub(super) fn language(text: &str, declared: Option<&str>) -> Option<String> {
    // a short look where nothing speaks for the language but that it is the likeliest
    let sample = sample(text, if declared.is_some() { 2400 } else { 600 });
    if let Some((code, words, foreign)) = LISTS.iter().find(|(code, ..)| declared.unwrap_or(LIKELIEST) == *code)
        && speaks(sample, words, if declared.is_some() { 4 } else { BROAD.1 })
        && sample.chars().filter(|c| !c.is_ascii() && foreign.contains(*c)).take(FOREIGN).count() < FOREIGN
    {
        return Some((*code).to_owned());
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

/// True where enough of a sample's words are among `frequent`, and so many different ones of them (`least`; English has four in
/// common with Dutch and six with Afrikaans).
fn speaks(sample: &str, frequent: &Words, least: u32) -> bool {
    let (mut all, mut hits, mut kinds) = (0usize, 0usize, 0u32);
    for word in sample.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).take(240) {
        all += 1;
        if let Some(&kind) = place(word, frequent) {
            hits += 1;
            kinds |= 1u32.checked_shl(kind).unwrap_or(0);
        }
    }
    let kinds = kinds.count_ones();
    all >= 12 && (hits * TELLING >= all && kinds >= least || hits * BROAD.0 >= all && kinds >= BROAD.1)
}

/// Where a word stands among `frequent`, whatever its case.
fn place<'a>(word: &str, frequent: &'a Words) -> Option<&'a u32> {
    let mut lowered = [0; LONGEST];
    let lower = lowered.get_mut(..word.len())?;
    lower.copy_from_slice(word.as_bytes());
    lower.make_ascii_lowercase();
    let found = frequent.get(&*lower);
    if found.is_some() || word.is_ascii() { found } else { frequent.get(word.to_lowercase().as_bytes()) }
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
    fn the_lists_are_bounded() {
        for (code, words, _) in FREQUENT {
            assert!(words.split(' ').count() <= 32, "{code}");
            assert!(words.split(' ').all(|w| w.len() <= LONGEST && w == w.to_lowercase()), "{code}");
        }
    }

    #[test]
    fn a_neighbours_declaration_is_overruled() {
        let text = "O presidente disse na segunda-feira que o governo vai anunciar as novas regras para o próximo ano, depois de uma reunião com os sindicatos que não chegou a um acordo sobre os salários dos funcionários.";
        assert_eq!(language(text, Some("es")).as_deref(), Some("pt"));
        let text = "Президент заявив у понеділок, що уряд оголосить нові правила на наступний рік після зустрічі з профспілками, яка не дала згоди про зарплати.";
        assert_eq!(language(text, Some("ru")).as_deref(), Some("uk"));
    }

    #[test]
    fn without_a_declaration_english_is_told_from_its_neighbours() {
        for (lang, text) in [
            (
                "en",
                "The president said on Monday that the government would announce the new rules for next year after a meeting with the unions, which ended without an agreement on the pay of its staff.",
            ),
            (
                "nl",
                "De minister was in Den Haag en is op maandag met de bonden in gesprek gegaan over de nieuwe regels, of dat in het voorjaar tot een akkoord leidt is volgens haar nog niet zeker.",
            ),
            (
                "af",
                "Die minister was in Kaapstad en is op Maandag met die vakbonde in gesprek oor die nuwe reëls, of dit in die lente tot 'n ooreenkoms lei is volgens haar nog nie seker nie.",
            ),
            (
                "de",
                "Die Ministerin war in Berlin und hat am Montag mit den Gewerkschaften über die neuen Regeln gesprochen; ob das im Frühjahr zu einer Einigung führt, ist nach ihren Worten noch nicht sicher.",
            ),
        ] {
            assert_eq!(language(text, None).as_deref(), Some(lang));
        }
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

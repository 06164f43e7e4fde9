//! Countries by their names in some fifteen languages: what two reports of one event say alike in any language.

use super::terms::{self, TermHash};
use ahash::AHashMap;
use std::sync::LazyLock;

/// A line a thing: its forms, the first of which stands for all. Nouns and adjectives are lines of their own; in capitals as their
/// language writes them, for that tells names from words ("NATO" and the Italian "nato").
const LIST: &str = include_str!("countries.txt");

/// One form of a name.
struct Form {
    /// As written, and folded.
    written: &'static str,
    folded: String,
    /// What it stands for.
    means: TermHash,
}

/// The forms by the stem that they are found by.
static FORMS: LazyLock<AHashMap<TermHash, Vec<Form>>> = LazyLock::new(|| {
    let mut forms: AHashMap<TermHash, Vec<Form>> = AHashMap::new();
    for line in LIST.lines().filter(|line| !line.starts_with('#')) {
        // no word has this stem, so that the thing is not mixed up with what begins like its first name ("Indian", "Indiana")
        let Some(means) = line.split_whitespace().next().map(|first| terms::hash(&format!("={}", terms::stem(&terms::fold(first))))) else {
            continue;
        };
        for written in line.split_whitespace() {
            let Some(stem) = terms::hash_stem(written) else { continue };
            forms.entry(stem).or_default().push(Form { written, folded: terms::fold(written).into_owned(), means });
        }
    }
    forms
});

/// The identity of a word in any language, from that of its stem: a country's names are one, all else is itself.
pub(super) fn one(stem: TermHash, written: &str, folded: &str) -> TermHash {
    let form = FORMS.get(&stem).and_then(|forms| forms.iter().find(|form| form.is(written, folded)));
    form.map_or(stem, |form| form.means)
}

impl Form {
    /// True where a word is this form or an inflection of it, and no other word of its stem ("Francisco" is not "Francia").
    fn is(&self, written: &str, folded: &str) -> bool {
        let capital = |word: &str| word.starts_with(char::is_uppercase);
        let shouted = |word: &str| !word.contains(char::is_lowercase);
        let name = capital(self.written);
        if name != capital(written) || shouted(self.written) && !shouted(written) {
            return false;
        }
        let script = self.folded.chars().next().unwrap_or(' ');
        match script {
            '\u{400}'..='\u{4ff}' => inflected(&self.folded, folded, if name { (1, 2) } else { (2, 3) }, "аеиоуюямхвгь"),
            '\u{600}'..='\u{6ff}' => terms::without_arabic_prefix(folded) == terms::without_arabic_prefix(&self.folded),
            _ if name => folded.strip_prefix(&*self.folded).is_some_and(|rest| matches!(rest, "" | "s")),
            _ => inflected(&self.folded, folded, (1, 3), "aeioyusnrmgjh"),
        }
    }
}

/// True where two words differ in their endings alone: of the form in as many letters as the first of `most` says, of the word in
/// as many as the second, and in those of `endings`.
fn inflected(form: &str, word: &str, most: (usize, usize), endings: &str) -> bool {
    let same: usize = form.chars().zip(word.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let ends = |word: &str, most: usize| {
        let end = word.get(same..).unwrap_or("");
        end.chars().count() <= most && end.chars().all(|c| endings.contains(c))
    };
    ends(form, most.0) && ends(word, most.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_countrys_names_are_one_term_in_all_languages() {
        for (forms, others) in [
            ("Turkey Turquie Turquía Türkei Турция Турции Турцией Туреччина تركيا", "Turkish Syria turquoise Turkson"),
            ("Turkish turc turque turques turco turcas турецкая турецкими турецький", "Turkey Turkana"),
            ("Russia Россия России Росії Russland Russlands Rusia", "Belarus россыпь"),
            ("France Francia Frankreich Франция Франції Francji", "Francisco Francis Francesca Франциск"),
            ("Germany Allemagne Deutschland Германия Niemczech", "Герман Германа Tedesco"),
            ("India Indien Indie Индия", "indiscriminate هند"),
            ("Argentina Argentinien Аргентина", "argent argento"),
            ("Spanish spanische spanischen españolas испанского іспанської", "Spann Spanier"),
            ("NATO OTAN НАТО", "nato"),
            ("USA США EUA US", "America us usa"),
            ("Netherlands Niederlande Нидерландов", "Niedersachsen Niederlage Hollande"),
        ] {
            let read = |forms: &str| forms.split(' ').filter_map(terms::hash_word).collect::<Vec<_>>();
            let all: Vec<&str> = forms.split(' ').collect();
            let (read_forms, others_read) = (read(forms), read(others));
            for (form, hash) in all.iter().zip(&read_forms) {
                assert_eq!(*hash, read_forms[0], "{form} in {forms}");
            }
            assert!(others_read.iter().all(|o| *o != read_forms[0]), "{forms} {others}");
        }
    }

    #[test]
    fn the_list_is_in_order() {
        let mut others = Vec::new();
        for line in LIST.lines().filter(|line| !line.starts_with('#')) {
            let forms: std::collections::BTreeSet<_> = line.split_whitespace().collect();
            assert!(forms.len() > 1 && forms.len() == line.split_whitespace().count(), "{line}");
            let first = line.split_whitespace().next().and_then(terms::hash_word);
            others.extend(forms.into_iter().filter(|form| first.is_none() || terms::hash_word(form) != first));
        }
        assert!(others.is_empty(), "forms that another line takes: {others:?}");
    }
}

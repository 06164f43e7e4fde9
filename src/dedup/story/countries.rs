//! Countries by their names in some fifteen languages: what two reports of one event say alike in any language.

use super::terms::{self, TermHash};
use ahash::AHashMap;
use std::sync::LazyLock;

/// A line a thing: its forms, the first of which stands for all. Nouns and adjectives are lines of their own, so that within a
/// language nothing is taken for one but cases. Left out are names that are common words in another language (the Russian
/// genitive "того", the German "Island").
const LIST: &str = include_str!("countries.txt");

static NAMES: LazyLock<AHashMap<TermHash, TermHash>> = LazyLock::new(|| {
    let mut names = AHashMap::new();
    for line in LIST.lines().filter(|line| !line.starts_with('#')) {
        let mut forms = line.split_whitespace().filter_map(terms::hash_stem);
        let Some(first) = forms.next() else { continue };
        // a stem that two lines share ("italie": the French adjective, the German noun) is the first's, and so is what it heads
        let first = *names.entry(first).or_insert(first);
        forms.for_each(|form| {
            names.entry(form).or_insert(first);
        });
    }
    names
});

/// A bit for each lower half of a hash that the list has: one word in seventy is looked up, and none of the others costs anything
/// (looking up all of them made `cluster` 1.6 % slower).
static MAY_BE: LazyLock<Box<[u64; 1024]>> = LazyLock::new(|| {
    let mut bits = Box::new([0; 1024]);
    for (word, bit) in NAMES.keys().map(|&term| bit_of(term)) {
        if let Some(word) = bits.get_mut(word) {
            *word |= bit;
        }
    }
    bits
});

/// The word and the bit in it that stand for the lower 16 bits of a hash.
fn bit_of(term: TermHash) -> (usize, u64) {
    ((term >> 6) as usize & 1023, 1 << (term & 63))
}

/// The identity of a term in any language: a country's names are one, all else is itself.
pub(super) fn one(term: TermHash) -> TermHash {
    let (word, bit) = bit_of(term);
    match MAY_BE.get(word).is_some_and(|bits| bits & bit != 0) {
        true => NAMES.get(&term).copied().unwrap_or(term),
        false => term,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_countrys_names_are_one_term_in_all_languages() {
        for (forms, others) in [
            ("Turkey Turquie Turquía Türkei Турция Турции Туреччина تركيا", "Turkish Syria"),
            ("Turkish turc turque turco турецкая турецький", "Turkey"),
            ("Russia Россия Росії Russland Rusia Russian", "Belarus"),
            ("USA США EUA", "America"),
        ] {
            let read = |forms: &str| forms.split(' ').filter_map(terms::hash_word).collect::<Vec<_>>();
            let (forms, others) = (read(forms), read(others));
            assert!(forms.iter().all(|f| *f == forms[0]) && others.iter().all(|o| *o != forms[0]));
        }
    }

    #[test]
    fn the_list_leads_nowhere_twice() {
        assert!(NAMES.values().all(|to| one(*to) == *to), "what stands for others stands for itself");
        for line in LIST.lines().filter(|line| !line.starts_with('#')) {
            let forms: std::collections::BTreeSet<_> = line.split_whitespace().collect();
            assert!(forms.len() > 1 && forms.len() == line.split_whitespace().count(), "{line}");
        }
    }
}

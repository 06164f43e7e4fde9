//! Makes `src/dedup/story/background.bin` from lines "language TAB word TAB frequency" on standard input, commonest first;
//! the argument is the file to write. See docs/SOURCES.md.

use newsfold::dedup::story::{background, terms};
use std::collections::{BTreeMap, HashMap};
use std::io::BufRead;

/// Languages with most news, after English.
const LARGE: [&str; 13] = ["ar", "de", "es", "fr", "it", "ja", "nl", "pl", "pt", "ru", "tr", "uk", "zh"];

fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let out = args.next().expect("usage: build_background OUT < words.tsv");
    let mut shares: BTreeMap<String, HashMap<u32, f64>> = BTreeMap::new();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let mut columns = line.split('\t');
        let (Some(lang), Some(word), Some(share)) = (columns.next(), columns.next(), columns.next()) else { continue };
        let (Ok(share), list) = (share.parse::<f64>(), shares.entry(lang.to_owned()).or_default()) else { continue };
        terms::tokens(word, |t| *list.entry(t.hash).or_insert(0.0) += share);
        // The list is in small letters, names of countries are told by their capitals. Two letters are left out: small they are
        // another word ("us").
        let mut letters = word.chars();
        let name: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        let shouted = word.to_uppercase();
        let plain = terms::hash_word(word);
        let mut named = [&name, &shouted].into_iter().filter(|name| name.chars().count() > 2).filter_map(|name| terms::hash_word(name));
        if let Some(country) = named.find(|n| Some(*n) != plain) {
            *list.entry(country).or_insert(0.0) += share;
        }
    }
    let languages: Vec<(String, Vec<(u32, u8)>)> = shares
        .into_iter()
        .map(|(lang, list)| {
            let keep = if lang == "en" {
                10_000
            } else if LARGE.contains(&lang.as_str()) {
                3_600
            } else {
                1_000
            };
            let mut list: Vec<(u32, f64)> = list.into_iter().collect();
            list.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            list.truncate(keep);
            (lang, list.into_iter().map(|(hash, share)| (hash, background::class_of(share))).collect())
        })
        .collect();
    std::fs::write(out, background::encode_list(&languages))
}

//! Pages mutated under a fixed seed: nothing that a page holds may end the process or break what is promised of a text.
//! `NEWSFOLD_FUZZ_INPUTS=1000000` makes it a long run, `NEWSFOLD_FUZZ_SEED` another one.

use super::{Page, credits, extract, feed_links};

/// Own pages, and the shapes that parsers and budgets are tried with.
const SEEDS: [&str; 9] = [
    include_str!("../../tests/pages/bridge.html"),
    include_str!("../../tests/pages/bruecke.html"),
    "<article><h1>A</h1><p>One sentence of it.</p><a href='x'/><p>Another sentence of it.</p><iframe src=\"x\"/><p>End.</p></article>",
    "<script type=\"application/ld+json\">{\"@graph\":[{\"@type\":[\"NewsArticle\"],\"headline\":\"A\",\"articleBody\":\"B. C.\",\"datePublished\":\"2024-01-03T17:04:00+01:00\"}]}</script>",
    "<table><tr><td>a<table><b><i><p>x</table><font color=1><font color=2><a href=1><div><a href=2>y</a></div></table>",
    "<svg><title>x</title><desc><p>a</svg><math><mi>b</math><template shadowrootmode=open><p>c</template><select><option>d</select>",
    "<ul><li><a href=/a>One two three four five</a><li><a href=/b>One two three four six</a></ul><p>3 January 2024, 5:04 p.m. EST</p>",
    "PARIS, Jan 3 (Reuters) - One sentence.\n\nAnother one.\n\n(Reporting by A B; Editing by C D)\nSource: Coast News Agency",
    "ПАРИЖ, 3 января. /ТАСС/. Текст.\nИсточник: ТАСС\n北京（新华社）1月3日电 文字。来源：新华社\nالمصدر: الجزيرة",
];

const PIECES: [&[u8]; 28] = [
    b"<",
    b">",
    b"</",
    b"/>",
    b"&",
    b"&#0;",
    b"&lt;p&gt;",
    b"\"",
    b"'",
    b"<!--",
    b"-->",
    b"]]>",
    b"\xFF",
    b"\0",
    b"\xE2\x80",
    b"<p>",
    b"</p>",
    b"<a href=x>",
    b"<table><tr><td>",
    b"<script>",
    b"</script>",
    b"<title>",
    b"<template>",
    b"<plaintext>",
    b"<br/><br/>",
    b"<h1>",
    b" class=\"hidden related\"",
    b"99999999999-99-99T99:99",
];

/// A few random edits: bytes changed, cut, doubled, or taken from another seed.
fn mutated(random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = SEEDS[random.usize(..SEEDS.len())].as_bytes().to_vec();
    for _ in 0..random.usize(1..8) {
        let at = random.usize(..=bytes.len());
        let to = (at + random.usize(..80)).min(bytes.len());
        match random.u8(..7) {
            0 if at < bytes.len() => bytes[at] = random.u8(..),
            1 => drop(bytes.drain(at..to)),
            2 => {
                let copy = bytes[at..to].repeat(random.usize(1..12));
                bytes.splice(at..at, copy);
            }
            3 if random.u8(..4) == 0 => bytes.truncate(at),
            4 => {
                let other = SEEDS[random.usize(..SEEDS.len())].as_bytes();
                let from = random.usize(..=other.len());
                bytes.splice(at..at, other[from..(from + 120).min(other.len())].iter().copied());
            }
            _ => drop(bytes.splice(at..at, PIECES[random.usize(..PIECES.len())].iter().copied())),
        }
    }
    bytes
}

/// Any bytes give a text that keeps its promises.
fn run(bytes: &[u8]) {
    let found = extract(Page { html: bytes, ..Page::default() });
    assert_eq!(found.text, found.text.trim(), "white space around the text");
    assert!(found.text.split("\n\n").all(|p| !p.trim().is_empty() || found.text.is_empty()), "an empty paragraph");
    assert!(found.text.len() <= bytes.len() * 4, "more text than the page holds");
    assert_eq!(found.words == 0, !found.text.chars().any(char::is_alphanumeric), "words of no text");
    assert!(found.title.is_none_or(|t| !t.trim().is_empty() && !t.contains('\n')), "a title that is none");
    for (address, _, _) in feed_links(bytes, None) {
        assert!(address.starts_with("http"), "{address}");
    }
    let text = String::from_utf8_lossy(bytes);
    let credited = credits(&text, None);
    assert!(credited.text.len() <= text.len(), "credits only take away");
    assert!(credited.credit.is_none_or(|c| !c.name.trim().is_empty()), "a credit without a name");
}

#[test]
fn mutated_pages_keep_the_promises() {
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let mut random = fastrand::Rng::with_seed(number("NEWSFOLD_FUZZ_SEED").unwrap_or(25));
    SEEDS.iter().for_each(|seed| run(seed.as_bytes()));
    for n in 0..number("NEWSFOLD_FUZZ_INPUTS").unwrap_or(2_000) {
        let bytes = mutated(&mut random);
        if let Err(panic) = std::panic::catch_unwind(|| run(&bytes)) {
            eprintln!("input {n}: {:?}", String::from_utf8_lossy(&bytes));
            std::panic::resume_unwind(panic);
        }
    }
}

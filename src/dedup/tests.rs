//! The room from outside: texts in, placements out.

use super::*;
use crate::model::Id;
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};

/// Sentences of made-up words, the same for the same number.
fn paragraphs(number: u64, count: usize) -> Vec<String> {
    let mut rng = fastrand::Rng::with_seed(number);
    let word = |rng: &mut fastrand::Rng| -> String {
        let length = if rng.u8(..) < 100 { rng.usize(2..4) } else { rng.usize(4..9) };
        (0..length).map(|_| char::from(b'a' + rng.u8(..26))).collect()
    };
    (0..count).map(|_| (0..40).map(|_| word(&mut rng)).collect::<Vec<_>>().join(" ") + ".").collect()
}

fn text(number: u64) -> String {
    paragraphs(number, 8).join("\n")
}

fn titled(id: u64, title: &str, text: &str) -> Prepared {
    let document = Document { id: Id(id), title, text, ..Document::default() };
    prepare(&document, &HashSet::new())
}

fn plain(id: u64, text: &str) -> Prepared {
    titled(id, "", text)
}

/// Places texts in their order, and returns what each became.
fn place_all(all: &[Prepared], index: &mut CopyIndex) -> Vec<Placement> {
    let by_id: HashMap<Id, &Prepared> = all.iter().map(|p| (p.id, p)).collect();
    all.iter()
        .map(|new| {
            let candidates: Vec<Prepared> = index.candidates(new).iter().map(|id| (*by_id[id]).clone()).collect();
            let placement = index.decide(new, &candidates);
            index.learn(new, &placement);
            placement
        })
        .collect()
}

fn clusters(all: &[Prepared]) -> (CopyIndex, Vec<Id>) {
    let mut index = CopyIndex::new(Settings::default());
    place_all(all, &mut index);
    let ids = all.iter().map(|p| index.cluster_of(p.id).unwrap()).collect();
    (index, ids)
}

fn rule(a: &Prepared, b: &Prepared) -> (bool, Rule) {
    let s = Settings::default();
    let (one, other) = (why(a, b, &s), why(b, a, &s));
    assert_eq!((one.copy, one.rule), (other.copy, other.rule), "the order of the two must not matter");
    assert!(!one.sentence(&s).is_empty());
    (one.copy, one.rule)
}

#[test]
fn whole_cut_extended_shuffled_and_misread_copies_are_proven() {
    let parts = paragraphs(1, 8);
    let original = titled(1, "Harbour bridge closes after storm", &parts.join("\n"));
    assert_eq!(rule(&original, &plain(2, &parts.join(" "))), (true, Rule::Whole));
    assert_eq!(rule(&original, &titled(3, "Storm closes harbour bridge", &parts[..4].join("\n"))), (true, Rule::Contained));
    let local = paragraphs(2, 1).remove(0);
    let extended = [&parts[..5], &[local], &parts[5..]].concat().join("\n");
    assert_eq!(rule(&original, &plain(4, &extended)), (true, Rule::Contained));
    let mut shuffled = parts.clone();
    shuffled.swap(2, 5);
    assert!(rule(&original, &plain(5, &shuffled.join("\n"))).0);
    let mut n = 0;
    let misread = parts
        .join("\n")
        .split(' ')
        .map(|w| {
            n += 1;
            if n % 4 == 0 { format!("x{w}") } else { w.to_owned() }
        })
        .collect::<Vec<_>>();
    assert!(rule(&original, &plain(6, &misread.join(" "))).0);
}

#[test]
fn quotes_templates_pieces_and_briefs_are_refused() {
    let (a, b) = (paragraphs(1, 8), paragraphs(2, 8));
    let quoting = [&a[..], &b[3..5]].concat().join("\n");
    assert_eq!(rule(&plain(1, &b.join("\n")), &plain(2, &quoting)), (false, Rule::Different));
    let report = |who: &str, n: u64| {
        format!(
            "Shares of the maker {who} closed at {n} after a session in which they had touched {} and fallen back to {}. Some {} of them changed \
             hands, compared with {} on the day before. Brokers who follow the maker {who} expect it to earn {} this year, and {} in the next one, \
             while its rivals {who}son and {who}man trade at {} and {} times what they earn.",
            n * 3 + 1,
            n * 7 + 2,
            n * 11 + 3,
            n * 13 + 4,
            n * 17 + 5,
            n * 19 + 6,
            n * 23 + 7,
            n * 29 + 8
        )
    };
    assert_eq!(rule(&plain(3, &report("Aldin", 31)), &plain(4, &report("Berrow", 77))), (false, Rule::Template));
    let roundup = (10..15).map(|n| paragraphs(n, 2).join("\n")).collect::<Vec<_>>().join("\n");
    assert_eq!(rule(&plain(5, &paragraphs(12, 2).join("\n")), &plain(6, &roundup)), (false, Rule::Piece));
    assert_eq!(rule(&plain(7, "too short to tell"), &plain(8, "too short to tell")), (false, Rule::TooShort));
    assert_eq!(rule(&plain(9, ""), &plain(10, "")), (false, Rule::TooShort));
    let brief = "rain is expected in the north of the country on friday while the south stays dry and mild for the time of year says the weather office";
    assert!(rule(&plain(11, brief), &plain(12, brief)).0);
    assert!(
        !rule(
            &plain(11, brief),
            &plain(13, &brief.replace("north", "far east").replace("friday", "this coming monday").replace("mild", "very cold indeed"))
        )
        .0
    );
}

#[test]
fn a_share_below_its_limit_reads_so() {
    let s = Settings::default();
    let (a, b) = (plain(1, &text(1)), plain(2, &text(2)));
    assert_eq!(why(&a, &b, &s).sentence(&s), "Two texts: they have no passage in common.");
    let mut verdict = why(&a, &a, &s);
    (verdict.rule, verdict.containment) = (Rule::Different, 0.7999);
    assert!(verdict.sentence(&s).contains("only 79.9 % of the"), "{}", verdict.sentence(&s));
}

#[test]
fn a_revision_is_found_by_its_new_text_alone() {
    let mut index = CopyIndex::new(Settings::default());
    let (old, new) = (plain(1, &text(1)), plain(1, &text(2)));
    let placed = index.decide::<Prepared>(&old, &[]);
    index.learn(&old, &placed);
    index.learn(&new, &Placement { joined: true, ..placed });
    assert!(index.candidates(&plain(7, &text(1))).is_empty());
    assert_eq!(index.candidates(&plain(7, &text(2))), [Id(1)]);
    assert_eq!(index.len(), 1);
    index.forget_before(Timestamp::UNIX_EPOCH);
    assert_eq!(index.candidates(&plain(7, &text(2))), [Id(1)]);
}

#[test]
fn a_copy_of_two_clusters_makes_them_one_in_any_order() {
    let parts = paragraphs(5, 8);
    let title = "Council votes on harbour tunnel plan";
    let all = [titled(1, title, &parts[..4].join("\n")), titled(2, title, &parts[4..].join("\n")), titled(3, title, &parts.join("\n"))];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let all: Vec<Prepared> = order.iter().map(|&at| all[at].clone()).collect();
        let (_, ids) = clusters(&all);
        assert!(ids.iter().all(|&id| id == ids[0]), "{order:?}");
    }
    let mut index = CopyIndex::new(Settings::default());
    let placed = place_all(&all, &mut index);
    assert_eq!(placed[2].merged, [placed[1].cluster]);
    assert_eq!(index.current(placed[1].cluster), placed[0].cluster);
    assert_eq!(placed[0].cluster, Id::cluster(Id(1)));
    assert_eq!(placed[2].because.version, VERSION);
}

#[test]
fn a_composite_ties_nothing_together_and_different_texts_stay_apart() {
    let mut all: Vec<Prepared> = (20..40).map(|n| plain(n, &text(n))).collect();
    all.push(plain(99, &format!("{}\n{}", text(20), text(21))));
    let (_, ids) = clusters(&all);
    assert_eq!(ids[..20].iter().collect::<HashSet<_>>().len(), 20);
}

#[test]
fn a_person_s_word_outlives_the_texts() {
    let all = [plain(1, &text(1)), plain(2, &text(1)), plain(3, &text(3))];
    let mut index = CopyIndex::new(Settings::default());
    index.set_decisions(Decisions { together: vec![(Id(3), Id(1))], apart: vec![(Id(1), Id(2))] });
    let placed = place_all(&all, &mut index);
    assert!(!placed[1].joined && placed[1].because.rule == Rule::Person);
    assert!(placed[2].joined && placed[2].because.rule == Rule::Person);
    assert_eq!(index.cluster_of(Id(3)), index.cluster_of(Id(1)));
    assert_ne!(index.cluster_of(Id(2)), index.cluster_of(Id(1)));
    assert!(index.assign(Id(3), Id::cluster(Id(3))));
    assert_eq!(index.cluster_of(Id(3)), Some(Id::cluster(Id(3))));
}

#[test]
fn restored_rows_answer_as_before_and_the_window_is_left_behind() {
    let at = |day: i64| Timestamp::from_second(1_700_000_000 + day * 86_400).unwrap();
    let ready =
        |id: u64, text: &str, day: i64| prepare(&Document { id: Id(id), text, seen_at: at(day), ..Document::default() }, &HashSet::new());
    let all: Vec<Prepared> = (0..50).map(|n| ready(n, &text(n), n as i64 / 5)).collect();
    let mut index = CopyIndex::new(Settings::default());
    place_all(&all, &mut index);
    let mut again = CopyIndex::new(Settings::default());
    for p in &all {
        assert!(again.restore(p.id, index.cluster_of(p.id).unwrap(), p.seen_at, &p.index_row()));
    }
    assert!(!again.restore(Id(1000), Id(1), at(0), &[1, 2, 3]));
    for p in &all {
        let copy = ready(p.id.0 + 100, &text(p.id.0), 10);
        assert_eq!(index.candidates(&copy).first(), Some(&p.id));
        assert_eq!(index.candidates(&copy), again.candidates(&copy));
    }
    again.forget_before(at(5));
    assert_eq!(again.len(), 25);
    assert!(again.candidates(&ready(200, &text(3), 10)).is_empty());
    assert_eq!(again.candidates(&ready(201, &text(30), 10)), [Id(30)]);
    assert!(again.candidates(&ready(202, &text(30), 40)).is_empty(), "out of the window");
}

#[test]
fn years_take_no_more_than_the_window() {
    let at = |day: u64| Timestamp::from_second(1_700_000_000 + day as i64 * 86_400).unwrap();
    let mut index = CopyIndex::new(Settings::default());
    let mut bytes = Vec::new();
    let mut known: Vec<Prepared> = Vec::new();
    for day in 0..60 {
        for n in day * 100..(day + 1) * 100 {
            // every tenth is a copy of one of the day before
            let text = text(if n % 10 == 9 && day > 0 { n - 101 } else { n });
            let new = prepare(&Document { id: Id(n), text: &text, seen_at: at(day), ..Document::default() }, &HashSet::new());
            let candidates: Vec<&Prepared> = index.candidates(&new).iter().filter_map(|id| known.iter().find(|k| k.id == *id)).collect();
            let placement = index.decide(&new, &candidates);
            assert_eq!(placement.joined, n % 10 == 9 && day > 0, "{n}");
            index.learn(&new, &placement);
            known.push(new);
        }
        index.forget_before(at(day.saturating_sub(3)));
        known.retain(|k| k.seen_at >= at(day.saturating_sub(3)));
        let of = |n: u64| index.cluster_of(Id(n));
        assert!(day == 0 || of(day * 100 + 9) == of(day * 100 - 92), "a copy is with its text still");
        bytes.push(index.bytes());
    }
    assert!(bytes[59] <= bytes[10] * 11 / 10, "{bytes:?}");
}

#[test]
fn who_carries_this_text_is_answered_nearest_first() {
    let parts = paragraphs(7, 8);
    let all = [plain(1, &parts[..6].join("\n")), plain(2, &parts.join("\n")), plain(3, &text(8))];
    let (index, _) = clusters(&all);
    let asked = plain(77, &parts.join("\n"));
    let candidates: Vec<Prepared> =
        index.candidates_to_match(&asked.question(), 50).iter().map(|id| all[id.0 as usize - 1].clone()).collect();
    let found: Vec<Id> = matches(&asked, &candidates, &Settings::default()).into_iter().map(|m| m.article).collect();
    assert_eq!(found, [Id(2), Id(1)]);
    assert_eq!(index.len(), 3);
}

#[test]
fn a_flood_of_one_fingerprint_or_disclaimer_stays_bounded_and_touches_no_honest_cluster() {
    let disclaimer = paragraphs(900, 2).join("\n");
    let honest: Vec<Prepared> = (0..20).flat_map(|n| [plain(2 * n, &text(n)), plain(2 * n + 1, &text(n))]).collect();
    let mut all = honest.clone();
    for n in 0..400 {
        all.push(plain(10_000 + n, &text(500)));
        all.push(plain(20_000 + n, &format!("{}\n{disclaimer}", paragraphs(1000 + n, 2).join("\n"))));
    }
    let (index, ids) = clusters(&all);
    let (_, alone) = clusters(&honest);
    assert_eq!(ids[..40], alone[..]);
    assert_eq!(
        ids[40..].iter().collect::<HashSet<_>>().len(),
        401,
        "one cluster of the copies, and each page with the disclaimer by itself"
    );
    assert!(index.candidates(&plain(1, &text(500))).len() <= CANDIDATES);
}

#[test]
fn the_sample_of_a_part_is_part_of_the_sample() {
    let all = tokens::tokenize(&text(3)).tokens;
    let (whole, part) = (sketch::Sketch::of(&all), sketch::Sketch::of(&all[..150]));
    assert!(part.level <= whole.level && whole.stored.len() <= sketch::STORED);
    let common = whole.stored.iter().filter(|k| part.stored.contains(k)).count();
    let reach = sketch::Sketch::of(&all[..150]).stored.len();
    assert!(common > 0 && common <= reach);
}

#[test]
fn datelines_and_boilerplate_do_not_count() {
    let body = text(4);
    let with = format!("PARIS, Jan 3 (Agency) — {body}");
    let document = Document { id: Id(1), text: &with, dateline: Some("PARIS, Jan 3 (Agency) —"), ..Document::default() };
    assert_eq!(prepare(&document, &HashSet::new()).fingerprint, plain(2, &body).fingerprint);
    let known = HashSet::from([crate::model::lines::line_hash("Sign up here")]);
    let noisy = prepare(&Document { id: Id(3), text: &format!("{body}\nSign up here"), ..Document::default() }, &known);
    assert_eq!(noisy.tokens, plain(2, &body).tokens);
    assert_ne!(noisy.fingerprint, plain(2, &body).fingerprint);
}

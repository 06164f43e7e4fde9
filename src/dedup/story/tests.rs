//! Stories from outside: what belongs together, what must stay apart, and that order does not matter.

use super::background::publisher_key;
use super::stated::Stated;
use super::*;
use crate::model::Id;
use ahash::AHashMap;
use jiff::Timestamp;
use proptest::prelude::*;
use std::collections::BTreeMap;

const FLOOD: [(&str, &str); 3] = [
    (
        "River Elda bursts banks at Northmoor",
        "Thousands of people were told to leave their homes in Northmoor on Tuesday after the river Elda burst its banks. Mayor Ruth Calder said the flood barrier at Hollin Bridge had failed overnight. Rescue crews brought 340 residents to a school in Westbrook. The Elda rose to 7.2 metres, the highest since 1953.",
    ),
    (
        "Northmoor evacuated as Elda flood barrier fails",
        "The failure of a flood barrier at Hollin Bridge forced the evacuation of Northmoor, where the Elda reached 7.2 metres. About 340 residents spent the night in a Westbrook school, rescue crews said. \"We warned the government about the barrier,\" said Ruth Calder, the mayor of Northmoor.",
    ),
    (
        "\"We were warned\": mayor on Northmoor flood",
        "Ruth Calder, mayor of Northmoor, said ministers had ignored warnings about the Hollin Bridge barrier, which gave way when the river Elda rose to its highest level since 1953. Residents of Northmoor were taken to Westbrook as crews searched flooded streets near Hollin Bridge.",
    ),
];
/// The same kind of event elsewhere.
const TWIN: [(&str, &str); 2] = [
    (
        "Flood forces hundreds from homes in Sandgate",
        "Hundreds of residents left their homes in Sandgate when the river Tamble burst its banks on Friday. The flood took the rail bridge at Corry, operator Lintrail said. Premier Hugh Dansey promised 12 million for repairs. Rescue boats searched streets in the Old Quay district of Sandgate.",
    ),
    (
        "Tamble flood: rail bridge at Corry swept away",
        "Lintrail said its bridge at Corry was swept away by the Tamble, which flooded the Old Quay district of Sandgate. Premier Hugh Dansey visited Sandgate and promised 12 million. Rescue boats were still searching the flooded streets late on Friday.",
    ),
];
const COURT: [(&str, &str); 2] = [
    (
        "Court orders Velmont Bank to pay 90 million",
        "A court in Larnwick ordered Velmont Bank on Tuesday to pay 90 million to customers who were sold insurance they had not asked for. Judge Petra Olin called the bank's sales targets reckless. Velmont said that it would appeal.",
    ),
    (
        "Velmont Bank to appeal insurance ruling",
        "Velmont Bank will appeal against a ruling that it must pay 90 million to customers over insurance. Judge Petra Olin of the Larnwick court had called the bank's targets reckless. Consumer groups welcomed the ruling against Velmont.",
    ),
];

fn cluster(n: usize) -> Id {
    Id::cluster(Id::derive("test", &[&n.to_string()]))
}

fn at(day: i64) -> Option<Timestamp> {
    Timestamp::from_second(1_700_000_000 + day * 86_400).ok()
}

fn read(text: (&str, &str), day: Option<i64>, background: &Background) -> Features {
    let about = About { title: text.0, text: text.1, lang: Some("en"), published_at: day.and_then(at), ..About::default() };
    features(about, background, &Settings::default())
}

fn restore(index: &mut StoryIndex, text: (&str, &str), n: usize, story: Id, known: &mut AHashMap<Id, u32>) {
    let background = Background::default();
    let stored = Stored { cluster: cluster(n), story, features: &read(text, None, &background), keys: &[] };
    index.restore(stored, 0, &background, known);
}

/// Stories of `texts` that arrive in `order`, by the places of their members.
fn stories(texts: &[(&str, &str, Option<i64>)], order: &[usize]) -> Vec<Vec<usize>> {
    let (mut index, mut background) = (StoryIndex::new(Settings::default()), Background::default());
    let mut story: AHashMap<usize, Id> = AHashMap::new();
    for &n in order {
        let (title, text, day) = texts[n];
        let f = read((title, text), day, &background);
        let placed = index.decide(&f, cluster(n), &background);
        for split in &placed.splits {
            for (_, s) in story.iter_mut().filter(|(n, _)| split.clusters.contains(&cluster(**n))) {
                assert_eq!(*s, split.from);
                *s = split.into;
            }
        }
        for merge in &placed.merged {
            story.values_mut().filter(|s| **s == merge.from).for_each(|s| *s = merge.into);
        }
        story.insert(n, placed.story);
        index.learn(&f, cluster(n), &placed, 0, &background);
        background.learn(f.hashes());
    }
    let mut groups: BTreeMap<Id, Vec<usize>> = BTreeMap::new();
    story.into_iter().for_each(|(n, s)| groups.entry(s).or_default().push(n));
    let mut groups: Vec<Vec<usize>> = groups.into_values().collect();
    groups.iter_mut().for_each(|g| g.sort_unstable());
    groups.sort();
    groups
}

fn all() -> Vec<(&'static str, &'static str, Option<i64>)> {
    FLOOD.iter().chain(&TWIN).chain(&COURT).map(|t| (t.0, t.1, None)).collect()
}

#[test]
fn reports_of_one_event_are_one_story_and_its_twin_is_another() {
    assert_eq!(stories(&all(), &[0, 1, 2, 3, 4, 5, 6]), [vec![0, 1, 2], vec![3, 4], vec![5, 6]]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn the_order_of_arrival_does_not_matter(order in Just((0..7).collect::<Vec<usize>>()).prop_shuffle()) {
        prop_assert_eq!(stories(&all(), &order), [vec![0, 1, 2], vec![3, 4], vec![5, 6]]);
    }
}

#[test]
fn the_same_words_months_later_are_another_event() {
    let day = |t: (&'static str, &'static str), d| (t.0, t.1, Some(d));
    let texts = [day(FLOOD[0], 0), day(FLOOD[1], 0), day(FLOOD[2], 90)];
    assert_eq!(stories(&texts, &[0, 1, 2]), [vec![0, 1], vec![2]]);
}

#[test]
fn a_row_restores_what_decides() {
    let background = Background::default();
    let f = read(FLOOD[0], Some(3), &background);
    let row = f.row();
    assert!(row.len() <= 32 + 4 * 48);
    let back = Features::restore(&row).expect("a row");
    assert_eq!((back.row(), back.minute()), (row.clone(), f.minute()));
    assert_eq!(Features::restore(&row[..row.len() - 1]), None);
    assert_eq!(Features::restore(&[]), None);
    assert_eq!(Features::restore(&[9; 18]), None);
}

#[test]
fn a_row_of_an_earlier_layout_restores_without_what_that_did_not_hold() {
    let f = read(FLOOD[0], Some(3), &Background::default());
    let row = f.row();
    let old: Vec<u8> = [1].into_iter().chain(row[1..10].iter().copied()).chain(row[32..].iter().copied()).collect();
    let second: Vec<u8> = [2].into_iter().chain(row[1..22].iter().copied()).chain(row[32..].iter().copied()).collect();
    let back = Features::restore(&second).expect("a row");
    assert_eq!((back.places, back.stated, &back.terms), (f.places, Stated::default(), &f.terms));
    let back = Features::restore(&old).expect("a row");
    assert_eq!((back.minute(), back.hashes().collect::<Vec<_>>()), (f.minute(), f.hashes().collect()));
    let (vector, settings) =
        (Vector::of_features(&back, &mut Weighing::new(&Background::default(), &Settings::default())), Settings::default());
    assert_eq!(vector.headline_support(&vector, &settings), None, "unknown, and so no word against it");
}

#[test]
fn headlines_that_support_each_other_raise_the_likeness_and_a_subject_alone_does_not_make_it() {
    let (background, settings) = (Background::default(), Settings::default());
    let compare = |a, b| why_story(&read(a, None, &background), &read(b, None, &background), &background, &settings);
    let same = compare(FLOOD[0], FLOOD[1]);
    assert!(same.headline_factor > 1.0 && same.breadth_factor == 1.0 && same.similarity >= same.threshold, "{same:?}");
    // The same text under a headline that nothing in the other speaks of.
    let other = compare(("Premier sets off on a tour of the south", FLOOD[0].1), FLOOD[1]);
    assert!(other.headline_support < same.headline_support, "{other:?}");
    let product = |title, text| {
        compare(
            (title, text),
            (
                "Oops: owners of the Velta report a blank screen",
                "Owners of the Velta complained on Monday that a software update left them with a blank screen. The maker said a patch would follow.",
            ),
        )
    };
    let subject = product(
        "Should the Velta have kept its button?",
        "I have used the Velta for a month and I miss the button. My thumb finds only glass, and in winter gloves the Velta is hopeless.",
    );
    assert!(subject.breadth_factor < 0.7 && subject.similarity < subject.threshold, "{subject:?}");
}

#[test]
fn a_story_too_large_to_be_opened_up_loses_what_belongs_elsewhere() {
    let background = Background::default();
    let mut index = StoryIndex::new(Settings { opened: 4, ..Settings::default() });
    let mut known = AHashMap::new();
    let large = Id::story(cluster(0));
    // Six flood reports, and a court report that was put with them.
    for n in 0..6 {
        restore(&mut index, FLOOD[n % 3], n, large, &mut known);
    }
    restore(&mut index, COURT[0], 6, large, &mut known);
    let placed = index.decide(&read(COURT[1], None, &background), cluster(7), &background);
    assert_eq!(placed.splits, [Split { from: large, into: placed.story, clusters: vec![cluster(6)] }], "{placed:?}");
    assert_ne!(placed.story, large);
    index.learn(&read(COURT[1], None, &background), cluster(7), &placed, 0, &background);
    assert_eq!(index.decide(&read(FLOOD[1], None, &background), cluster(8), &background).story, large);
}

#[test]
fn an_index_that_was_restored_decides_the_same() {
    let background = Background::default();
    let settings = Settings::default();
    let (mut index, mut again, mut known) = (StoryIndex::new(settings.clone()), StoryIndex::new(settings), AHashMap::new());
    for (n, (title, text, _)) in all().into_iter().enumerate() {
        let f = read((title, text), None, &background);
        let (a, b) = (index.decide(&f, cluster(n), &background), again.decide(&f, cluster(n), &background));
        assert_eq!((a.story, a.joined, &a.merged), (b.story, b.joined, &b.merged));
        index.learn(&f, cluster(n), &a, 0, &background);
        let stored = Features::restore(&f.row()).expect("a row");
        let stored = Stored { cluster: cluster(n), story: a.story, features: &stored, keys: &a.keys };
        again.restore(stored, 0, &background, &mut known);
    }
}

#[test]
fn what_is_forgotten_is_joined_no_more() {
    let background = Background::default();
    let mut index = StoryIndex::new(Settings::default());
    let f = read(FLOOD[0], None, &background);
    let first = index.decide(&f, cluster(0), &background);
    index.learn(&f, cluster(0), &first, 10, &background);
    let other = read(COURT[0], None, &background);
    for n in 1..5000 {
        let placed = StoryPlacement::alone(cluster(n));
        index.learn(&other, cluster(n), &placed, 20, &background);
    }
    assert!(index.decide(&read(FLOOD[1], None, &background), cluster(9000), &background).joined);
    index.forget_before(20);
    assert!(index.len() == 4999 || index.len() == 5000, "the page with the newest stays: {}", index.len());
    index.forget_before(21);
    assert!(index.len() < 2048);
    assert!(!index.decide(&read(FLOOD[1], None, &background), cluster(9000), &background).joined);
}

#[test]
fn the_reason_names_the_terms_that_decided() {
    let background = Background::default();
    let mut index = StoryIndex::new(Settings::default());
    let f = read(FLOOD[0], None, &background);
    let first = index.decide(&f, cluster(0), &background);
    assert_eq!((first.joined, first.because.rule.as_str()), (false, "first"));
    index.learn(&f, cluster(0), &first, 0, &background);
    let g = read(FLOOD[1], None, &background);
    let placed = index.decide(&g, cluster(1), &background);
    assert!(placed.joined && placed.story == first.story);
    assert_eq!(placed.because.with, Some(cluster(0)));
    assert!(placed.because.similarity >= placed.because.threshold);
    assert!(placed.because.terms.iter().any(|t| t.term == "Northmoor"), "{:?}", placed.because.terms);
    let json = serde_json::to_string(&placed).expect("json");
    let back: StoryPlacement = serde_json::from_str(&json).expect("the same");
    assert_eq!((back.story, back.because), (placed.story, placed.because));
    let why = why_story(&f, &read(TWIN[0], None, &background), &background, index.settings());
    assert!(why.similarity < why.threshold);
    assert!(why.only_a.iter().any(|t| t == "Northmoor") && why.only_b.iter().any(|t| t == "Sandgate"), "{why:?}");
}

#[test]
fn one_form_filled_in_twice_is_no_event() {
    let report = |who: &str, head: &str, day: &str, fell: &str| {
        let text = format!(
            "Shares in {who} fell {fell} per cent on {day} as investors digested a cautious outlook for the second half. Analysts at {head} cut \
             their rating to neutral and said that margins would stay under pressure. Trading was thin, brokers said, and volumes were below \
             the average of the quarter. The company declined to comment. It is due to report its results next month."
        );
        (format!("{who} shares fall {fell} per cent on {day}"), text)
    };
    let (background, settings) = (Background::default(), Settings::default());
    let (a, b) = (report("Berrow Holdings", "Fenwick Ross", "Monday", "2.8"), report("Tarrant Corp", "Calder Brothers", "Friday", "6.2"));
    let compared = |x: &(String, String), y: &(String, String)| {
        let read = |t: &(String, String)| read((&t.0, &t.1), None, &background);
        why_story(&read(x), &read(y), &background, &settings)
    };
    let form = compared(&a, &b);
    assert!(
        form.names.is_some_and(|share| share < 0.1) && form.names_factor <= settings.nameless && form.similarity < form.threshold,
        "{form:?}"
    );
    let same = compared(&a, &a);
    assert!(same.names_factor == 1.0 && same.similarity >= same.threshold, "{same:?}");
}

#[test]
fn names_that_make_all_of_a_likeness_lessen_it_but_for_headlines() {
    let settings = Settings::default();
    let factor = |share, full| super::vector::names_factor(share, full, &settings);
    assert_eq!((factor(Some(1.0), 1.0), factor(Some(1.0), 0.0)), (settings.names_alone, 1.0));
    assert_eq!((factor(Some(settings.names_most), 1.0), factor(None, 1.0)), (1.0, 1.0));
    let steps = [0.7, 0.8, 0.9].map(|share| factor(Some(share), 1.0));
    assert!(steps.is_sorted_by(|a, b| a > b) && steps[0] < 1.0, "{steps:?}");
}

/// One event in other languages: what is the same are the names and the figures.
const FLOOD_ABROAD: [(&str, &str, &str); 2] = [
    (
        "de",
        "Elda tritt bei Northmoor über die Ufer",
        "In Northmoor haben am Dienstag Tausende ihre Häuser verlassen, weil der Fluss Elda über die Ufer getreten ist. Die Flutwehr an der Hollin Bridge habe in der Nacht versagt, sagte Bürgermeisterin Ruth Calder. 340 Bewohner wurden in einer Schule in Westbrook untergebracht. Die Elda stieg auf 7,2 Meter, so hoch wie seit 1953 nicht mehr.",
    ),
    (
        "es",
        "El río Elda se desborda en Northmoor",
        "Miles de vecinos de Northmoor abandonaron el martes sus casas después de que el río Elda se desbordara. La barrera de Hollin Bridge cedió durante la noche, dijo la alcaldesa Ruth Calder. Unos 340 vecinos pasaron la noche en una escuela de Westbrook. El Elda llegó a 7,2 metros, su nivel más alto desde 1953.",
    ),
];

/// Another event that speaks of the same place.
const FAIR_ABROAD: (&str, &str, &str) = (
    "de",
    "Buchmesse in Northmoor zieht mehr Besucher an",
    "Die Buchmesse von Northmoor hat in diesem Jahr 41 000 Besucher gezählt, sagte Messeleiter Jonas Brandt am Dienstag. Der Preis für das beste Debüt ging an Mira Sollner aus Kassbach. Im nächsten Jahr ist Gastland Norwegen, und die Halle am Westbrook wird erweitert.",
);

fn abroad((lang, title, text): (&str, &str, &str)) -> Features {
    features(About { title, text, lang: Some(lang), ..About::default() }, &Background::default(), &Settings::default())
}

#[test]
fn languages_are_one_story_where_the_names_make_it_sure() {
    let background = Background::default();
    let mut index = StoryIndex::new(Settings::default());
    let texts = [read(FLOOD[0], None, &background), abroad(FLOOD_ABROAD[0]), read(FLOOD[1], None, &background), abroad(FLOOD_ABROAD[1])];
    let mut first = None;
    for (n, f) in texts.iter().enumerate() {
        let placed = index.decide(f, cluster(n), &background);
        index.learn(f, cluster(n), &placed, 0, &background);
        assert_eq!(placed.story, *first.get_or_insert(placed.story), "{placed:?}");
    }
    for (n, f) in [abroad(FAIR_ABROAD), read(TWIN[0], None, &background)].iter().enumerate() {
        assert!(!index.decide(f, cluster(10 + n), &background).joined);
    }
    let why = |a: &Features, b: &Features| why_story(a, b, &background, &Settings::default());
    let (same, other) = (why(&texts[0], &texts[1]), why(&texts[0], &abroad(FAIR_ABROAD)));
    assert!(same.name_cosine > Some(0.6) && same.similarity >= same.threshold, "{same:?}");
    assert!(other.language_factor < 1.0 && other.similarity < other.threshold, "{other:?}");
    assert_eq!(why(&texts[0], &texts[2]).name_cosine, None);
}

#[test]
fn a_publishers_editions_in_two_languages_are_one_story() {
    let background = Background::default();
    let of = |lang, title, text| {
        features(About { title, text, lang: Some(lang), publisher: Some("Outlet"), ..About::default() }, &background, &Settings::default())
    };
    let a = of(
        "uk",
        "У Верхівцях відкрили міст через річку Лучанку",
        "Мер Верхівців Оксана Гримайло відкрила в п’ятницю новий міст через Лучанку. Його будували три роки, роботи коштували 84 млн гривень. Рух у бік Заріччя дозволять у понеділок, повідомив Дмитро Сокур з «Мостобуду».",
    );
    let b = of(
        "ru",
        "В Верховцах открыли мост через реку Лучанку",
        "Мэр Верховцев Оксана Гримайло открыла в пятницу новый мост через Лучанку. Его строили три года, работы стоили 84 млн гривен. Движение в сторону Заречья разрешат в понедельник, сообщил Дмитрий Сокур из «Мостобуда».",
    );
    let why = why_story(&a, &b, &background, &Settings::default());
    assert!(why.publisher_factor == 1.0 && why.similarity >= why.threshold, "{why:?}");
}

#[test]
fn a_publishers_form_is_one_in_any_language_and_codes_are_told_apart() {
    let background = Background::default();
    let of = |lang, numbers: &str| {
        let text =
            format!("Lotto Northmoor: Ziehung. Zahlen {numbers}. Jackpot Elda, Quicktipp Westbrook, Superzahl Hollin, Spiel Calder.");
        let about = About { title: "Lotto Northmoor", text: &text, lang: Some(lang), publisher: Some("Lotto"), ..About::default() };
        features(about, &background, &Settings::default())
    };
    for lang in ["de", "fr"] {
        let why = why_story(&of("de", "1 2 3"), &of(lang, "4 5 6"), &background, &Settings::default());
        assert_eq!((why.publisher_factor, why.similarity), (0.0, 0.0), "{lang}");
    }
    let apart = |a, b| why_story(&of(a, "1"), &of(b, "1"), &background, &Settings::default()).name_cosine.is_some();
    assert!(apart("fil", "fi") && apart("ast", "as") && apart("fil", "fur"));
    assert!(!apart("DE", "de") && !apart("de-CH", "de") && !apart("", "de") && !apart("?", "de"));
}

/// More texts of one event than are looked at one by one, one language after the other.
#[test]
fn a_large_story_is_compared_by_the_newcomers_language() {
    let background = Background::default();
    let mut index = StoryIndex::new(Settings::default());
    let mut stories = std::collections::BTreeSet::new();
    for (n, at) in (0..42).enumerate() {
        let extra = format!(" Remark{at} clerk{at} ledger{at}.");
        let (lang, title, text) = match at / 14 {
            0 => ("en", FLOOD[0].0, FLOOD[0].1),
            other => FLOOD_ABROAD[other - 1],
        };
        let f = abroad((lang, title, &format!("{text}{extra}")));
        let placed = index.decide(&f, cluster(n), &background);
        index.learn(&f, cluster(n), &placed, 0, &background);
        stories.insert(placed.story);
        assert!(placed.splits.is_empty(), "{placed:?}");
    }
    assert_eq!(stories.len(), 1);
}

#[test]
fn scripts_without_spaces_and_empty_texts_are_read() {
    let background = Background::default();
    let read = |title: &str, text: &str, lang| features(About { title, text, lang, ..About::default() }, &background, &Settings::default());
    let a = read("北原市で洪水", "火曜日、江田川が氾濫し、北原市の住民三百人が避難した。市長の川田氏は堤防が壊れたと述べた。", Some("ja"));
    let b = read("江田川氾濫、北原市で避難", "江田川の堤防が壊れ、北原市では三百人が避難した。川田市長が発表した。", Some("ja"));
    assert!(why_story(&a, &b, &background, &Settings::default()).similarity > 0.25);
    let empty = read("", "", None);
    assert_eq!(why_story(&a, &empty, &background, &Settings::default()).similarity, 0.0);
    let mut index = StoryIndex::new(Settings::default());
    let placed = index.decide(&empty, cluster(0), &background);
    index.learn(&empty, cluster(0), &placed, 0, &background);
    assert!(!index.decide(&empty, cluster(1), &background).joined, "two empty texts are no story");
}

#[test]
fn a_kept_story_is_not_taken_apart() {
    let background = Background::default();
    let mut index = StoryIndex::new(Settings::default());
    let mut known = AHashMap::new();
    let kept = Id::story(cluster(0));
    for (n, text) in [FLOOD[0], COURT[0]].into_iter().enumerate() {
        restore(&mut index, text, n, kept, &mut known);
    }
    assert!(index.keep(kept) && !index.keep(Id(1)));
    let placed = index.decide(&read(FLOOD[1], None, &background), cluster(7), &background);
    assert!(placed.splits.is_empty(), "{placed:?}");
}

#[test]
fn a_person_moves_clusters_and_they_stay() {
    let background = Background::default();
    let mut index = StoryIndex::new(Settings::default());
    for (n, text) in [FLOOD[0], COURT[0], TWIN[0]].into_iter().enumerate() {
        let f = read(text, None, &background);
        let placed = index.decide(&f, cluster(n), &background);
        assert!(!placed.joined);
        index.learn(&f, cluster(n), &placed, 0, &background);
    }
    let mine = Id::story(cluster(0));
    index.assign(&[cluster(0), cluster(1)], mine);
    let placed = index.decide(&read(FLOOD[1], None, &background), cluster(7), &background);
    assert!(placed.splits.is_empty() && placed.merged.is_empty(), "{placed:?}");
    assert_ne!(
        index.decide(&read(COURT[1], None, &background), cluster(8), &background).story,
        Id::story(cluster(1)),
        "that story is no more"
    );
    assert_eq!(index.decide(&read(TWIN[1], None, &background), cluster(9), &background).story, Id::story(cluster(2)));
}

#[test]
fn the_background_is_packed_and_comes_back() {
    let mut background = Background::default();
    for _ in 0..300 {
        background.learn([1, 2, publisher_key(0xffff)]);
    }
    background.learn([3, 0xff_ffff]);
    let packed = background.pack();
    let again = Background::unpack(&packed).expect("what was packed");
    assert_eq!((again.documents(), again.pack()), (301, packed.clone()));
    assert!(again.idf(1, 15) < again.idf(3, 15));
    assert_eq!(again.idf(1, 15), background.idf(1, 15));
    for damaged in [&packed[..packed.len() - 1], &[&packed[..], &[0]].concat(), &[1, 0xff, 0xff, 0xff, 0xff, 0x0f], &[]] {
        assert!(Background::unpack(damaged).is_none(), "{damaged:?}");
    }
}

#[test]
fn clusters_that_became_one_are_one_text_of_one_story() {
    let background = Background::default();
    let mut index = StoryIndex::new(Settings::default());
    for (n, text) in [FLOOD[0], COURT[0], TWIN[0]].into_iter().enumerate() {
        let f = read(text, None, &background);
        let placed = index.decide(&f, cluster(n), &background);
        index.learn(&f, cluster(n), &placed, 0, &background);
    }
    let story = |n| Id::story(cluster(n));
    // Copies show that the court report and the flood report are one text.
    index.absorb(cluster(1), &[cluster(0)], story(1), &[story(0)]);
    assert!(index.holds(cluster(1)) && !index.holds(cluster(0)) && index.len() == 2);
    let flood = index.decide(&read(FLOOD[1], None, &background), cluster(7), &background);
    assert_eq!((flood.story, flood.because.with), (story(1), Some(cluster(1))), "the first text stands for both: {flood:?}");
    assert!(!index.decide(&read(COURT[1], None, &background), cluster(8), &background).joined, "the later text speaks no more");
}

#[test]
fn the_built_in_background_knows_common_words() {
    let class = |lang: &str, word: &str| background::Listed::of(lang).map(|l| l.class(terms::hash_word(word).unwrap_or(0)));
    assert!(class("en", "the") < Some(2) && class("en", "government") < Some(8));
    assert_eq!(class("en", "Northmoor"), Some(background::UNLISTED));
    assert!(class("de-AT", "und") < Some(2) && class("ru", "что") < Some(3) && class("es", "gobierno") < Some(8));
    assert_eq!(class("xx", "the"), None);
}

#[test]
fn a_form_that_one_publisher_fills_in_again_is_no_story() {
    let background = Background::default();
    let text = "Here are the numbers of the Harbour Lottery as drawn in Northmoor. Tickets may be handed in at every kiosk of the county until the end of the month, and the jackpot stands at a record for the season.";
    let read = |title: &str, publisher| {
        let about = About { title, text, lang: Some("en"), publisher: Some(publisher), ..About::default() };
        features(about, &background, &Settings::default())
    };
    let (a, b) = (read("Harbour Lottery: Draw 3", "The Post"), read("Harbour Lottery: Draw 4", "The Post"));
    assert_eq!(why_story(&a, &b, &background, &Settings::default()).similarity, 0.0);
    let elsewhere = read("Harbour Lottery: Draw 4", "The Courier");
    assert!(why_story(&a, &elsewhere, &background, &Settings::default()).similarity > 0.5, "another may report the same draw");
}

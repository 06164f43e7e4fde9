//! The simulated spread of issue "Stories and origins", and single cases.

use super::*;

fn time(second: i64) -> Option<Timestamp> {
    Timestamp::from_second(1_700_000_000 + second).ok()
}

fn witness(publisher: &str, published: i64) -> Witness {
    let at = time(published);
    Witness {
        publisher: publisher.into(),
        published_at: at,
        seen_at: time(published + 300),
        unseen_for_s: 600,
        words: 600,
        shared: 1.0,
        ..Witness::default()
    }
}

/// A publisher of the simulated world.
struct Outlet {
    name: String,
    /// Seconds its clock is ahead.
    wrong_s: i64,
    interval_s: i64,
    known: Clock,
    date_only: bool,
}

fn world(random: &mut fastrand::Rng) -> Vec<Outlet> {
    (0..200)
        .map(|n| {
            // A fifth have clocks that are wrong by hours.
            let hours = random.i64(1..=11) * if random.bool() { 1 } else { -1 };
            let wrong_s = if random.f64() < 0.2 { hours * 3600 } else { 0 };
            // A tenth are polled late.
            let interval_s = if random.f64() < 0.1 { random.i64(3..=12) * 3600 } else { random.i64(5..=30) * 60 };
            // Some are new: nothing is known of their clocks yet.
            let seen = if random.f64() < 0.15 { random.usize(0..4) } else { random.usize(8..60) };
            let past: Vec<(Timestamp, Timestamp)> = (0..seen)
                .filter_map(|_| {
                    let true_s = random.i64(0..1_000_000);
                    Some((time(true_s + wrong_s)?, time(true_s + random.i64(0..interval_s.max(1)))?))
                })
                .collect();
            Outlet {
                name: format!("Outlet {n}"),
                wrong_s,
                interval_s,
                known: Clock::observe(&past, interval_s),
                date_only: random.f64() < 0.03,
            }
        })
        .collect()
}

fn seen_as(outlet: &Outlet, true_s: i64, random: &mut fastrand::Rng) -> Witness {
    let stated = true_s + outlet.wrong_s;
    let stated = if outlet.date_only { stated - stated.rem_euclid(86_400) } else { stated };
    Witness {
        publisher: outlet.name.clone(),
        published_at: if random.f64() < 0.05 { None } else { time(stated) },
        date_only: outlet.date_only,
        seen_at: time(true_s + random.i64(0..outlet.interval_s)),
        unseen_for_s: outlet.interval_s,
        clock: outlet.known,
        byline: random.f64() < 0.3,
        ..Witness::default()
    }
}

/// One text and its 1 to 30 copies, in order of first seen; the origin's place, or none when it is not polled.
fn spread(outlets: &[Outlet], random: &mut fastrand::Rng) -> (Vec<Witness>, usize) {
    let mut chosen: Vec<usize> = (0..outlets.len()).collect();
    random.shuffle(&mut chosen);
    let copies = random.usize(1..=30);
    let (start, length) = (random.i64(0..3_000_000), random.usize(200..900));
    // A third of the spreads go without credits.
    let credited = random.f64() >= 1.0 / 3.0;
    let mut members: Vec<(bool, Witness)> = Vec::new();
    for (n, &at) in chosen.iter().take(copies + 1).enumerate() {
        let outlet = &outlets[at];
        // Most copies come within hours: exponential, mean three.
        let delay = if n == 0 { 0 } else { (-(1.0 - random.f64()).ln() * 10_800.0) as i64 + 120 };
        let mut m = seen_as(outlet, start + delay, random);
        let (cut, added) = match random.u8(0..10) {
            0..5 => (0.0, 0.0),
            5..8 => (random.f64() * 0.5, 0.0),
            _ => (0.0, random.f64() * 0.3),
        };
        (m.words, m.shared) = (length, 1.0);
        if n > 0 {
            m.words = (length as f64 * (1.0 - cut) * (1.0 + added)) as usize;
            m.shared = (1.0 / (1.0 + added)) as f32;
            m.byline &= random.bool();
            if credited && random.f64() < 0.6 {
                // One in twelve names the middleman it was taken from.
                let named = if random.f64() < 1.0 / 12.0 { chosen[random.usize(0..=copies)] } else { chosen[0] };
                m.credit = (named != at).then(|| outlets[named].name.clone());
            }
            if credited && random.f64() < 0.05 {
                m.canonical_elsewhere = Some(outlets[chosen[0]].name.clone());
            }
        } else {
            m.first_person = random.f64() < 0.15;
        }
        members.push((n == 0, m));
    }
    members.sort_by_key(|m| m.1.seen_at);
    let place = members.iter().position(|m| m.0).unwrap_or(0);
    (members.into_iter().map(|m| m.1).collect(), place)
}

#[test]
fn a_simulated_spread_finds_its_origin() {
    for seed in 1..=4 {
        let mut random = fastrand::Rng::with_seed(seed);
        let outlets = world(&mut random);
        let (mut given, mut right, mut sure, mut wrong_and_sure) = (0, 0, 0, 0);
        for _ in 0..500 {
            let (members, truth) = spread(&outlets, &mut random);
            let Some(found) = origin(&members) else { continue };
            given += 1;
            let hit = found.member == Some(truth);
            right += usize::from(hit);
            sure += usize::from(found.confidence >= CONFIDENT);
            wrong_and_sure += usize::from(!hit && found.confidence >= CONFIDENT);
        }
        println!(
            "seed {seed}: given {given}, right {right} ({:.3}), sure {sure}, wrong and sure {wrong_and_sure}",
            right as f64 / given as f64
        );
        assert!(given >= 400, "given for {given} of 500");
        assert!(right * 100 >= given * 93, "right {right} of {given}");
        assert!(wrong_and_sure <= 5, "{wrong_and_sure} of 500 wrong at high confidence");
    }
}

#[test]
fn a_credited_agency_that_was_never_polled_is_the_origin() {
    let members: Vec<Witness> = ["Harbour Post", "The Ledger", "City Herald"]
        .iter()
        .enumerate()
        .map(|(n, p)| Witness { credit: Some("Al Jazeera".into()), ..witness(p, n as i64 * 3600) })
        .collect();
    let found = origin(&members).expect("an origin");
    assert_eq!((found.member, found.publisher.as_str()), (None, "Al Jazeera"));
    assert!(found.confidence >= CONFIDENT && found.evidence.iter().any(|e| e == "credited by Harbour Post"), "{found:?}");
    let alone = origin(&members[..1]).expect("named by its one copy");
    assert_eq!((alone.member, alone.publisher.as_str()), (None, "Al Jazeera"));
    assert!(alone.confidence <= found.confidence);
}

#[test]
fn the_credited_member_is_the_origin_even_when_it_was_seen_last() {
    let mut members = vec![Witness { credit: Some("the Coast Today".into()), ..witness("Harbour Post", 0) }, witness("Coast Today", 7200)];
    members[1].published_at = time(-1200);
    let found = origin(&members).expect("an origin");
    assert_eq!(found.member, Some(1));
    members[0].credit = None;
    members[0].canonical_elsewhere = Some("www.coast-today.example".into());
    members[1].aliases = vec!["coast-today.example".into()];
    assert_eq!(origin(&members).and_then(|o| o.member), Some(1));
}

#[test]
fn who_credits_itself_credits_nobody() {
    let members = [Witness { credit: Some("COAST TODAY".into()), ..witness("Coast Today", 0) }, witness("Harbour Post", 20_000)];
    let found = origin(&members).expect("an origin");
    assert_eq!(found.member, Some(0));
    assert!(!found.evidence.iter().any(|e| e.contains("credited")));
}

#[test]
fn without_evidence_the_origin_is_unknown() {
    assert_eq!(origin(&[]), None);
    assert_eq!(origin(&[witness("A", 0)]), None);
    assert_eq!(origin(&[witness("A", 0), witness("B", 0)]), None);
}

#[test]
fn a_clock_that_is_hours_wrong_is_noticed_and_corrected() {
    let pairs: Vec<_> = (0..20).filter_map(|n| Some((time(n * 5000 - 7200 - 300)?, time(n * 5000)?))).collect();
    let clock = Clock::observe(&pairs, 600);
    assert_eq!(clock.offset_s, -7200);
    let mut early = witness("Early", 3600 - 7200);
    early.seen_at = time(3700);
    early.clock = clock;
    let members = [early, Witness { clock: Clock { observed: 30, ..Clock::default() }, ..witness("Right", 0) }];
    assert_eq!(origin(&members).and_then(|o| o.member), Some(1));
    assert_eq!(Clock::observe(&[], 600), Clock::default());
}

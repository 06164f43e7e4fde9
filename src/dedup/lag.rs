//! Who leads and who follows: texts (or events) that several publishers carried, summed up over a period.

use crate::model::Id;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// One article of a text or event that more than one article reports.
#[derive(Clone, Debug, PartialEq)]
pub struct Appearance {
    /// The text's cluster, or the event's story.
    pub group: Id,
    /// Who published it.
    pub publisher: String,
    /// Who owns the publisher: publishers of one owner do not follow each other.
    pub owner: String,
    /// When it appeared, as far as can be known.
    pub at: Timestamp,
    /// The publisher whose report the group is, where that is known.
    pub origin: Option<String>,
}

/// What a period says.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Lags {
    /// Texts or events that more than one owner carried.
    pub groups: u32,
    /// Of these, where nobody can be said to lead.
    pub unknown: u32,
    /// Publishers that lead or follow, most followed first.
    pub leaders: Vec<Leader>,
    /// Who follows whom, most often first.
    pub pairs: Vec<Pair>,
}

/// A publisher as it leads and follows.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Leader {
    /// The publisher.
    pub publisher: String,
    /// Texts or events that it had first and others carried.
    pub led: u32,
    /// Times that another publisher carried one of these.
    pub copies: u32,
    /// Publishers that did.
    pub followers: u32,
    /// Half of them had it within so many seconds; none where that cannot be known of any.
    pub median_s: Option<i64>,
    /// Texts or events that it carried after another.
    pub followed: u32,
    /// Some of these were only seen through those who carried them: their lag counts from the first, whose own nobody knows.
    pub through_others: bool,
}

/// A publisher that carried what another had first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair {
    /// Who had it first.
    pub leader: String,
    /// Who carried it then.
    pub follower: String,
    /// How often.
    pub times: u32,
    /// Half of these within so many seconds; none, as for the others, where that cannot be known of any.
    pub median_s: Option<i64>,
    /// The fastest, in seconds.
    pub fastest_s: Option<i64>,
    /// The slowest, in seconds.
    pub slowest_s: Option<i64>,
}

/// When a publisher had one text or event.
struct First<'a> {
    publisher: &'a str,
    owner: &'a str,
    at: Timestamp,
}

#[derive(Default)]
struct Sums<'a> {
    led: u32,
    followed: u32,
    copies: u32,
    lags: Vec<i64>,
    followers: BTreeSet<&'a str>,
    through_others: bool,
}

/// Sums up who led and who followed. A text's leader is its origin, where that is known; with `by_time` (for events) it is
/// whoever had it first, unless two owners had it in the same minute.
pub fn lags(appearances: &[Appearance], by_time: bool) -> Lags {
    let mut groups: BTreeMap<Id, Vec<&Appearance>> = BTreeMap::new();
    appearances.iter().for_each(|a| groups.entry(a.group).or_default().push(a));
    let mut sums: BTreeMap<&str, Sums<'_>> = BTreeMap::new();
    let mut pairs: BTreeMap<(&str, &str), (u32, Vec<i64>)> = BTreeMap::new();
    let (mut counted, mut unknown) = (0, 0);
    for group in groups.values() {
        let firsts = firsts(group);
        let owners: BTreeSet<String> = firsts.iter().map(|f| f.owner.to_lowercase()).collect();
        let origin = group.iter().find_map(|a| a.origin.as_deref()).filter(|_| !by_time);
        if owners.len() < 2 && origin.is_none_or(|o| firsts.iter().any(|f| same(f.publisher, o))) {
            continue;
        }
        counted += 1;
        let Some((leader, owner, from, through_others)) = leader(&firsts, origin, by_time) else {
            unknown += 1;
            continue;
        };
        let sum = sums.entry(leader).or_default();
        sum.led += 1;
        sum.through_others |= through_others;
        for (at, follower) in firsts.iter().enumerate() {
            if same(follower.publisher, leader) || owner.is_some_and(|o| same(o, follower.owner)) {
                continue;
            }
            let lag = follower.at.as_second().saturating_sub(from.as_second()).max(0);
            // The first copy of what was only seen through others is what the time is counted from.
            let lag = Some(lag).filter(|_| !through_others || at > 0);
            let sum = sums.entry(leader).or_default();
            sum.copies += 1;
            sum.lags.extend(lag);
            sum.followers.insert(follower.publisher);
            let pair = pairs.entry((leader, follower.publisher)).or_default();
            pair.0 += 1;
            pair.1.extend(lag);
            sums.entry(follower.publisher).or_default().followed += 1;
        }
    }
    let mut leaders: Vec<Leader> = sums
        .into_iter()
        .map(|(publisher, mut sum)| Leader {
            publisher: publisher.to_owned(),
            led: sum.led,
            copies: sum.copies,
            followers: sum.followers.len() as u32,
            median_s: median(&mut sum.lags),
            followed: sum.followed,
            through_others: sum.through_others,
        })
        .collect();
    leaders.sort_by_key(|l| (std::cmp::Reverse((l.copies, l.led)), l.followed, l.publisher.clone()));
    let mut pairs: Vec<Pair> = pairs
        .into_iter()
        .map(|((leader, follower), (times, mut lags))| {
            let median_s = median(&mut lags);
            let (fastest_s, slowest_s) = (lags.first().copied(), lags.last().copied());
            Pair { leader: leader.to_owned(), follower: follower.to_owned(), times, median_s, fastest_s, slowest_s }
        })
        .collect();
    pairs.sort_by(|a, b| {
        let unknown = |p: &Pair| (p.median_s.is_none(), p.median_s);
        b.times.cmp(&a.times).then(unknown(a).cmp(&unknown(b))).then((&a.leader, &a.follower).cmp(&(&b.leader, &b.follower)))
    });
    Lags { groups: counted, unknown, leaders, pairs }
}

/// Each publisher's first article of a group, in order of time.
fn firsts<'a>(group: &[&'a Appearance]) -> Vec<First<'a>> {
    let mut firsts: Vec<First<'a>> = Vec::new();
    for a in group {
        match firsts.iter_mut().find(|f| same(f.publisher, &a.publisher)) {
            Some(first) => first.at = first.at.min(a.at),
            None => firsts.push(First { publisher: &a.publisher, owner: &a.owner, at: a.at }),
        }
    }
    firsts.sort_by(|a, b| a.at.cmp(&b.at).then(a.publisher.cmp(b.publisher)));
    firsts
}

/// Who leads, its owner, from when, and whether it was only seen through others.
fn leader<'a>(firsts: &[First<'a>], origin: Option<&'a str>, by_time: bool) -> Option<(&'a str, Option<&'a str>, Timestamp, bool)> {
    let first = firsts.first()?;
    if by_time {
        let next = firsts.iter().find(|f| !same(f.owner, first.owner))?;
        return (next.at.as_second() - first.at.as_second() >= 60).then_some((first.publisher, Some(first.owner), first.at, false));
    }
    let origin = origin?;
    Some(match firsts.iter().find(|f| same(f.publisher, origin)) {
        Some(found) => (found.publisher, Some(found.owner), found.at, false),
        None => (origin, None, first.at, true),
    })
}

fn same(a: &str, b: &str) -> bool {
    a == b || a.to_lowercase() == b.to_lowercase()
}

/// The median of what is then in order.
fn median(lags: &mut [i64]) -> Option<i64> {
    lags.sort_unstable();
    lags.get(lags.len().saturating_sub(1) / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(group: u64, publisher: &str, owner: &str, minute: i64, origin: Option<&str>) -> Appearance {
        let at = Timestamp::from_second(1_700_000_000 + minute * 60).unwrap();
        Appearance { group: Id(group), publisher: publisher.into(), owner: owner.into(), at, origin: origin.map(str::to_owned) }
    }

    #[test]
    fn the_origin_leads_and_others_follow_by_their_first_copy() {
        let found = lags(
            &[
                seen(1, "Wire", "Wire", 0, Some("wire")),
                seen(1, "Post", "House", 10, Some("wire")),
                seen(1, "Post", "House", 90, Some("wire")),
                seen(1, "Ledger", "Ledger", 30, Some("wire")),
                seen(2, "Wire", "Wire", 5, Some("Wire")),
                seen(2, "Post", "House", 25, Some("Wire")),
                // Nobody knows whose this one is; and one that a single house keeps to itself.
                seen(3, "Post", "House", 0, None),
                seen(3, "Wire", "Wire", 9, None),
                seen(4, "Post", "House", 0, Some("Post")),
                seen(4, "Evening Post", "House", 9, Some("Post")),
            ],
            false,
        );
        assert_eq!((found.groups, found.unknown), (3, 1));
        let wire = &found.leaders[0];
        assert_eq!((wire.publisher.as_str(), wire.led, wire.copies, wire.followers, wire.median_s), ("Wire", 2, 3, 2, Some(1200)));
        assert!(!wire.through_others);
        let pair = &found.pairs[0];
        assert_eq!((pair.leader.as_str(), pair.follower.as_str(), pair.times), ("Wire", "Post", 2));
        assert_eq!((pair.median_s, pair.fastest_s, pair.slowest_s), (Some(600), Some(600), Some(1200)));
        assert_eq!(found.leaders.iter().find(|l| l.publisher == "Post").map(|l| (l.led, l.followed, l.median_s)), Some((0, 2, None)));
        assert!(found.pairs.iter().all(|p| p.follower != "Evening Post"), "publishers of one owner do not follow each other");
    }

    #[test]
    fn an_agency_that_was_never_polled_leads_from_its_first_copy_on() {
        let found = lags(&[seen(1, "Post", "House", 10, Some("Agency")), seen(1, "Ledger", "Ledger", 40, Some("Agency"))], false);
        let agency = &found.leaders[0];
        assert_eq!((agency.publisher.as_str(), agency.copies, agency.median_s, agency.through_others), ("Agency", 2, Some(1800), true));
        let of = |name: &str| found.pairs.iter().find(|p| p.follower == name).map(|p| (p.times, p.median_s));
        assert_eq!((of("Post"), of("Ledger")), (Some((1, None)), Some((1, Some(1800)))), "nobody knows how late the first copy was");
        let alone = lags(&[seen(1, "Post", "House", 10, Some("Agency"))], false);
        assert_eq!(alone.pairs.len(), 1, "one carrier of an agency's text follows it");
    }

    #[test]
    fn of_an_event_whoever_had_it_first_leads_unless_nobody_did() {
        let found =
            lags(&[seen(1, "A", "A", 5, None), seen(1, "B", "B", 0, None), seen(2, "A", "A", 0, None), seen(2, "B", "B", 0, None)], true);
        assert_eq!((found.groups, found.unknown, found.pairs.len()), (2, 1, 1));
        assert_eq!((found.pairs[0].leader.as_str(), found.pairs[0].median_s), ("B", Some(300)));
        assert_eq!(lags(&[], true), Lags::default());
    }
}

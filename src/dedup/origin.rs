//! Whose report a text was: the evidence about each copy of a cluster, weighed into one answer with a confidence, or "unknown".
//!
//! Each kind of evidence is a likelihood ratio, kept as its logarithm: how much more often one sees it of the origin than of a
//! copy. Sums of logarithms become probabilities over all copies and one more: that the origin was never seen. Publication
//! times are believed as far as the publisher's clock deserves it. The weights are set by reason and checked by a simulation
//! (see the tests); none is fitted to a data set.

use ahash::AHashMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is known of one copy.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Witness {
    /// Who published it, in the form that `credit` and the others are compared with, whatever its case.
    pub publisher: String,
    /// Other names and domains of the publisher.
    pub aliases: Vec<String>,
    /// Whom the text credits ("Source: Al Jazeera", a dateline's agency).
    pub credit: Option<String>,
    /// Host that `rel=canonical` or `og:url` names instead of the page's own.
    pub canonical_elsewhere: Option<String>,
    /// Whom the feed's entry names as its source: title or host.
    pub rss_source: Option<String>,
    /// As the publisher states it.
    pub published_at: Option<Timestamp>,
    /// The publisher gives a date without a time of day.
    pub date_only: bool,
    /// When newsfold first saw it.
    pub seen_at: Option<Timestamp>,
    /// How long newsfold had not looked before it saw it, in seconds: the feed's interval between the two polls.
    pub unseen_for_s: i64,
    /// What is known of the publisher's clock.
    pub clock: Clock,
    /// Words of the text.
    pub words: usize,
    /// Share of its words that stand in the others' texts too, 0 to 1: what a copy added lowers it. 1 when unknown.
    pub shared: f32,
    /// The text speaks in the first person of its byline's reporter ("told this newspaper", "our correspondent").
    pub first_person: bool,
    /// A byline that names a person.
    pub byline: bool,
}

/// A publisher's clock, as its articles' statements compare with when they were seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// Articles observed.
    pub observed: u32,
    /// Typical offset of the stated time from the true one, in seconds: +3600 when it states an hour too late.
    pub offset_s: i64,
    /// Typical distance from that offset, in seconds.
    pub spread_s: i64,
}

impl Clock {
    /// What a publisher's recent articles say of its clock: pairs of (stated, first seen), where polling found the article within
    /// `interval_s` of its publication. A whole zone of hours shows as an offset; a clock that is right states times up to an
    /// interval (and the editors' delay) before they are seen.
    pub fn observe(pairs: &[(Timestamp, Timestamp)], interval_s: i64) -> Self {
        let mut ahead: Vec<i64> = pairs.iter().map(|(stated, seen)| stated.as_second().saturating_sub(seen.as_second())).collect();
        ahead.sort_unstable();
        let Some(&median) = ahead.get(ahead.len() / 2) else { return Self::default() };
        let mut off: Vec<i64> = ahead.iter().map(|a| (a - median).abs()).collect();
        off.sort_unstable();
        let spread_s = off.get(off.len() / 2).copied().unwrap_or(0);
        // Seen half an interval after it was stated: no offset. Zones come in quarters of an hour.
        let expected = -(interval_s / 2);
        let quarters = ((median - expected) as f64 / 900.0).round() as i64;
        // The median of n articles seen anywhere within the interval is that far off by itself.
        let chance = (1.5 * interval_s as f64 / (pairs.len() as f64).sqrt()) as i64;
        let offset_s = if (median - expected).abs() > 1800 + chance { quarters * 900 } else { 0 };
        Self { observed: pairs.len().min(u32::MAX as usize) as u32, offset_s, spread_s }
    }
}

/// The origin of a cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// The copy that is it; none when it is a publisher that was only seen through others.
    pub member: Option<usize>,
    /// Its publisher, as named.
    pub publisher: String,
    /// How sure that is, 0 to 1.
    pub confidence: f32,
    /// Why, for people.
    pub evidence: Vec<String>,
}

/// Below this confidence the origin is unknown.
pub const LEAST_CONFIDENCE: f32 = 0.5;
/// From this confidence on it is called confident.
pub const CONFIDENT: f32 = 0.9;

/// ln of how much likelier a credit names the origin than somebody else (a middleman, a picture's agency).
const CREDIT: f64 = 4.2;
/// The same for a canonical link to another host: machines write it, and mean it.
const CANONICAL: f64 = 4.5;
/// The same for the feed's source element.
const RSS_SOURCE: f64 = 4.0;
/// Who credits somebody else is hardly the origin itself.
const CREDITS_ANOTHER: f64 = -4.5;
/// No origin is wholly sure, and the first few statements tell most.
const MOST_STATEMENTS: f64 = 7.0;
const FIRST_PERSON: f64 = 0.9;
const BYLINE: f64 = 0.35;
/// Seconds by which a copy usually follows at the least, in which the order of stated times says little.
const CLOSE_S: f64 = 240.0;

/// One possible origin with what speaks for it.
struct Suspect {
    member: Option<usize>,
    name: String,
    score: f64,
    evidence: Vec<(f64, String)>,
}

/// Who most likely wrote the text that all `members` carry; none when the evidence does not say. A cluster of one has no
/// origin to look for unless its text credits somebody.
pub fn origin(members: &[Witness]) -> Option<Origin> {
    let mut suspects: Vec<Suspect> = members
        .iter()
        .enumerate()
        .map(|(at, m)| Suspect { member: Some(at), name: m.publisher.clone(), score: 0.0, evidence: Vec::new() })
        .collect();
    statements(members, &mut suspects);
    if members.len() > 1 {
        times(members, &mut suspects);
        texts(members, &mut suspects);
    } else if suspects.len() < 2 {
        return None;
    }
    // One more: an origin that nobody names and nobody has polled.
    let stated = suspects.iter().any(|s| s.score > 2.0);
    let unseen = if stated { -1.0 } else { -0.2 };
    let most = suspects.iter().map(|s| s.score).fold(unseen, f64::max);
    let total: f64 = suspects.iter().map(|s| (s.score - most).exp()).sum::<f64>() + (unseen - most).exp();
    let best = suspects.into_iter().max_by(|a, b| a.score.total_cmp(&b.score))?;
    let confidence = ((best.score - most).exp() / total) as f32;
    let mut evidence = best.evidence;
    evidence.sort_by(|a, b| b.0.total_cmp(&a.0));
    (confidence >= LEAST_CONFIDENCE).then(|| Origin {
        member: best.member,
        publisher: best.name,
        confidence: confidence.min(0.99),
        evidence: evidence.into_iter().filter(|e| e.0 > 0.1).map(|e| e.1).collect(),
    })
}

/// Credits, canonical links and feed sources: each copy's word counts once, whatever it is written in.
fn statements(members: &[Witness], suspects: &mut Vec<Suspect>) {
    let mut voices: AHashMap<String, Vec<(usize, f64, &'static str, String)>> = AHashMap::new();
    for (at, m) in members.iter().enumerate() {
        let words = [
            (m.canonical_elsewhere.as_deref(), CANONICAL, "named by the canonical link of"),
            (m.credit.as_deref(), CREDIT, "credited by"),
            (m.rss_source.as_deref(), RSS_SOURCE, "named as the feed's source by"),
        ];
        for (named, weight, how) in words {
            let Some(named) = named.filter(|n| !n.trim().is_empty() && !is_called(m, n)) else { continue };
            // The canonical host and the credited name of one publisher are one voice.
            let key = members.iter().position(|o| is_called(o, named)).map_or_else(|| key(named), |o| key(&members[o].publisher));
            voices.entry(key).or_default().push((at, weight, how, named.to_owned()));
        }
    }
    let mut voices: Vec<_> = voices.into_iter().collect();
    voices.sort_by(|a, b| a.0.cmp(&b.0));
    for (name, mut said) in voices {
        said.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let mut by: Vec<usize> = Vec::new();
        let (mut score, mut evidence) = (0.0, Vec::new());
        for (at, weight, how, _) in &said {
            if by.contains(at) {
                continue;
            }
            // The second copy that says so may have it from the first.
            score += weight / (1.0 + by.len() as f64).sqrt();
            by.push(*at);
            if by.len() <= 3 {
                evidence.push((*weight, format!("{how} {}", members.get(*at).map_or("", |m| &m.publisher))));
            }
        }
        if by.len() > 3 {
            evidence.push((1.0, format!("and {} more", by.len() - 3)));
        }
        for &at in &by {
            if let Some(suspect) = suspects.get_mut(at).filter(|s| s.member.is_some()) {
                suspect.score += CREDITS_ANOTHER;
            }
        }
        let score = score.min(MOST_STATEMENTS);
        let carriers: Vec<usize> =
            members.iter().enumerate().filter(|(_, m)| key(&m.publisher) == name || is_called(m, &name)).map(|m| m.0).collect();
        if carriers.is_empty() {
            let shown = said
                .iter()
                .map(|s| s.3.as_str())
                .find(|n| !n.contains('.'))
                .or(said.first().map(|s| s.3.as_str()))
                .unwrap_or("")
                .to_owned();
            suspects.push(Suspect { member: None, name: shown, score, evidence });
            continue;
        }
        for at in carriers {
            if let Some(suspect) = suspects.get_mut(at) {
                suspect.score += score;
                suspect.evidence.extend(evidence.clone());
            }
        }
    }
}

/// Stated and first-seen times, each as far as it can be trusted.
fn times(members: &[Witness], suspects: &mut [Suspect]) {
    let ranges: Vec<Option<(f64, f64)>> = members.iter().map(believed).collect();
    let known: Vec<(usize, (f64, f64))> = ranges.iter().enumerate().filter_map(|(at, r)| Some((at, (*r)?))).collect();
    for &(at, (mine, unsure)) in &known {
        // How probable it is that nobody was earlier, as the product over the others would count one slow clock many times:
        // the earliest other one decides.
        let Some(rival) = known
            .iter()
            .filter(|o| o.0 != at)
            .map(|&(_, (other, doubt))| {
                let apart = (other - mine) / (unsure * unsure + doubt * doubt + CLOSE_S * CLOSE_S).sqrt();
                (apart, other - mine)
            })
            .min_by(|a, b| a.0.total_cmp(&b.0))
        else {
            continue;
        };
        let score = (rival.0 * 0.9).clamp(-3.5, 2.2);
        if let Some(suspect) = suspects.get_mut(at) {
            suspect.score += score;
            if score > 0.3 {
                suspect.evidence.push((score, format!("first by {}", span(rival.1))));
            }
        }
    }
}

/// When a copy was published, in seconds, and how far that may be wrong.
fn believed(m: &Witness) -> Option<(f64, f64)> {
    let gap = m.unseen_for_s.max(60) as f64;
    let seen = m.seen_at.map(|t| (t.as_second() as f64 - gap / 2.0, gap / 2.0 + 60.0));
    let stated = m.published_at.map(|t| {
        let corrected = t.as_second().saturating_sub(m.clock.offset_s) as f64;
        let doubt = if m.date_only {
            43_200.0
        } else if m.clock.observed < 5 {
            5400.0
        } else {
            60.0 + 1.5 * (m.clock.spread_s as f64 - gap / 4.0).max(0.0)
        };
        (if m.date_only { corrected + 43_200.0 } else { corrected }, doubt)
    });
    match (stated, seen) {
        // A time after it was seen is no time; one long before it, when the feed was watched all the while, is a clock's fault too.
        (Some((at, _)), Some((seen_at, doubt))) if at > seen_at + doubt + 120.0 => Some((seen_at, doubt)),
        (Some((at, doubt)), Some((seen_at, unseen))) => {
            let early = seen_at - unseen - at;
            let doubt = if early > 900.0 { doubt.max(early * 0.5) } else { doubt };
            Some(if doubt <= unseen { (at, doubt) } else { (seen_at, unseen) })
        }
        (stated, seen) => stated.or(seen),
    }
}

/// Who has more of the text, and who speaks for himself.
fn texts(members: &[Witness], suspects: &mut [Suspect]) {
    let longest = members.iter().map(|m| m.words).max().unwrap_or(0).max(1) as f64;
    let shortest = members.iter().map(|m| m.words).min().unwrap_or(0) as f64;
    for (m, suspect) in members.iter().zip(suspects) {
        let share = m.words as f64 / longest;
        // Whoever cut the text has less; whoever added to it has words that no other has.
        let mut score = -4.0 * (1.0 - share).clamp(0.0, 0.6);
        score -= 3.0 * f64::from(1.0 - m.shared.clamp(0.0, 1.0)).min(0.6);
        suspect.score += score;
        if score > -0.15 && shortest < 0.9 * longest {
            suspect.evidence.push((0.4, "has the whole text".to_owned()));
        }
        for (holds, weight, words) in [(m.first_person, FIRST_PERSON, "speaks in its own person"), (m.byline, BYLINE, "names its author")] {
            if holds {
                suspect.score += weight;
                suspect.evidence.push((weight, words.to_owned()));
            }
        }
    }
}

/// True when `name` (a name or a host) means the publisher of this copy.
fn is_called(m: &Witness, name: &str) -> bool {
    let name = key(name);
    !name.is_empty() && std::iter::once(&m.publisher).chain(&m.aliases).any(|own| key(own) == name)
}

/// A name or host as it is compared: letters and digits in lower case, without "www." and "the".
fn key(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    let lower = lower.strip_prefix("www.").or_else(|| lower.strip_prefix("the ")).unwrap_or(&lower);
    lower.chars().filter(|c| c.is_alphanumeric() || *c == '.').collect::<String>().trim_end_matches('.').to_owned()
}

/// A span of time for people.
fn span(seconds: f64) -> String {
    let minutes = (seconds / 60.0).round() as i64;
    match minutes {
        ..=1 => "a minute".to_owned(),
        2..=119 => format!("{minutes} min"),
        120..=2879 => format!("{} h", (minutes + 30) / 60),
        _ => format!("{} days", (minutes + 720) / 1440),
    }
}

#[cfg(test)]
#[path = "origin_tests.rs"]
mod tests;

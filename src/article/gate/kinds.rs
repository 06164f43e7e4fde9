//! What the concepts that a page speaks of add up to.

use super::stems::Concept::{self, *};
use super::talk::Talk;
use super::zones::Zones;
use crate::model::Quality;
use std::ops::Range;

/// A kind of wall: what it is about, and what it says of that or asks for. A report may be about one of the two; a wall has both.
struct Kind {
    about: &'static [Concept],
    says: &'static [Concept],
    quality: Quality,
    does: &'static str,
}

impl Kind {
    /// The weaker of its two halves.
    fn strength(&self, said: impl Fn(Concept) -> f32) -> f32 {
        let sum = |concepts: &[Concept]| concepts.iter().map(|concept| said(*concept)).sum::<f32>();
        sum(self.about).min(sum(self.says))
    }

    /// True where the news report on such things too: a page that speaks of them and to nobody is a report.
    fn in_the_news(&self) -> bool {
        matches!(self.quality, Quality::Consent | Quality::Age | Quality::Login | Quality::Paywall | Quality::Offer)
    }
}

#[rustfmt::skip]
const KINDS: [Kind; 14] = [
    Kind { about: &[Data], says: &[Agree, Address], quality: Quality::Consent, does: "asks for consent to the use of data" },
    Kind { about: &[Script, Browser], says: &[Enable, Agree, Address], quality: Quality::JavaScript, does: "asks for JavaScript, or for another browser" },
    Kind { about: &[Missing], says: &[Page, Address], quality: Quality::SoftNotFound, does: "says that the page is not there" },
    Kind { about: &[Human], says: &[Verify, Blocked, Address], quality: Quality::BotCheck, does: "asks for a proof that a person reads" },
    Kind { about: &[Blocked], says: &[Verify, Human, Address], quality: Quality::BotCheck, does: "turns the request away, or has it wait" },
    Kind { about: &[Region], says: &[Unavailable, Blocked, Address], quality: Quality::Region, does: "says that it is not shown in this region" },
    Kind { about: &[Unavailable], says: &[Page, Address], quality: Quality::SoftNotFound, does: "says that the page is not available" },
    Kind { about: &[Maintenance], says: &[Page, Unavailable, Address], quality: Quality::Maintenance, does: "says that the site is being worked on" },
    Kind { about: &[Age], says: &[Verify, Agree, Page, Address], quality: Quality::Age, does: "asks for its reader's age" },
    Kind { about: &[Account], says: &[ReadOn, Offer, Mail, Address], quality: Quality::Login, does: "asks its reader to log in or to register" },
    Kind { about: &[Offer, Reserved], says: &[ReadOn, Reserved, Address], quality: Quality::Paywall, does: "asks its reader to subscribe" },
    Kind { about: &[ReadOn], says: &[Account, Offer, Reserved, Address], quality: Quality::Paywall, does: "asks for something before its reader may read on" },
    Kind { about: &[Mail], says: &[Account, Offer, Address], quality: Quality::Offer, does: "offers a newsletter" },
    Kind { about: &[App], says: &[ReadOn, Browser, Address], quality: Quality::Offer, does: "offers an app" },
];

/// How much each concept says that a page is no report; some are common in reports too.
fn weight(concept: Concept) -> f32 {
    match concept {
        Script => 1.5,
        Data | Account | Browser | Human | Unavailable => 1.0,
        Agree | Reserved | Missing | Blocked | Mail | App => 0.8,
        Offer | Verify | Address => 0.7,
        ReadOn | Enable => 0.6,
        Page | Region | Maintenance => 0.5,
        Age => 0.4,
        Reported => 0.0,
    }
}

/// What a page must say of a kind before it is called that.
const ENOUGH: f32 = 0.7;

/// Words of a text without any date that speaks to its reader and tells of nobody from which that counts, and from which a date may
/// not have been found.
const STATED: Range<f32> = 30.0..160.0;

/// Words of a text from which a button behind it is a site's and not a fence's.
const PRESSED: u16 = 140;

/// The weight of the concepts that a text names.
pub(super) fn topics(said: &Talk) -> f32 {
    Concept::ALL.iter().filter(|c| **c != Address).map(|c| weight(*c) * f32::from(said.of(*c))).sum()
}

/// What a page says of itself as an article.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Standing {
    /// Its metadata names an article, with a headline and a date.
    pub announced: bool,
    /// Its metadata calls it an article.
    pub typed: bool,
    /// It has a date somewhere.
    pub dated: bool,
}

/// How much more a page is like walls than like reports: above nought it is a wall.
///
/// Shares are of the words of the text that was taken. The weights are those of a logistic regression over 200 written walls and 4,000
/// short or shortened articles, rounded; what metadata and dates are worth is set by hand.
pub(super) fn wallness(zones: &Zones, standing: Standing) -> f32 {
    // A page whose texts stand under headlines that lead elsewhere says of itself what is left.
    let free = !standing.announced && !standing.dated;
    let lists = free && zones.teasers >= 2 && zones.told.words >= 3;
    let text = if lists { &zones.told } else { &zones.text };
    let words = f32::from(text.words.max(12));
    let share = |n: f32| n / words;
    let (address, about) = (f32::from(text.of(Address)), topics(text));
    let named = |concept| weight(concept) * f32::from(text.of(concept));
    let both = KINDS.iter().map(|kind| (kind.strength(named), kind)).max_by(|a, b| a.0.total_cmp(&b.0));
    let (both, to_nobody) =
        both.map_or((0.0, false), |(strength, kind)| (strength, strength > 0.0 && address == 0.0 && kind.in_the_news()));
    // What is to be filled in tells as much as words.
    let letters = text.of(Mail) + zones.title.of(Mail) > 0;
    let asked = 0.6 * f32::from(zones.fences.min(3))
        + 2.0 * f32::from(zones.passwords.min(1))
        + if letters { 1.6 * f32::from(zones.mails.min(1)) } else { 0.0 };
    // A headline counts as far as the text bears it out.
    let headline = zones.headline.min(0.6) * ((about + address) / 4.0).min(1.0);
    18.0 * share(address).min(0.2) + 22.0 * share(about).min(0.5) + 34.0 * share(both) + if free { 6.5 } else { 3.0 } * headline
        - 16.0 * share(f32::from(text.of(Reported)))
        - 7.5 * share(f32::from(text.names)).min(0.2)
        - 3.5 * share(f32::from(text.numbers)).min(0.2)
        - 3.0 * share(f32::from(text.quotes)).min(0.2)
        + if free { asked } else { 0.0 }
        - 4.0 * share(f32::from(zones.core)).min(1.0)
        - if words > 40.0 { 0.9 } else { 1.3 } * (words / 40.0).ln()
        - match (standing.announced, standing.dated) {
            (true, _) => 3.7,
            (false, true) => 3.0,
            // Of 3,500 real pages none was both short and without any date.
            (false, false) if !standing.typed && address > 0.0 && zones.core == 0 && text.of(Reported) == 0 && STATED.contains(&words) => {
                -1.7
            }
            (false, false) => -0.3,
        }
        - if to_nobody { 3.0 } else { 0.0 }
        - 2.8
}

/// True where a text speaks to its reader, of the way to it, more than it tells of others.
pub(super) fn asks(zones: &Zones) -> bool {
    zones.text.of(Address) > 0 && topics(&zones.text) >= 1.0 && zones.core * 2 < zones.text.words
}

/// True where what follows a text offers its reader the rest of it: ideas of at least two kinds, and little else.
pub(super) fn offers(zones: &Zones) -> bool {
    let of = |concept| f32::from(zones.after.of(concept));
    let said = [of(Offer), of(ReadOn), of(Reserved), of(Account)];
    let sum = said.iter().sum::<f32>();
    let cut = zones.torn && sum >= 2.0 && of(Offer) + of(Reserved) > 0.0;
    let ideas = said.iter().filter(|n| **n > 0.0).count() + usize::from(zones.named) + usize::from(cut);
    // A newsletter's box is no fence.
    let letters = of(Mail) > 0.0 && of(ReadOn) + of(Reserved) == 0.0;
    // Something to press behind a short text tells more than a second idea.
    let pressed = zones.fences > 0 && zones.text.words < PRESSED && of(Offer) + of(ReadOn) + of(Reserved) > 0.0;
    sum > 0.0
        && (ideas >= 2 || pressed)
        && !letters
        && sum - of(Data) >= if zones.named { 0.05 } else { 0.07 } * f32::from(zones.after.words.max(14))
}

/// The kind of wall that the page speaks of most, and what it does in plain words.
pub(super) fn kind(zones: &Zones) -> Option<(Quality, &'static str)> {
    let said = |concept: Concept| {
        let at = |zone: &Talk| f32::from(zone.of(concept));
        // Regions are common in the news, but not among walls.
        let weight = if concept == Region { 1.0 } else { weight(concept) };
        // A field for a mail address is an offer.
        let field = if concept == Offer { f32::from(zones.mails.min(1)) } else { 0.0 };
        weight * (2.0 * at(&zones.title) + 1.5 * at(&zones.text) + 0.7 * at(&zones.beside).min(3.0) + at(&zones.buttons) + field)
    };
    let of = |kind: &Kind| {
        let controls = match kind.quality {
            Quality::Login => 2.0 * f32::from(zones.passwords.min(1)),
            Quality::Offer => f32::from(zones.mails.min(1)),
            Quality::Age => 0.5 * f32::from(zones.fields.min(3)),
            _ => 0.0,
        };
        let strength = kind.strength(said);
        // Of two kinds with the same weaker half, the one that is spoken of more.
        strength + if strength > 0.0 { controls + 0.1 * kind.about.iter().map(|c| said(*c)).sum::<f32>() } else { 0.0 }
    };
    let best = KINDS.iter().map(|kind| (of(kind), kind)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(strength, _)| *strength >= ENOUGH).map(|(_, kind)| (kind.quality, kind.does))
}

/// The kind of wall that the page speaks of most where it says too little to be of one kind: what it is about decides.
pub(super) fn nearest(zones: &Zones) -> (Quality, &'static str) {
    let said = |concept: Concept| {
        let at = |zone: &Talk| f32::from(zone.of(concept));
        weight(concept) * (at(&zones.title) + at(&zones.text) + at(&zones.buttons))
    };
    // Where two kinds are about the same, and where none is spoken of, the first counts.
    let none = (0.0, (Quality::Empty, "speaks to its reader"));
    let sum = |concepts: &[Concept]| concepts.iter().filter(|c| **c != Address).map(|c| said(*c)).sum::<f32>();
    let of = |kind: &Kind| sum(kind.about) + 0.5 * sum(kind.says);
    KINDS.iter().map(|kind| (of(kind), (kind.quality, kind.does))).fold(none, |best, kind| if kind.0 > best.0 { kind } else { best }).1
}

//! Where on the page something is said: in its headline, in the text that was taken, after it, or elsewhere outside the site's frame.

use super::stems::Concept::{Address, Offer, ReadOn, Reported, Reserved};
use super::talk::{Talk, talk};
use crate::article::body::{Judged, Verdict};
use crate::article::flat::{Block, Control, Flat, Kind, Tag};
use crate::article::hints::{self, Hints};

/// Words of a zone that are read.
const LIMIT: u16 = 700;
/// Words that may stand between a text and the end of what is offered after it.
const AFTER: u16 = 45;
/// The weight of concepts per word from which a paragraph does not tell of others.
const TELLS: f32 = 0.05;
/// Words below which a paragraph that speaks of an offer is one.
const BRIEF: u16 = 20;
/// Links to nowhere of a page from which they are no buttons.
const HOLLOW: usize = 8;
/// Words below which a text that speaks to its reader needs no other concept.
const FEW: u16 = 15;
/// The weight of concepts per word from which a paragraph is no part of a report.
const REPORTS: f32 = 0.09;
/// Elements whose words stand on every page of a site.
const FRAME: Hints = hints::NAV | hints::FOOTER | hints::RELATED | hints::CARDS | hints::COMMENTS | hints::TOC | hints::REMOVED;
/// Elements that stand in a page's middle and say nothing of it.
const ASIDE: Hints = hints::SHARE | hints::TAGS | hints::AUTHOR | hints::META | hints::CAPTION | hints::GALLERY | hints::HIDDEN;

/// What each zone says.
#[derive(Debug, Default)]
pub(super) struct Zones {
    /// The page's title and its main headings.
    pub title: Talk,
    /// The part of their words that speaks of the way to the text: that of the title or heading that does so most.
    pub headline: f32,
    /// The text that was taken.
    pub text: Talk,
    /// Of the text, what stands under no headline that is a link.
    pub told: Talk,
    /// Words of its paragraphs that tell of others, with numbers and names, and of nothing that walls speak of.
    pub core: u16,
    /// Words of the longest of them.
    pub longest: u16,
    /// Of the text, and right after it: what is offered to its reader.
    pub after: Talk,
    /// Buttons and fields right after the text.
    pub fences: u16,
    /// An element right after the text is named as a fence.
    pub named: bool,
    /// What was not taken and stands in no frame.
    pub beside: Talk,
    /// What buttons say that stand in no frame.
    pub buttons: Talk,
    pub passwords: u16,
    pub mails: u16,
    pub fields: u16,
    /// Words of the text that stand under a headline that is a link, and how many such texts there are.
    pub teased: u16,
    pub teasers: u16,
    /// Headlines that are links and stand in no frame.
    pub headlines: u16,
    /// True where a block of the text is a sentence.
    pub sentence: bool,
    /// Marks of an end that is none: the text stops within a sentence.
    pub torn: bool,
}

impl Zones {
    pub fn read(flat: &Flat, judged: &Judged, title: &str) -> Self {
        let mut zones = Self::default();
        zones.headed(title);
        if title.is_empty() {
            zones.headed(flat.head.title.as_deref().unwrap_or(""));
        }
        let framed = framed(flat);
        let (pressed, hollow) = pressed(flat);
        let mut own: Vec<(usize, Talk)> = Vec::new();
        for (i, (block, verdict)) in flat.blocks.iter().zip(&judged.verdicts).enumerate() {
            let headline = leads(block) && !pressed[i] && !framed[block.el as usize];
            zones.headlines += u16::from(headline);
            if verdict.kept() {
                if zones.text.words >= LIMIT {
                    continue;
                }
                let said = talk(flat.of(block), 3000);
                zones.text += said;
                if tells(&said) {
                    zones.core += said.words;
                    zones.longest = zones.longest.max(said.words);
                }
                zones.sentence |=
                    block.stops > 0 && said.words >= 4 && !(framed[block.el as usize] && said.words < FEW) || block.weight >= 60;
                own.push((i, said));
                let card = block.links == 1 && block.tag != Tag::Paragraph && block.link > 14 && block.link * 10 < block.weight * 8;
                if headline || card || (!matches!(block.tag, Tag::Heading(_)) && under_headline(flat, judged, i)) {
                    zones.teased += said.words;
                    zones.teasers += 1;
                } else {
                    zones.told += said;
                }
            } else if matches!(block.tag, Tag::Heading(1)) && block.link * 2 <= block.weight {
                zones.headed(flat.of(block));
            } else if zones.beside.words < LIMIT && !headline && !skipped(verdict) && !framed[block.el as usize] {
                zones.beside += talk(flat.of(block), 600);
            }
        }
        for control in flat.controls.iter().filter(|c| !framed[c.el as usize]).take(40) {
            match control.kind {
                Kind::Button => zones.buttons += talk(&control.said, 80),
                Kind::Password => zones.passwords += 1,
                Kind::Mail => zones.mails += 1,
                Kind::Field => zones.fields += 1,
            }
        }
        zones.fence(flat, judged, (&framed, &pressed, hollow), &own);
        zones
    }

    /// True where the text speaks of the way to it, or is too short to speak of anything.
    pub fn speaks(&self) -> bool {
        super::kinds::topics(&self.text) > 0.0 || self.text.words < FEW
    }

    fn headed(&mut self, title: &str) {
        let said = talk(title, 200);
        self.headline = self.headline.max(super::kinds::topics(&said) / f32::from(said.words.max(3)));
        self.title += said;
    }

    /// What follows the last block that reports something.
    fn fence(&mut self, flat: &Flat, judged: &Judged, (framed, pressed, hollow): (&[bool], &[bool], bool), own: &[(usize, Talk)]) {
        let Some(end) = end(own) else { return };
        let text = flat.of(&flat.blocks[end]);
        let mark = text.trim_end_matches(['"', '”', '»', '\'', '’', ')', ' ', '」']).chars().next_back().unwrap_or('.');
        self.torn = text.ends_with(['…', '[', ']'])
            || text.ends_with("...")
            || (mark.is_alphanumeric() || mark == ',') && flat.blocks[end].weight > 20;
        let mut last = end;
        for (i, block) in flat.blocks.iter().enumerate().skip(end + 1) {
            if self.after.words > AFTER || framed[block.el as usize] {
                break;
            }
            if !skipped(&judged.verdicts[i]) && (pressed[i] || !leads(block)) {
                self.after += talk(flat.of(block), 600);
            }
            last = i;
        }
        let near = |at: usize| at > end && at <= last + 1;
        let leads_on = |at: usize| flat.blocks.get(at).is_some_and(|b| leads(b) && !pressed[at]);
        for control in flat.controls.iter().filter(|c| near(c.block as usize) && !framed[c.el as usize]) {
            if nowhere(control) && (hollow || leads_on(control.block as usize)) {
                continue;
            }
            self.after += talk(&control.said, 80);
            self.fences += 1;
        }
        self.named =
            flat.blocks[end + 1..=last].iter().any(|b| flat.chain(b.el).any(|(_, e)| e.hints & hints::PAYWALL != 0 && e.tag != Tag::Body));
    }
}

/// For each block, whether it is to be pressed, and whether the page's links to nowhere are links.
fn pressed(flat: &Flat) -> (Vec<bool>, bool) {
    let mut pressed = vec![false; flat.blocks.len()];
    // Where many links lead nowhere they are the site's way to write links.
    let hollow = flat.controls.iter().filter(|c| nowhere(c)).count() > HOLLOW;
    for control in flat.controls.iter().filter(|c| c.kind == Kind::Button && !(hollow && nowhere(c))) {
        let at = control.block as usize;
        if let (Some(pressed), Some(block)) = (pressed.get_mut(at), flat.blocks.get(at)) {
            // A headline may be a link to nowhere; what is to be pressed is short, or says what it is for.
            *pressed = block.words <= 4 || super::kinds::topics(&talk(flat.of(block), 200)) > 0.0;
        }
    }
    (pressed, hollow)
}

/// The last block that reports something; what offers the rest of it is none, nor are the short lines after that.
fn end(own: &[(usize, Talk)]) -> Option<usize> {
    let (mut end, mut offered) = (None, false);
    for (at, said) in own {
        let offers = [Offer, ReadOn, Reserved].into_iter().any(|c| said.of(c) > 0) && said.of(Reported) == 0;
        if offers && said.words < BRIEF {
            offered = true;
        } else if said.words >= if offered { BRIEF } else { 4 } && super::kinds::topics(said) < REPORTS * f32::from(said.words.max(8)) {
            (end, offered) = (Some(*at), false);
        }
    }
    end.or_else(|| own.first().map(|(at, _)| *at))
}

/// True for a link that leads nowhere: it is to be pressed, or it is not finished.
fn nowhere(control: &Control) -> bool {
    control.kind == Kind::Button && control.said.is_empty()
}

/// True for a paragraph that tells of others.
fn tells(said: &Talk) -> bool {
    said.words >= 15
        && said.of(Address) == 0
        && said.of(Reported) + said.numbers + said.names >= 3
        && super::kinds::topics(said) < TELLS * f32::from(said.words)
}

/// A headline or an item that is a link with several words: what a front page is made of.
fn leads(b: &Block) -> bool {
    (b.words >= 3 || b.weight >= 24) && b.link * 10 > b.weight * 8
}

/// True where the block right before the text, a date or a name between them at most, is a headline that leads elsewhere.
fn under_headline(flat: &Flat, judged: &Judged, i: usize) -> bool {
    let before = (i.saturating_sub(3)..i).rev().take_while(|k| !judged.verdicts[*k].kept() || leads(&flat.blocks[*k]));
    before.map(|k| &flat.blocks[k]).any(leads)
}

/// For each element, whether it stands in the site's frame.
fn framed(flat: &Flat) -> Vec<bool> {
    let mut framed = vec![false; flat.els.len()];
    for (i, el) in flat.els.iter().enumerate() {
        let above = el.parent as usize != i && framed[el.parent as usize];
        framed[i] = above || (el.hints & FRAME != 0 && el.hints & hints::PAYWALL == 0 && el.tag != Tag::Body);
    }
    framed
}

fn skipped(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Named(h) | Verdict::NamedOutside(h) if h & ASIDE != 0)
        || matches!(verdict, Verdict::Title | Verdict::Boilerplate)
}

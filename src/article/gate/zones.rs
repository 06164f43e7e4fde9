//! Where on the page something is said: in its headline, in the text that was taken, after it, or elsewhere outside the site's frame.

use super::talk::{Talk, talk};
use crate::article::body::{Judged, Verdict};
use crate::article::flat::{Block, Flat, Kind, Tag};
use crate::article::hints::{self, Hints};

/// Words of a zone that are read.
const LIMIT: u16 = 700;
/// Words that may stand between a text and the end of what is offered after it.
const AFTER: u16 = 45;
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
        zones.headed(flat.head.title.as_deref().unwrap_or(""));
        let framed = framed(flat);
        let mut pressed = vec![false; flat.blocks.len()];
        for control in flat.controls.iter().filter(|c| c.kind == Kind::Button) {
            if let Some(pressed) = pressed.get_mut(control.block as usize) {
                *pressed = true;
            }
        }
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
                zones.sentence |= block.stops > 0 && said.words >= 4 || block.weight >= 60;
                own.push((i, said));
                let card = block.links == 1 && block.tag != Tag::Paragraph && block.link > 14 && block.link * 10 < block.weight * 8;
                if headline || card || (!matches!(block.tag, Tag::Heading(_)) && under_headline(flat, judged, i)) {
                    zones.teased += said.words;
                    zones.teasers += 1;
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
        zones.fence(flat, judged, (&framed, &pressed), &own);
        zones
    }

    fn headed(&mut self, title: &str) {
        let said = talk(title, 200);
        self.headline = self.headline.max(super::kinds::topics(&said) / f32::from(said.words.max(3)));
        self.title += said;
    }

    /// What follows the last block that reports something.
    fn fence(&mut self, flat: &Flat, judged: &Judged, (framed, pressed): (&[bool], &[bool]), own: &[(usize, Talk)]) {
        let reports = |said: &Talk| said.words >= 4 && super::kinds::topics(said) < REPORTS * f32::from(said.words.max(8));
        let last = own.iter().rposition(|(_, said)| reports(said));
        let Some((end, _)) = last.map_or(own.first(), |at| own.get(at)).copied() else { return };
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
        for control in flat.controls.iter().filter(|c| c.block as usize > end && c.block as usize <= last + 1 && !framed[c.el as usize]) {
            self.after += talk(&control.said, 80);
            self.fences += 1;
        }
        self.named =
            flat.blocks[end + 1..=last].iter().any(|b| flat.chain(b.el).any(|(_, e)| e.hints & hints::PAYWALL != 0 && e.tag != Tag::Body));
    }
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

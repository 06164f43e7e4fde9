//! Makes text that strangers wrote safe to print: no control byte, no text direction games, no floods of marks.
//!
//! What is left takes exactly the columns that [`width`] says, on terminals that join emoji and on those that do not.

use crate::model::is_bidi_control;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Combining marks kept on one base character; no living script stacks more.
const MARKS: usize = 4;

/// No line of remote text is longer than this many characters before it is cut; a headline of a megabyte is no headline.
const LONGEST: usize = 20_000;

/// What becomes of one character.
enum Fate {
    Keep(char),
    Space,
    Drop,
}

fn fate(c: char, before: Option<char>) -> Fate {
    match c {
        '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Fate::Space,
        // Every other space character is one blank; U+115F and its like are letters that look like one.
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' => {
            Fate::Space
        }
        // The pictures of the control characters: visible, one column, harmless.
        '\0'..='\x1f' => Fate::Keep(char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}')),
        '\x7f' => Fate::Keep('\u{2421}'),
        '\u{80}'..='\u{9f}' => Fate::Keep('\u{fffd}'),
        _ if is_bidi_control(c) => Fate::Drop,
        // Joiners shape Arabic and Indic scripts; elsewhere they only glue emoji, whose width terminals disagree on.
        '\u{200c}' | '\u{200d}' => match before {
            Some('\u{600}'..='\u{dff}') => Fate::Keep(c),
            _ => Fate::Drop,
        },
        '\u{ad}' | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' => Fate::Drop,
        '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}' => Fate::Drop,
        // What private characters look like is nobody's promise; two of them mark hits within newsfold.
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' => Fate::Keep('\u{fffd}'),
        _ => Fate::Keep(c),
    }
}

/// One line, fit for a terminal: see the module.
pub fn clean(text: &str) -> String {
    if text.len() < LONGEST && text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len().min(LONGEST));
    let (mut before, mut marks) = (None, 0);
    for c in text.chars().take(LONGEST) {
        let c = match fate(c, before) {
            Fate::Keep(c) => c,
            // A line break and its like is one blank, however many bytes it took.
            Fate::Space if before == Some(' ') => continue,
            Fate::Space => ' ',
            Fate::Drop => continue,
        };
        if c != ' ' && c.width().unwrap_or(0) == 0 {
            marks += 1;
            // A mark without a base would sit on our own column.
            if marks > MARKS || before.is_none_or(|b| b == ' ') {
                continue;
            }
        } else {
            marks = 0;
            before = Some(c);
        }
        out.push(c);
    }
    out
}

/// Columns that a cleaned text takes.
pub fn width(text: &str) -> usize {
    // Most texts are of one byte a column.
    if text.bytes().all(|b| (0x20..0x7f).contains(&b)) { text.len() } else { text.width() }
}

/// `text` within `columns`, with "…" where something was cut; never half a character.
pub fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let (mut out, mut used) = (String::new(), 0);
    for grapheme in text.graphemes(true) {
        let wide = width(grapheme);
        if used + wide + 1 > columns {
            break;
        }
        used += wide;
        out.push_str(grapheme);
    }
    out.truncate(out.trim_end().len());
    if columns > 0 {
        out.push('…');
    }
    out
}

/// Breaks a cleaned line at blanks into lines of at most `columns`; what has no blanks is broken between characters.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(2);
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0);
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        let wide = width(word);
        if used > 0 && used + 1 + wide <= columns {
            line.push(' ');
            line.push_str(word);
            used += 1 + wide;
            continue;
        }
        if used > 0 {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        for grapheme in word.graphemes(true) {
            let wide = width(grapheme);
            if used + wide > columns && used > 0 {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push_str(grapheme);
            used += wide;
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The address where it is one that may be a link or be shown as one: http or https, nothing but printable ASCII.
pub fn safe_link(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    let fine = matches!(url.scheme(), "http" | "https") && url.as_str().bytes().all(|b| b.is_ascii_graphic());
    fine.then(|| url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_become_pictures_and_breaks_become_blanks() {
        assert_eq!(clean("a\u{1b}[31mb\u{7}\u{9b}c\r\nd\0"), "a␛[31mb␇\u{fffd}c d␀");
        assert_eq!(clean("\u{202e}live\u{2066}\u{200f}"), "live");
    }

    #[test]
    fn a_flood_of_marks_is_cut_and_needs_a_base() {
        let flood = format!("\u{301}e{}x", "\u{301}".repeat(500));
        assert_eq!(clean(&flood).chars().count(), 2 + MARKS);
        assert!(clean(&flood).starts_with('e'));
        assert_eq!(clean("Tiếng Việt e\u{302}\u{301}"), "Tiếng Việt e\u{302}\u{301}");
    }

    #[test]
    fn joiners_stay_where_a_script_needs_them() {
        assert_eq!(clean("می\u{200c}خواهم"), "می\u{200c}خواهم");
        assert_eq!(clean("👨\u{200d}👩"), "👨👩");
    }

    #[test]
    fn a_cut_text_fits_and_never_halves_a_wide_character() {
        assert_eq!(cut("停火谈判恢复", 6), "停火…");
        assert_eq!(width(&cut("停火谈判恢复", 6)), 5);
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 0), "");
    }

    #[test]
    fn wrapping_keeps_every_line_within_its_columns() {
        let lines = wrap("one two three 停火谈判恢复停火谈判恢复 four", 10);
        assert!(lines.iter().all(|l| width(l) <= 10), "{lines:?}");
        assert_eq!(lines.concat().replace(' ', ""), "onetwothree停火谈判恢复停火谈判恢复four");
    }

    #[test]
    fn only_web_addresses_are_links() {
        assert!(safe_link("javascript:alert(1)").is_none());
        assert!(safe_link("file:///etc/passwd").is_none());
        assert_eq!(safe_link("https://a.example/\u{202e}x").as_deref(), Some("https://a.example/%E2%80%AEx"));
    }

    #[test]
    fn nothing_that_is_printed_can_command_a_terminal() {
        proptest::proptest!(|(text in "\\PC*|[\\x00-\\u{9f}\\u{200b}-\\u{206f}a-z ]{0,200}")| {
            let clean = clean(&text);
            proptest::prop_assert!(!clean.chars().any(|c| c.is_control() || is_bidi_control(c)));
            for columns in [0, 1, 7, 40] {
                proptest::prop_assert!(width(&cut(&clean, columns)) <= columns);
            }
        });
    }
}

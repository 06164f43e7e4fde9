//! Characters that are not seen themselves and change what is shown of others: what a stranger's text must not bring along.

/// True for the characters that turn or fence the direction of text.
pub fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// True for what is written as an escape in texts that a program reads and a terminal may show: DEL and C1 controls, separators of
/// lines, what has no width, tags, and bidi controls. C0 controls are not among them: JSON and TOML escape these anyway.
pub fn is_unseen(c: char) -> bool {
    matches!(c, '\x7f'..='\u{9f}' | '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}') || is_bidi_control(c)
}

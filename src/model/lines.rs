//! Lines that an outlet repeats: one hash for everybody who has to recognise them.

/// The hash of a line: letters and digits count; case, punctuation and white space of ASCII do not.
///
/// Stable across versions and machines: the store keeps it. A line without a letter or digit hashes to 0.
pub fn line_hash(line: &str) -> u64 {
    const K: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut hash = 0_u64;
    let mut any = false;
    for byte in line.bytes() {
        if byte.is_ascii_alphanumeric() || byte >= 0x80 {
            // 0xE2 leads punctuation and signs; hardly a letter is written with it.
            any |= byte.is_ascii_alphanumeric() || (byte >= 0xC4 && byte != 0xE2);
            hash = (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(K).rotate_left(23);
        }
    }
    if !any {
        return 0;
    }
    let hash = (hash ^ (hash >> 32)).wrapping_mul(K);
    (hash ^ (hash >> 29)).max(1)
}

#[cfg(test)]
mod tests {
    use super::line_hash;

    #[test]
    fn layout_does_not_count_and_words_do() {
        assert_eq!(line_hash("Sign up  to our newsletter!"), line_hash("sign up to OUR newsletter"));
        assert_ne!(line_hash("Sign up to our newsletter"), line_hash("Sign up to our letter"));
        assert_eq!(line_hash(" — … !"), 0);
        assert_ne!(line_hash("Подписаться"), line_hash("Отписаться"));
    }
}

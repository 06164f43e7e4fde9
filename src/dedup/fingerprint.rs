//! The fingerprint: a 64-bit simhash over word triples, equal to the crate's `simhash_stream` over the same features.

use super::tokens::{Token, mix};

/// The feature of three neighbouring words: eight ASCII characters, little-endian.
#[inline]
pub(crate) fn feature(a: Token, b: Token, c: Token) -> u64 {
    let low = u64::from(a.word()) | (u64::from(b.word()) << 32);
    mix(low.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(c.word()).wrapping_mul(0xD6E8_FEB8_6659_FD93)) & 0x7F7F_7F7F_7F7F_7F7F
}

/// The fingerprint of a text; `None` for one without words. Fewer than three words make one feature.
pub fn fingerprint(tokens: &[Token]) -> Option<u64> {
    let first = *tokens.first()?;
    if tokens.len() < 3 {
        return Some(simhash_of(std::iter::once(feature(first, *tokens.last()?, first))));
    }
    Some(simhash_of(tokens.windows(3).map(|w| match *w {
        [a, b, c] => feature(a, b, c),
        _ => 0,
    })))
}

/// The simhash of features of eight ASCII bytes each.
///
/// Equal to `simhash::simhash_stream` over them as strings; that counts 64 columns bit by bit, this adds eight hashes
/// at a time into bit-sliced counters (carry-save adders, as in Harley's and Seal's population count).
pub(crate) fn simhash_of(features: impl Iterator<Item = u64>) -> u64 {
    let mut planes = [0_u64; 32];
    let mut block = [0_u64; 8];
    let (mut filled, mut total) = (0, 0_u64);
    for feature in features {
        block[filled & 7] = sip(feature);
        filled += 1;
        total += 1;
        if filled == 8 {
            add_eight(&mut planes, &block);
            filled = 0;
        }
    }
    block[filled..].fill(0);
    add_eight(&mut planes, &block);
    majority(&planes, total)
}

/// One full adder on 64 columns: (sum, carry).
#[inline]
fn add(a: u64, b: u64, c: u64) -> (u64, u64) {
    let half = a ^ b;
    (half ^ c, (a & b) | (half & c))
}

#[inline]
fn add_eight(planes: &mut [u64; 32], x: &[u64; 8]) {
    let (ones, two_a) = add(planes[0], x[0], x[1]);
    let (ones, two_b) = add(ones, x[2], x[3]);
    let (ones, two_c) = add(ones, x[4], x[5]);
    let (ones, two_d) = add(ones, x[6], x[7]);
    let (twos, four_a) = add(planes[1], two_a, two_b);
    let (twos, four_b) = add(twos, two_c, two_d);
    let (fours, mut carry) = add(planes[2], four_a, four_b);
    (planes[0], planes[1], planes[2]) = (ones, twos, fours);
    for plane in &mut planes[3..] {
        if carry == 0 {
            break;
        }
        (*plane, carry) = (*plane ^ carry, *plane & carry);
    }
}

/// Columns whose count is above half of `total`.
fn majority(planes: &[u64; 32], total: u64) -> u64 {
    // compares 2·count with total column by column, highest plane first
    let (mut greater, mut equal) = (0_u64, !0_u64);
    let half = total / 2; // count > total/2 (integer) is 2·count > total for even totals, and count ≥ half + 1 for odd ones
    for bit in (0..32).rev() {
        let plane = planes[bit];
        if half >> bit & 1 == 1 {
            equal &= plane;
        } else {
            greater |= equal & plane;
            equal &= !plane;
        }
    }
    greater
}

/// SipHash-2-4 (Aumasson and Bernstein) with a zero key of the eight bytes of `word` and 0xFF: what `str::hash` feeds.
#[inline]
fn sip(word: u64) -> u64 {
    let mut v = [0x736f_6d65_7073_6575_u64, 0x646f_7261_6e64_6f6d, 0x6c79_6765_6e65_7261, 0x7465_6462_7974_6573];
    for m in [word, (9 << 56) | 0xFF] {
        v[3] ^= m;
        round(&mut v);
        round(&mut v);
        v[0] ^= m;
    }
    v[2] ^= 0xFF;
    for _ in 0..4 {
        round(&mut v);
    }
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

#[inline]
fn round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[2] = v[2].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[1]);
    v[0] = v[0].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].rotate_left(32);
}

#[cfg(test)]
mod tests {
    use super::simhash_of;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equals_the_crate_bit_for_bit(raw in prop::collection::vec(any::<u64>(), 0..700)) {
            let features: Vec<u64> = raw.iter().map(|x| x & 0x7F7F_7F7F_7F7F_7F7F).collect();
            let strings: Vec<String> = features.iter().map(|f| String::from_utf8(f.to_le_bytes().to_vec()).unwrap()).collect();
            prop_assert_eq!(simhash_of(features.iter().copied()), simhash::simhash_stream(strings.iter().map(String::as_str)));
        }
    }
}

//! Lists of sums in JSON: the digits of their bits, eight a sum, in one string. To write them as decimals and to read those back was a
//! tenth of the work of a poll that finds nothing new.

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserializer, Serializer};
use std::fmt;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// For `#[serde(with)]`.
///
/// # Errors
/// Those of the format.
pub fn serialize<S: Serializer>(sums: &[f32], to: S) -> Result<S::Ok, S::Error> {
    let mut text = vec![0; sums.len() * 8];
    for (digits, sum) in text.as_chunks_mut::<8>().0.iter_mut().zip(sums) {
        for (digit, shift) in digits.iter_mut().rev().zip((0..).step_by(4)) {
            *digit = DIGITS[(sum.to_bits() >> shift & 15) as usize];
        }
    }
    to.serialize_str(std::str::from_utf8(&text).map_err(serde::ser::Error::custom)?)
}

/// For `#[serde(with)]`. Lists of numbers, which earlier versions wrote, are read too; digits that are no finite number count as 0.
///
/// # Errors
/// Where there is neither a string of such digits nor a list of numbers.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f32>, D::Error> {
    from.deserialize_any(Sums)
}

struct Sums;

impl<'de> Visitor<'de> for Sums {
    type Value = Vec<f32>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("numbers, or eight hexadecimal digits for each")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        let (digits, []) = text.as_bytes().as_chunks::<8>() else { return Err(E::invalid_length(text.len(), &self)) };
        let sum = |digits: &[u8; 8]| {
            let value = |digit: &u8| char::from(*digit).to_digit(16).ok_or_else(|| E::custom("no hexadecimal digit"));
            let bits = digits.iter().try_fold(0, |bits, digit| Ok(bits << 4 | value(digit)?))?;
            Ok(Some(f32::from_bits(bits)).filter(|sum| sum.is_finite()).unwrap_or(0.0))
        };
        digits.iter().map(sum).collect()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Self::Value, A::Error> {
        let mut sums = Vec::new();
        while let Some(sum) = from.next_element()? {
            sums.push(sum);
        }
        Ok(sums)
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Kept(#[serde(with = "super")] Vec<f32>);

    #[test]
    fn sums_come_back_as_they_were_and_lists_are_read() {
        for sums in [vec![], vec![0.0, 1.5, -2.0, f32::MIN_POSITIVE, f32::MAX, 0.1, 12_345.678]] {
            let written = serde_json::to_string(&Kept(sums.clone())).unwrap();
            assert_eq!(serde_json::from_str::<Kept>(&written).unwrap(), Kept(sums.clone()), "{written}");
            let list = serde_json::to_string(&sums).unwrap();
            assert_eq!(serde_json::from_str::<Kept>(&list).unwrap(), Kept(sums), "{list}");
        }
        assert_eq!(serde_json::to_string(&Kept(vec![1.0])).unwrap(), "\"3f800000\"");
    }

    #[test]
    fn what_is_damaged_is_refused_and_what_is_no_number_counts_nothing() {
        for damaged in ["\"3f80\"", "\"3f80000g\"", "\"3f80000ü\"", "{}", "7"] {
            assert!(serde_json::from_str::<Kept>(damaged).is_err(), "{damaged}");
        }
        assert_eq!(serde_json::from_str::<Kept>("\"7fc000003f800000\"").unwrap(), Kept(vec![0.0, 1.0]));
    }
}

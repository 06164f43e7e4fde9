//! JSON read for a few members: every value takes what it understands and skips the rest unstored.

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// What can be made of a JSON value of any kind; what is not overridden is skipped.
pub(super) trait Lenient: Default {
    fn text(&mut self, _text: &str) {}

    fn number(&mut self, _number: String) {}

    fn list<'de, A: SeqAccess<'de>>(&mut self, mut list: A) -> Result<(), A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn object<'de, A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

/// A value, read leniently.
pub(super) struct Read<T>(pub(super) T);

impl<'de, T: Lenient> Deserialize<'de> for Read<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Any(PhantomData)).map(Self)
    }
}

/// The value of the member that `map` stands at.
pub(super) fn value<'de, T: Lenient, A: MapAccess<'de>>(map: &mut A) -> Result<T, A::Error> {
    map.next_value::<Read<T>>().map(|read| read.0)
}

struct Any<T>(PhantomData<T>);

impl<'de, T: Lenient> Visitor<'de> for Any<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        let mut value = T::default();
        value.text(text);
        Ok(value)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        let mut value = T::default();
        value.number(number.to_string());
        Ok(value)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        let mut value = T::default();
        value.number(number.to_string());
        Ok(value)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        let mut value = T::default();
        if let Some(number) = serde_json::Number::from_f64(number) {
            value.number(number.to_string());
        }
        Ok(value)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        let mut value = T::default();
        value.list(list)?;
        Ok(value)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        let mut value = T::default();
        value.object(map)?;
        Ok(value)
    }
}

//! Numbers by id in little memory: an open-addressing table of numbers; the ids stand where the numbers point.

use super::tokens::mix;

/// No number.
const FREE: u32 = u32::MAX;

/// A table of numbers, found by the ids that the caller keeps.
#[derive(Clone, Debug, Default)]
pub(crate) struct IdTable {
    cells: Vec<u32>,
    len: usize,
}

impl IdTable {
    /// Room for `count` without growing.
    pub fn with_capacity(count: usize) -> Self {
        Self { cells: vec![FREE; (count * 4 / 3 + 8).next_power_of_two()], len: 0 }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn bytes(&self) -> usize {
        self.cells.len() * size_of::<u32>()
    }

    /// The number whose id is `id`.
    pub fn get(&self, id: u64, id_of: impl Fn(u32) -> Option<u64>) -> Option<u32> {
        let mask = self.cells.len().checked_sub(1)?;
        let mut at = mix(id) as usize & mask;
        loop {
            let number = *self.cells.get(at)?;
            if number == FREE {
                return None;
            }
            if id_of(number) == Some(id) {
                return Some(number);
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds a number whose id is not in the table yet.
    pub fn insert(&mut self, id: u64, number: u32, id_of: impl Fn(u32) -> Option<u64>) {
        if (self.len + 1) * 5 > self.cells.len() * 4 {
            let mut larger = Self { cells: vec![FREE; (self.cells.len() * 2).max(16)], len: 0 };
            for &old in self.cells.iter().filter(|&&n| n != FREE) {
                if let Some(id) = id_of(old) {
                    larger.put(id, old);
                }
            }
            *self = larger;
        }
        self.put(id, number);
    }

    fn put(&mut self, id: u64, number: u32) {
        let Some(mask) = self.cells.len().checked_sub(1) else { return };
        let mut at = mix(id) as usize & mask;
        while let Some(cell) = self.cells.get_mut(at) {
            if *cell == FREE {
                *cell = number;
                self.len += 1;
                return;
            }
            at = (at + 1) & mask;
        }
    }
}

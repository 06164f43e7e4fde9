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

    /// Takes an id out; those behind it in its chain move up.
    pub fn remove(&mut self, id: u64, id_of: impl Fn(u32) -> Option<u64>) {
        let Some(mask) = self.cells.len().checked_sub(1) else { return };
        let mut at = mix(id) as usize & mask;
        loop {
            match self.cells.get(at) {
                None | Some(&FREE) => return,
                Some(&number) if id_of(number) == Some(id) => break,
                Some(_) => at = (at + 1) & mask,
            }
        }
        self.len -= 1;
        let mut hole = at;
        loop {
            at = (at + 1) & mask;
            let number = self.cells.get(at).copied().unwrap_or(FREE);
            let home = if number == FREE { None } else { id_of(number).map(|id| mix(id) as usize & mask) };
            // what would be found from its home only past the hole stays where it is
            if home.is_some_and(|home| at.wrapping_sub(home) & mask < at.wrapping_sub(hole) & mask) {
                continue;
            }
            if let Some(cell) = self.cells.get_mut(hole) {
                *cell = number;
            }
            if number == FREE {
                return;
            }
            hole = at;
        }
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

#[cfg(test)]
mod tests {
    use super::IdTable;
    use std::collections::HashSet;

    #[test]
    fn what_is_taken_out_is_gone_and_the_rest_is_found() {
        let ids: Vec<u64> = (0..500).map(|n| n * 7_919 % 503).collect();
        let id_of = |n: u32| ids.get(n as usize).copied();
        let (mut table, mut truth) = (IdTable::default(), HashSet::new());
        let mut rng = fastrand::Rng::with_seed(3);
        for _ in 0..20_000 {
            let number = rng.u32(..500);
            let id = ids[number as usize];
            if truth.remove(&id) {
                table.remove(id, id_of);
            } else {
                truth.insert(id);
                table.insert(id, number, id_of);
            }
            let asked = rng.usize(..500);
            assert_eq!(table.get(ids[asked], id_of), truth.contains(&ids[asked]).then_some(asked as u32));
            assert_eq!(table.len(), truth.len());
        }
    }
}

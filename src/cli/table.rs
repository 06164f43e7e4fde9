//! Tables for people: columns that give way in a narrow terminal, and no frame.

use crate::cli::doc::{Doc, Role};
use crate::cli::look::Look;
use crate::cli::sanitize::{clean, width, wrap};
use comfy_table::{Attribute, CellAlignment, Color, ColumnConstraint, ContentArrangement, Row, Width, presets};

/// Blanks between two columns.
const GAP: u16 = 2;

/// One column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    head: &'static str,
    right: bool,
    /// May be cut down to this many columns; 0: never cut.
    least: u16,
    /// Where not everything fits, at most one part in so many of the width; 0: no such limit.
    part: u16,
    /// Spare columns make way until this one has so much.
    wish: u16,
    /// Left out when the rest does not fit; the highest first; 0: never.
    spare: u8,
}

/// A column that is never cut.
pub const fn whole(head: &'static str) -> Column {
    Column { head, right: false, least: 0, part: 0, wish: 0, spare: 0 }
}

/// A column of numbers.
pub const fn number(head: &'static str) -> Column {
    Column { head, right: true, least: 0, part: 0, wish: 0, spare: 0 }
}

/// A column that is cut to what room there is, but not below `least`.
pub const fn flexible(head: &'static str, least: u16) -> Column {
    Column { head, right: false, least, part: 0, wish: 0, spare: 0 }
}

impl Column {
    /// Left out when the rest does not fit; the highest `rank` first.
    pub const fn spare(mut self, rank: u8) -> Self {
        self.spare = rank;
        self
    }

    /// Where not everything fits, takes at most one part in `n` of the width.
    pub const fn part(mut self, n: u16) -> Self {
        self.part = n;
        self
    }

    /// Spare columns make way until this one has `columns`.
    pub const fn wish(mut self, columns: u16) -> Self {
        self.wish = columns;
        self
    }

    /// How it is laid out when its widest cell is `wide` and, if `room` is given, not everything fits into that.
    fn constraint(&self, wide: u16, room: Option<u16>) -> ColumnConstraint {
        let lower = Width::Fixed(self.least.min(wide) + GAP);
        match (self.least, room) {
            (0, _) => ColumnConstraint::ContentWidth,
            (least, Some(room)) if self.part > 0 => {
                let most = (room / self.part).max(least).min(wide);
                ColumnConstraint::Boundaries { lower, upper: Width::Fixed(most + GAP) }
            }
            _ => ColumnConstraint::LowerBoundary(lower),
        }
    }
}

/// One cell: text of any origin, made harmless, and its role.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    text: String,
    role: Role,
}

/// A cell of this role.
pub fn cell(role: Role, text: impl AsRef<str>) -> Cell {
    let mut text = clean(text.as_ref());
    text.truncate(text.trim_end().len());
    text.drain(..text.len() - text.trim_start().len());
    Cell { text, role }
}

impl Cell {
    fn styled(&self) -> comfy_table::Cell {
        let cell = comfy_table::Cell::new(&self.text);
        match self.role {
            Role::Plain => cell,
            Role::Strong => cell.add_attribute(Attribute::Bold),
            Role::Faint => cell.add_attribute(Attribute::Dim),
            Role::Id | Role::Warn => cell.fg(Color::DarkYellow),
            Role::Good => cell.fg(Color::DarkGreen),
            Role::Bad | Role::Hit => cell.fg(Color::DarkRed),
        }
    }
}

/// Rows under columns.
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    /// Text below a row, by the row's number.
    notes: Vec<(usize, Role, String)>,
    indent: u16,
    head: bool,
    height: usize,
}

impl Table {
    /// A table with a head line.
    pub fn new(columns: &[Column]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new(), notes: Vec::new(), indent: 0, head: true, height: 1 }
    }

    /// A table without one, indented, whose cells may take up to `height` lines.
    pub fn bare(columns: &[Column], indent: u16, height: usize) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new(), notes: Vec::new(), indent, head: false, height }
    }

    /// Adds a row: a cell a column.
    pub fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// Adds `text` below the last row, under its second column, broken into lines as it needs. Only for tables with a head.
    pub fn note(&mut self, role: Role, text: &str) {
        self.notes.push((self.rows.len(), role, clean(text)));
    }

    /// True where no cell has to be cut and no column left out.
    pub fn fits(&self, look: &Look) -> bool {
        let total: usize = self.natural().iter().map(|w| usize::from(*w) + usize::from(GAP)).sum();
        look.width.is_none_or(|screen| total + usize::from(self.indent) <= screen + usize::from(GAP))
    }

    /// Lays the table out for `look`.
    pub fn into_doc(self, look: &Look) -> Doc {
        let mut doc = Doc::new();
        if self.rows.is_empty() {
            return doc;
        }
        let natural = self.natural();
        // The last column's padding hangs over the edge: it is blank, and trimmed.
        let room = look.width.map(|w| u16::try_from(w).unwrap_or(u16::MAX - GAP).saturating_sub(self.indent) + GAP);
        let shown = room.map_or_else(|| vec![true; natural.len()], |room| self.shown(&natural, room));
        let total: u32 = natural.iter().zip(&shown).filter(|(_, shown)| **shown).map(|(w, _)| u32::from(*w) + u32::from(GAP)).sum();
        if room.is_none_or(|room| total <= u32::from(room) && shown.iter().all(|shown| *shown)) {
            return self.even(&natural, look);
        }
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING).set_truncation_indicator("…").style_text_only();
        if self.height == 1 {
            // What is cut anyway is cut where the column ends, not at the last blank before: no cell holds this character.
            table.set_delimiter('\u{1f}');
        }
        match look.color {
            true => table.enforce_styling(),
            false => table.force_no_tty(),
        };
        match room {
            Some(room) => table.set_width(room).set_content_arrangement(ContentArrangement::Dynamic),
            None => table.set_content_arrangement(ContentArrangement::Disabled),
        };
        if self.head {
            let heads = self.columns.iter().map(|c| cell(Role::Faint, c.head).styled());
            table.set_header(Row::from(heads.collect::<Vec<_>>()));
        }
        for row in &self.rows {
            let mut line = Row::from(row.iter().map(Cell::styled).collect::<Vec<_>>());
            line.max_height(self.height);
            table.add_row(line);
        }
        for (i, column) in self.columns.iter().enumerate() {
            let Some(laid) = table.column_mut(i) else { continue };
            laid.set_padding((0, GAP));
            laid.set_cell_alignment(if column.right { CellAlignment::Right } else { CellAlignment::Left });
            let wide = natural.get(i).copied().unwrap_or(0);
            laid.set_constraint(match shown.get(i) {
                Some(false) => ColumnConstraint::Hidden,
                _ => column.constraint(wide, room.filter(|room| total > u32::from(*room))),
            });
        }
        let indent = " ".repeat(usize::from(self.indent));
        for (number, line) in table.lines().enumerate() {
            doc.laid_out(format!("{indent}{}", line.trim_end()));
            self.notes_below(number, &mut doc, &natural, look);
        }
        doc
    }

    /// Lays out what fits as it is: cells and blanks. Of a list of 500 feeds this takes a fifth of what it takes to find out
    /// that nothing needs cutting (callgrind: 3 and 15 million instructions).
    fn even(&self, natural: &[u16], look: &Look) -> Doc {
        let mut doc = Doc::new();
        let heads: Vec<Cell> = self.columns.iter().map(|c| cell(Role::Faint, c.head)).collect();
        for (number, row) in self.head.then_some(&heads).into_iter().chain(&self.rows).enumerate() {
            let mut line = " ".repeat(usize::from(self.indent));
            for ((cell, column), wide) in row.iter().zip(&self.columns).zip(natural) {
                let blanks = usize::from(*wide).saturating_sub(width(&cell.text));
                let (before, after) = if column.right { (blanks, 0) } else { (0, blanks) };
                line.extend(std::iter::repeat_n(' ', before));
                cell.role.paint(&cell.text, look, &mut line);
                line.extend(std::iter::repeat_n(' ', after + usize::from(GAP)));
            }
            line.truncate(line.trim_end().len());
            doc.laid_out(line);
            self.notes_below(number, &mut doc, natural, look);
        }
        doc
    }

    /// Adds the notes below a line. With a head, the line's number is the row's, counted from one: a row of such a table has
    /// one line.
    fn notes_below(&self, number: usize, doc: &mut Doc, natural: &[u16], look: &Look) {
        let under = usize::from(natural.first().copied().unwrap_or(0) + GAP);
        for (_, role, text) in self.notes.iter().filter(|(row, ..)| *row == number && self.head) {
            for line in wrap(text, look.width.map_or(usize::MAX, |w| w.saturating_sub(under))) {
                doc.pad(under).add(*role, line).end();
            }
        }
    }

    /// The width that each column would like, without its gap.
    fn natural(&self) -> Vec<u16> {
        let head = |c: &Column| if self.head { width(c.head) } else { 0 };
        let widest = |(i, c): (usize, &Column)| self.rows.iter().filter_map(|r| r.get(i)).map(|x| width(&x.text)).fold(head(c), usize::max);
        self.columns.iter().enumerate().map(|c| u16::try_from(widest(c)).unwrap_or(u16::MAX)).collect()
    }

    /// Which columns there is room for.
    fn shown(&self, natural: &[u16], room: u16) -> Vec<bool> {
        let mut shown = vec![true; natural.len()];
        let needs = |c: &Column, wide: u16| u32::from(GAP) + u32::from(if c.least == 0 { wide } else { c.least.max(c.wish).min(wide) });
        let mut need: u32 = self.columns.iter().zip(natural).map(|(c, w)| needs(c, *w)).sum();
        let mut spare = self.columns.iter().enumerate().filter(|(_, c)| c.spare > 0).collect::<Vec<_>>();
        spare.sort_by_key(|(_, c)| c.spare);
        while need > u32::from(room) {
            let Some((i, column)) = spare.pop() else { break };
            if let (Some(seen), Some(wide)) = (shown.get_mut(i), natural.get(i)) {
                *seen = false;
                need -= needs(column, *wide);
            }
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&[whole("ID"), number("PUBS"), flexible("ORIGIN", 6).spare(1), flexible("STORY", 10)]);
        table.row(vec![
            cell(Role::Id, "a3f91c2"),
            cell(Role::Plain, "6"),
            cell(Role::Plain, "Al Jazeera"),
            cell(Role::Plain, "停火谈判在多哈恢复，此前停顿一周"),
        ]);
        table.row(vec![
            cell(Role::Id, "77b0e14"),
            cell(Role::Plain, "13"),
            cell(Role::Plain, "—"),
            cell(Role::Plain, "العاصفة رامون تتجه شمالا"),
        ]);
        table.row(vec![
            cell(Role::Id, "0123456"),
            cell(Role::Plain, "1"),
            cell(Role::Plain, "\u{1b}[2Jx\u{202e}"),
            cell(Role::Plain, "e\u{301}".repeat(90)),
        ]);
        table
    }

    #[test]
    fn columns_hold_at_every_width() {
        for screen in [30, 40, 60, 80, 160] {
            let text = table().into_doc(&Look::test(Some(screen))).render(&Look::test(Some(screen)));
            assert!(text.lines().all(|l| width(l) <= screen), "{screen}:\n{text}");
            assert!(text.contains("a3f91c2") && !text.contains('\u{1b}'));
        }
    }

    #[test]
    fn what_is_cut_uses_the_column_up() {
        let mut table = Table::new(&[whole("ID"), flexible("STORY", 10)]);
        table.row(vec![cell(Role::Id, "a3f91c2"), cell(Role::Plain, "Turkish, Russian troops begin-joint-patrols-in-the-north")]);
        let look = Look::test(Some(40));
        let text = table.into_doc(&look).render(&look);
        assert_eq!(text.lines().last().map(width), Some(40), "{text}");
    }

    #[test]
    fn a_pipe_gets_everything() {
        let text = table().into_doc(&Look::test(None)).render(&Look::test(None));
        assert!(text.contains("停火谈判在多哈恢复，此前停顿一周") && !text.contains('…'));
    }

    #[test]
    fn a_narrow_screen_loses_the_spare_column_first() {
        let text = table().into_doc(&Look::test(Some(30))).render(&Look::test(Some(30)));
        assert!(!text.contains("Jazeera"), "{text}");
    }
}

//! What is wrong with a configuration, and where.

use std::fmt;
use std::path::{Path, PathBuf};

/// One thing that is wrong, with the place to mend it. Never holds the value of a key that may be secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file it stands in; empty where no file is to blame.
    pub file: PathBuf,
    /// Line, from 1; 0 where no line is to blame.
    pub line: usize,
    /// Column in characters, from 1; 0 where no line is to blame.
    pub column: usize,
    /// What is wrong, one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem of a whole file, or of none.
    pub fn of_file(file: &Path, message: impl Into<String>) -> Self {
        Self { file: file.to_path_buf(), line: 0, column: 0, message: message.into(), hint: None }
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.file.as_os_str().is_empty() {
            write!(f, "{}:", self.file.display())?;
            if self.line > 0 {
                write!(f, "{}:{}:", self.line, self.column)?;
            }
            f.write_str(" ")?;
        }
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  {hint}"),
            None => Ok(()),
        }
    }
}

/// Everything that is wrong with a configuration, in the order of its files and lines. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors(pub Vec<Problem>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

/// A text with the starts of its lines, to turn byte offsets into lines and columns.
#[derive(Clone, Debug)]
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1)).collect();
        Self { text, starts }
    }

    /// Line of the byte `offset`, from 1. Cheap, where a column must be counted out.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).max(1)
    }

    /// Line and column of the byte `offset`, both from 1.
    pub(super) fn place(&self, offset: usize) -> (usize, usize) {
        let line = self.line(offset);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(start..offset.min(self.text.len())).unwrap_or("");
        (line, before.chars().count() + 1)
    }
}

/// The known word nearest to `word`, if one is near enough to be what was meant.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let score = |k: &str| {
        let (edits, longest) = (strsim::damerau_levenshtein(&word, &k.to_lowercase()), word.chars().count().max(k.chars().count()));
        // A third of the letters may be wrong; a shared beginning (`domain` for `domains`) is near whatever its length.
        (edits * 3 <= longest || edits == 1 || (word.len() > 2 && k.to_lowercase().starts_with(&word))).then_some(edits)
    };
    known.into_iter().filter_map(|k| score(k).map(|s| (s, k))).min_by_key(|(s, _)| *s).map(|(_, k)| k)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_from_one() {
        let lines = Lines::new("a\nöü = 1\n\nlast");
        assert_eq!(lines.place(0), (1, 1));
        assert_eq!(lines.place(2), (2, 1));
        assert_eq!(lines.place(6), (2, 3));
        assert_eq!(lines.place(11), (3, 1));
        assert_eq!(lines.place(12), (4, 1));
        assert_eq!(lines.place(99), (4, 5));
    }

    #[test]
    fn nearest_is_near_or_nothing() {
        let known = ["publisher", "every", "enabled", "domains"];
        assert_eq!(nearest("publsher", known), Some("publisher"));
        assert_eq!(nearest("Evry", known), Some("every"));
        assert_eq!(nearest("domain", known), Some("domains"));
        assert_eq!(nearest("colour", known), None);
    }
}

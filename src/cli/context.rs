//! What every command needs: where the state is, how to look, and which thing an id means.

use crate::cli::exit::Failure;
use crate::cli::look::Look;
use crate::cli::output::Out;
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::model::Id;
use crate::store::{Found, Reader};
use std::path::PathBuf;

/// The surroundings of one command.
pub struct Context {
    /// `--config`.
    pub config: Option<PathBuf>,
    /// `--state-dir`.
    pub state_dir: Option<PathBuf>,
    /// How output looks.
    pub look: Look,
    /// Standard output.
    pub out: Out,
}

/// Fewest digits that tables show of an id.
pub(super) const FEWEST: usize = 7;

/// How many of a list's ids are checked against the whole database; longer lists are for reading, not for typing.
const CHECKED: usize = 60;

/// How many digits of an id a list shows, so that each can be typed.
#[derive(Clone, Copy, Debug)]
pub struct Short(usize);

impl Short {
    /// The id's first digits.
    pub fn of(self, id: Id) -> String {
        let mut digits = id.to_string();
        digits.truncate(self.0);
        digits
    }

    /// The least number of digits, `least` or more, with which `ids` differ.
    pub fn for_ids(ids: &[Id], least: usize) -> Self {
        let mut sorted = ids.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let differ = |pair: &[Id]| match pair {
            [a, b] => 1 + (a.0 ^ b.0).leading_zeros() as usize / 4,
            _ => 0,
        };
        Self(sorted.windows(2).map(differ).fold(least, usize::max))
    }
}

impl Context {
    /// Of this process.
    pub fn new(config: Option<PathBuf>, state_dir: Option<PathBuf>) -> Self {
        Self { config, state_dir, look: Look::of_stdout(&Clock::system()), out: Out::stdout() }
    }

    /// Where the database lies: `--state-dir`, else what the configuration says, else the place for this user.
    pub fn state_dir(&self) -> anyhow::Result<PathBuf> {
        match &self.state_dir {
            Some(dir) => Ok(dir.clone()),
            None if config::find(self.config.as_deref()).is_none() => Ok(config::default_state_dir()),
            // A fault in the file is no reason not to find the database and its daemon.
            None => match config::state_dir(self.config.as_deref()) {
                Ok(dir) => Ok(dir),
                Err(error) => self.stated_dir().ok_or_else(|| error.into()),
            },
        }
    }

    /// What the configuration's first line with `state_dir` says, be the rest as it may.
    fn stated_dir(&self) -> Option<PathBuf> {
        let text = std::fs::read_to_string(config::find(self.config.as_deref())?).ok()?;
        let line = text.lines().find(|line| line.split('=').next().is_some_and(|key| key.trim() == "state_dir"))?;
        let dir = config::from_text(line, "newsfold.toml").ok()?.state_dir;
        crate::cli::output::note("the configuration has faults, which `newsfold config check` names; its state_dir is used");
        Some(dir)
    }

    /// Reads the settings of the configuration, without its feeds and other lists.
    pub fn settings(&self) -> anyhow::Result<Config> {
        Ok(config::settings(self.config.as_deref())?)
    }

    /// Reads the configuration.
    pub fn config(&self) -> anyhow::Result<Config> {
        Ok(config::load(self.config.as_deref(), self.state_dir.as_deref())?)
    }

    /// Opens the database for reading.
    pub fn reader(&self) -> anyhow::Result<Reader> {
        Ok(Reader::open(&self.state_dir()?)?)
    }

    /// How to shorten `ids` so that each can be typed.
    pub fn short(&self, reader: &Reader, ids: &[Id]) -> Short {
        let Short(digits) = Short::for_ids(ids, FEWEST);
        // Where the database does not say, all digits are right.
        Short(reader.digits(ids.get(..CHECKED).unwrap_or(ids), digits).unwrap_or(16))
    }

    /// The one story that `text` means: by its id, or that of one of its articles.
    pub fn story_id(&self, reader: &Reader, text: &str) -> anyhow::Result<Id> {
        let found = one(reader, text, "story", |f| matches!(f, Found::Story(_) | Found::Article(_)))?;
        match found {
            Found::Article(id) => match reader.article(id)? {
                Some(article) => Ok(article.story),
                None => Err(Failure::no_such_id(format!("no article {id}"), "it was pruned a moment ago")),
            },
            other => Ok(other.id()),
        }
    }

    /// The one article or cluster that `text` means: by its id, or an article by its address.
    pub fn text_id(&self, reader: &Reader, text: &str) -> anyhow::Result<Found> {
        if text.contains("://") {
            return Ok(Found::Article(self.article_id(reader, text)?));
        }
        one(reader, text, "article or cluster", |f| matches!(f, Found::Article(_) | Found::Cluster(_)))
    }

    /// The one article that `text` means: by its id or its address.
    pub fn article_id(&self, reader: &Reader, text: &str) -> anyhow::Result<Id> {
        if text.contains("://") {
            let canonical = crate::model::canonical::canonical_url(text)
                .ok_or_else(|| Failure::usage(format!("“{text}” is no web address"), "articles have http or https addresses"))?;
            let found = reader.article_by_url(&canonical)?;
            return found.ok_or_else(|| {
                Failure::no_such_id(format!("no article at {canonical}"), "`newsfold search WORDS` finds articles by their text")
            });
        }
        Ok(one(reader, text, "article", |f| matches!(f, Found::Article(_)))?.id())
    }
}

/// What `text` means where exactly one thing that is `wanted` has an id that starts so; `kind` names that in messages.
fn one(reader: &Reader, text: &str, kind: &str, wanted: impl Fn(&Found) -> bool) -> anyhow::Result<Found> {
    let prefix = text.trim().to_ascii_lowercase();
    if prefix.is_empty() || prefix.len() > 16 || !prefix.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Failure::usage(
            format!("“{text}” is not an id"),
            "an id is up to 16 digits of 0–9 and a–f, as `newsfold stories` and `newsfold search` show them",
        ));
    }
    let all = reader.resolve(&prefix)?;
    let fitting = all.iter().copied().filter(|f| wanted(f)).collect::<Vec<_>>();
    match (fitting.as_slice(), all.as_slice()) {
        ([found], _) => Ok(*found),
        ([], []) => Err(Failure::no_such_id(format!("no {kind} {prefix}"), nearest(reader, &prefix, &wanted)?)),
        ([], others) => {
            let hint = match others {
                [Found::Story(story)] => format!("`newsfold story {story}` lists its articles"),
                _ => "`newsfold article`, `story` and `feeds show` each take their own kind of id".to_owned(),
            };
            Err(Failure::usage(format!("{prefix} is no {kind}, but {}", names(reader, others)), hint))
        }
        (several, _) => Err(Failure::usage(format!("{prefix} could be {}", names(reader, several)), "type more digits")),
    }
}

/// What has an id that starts as `prefix` does, for as many digits as possible.
fn nearest(reader: &Reader, prefix: &str, wanted: &impl Fn(&Found) -> bool) -> anyhow::Result<String> {
    for digits in (4..prefix.len()).rev() {
        let near = reader.resolve(prefix.get(..digits).unwrap_or_default())?;
        let near = near.into_iter().filter(|f| wanted(f)).take(3).collect::<Vec<_>>();
        if !near.is_empty() {
            return Ok(format!("did you mean {}?", names(reader, &near)));
        }
    }
    Ok("`newsfold stories` and `newsfold search WORDS` show ids; what is older than the retention is gone".to_owned())
}

/// The things found, a line each where they are several.
fn names(reader: &Reader, found: &[Found]) -> String {
    let name = |f: &Found| {
        let title = match f {
            Found::Story(id) => reader.story(*id).ok().flatten().map(|s| s.row.title),
            Found::Article(id) => reader.article(*id).ok().flatten().map(|a| a.member.title),
            _ => None,
        };
        format!("{} {}{}", f.kind(), f.id(), title.map(|t| format!(" “{}”", crate::cli::sanitize::cut(&t, 60))).unwrap_or_default())
    };
    match found {
        [only] => name(only),
        several => several.iter().map(|f| format!("\n  {}", name(f))).collect(),
    }
}

impl Found {
    /// The id itself.
    pub fn id(self) -> Id {
        match self {
            Self::Story(id) | Self::Cluster(id) | Self::Article(id) | Self::Entry(id) | Self::Feed(id) => id,
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Story(_) => "story",
            Self::Cluster(_) => "cluster",
            Self::Article(_) => "article",
            Self::Entry(_) => "entry",
            Self::Feed(_) => "feed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_as_short_as_they_can_be_typed() {
        let (a, b) = (Id(0x1234_5678_9abc_def0), Id(0x1234_5678_9fff_0000));
        assert_eq!(Short::for_ids(&[a], FEWEST).of(a), "1234567");
        assert_eq!(Short::for_ids(&[a, b], FEWEST).of(a), "123456789a");
        assert_eq!(Short::for_ids(&[a], 9).of(a), "123456789");
    }
}

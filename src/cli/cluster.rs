//! `newsfold cluster`: texts in, clusters and stories out; no database.
//!
//! Streams: texts go to an unlinked temporary file, memory holds the indexes and a small row an id. Output comes after
//! the last line is read, for only then no later article can join two clusters.

use super::output;
use crate::article;
use crate::dedup::boilerplate::Learner;
use crate::dedup::story::{self, Stories};
use crate::dedup::{Because, CopyIndex, Document, Prepared, Settings, prepare};
use crate::model::{Id, dates};
use anyhow::Context;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
A line is {\"id\",\"url\",\"publisher\",\"title\",\"text\",\"published_at\",\"lang\"}; only the text and an id or a url are needed. Lines are taken as if they arrived in their order. Needs no database and no network. docs/json.md describes the lines of --json.

Examples:
  newsfold cluster texts.jsonl
  newsfold cluster --json texts.jsonl | jq -r '[.cluster, .id] | @tsv'")]
pub struct Args {
    /// JSON lines files; - is standard input
    #[arg(required = true, value_name = "FILE.jsonl")]
    files: Vec<PathBuf>,
    /// One JSON object a line, a line an input id
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut tool = Tool::new(Settings::default())?;
    for file in &args.files {
        read(&mut tool, file)?;
    }
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    match tool.print(&mut out, args.json).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        done => done.map(|()| ExitCode::SUCCESS).context("cannot write to standard output"),
    }
}

fn read(tool: &mut Tool, path: &Path) -> anyhow::Result<()> {
    let input: Box<dyn io::Read> = if path.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path).with_context(|| format!("cannot open {}", path.display()))?)
    };
    let mut input = BufReader::with_capacity(1 << 16, input);
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let read = input.read_until(b'\n', &mut line).with_context(|| format!("cannot read {}", path.display()))?;
        if read == 0 {
            break;
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let article = serde_json::from_slice(&line).with_context(|| format!("{}, line {number}", path.display()))?;
        tool.place(&article).with_context(|| format!("{}, line {number}", path.display()))?;
    }
    Ok(())
}

/// One line of the input; unknown keys are ignored.
#[derive(Debug, Deserialize)]
struct Input<'a> {
    #[serde(default, borrow)]
    id: Option<Name<'a>>,
    #[serde(default, borrow)]
    url: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    publisher: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    source: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    title: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    text: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    published_at: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    published: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    lang: Option<Cow<'a, str>>,
}

/// An id as people write it: a string or a number.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
enum Name<'a> {
    Text(#[serde(borrow)] Cow<'a, str>),
    Number(serde_json::Number),
}

#[derive(Serialize)]
struct Output<'a> {
    id: &'a Name<'static>,
    cluster: Id,
    story: Id,
    fingerprint: Option<String>,
    because: serde_json::Value,
}

/// What is kept of an input line.
struct Row {
    name: Name<'static>,
    /// Where its text stands in the temporary file, and how long title, text and dateline are.
    at: u64,
    lengths: [u32; 4],
    publisher: Option<Arc<str>>,
    seen_at: Timestamp,
    article: Id,
    fingerprint: Option<u64>,
    because: Because,
}

struct Tool {
    index: CopyIndex,
    stories: Stories,
    learner: Learner,
    rows: Vec<Row>,
    by_article: HashMap<Id, u32>,
    publishers: HashMap<String, Arc<str>>,
    spool: Spool,
    /// Texts compared lately, oldest first.
    recent: VecDeque<Prepared>,
}

/// Texts ready for comparison that are kept at hand.
const RECENT: usize = 256;

impl Tool {
    fn new(settings: Settings) -> anyhow::Result<Self> {
        Ok(Self {
            index: CopyIndex::new(settings),
            stories: Stories::new(story::Settings::default()),
            learner: Learner::default(),
            rows: Vec::new(),
            by_article: HashMap::new(),
            publishers: HashMap::new(),
            spool: Spool::new()?,
            recent: VecDeque::with_capacity(RECENT),
        })
    }

    fn place(&mut self, input: &Input<'_>) -> anyhow::Result<()> {
        let name = match (&input.id, &input.url) {
            (Some(Name::Text(id)), _) => Name::Text(Cow::Owned(id.clone().into_owned())),
            (Some(Name::Number(id)), _) => Name::Number(id.clone()),
            (None, Some(url)) => Name::Text(Cow::Owned(url.clone().into_owned())),
            (None, None) => anyhow::bail!("an article needs an “id” or a “url”"),
        };
        let mut article = match &name {
            Name::Text(text) => Id::article(text),
            Name::Number(number) => Id::article(&number.to_string()),
        };
        if self.by_article.contains_key(&article) {
            article = Id::derive("article again", &[&article.to_string(), &self.rows.len().to_string()]);
        }
        let credited = article::credits(input.text.as_deref().unwrap_or_default(), None);
        let title = input.title.as_deref().unwrap_or_default();
        let dated = input.published_at.as_deref().or(input.published.as_deref()).and_then(dates::parse_date);
        let publisher = input.publisher.as_deref().or(input.source.as_deref()).filter(|p| !p.is_empty());
        let publisher = publisher.map(|p| Arc::clone(self.publishers.entry(p.to_owned()).or_insert_with(|| p.into())));
        let document = Document {
            id: article,
            title,
            text: &credited.text,
            dateline: credited.dateline.as_deref(),
            lang: input.lang.as_deref(),
            publisher: publisher.as_deref(),
            seen_at: dated.unwrap_or(Timestamp::MAX),
        };
        let new = prepare(&document, &self.learner.of(publisher.as_deref()));
        let candidates = self.load(&self.index.candidates(&new))?;
        let placement = self.index.decide(&new, &candidates);
        self.index.learn(&new, &placement);
        let about = story::About {
            title,
            text: &credited.text,
            lang: input.lang.as_deref(),
            publisher: publisher.as_deref(),
            published_at: dated,
            seen_at: None,
        };
        let features = story::features(about, self.stories.background(), &story::Settings::default());
        self.stories.place(&features, &placement, false, document.seen_at, never_stored)?;
        let (at, lengths) = self.spool.keep([title, &credited.text, credited.dateline.as_deref().unwrap_or_default(), ""])?;
        self.by_article.insert(article, self.rows.len() as u32);
        let seen_at = document.seen_at;
        if let Some(publisher) = &publisher
            && self.learner.learn(publisher, &new.lines, &credited.text, placement.cluster, seen_at)
        {
            let rows = (&self.by_article, &self.rows);
            self.recent.retain(|p| {
                rows.0.get(&p.id).and_then(|&n| rows.1.get(n as usize)).is_none_or(|r| r.publisher.as_ref() != Some(publisher))
            });
        }
        self.rows.push(Row { name, at, lengths, publisher, seen_at, article, fingerprint: new.fingerprint, because: placement.because });
        Ok(())
    }

    /// The texts of `candidates`, made ready with what is known of their outlets' boilerplate now.
    fn load(&mut self, candidates: &[Id]) -> anyhow::Result<Vec<Prepared>> {
        let mut loaded = Vec::with_capacity(candidates.len());
        for &id in candidates {
            if let Some(known) = self.recent.iter().find(|p| p.id == id) {
                loaded.push(known.clone());
                continue;
            }
            let Some(row) = self.by_article.get(&id).and_then(|&n| self.rows.get(n as usize)) else { continue };
            let [title, text, dateline, _] = self.spool.load(row.at, row.lengths)?;
            let document = Document {
                id,
                title: &title,
                text: &text,
                dateline: (!dateline.is_empty()).then_some(&*dateline),
                lang: None,
                publisher: row.publisher.as_deref(),
                seen_at: row.seen_at,
            };
            let ready = prepare(&document, &self.learner.of(row.publisher.as_deref()));
            if self.recent.len() == RECENT {
                self.recent.pop_front();
            }
            self.recent.push_back(ready.clone());
            loaded.push(ready);
        }
        Ok(loaded)
    }

    fn print(&self, out: &mut impl Write, json: bool) -> io::Result<()> {
        for row in &self.rows {
            let cluster = self.index.cluster_of(row.article).unwrap_or_else(|| Id::cluster(row.article));
            let mut because = serde_json::to_value(&row.because)?;
            let with = row.because.with.and_then(|id| self.by_article.get(&id)).and_then(|&n| self.rows.get(n as usize));
            if let Some(place) = because.get_mut("with") {
                // by the input's id: ours means nothing to whoever reads this
                *place = serde_json::to_value(with.map(|r| &r.name))?;
            }
            let line = Output {
                id: &row.name,
                cluster,
                story: self.story_of(cluster),
                fingerprint: row.fingerprint.map(|f| format!("{f:016x}")),
                because,
            };
            if json {
                output::json_line(out, &line)?;
            } else {
                let name = match &row.name {
                    Name::Text(text) => text.escape_default().to_string(),
                    Name::Number(number) => number.to_string(),
                };
                writeln!(out, "{cluster}  {name}")?;
            }
        }
        Ok(())
    }

    fn story_of(&self, cluster: Id) -> Id {
        let Ok(story) = self.stories.story_of(cluster, never_stored);
        story.unwrap_or_else(|| Id::story(cluster))
    }
}

/// Without a database, every cluster's story was decided in this run.
fn never_stored(_: Id) -> Result<Option<Id>, Infallible> {
    Ok(None)
}

/// Texts in an unlinked temporary file.
struct Spool {
    file: File,
    end: u64,
    /// What is not written yet.
    tail: Vec<u8>,
}

impl Spool {
    fn new() -> anyhow::Result<Self> {
        Ok(Self { file: tempfile::tempfile().context("cannot make a temporary file")?, end: 0, tail: Vec::new() })
    }

    fn keep(&mut self, parts: [&str; 4]) -> anyhow::Result<(u64, [u32; 4])> {
        let at = self.end + self.tail.len() as u64;
        for part in parts {
            self.tail.extend_from_slice(part.as_bytes());
        }
        if self.tail.len() > 1 << 18 {
            self.file.write_all_at(&self.tail, self.end).context("cannot write to the temporary file")?;
            self.end += self.tail.len() as u64;
            self.tail.clear();
        }
        Ok((at, parts.map(|part| part.len() as u32)))
    }

    fn load(&self, at: u64, lengths: [u32; 4]) -> anyhow::Result<[String; 4]> {
        let mut bytes = vec![0; lengths.iter().map(|&l| l as usize).sum()];
        match at.checked_sub(self.end) {
            None => self.file.read_exact_at(&mut bytes, at).context("cannot read the temporary file")?,
            Some(from) => {
                let from = from as usize;
                let to = from + bytes.len();
                bytes.copy_from_slice(self.tail.get(from..to).context("the temporary file is short")?);
            }
        }
        let mut rest = String::from_utf8(bytes)?;
        let mut parts = [const { String::new() }; 4];
        for (part, &length) in parts.iter_mut().zip(&lengths) {
            let after = rest.split_off(length as usize);
            *part = std::mem::replace(&mut rest, after);
        }
        Ok(parts)
    }
}

//! `newsfold match`: who carries this text?

use crate::article::{self, Page};
use crate::cli::args::Form;
use crate::cli::context::{Context, Short};
use crate::cli::doc::{Doc, Role};
use crate::cli::exit::{Exit, Failure};
use crate::cli::look::Look;
use crate::cli::table::{Table, cell, flexible, number, whole};
use crate::cli::words::{count, titled};
use crate::cli::{json, output, times};
use crate::daemon::control::{self, Command, ControlError};
use crate::daemon::lookup::{self, document};
use crate::dedup::{self, Document, Prepared, Settings, Verdict};
use crate::model::{Extracted, Id};
use crate::store::{Reader, StoredText};
use anyhow::Context as _;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::HashSet;
use std::io::Read;
use std::path::Path;
use url::Url;

/// Tell who carries a text
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A page (HTML) is read as newsfold reads articles; any other file is taken as the text itself. A few paragraphs are enough. Nothing is stored. Articles of the window are found however edited; older ones, up to the retention, where they share whole phrases.

Examples:
  newsfold match draft.txt
  newsfold match https://www.aljazeera.com/news/2026/11/22/talks
  newsfold match 19c4a0b  an article that is stored
  pbpaste | newsfold match - --json | jq -r .url")]
pub struct Args {
    /// A file (-: standard input), an address, or a stored article's id
    #[arg(value_name = "FILE|URL")]
    text: String,
    #[command(flatten)]
    form: Form,
}

/// How a text and an article that carries it stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Relation {
    /// Copies of one text.
    Copy,
    /// The text stands in the article, which goes on to other things.
    Within,
    /// The article stands in the text.
    Part,
}

/// One article that carries the text.
#[derive(Clone, Debug, Serialize)]
struct Carrier {
    article: Id,
    cluster: Id,
    story: Id,
    relation: Relation,
    publisher: String,
    title: String,
    url: String,
    published_at: Option<Timestamp>,
    seen_at: Timestamp,
    /// Share of the text's words that stand in the article.
    of_text: f64,
    /// Share of the article's words that stand in the text.
    of_article: f64,
    /// Hamming distance of the fingerprints.
    distance: Option<u32>,
    sentence: String,
}

/// Runs the command.
///
/// # Errors
/// Where the text cannot be read, is too short, or the database cannot be opened.
pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    let reader = context.reader()?;
    let (asked, own) = asked(&args.text, &reader, context)?;
    let settings = Settings::default();
    let text = prepared(&asked);
    if asked.words < settings.min_words as usize {
        let message = format!("the text has {}, too few to tell copies by", count(asked.words as u64, "word", "words"));
        return Err(Failure::usage(message, format!("{} words are the least", settings.min_words)));
    }
    let mut ids = candidates(&reader, &text, context)?;
    for hit in phrases(&asked.text).and_then(|query| reader.search(&query, 200).ok()).unwrap_or_default() {
        if !ids.contains(&hit.id) {
            ids.push(hit.id);
        }
    }
    ids.retain(|id| Some(*id) != own);
    let found = carriers(&text, reader.texts(&ids)?, &settings);
    show(args, &found, &reader, context)
}

/// The text that is asked about, and its article where that is stored.
fn asked(name: &str, reader: &Reader, context: &Context) -> anyhow::Result<(Extracted, Option<Id>)> {
    let path = Path::new(name);
    if name == "-" || path.exists() {
        return Ok((from_file(path)?, None));
    }
    let is_address = name.contains("://");
    match context.article_id(reader, name) {
        Ok(id) => {
            let text = reader.texts(&[id])?.pop().with_context(|| format!("no article {id}"))?;
            Ok((stored(text), Some(id)))
        }
        Err(_) if is_address => Ok((fetched(name, context)?, None)),
        Err(error) if name.bytes().all(|b| b.is_ascii_hexdigit()) => Err(error),
        Err(_) => Err(Failure::usage(format!("“{name}” is no file, no address and no stored article's id"), "- reads standard input")),
    }
}

fn from_file(path: &Path) -> anyhow::Result<Extracted> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().lock().take(32 << 20).read_to_end(&mut bytes).context("standard input")?;
    } else {
        std::fs::File::open(path)
            .and_then(|file| file.take(32 << 20).read_to_end(&mut bytes))
            .with_context(|| path.display().to_string())?;
    }
    let start: String = String::from_utf8_lossy(bytes.get(..512).unwrap_or(&bytes)).trim_start().to_ascii_lowercase();
    if ["<!doctype", "<html", "<head", "<body", "<article", "<?xml"].iter().any(|mark| start.starts_with(mark)) {
        return Ok(article::extract(Page { html: &bytes, ..Page::default() }));
    }
    let credited = article::credits(&String::from_utf8_lossy(&bytes), None);
    let words = words_of(&credited.text);
    Ok(Extracted { words, dateline: credited.dateline.clone(), text: credited.text.clone(), ..Extracted::default() })
}

fn words_of(text: &str) -> usize {
    dedup::tokens::tokenize(text).tokens.len()
}

fn stored(text: StoredText) -> Extracted {
    let words = words_of(&text.text);
    Extracted {
        title: Some(text.title),
        words,
        dateline: text.dateline,
        publisher: Some(text.publisher),
        text: text.text,
        ..Extracted::default()
    }
}

fn fetched(address: &str, context: &Context) -> anyhow::Result<Extracted> {
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let url = url.ok_or_else(|| Failure::usage(format!("“{address}” is no web address"), "give an http or https address, or a file"))?;
    let config = context.config()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut page = runtime.block_on(lookup::page(&config, &url))?;
    if !page.quality.is_text() {
        output::note(&format!("the page may be no article: {}", crate::cli::words::quality(page.quality)));
    }
    page.words = words_of(&page.text);
    Ok(page)
}

fn prepared(asked: &Extracted) -> Prepared {
    let document = Document {
        id: Id::derive("match", &[&asked.text]),
        title: asked.title.as_deref().unwrap_or_default(),
        text: &asked.text,
        dateline: asked.dateline.as_deref(),
        seen_at: Timestamp::MAX,
        ..Document::default()
    };
    dedup::prepare(&document, &HashSet::new())
}

/// Candidates by the index: the daemon's where one runs, else one that is built for this question.
fn candidates(reader: &Reader, text: &Prepared, context: &Context) -> anyhow::Result<Vec<Id>> {
    match control::call(&context.state_dir()?, Command::Candidates(text.question()), |_| {}) {
        Ok(ids) => Ok(serde_json::from_value(ids)?),
        Err(ControlError::NotRunning(_)) => {
            let window = context.settings().map(|config| config.dedup.window)?;
            Ok(lookup::candidates(reader, window, &text.question(), context.look.now)?)
        }
        Err(error) => Err(error.into()),
    }
}

/// A search for some phrases of the text, evenly spread: finds whole copies of any age.
fn phrases(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().filter(|w| w.chars().all(char::is_alphanumeric)).collect();
    let runs = words.chunks_exact(6).collect::<Vec<_>>();
    let step = (runs.len() / 12).max(1);
    let phrases: Vec<String> = runs.iter().step_by(step).take(12).map(|run| format!("\"{}\"", run.join(" "))).collect();
    (!phrases.is_empty()).then(|| phrases.join(" OR "))
}

/// Those that carry the text, nearest first.
fn carriers(text: &Prepared, stored: Vec<StoredText>, settings: &Settings) -> Vec<Carrier> {
    let mut found: Vec<Carrier> = Vec::new();
    for other in stored {
        let verdict = dedup::why(text, &dedup::prepare(&document(&other), &HashSet::new()), settings);
        if let Some(relation) = relation(&verdict, text.id, settings) {
            found.push(carrier(other, relation, &verdict, text.id, settings));
        }
    }
    found.sort_by(|x, y| (y.of_text + y.of_article).total_cmp(&(x.of_text + x.of_article)).then(x.seen_at.cmp(&y.seen_at)));
    found
}

/// `None`: the article does not carry the text. A person asks about a piece of a text as often as about the whole: what
/// would be no copy among articles, because it is a small part of one, is an answer here.
fn relation(v: &Verdict, text: Id, settings: &Settings) -> Option<Relation> {
    if v.copy {
        return Some(Relation::Copy);
    }
    let enough = v.words.0 >= settings.min_words && v.containment >= settings.containment && v.rule != dedup::Rule::Template;
    enough.then_some(if v.short == text { Relation::Within } else { Relation::Part })
}

fn carrier(other: StoredText, relation: Relation, v: &Verdict, text: Id, settings: &Settings) -> Carrier {
    let (of_text, of_article) = if v.short == text { (v.containment, v.coverage) } else { (v.coverage, v.containment) };
    Carrier {
        article: other.id,
        cluster: other.cluster,
        story: other.story,
        relation,
        publisher: other.publisher,
        title: other.title,
        url: other.url,
        published_at: other.published_at,
        seen_at: other.seen_at,
        of_text,
        of_article,
        distance: v.distance,
        sentence: v.sentence(settings),
    }
}

fn show(args: &Args, found: &[Carrier], reader: &Reader, context: &mut Context) -> anyhow::Result<Exit> {
    if args.form.ids {
        found.iter().try_for_each(|c| context.out.own(&format!("{}\n", c.article)))?;
    } else if args.form.json {
        found.iter().try_for_each(|c| context.out.json(&json::versioned("newsfold/match/1", c)))?;
    } else if found.is_empty() {
        output::note("nobody carries this text, as far as newsfold has seen");
    } else {
        let short = context.short(reader, &found.iter().map(|c| c.article).collect::<Vec<_>>());
        context.out.doc(&render(found, short, &context.look), &context.look)?;
    }
    Ok(Exit::Done)
}

fn render(found: &[Carrier], short: Short, look: &Look) -> Doc {
    let mut doc = Doc::new();
    let clusters = found.iter().map(|c| c.cluster).collect::<HashSet<_>>().len() as u64;
    let publishers = found.iter().map(|c| c.publisher.as_str()).collect::<HashSet<_>>().len() as u64;
    let summary = format!(
        "{} of {} in {}",
        count(found.len() as u64, "article", "articles"),
        count(publishers, "publisher", "publishers"),
        count(clusters, "cluster", "clusters")
    );
    doc.line(Role::Strong, summary);
    let mut table = Table::new(&[
        whole("ID"),
        number("AGE"),
        number("OF TEXT"),
        number("OF ARTICLE").spare(2),
        whole("AS").spare(1),
        flexible("PUBLISHER", 8).part(4),
        flexible("HEADLINE", 12),
    ]);
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    for carrier in found {
        let (role, word) = match carrier.relation {
            Relation::Copy => (Role::Good, "copy"),
            Relation::Within => (Role::Plain, "within"),
            Relation::Part => (Role::Plain, "part"),
        };
        table.row(vec![
            cell(Role::Id, short.of(carrier.article)),
            cell(Role::Faint, times::age(look, carrier.seen_at)),
            cell(Role::Plain, percent(carrier.of_text)),
            cell(Role::Plain, percent(carrier.of_article)),
            cell(role, word),
            cell(Role::Plain, &carrier.publisher),
            cell(Role::Plain, titled(&carrier.title)),
        ]);
    }
    doc.append(table.into_doc(look));
    doc
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixtures::{self, HOSTILE, at};

    fn one(relation: Relation, publisher: &str, title: &str, shares: (f64, f64)) -> Carrier {
        Carrier {
            article: Id(0x19c4_a0b0_0000_0001 ^ shares.1.to_bits()),
            cluster: Id(0xc1),
            story: Id(0xa1),
            relation,
            publisher: publisher.to_owned(),
            title: title.to_owned(),
            url: "https://harbour.example/a".to_owned(),
            published_at: None,
            seen_at: at("2026-11-22T07:41:00Z"),
            of_text: shares.0,
            of_article: shares.1,
            distance: Some(9),
            sentence: String::new(),
        }
    }

    #[test]
    fn carriers_are_listed_nearest_first_with_both_shares() {
        let found = [
            one(Relation::Copy, "Meridian Wire", "Ferry talks resume in Port Amalie after week-long pause", (1.0, 1.0)),
            one(Relation::Within, "Harbour Post", HOSTILE, (0.97, 0.34)),
            one(Relation::Part, "海港晚报", "停火谈判在多哈恢复，此前停顿一周，各方代表周日抵达谈判地点", (0.42, 0.88)),
        ];
        fixtures::at_widths("match", |look| render(&found, Short::for_ids(&[found[0].article], 7), look));
    }

    #[test]
    fn phrases_are_spread_over_the_text_and_hold_no_signs() {
        let text = (0..200).map(|n| format!("word{n}")).collect::<Vec<_>>().join(" ");
        let query = phrases(&format!("“quoted” {text}")).unwrap();
        assert_eq!(query.matches(" OR ").count(), 11);
        assert!(!query.contains('“') && query.contains("word0 ") && query.contains("word14"));
        assert_eq!(phrases("too short"), None);
    }
}

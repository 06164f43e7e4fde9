//! `newsfold export`

use crate::cli::args::{Filter, when};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::progress::Bar;
use crate::cli::{hints, json, output, syndicate};
use crate::config;
use crate::model::Id;
use crate::model::views::{ClusterDetail, StoryDetail, StoryFilter};
use crate::store::{Every, Reader};
use clap::ValueEnum;
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Everything is written as it is read: a million articles take no more memory than a thousand.

Examples:
  newsfold export jsonl > entries.jsonl
  newsfold export jsonl | jq -r 'select(.lang == \"en\") | .title'
  newsfold export jsonl articles --since 7d  with their texts
  newsfold export opml > subscriptions.opml
  newsfold export atom --min-publishers 3 > /srv/www/stories.xml")]
pub struct Args {
    #[command(subcommand)]
    form: Form,
}

#[derive(Debug, clap::Subcommand)]
enum Form {
    /// A JSON object a line, oldest first
    Jsonl(Lines),
    /// Stories as an Atom feed: an entry a story, updated when it grows
    Atom(Stories),
    /// Stories as a JSON Feed: an item a story, updated when it grows
    Jsonfeed(Stories),
    /// The configured feeds as a subscription list that feed readers import
    #[command(after_help = "\
Examples:
  newsfold export opml > subscriptions.opml")]
    Opml,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
entries: each as its feed has it, with the article, cluster and story that it ended up in. articles: with their texts. clusters: a text and who carries it. stories: with all of their clusters. docs/json.md has every key.

Examples:
  newsfold export jsonl > entries.jsonl
  newsfold export jsonl articles --since 7d | jq -r .publisher
  newsfold export jsonl clusters | jq -c 'select(.members | length > 3)'")]
struct Lines {
    /// What to write, an object each
    #[arg(value_enum, default_value_t = What::Entries)]
    what: What,
    /// Only what was first seen since: 24h, 7d, yesterday, 2026-11-22, an RFC 3339 time
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
}

/// What the lines are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    Entries,
    Articles,
    Clusters,
    Stories,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Sources are listed inside each entry. Ids stay as long as a story does.

Examples:
  newsfold export atom --min-publishers 3 > /srv/www/stories.xml
  newsfold export jsonfeed --tag world --self-url https://example.org/w.json")]
struct Stories {
    #[command(flatten)]
    filter: Filter,
    /// At most so many, the most widely carried; 0: all
    #[arg(short = 'n', long = "limit", value_name = "N", default_value_t = 100)]
    limit: u32,
    /// The feed's title
    #[arg(long, default_value = "newsfold: stories")]
    title: String,
    /// The address at which the feed will be served
    #[arg(long, value_name = "URL")]
    self_url: Option<url::Url>,
}

/// How far back feeds of stories look where `--since` does not say.
const SINCE: &str = "7d";

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    match &args.form {
        Form::Jsonl(args) => jsonl(args, context),
        Form::Atom(args) => stories(args, context, syndicate::atom),
        Form::Jsonfeed(args) => stories(args, context, syndicate::json_feed),
        Form::Opml => {
            let config = context.config()?;
            context.out.own(&config::opml::write(&config))?;
            Ok(Exit::Done)
        }
    }
}

/// In constant memory: each row is printed and forgotten.
fn jsonl(args: &Lines, context: &mut Context) -> anyhow::Result<Exit> {
    let reader = context.reader()?;
    let since = args.since.as_deref().filter(|since| *since != "all").map(|since| when(since, &context.look)).transpose()?;
    let terminal = context.look.terminal;
    match args.what {
        What::Entries => entries(&reader, since, context)?,
        What::Articles => {
            let bar = Bar::printing("articles written", terminal);
            each(&reader, Every::Article, since, &bar, |id| match reader.article(id)? {
                Some(article) => Ok(context.out.json(&json::versioned("newsfold/article/1", &article))?),
                None => Ok(()),
            })?;
        }
        What::Clusters => {
            let bar = Bar::printing("clusters written", terminal);
            each(&reader, Every::Cluster, since, &bar, |id| match reader.cluster(id)? {
                Some((story, cluster)) => {
                    Ok(context.out.json(&json::versioned("newsfold/cluster/1", &ClusterRow { story, cluster: &cluster }))?)
                }
                None => Ok(()),
            })?;
        }
        What::Stories => {
            let bar = Bar::printing("stories written", terminal);
            each(&reader, Every::Story, since, &bar, |id| match reader.story(id)? {
                Some(story) => Ok(context.out.json(&json::versioned("newsfold/story/1", &story))?),
                None => Ok(()),
            })?;
        }
    }
    Ok(Exit::Done)
}

/// A cluster and the story it is in.
#[derive(Serialize)]
struct ClusterRow<'a> {
    story: Id,
    #[serde(flatten)]
    cluster: &'a ClusterDetail,
}

/// Ids read at a time.
const PAGE: u32 = 1_000;

/// Calls `write` for everything of one kind. What went away since its id was read is passed over by `write`.
fn each(
    reader: &Reader,
    what: Every,
    since: Option<Timestamp>,
    bar: &Bar,
    mut write: impl FnMut(Id) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut after = 0;
    loop {
        let page = reader.ids(what, since, after, PAGE)?;
        for (place, id) in &page {
            write(*id)?;
            bar.one();
            after = *place;
        }
        if page.len() < PAGE as usize {
            return Ok(());
        }
    }
}

fn entries(reader: &Reader, since: Option<Timestamp>, context: &mut Context) -> anyhow::Result<()> {
    let bar = Bar::printing("entries written", context.look.terminal);
    let mut closed = None;
    let done = reader.export(&mut |row| {
        if since.is_some_and(|since| row.seen_at < since) {
            return Ok(());
        }
        bar.one();
        context.out.json(&json::versioned("newsfold/entry/1", &row)).inspect_err(|e| closed = Some(e.kind()))
    });
    // What stopped the printing says more than what the store makes of it.
    if let Some(kind) = closed {
        return Err(std::io::Error::from(kind).into());
    }
    Ok(done?)
}

/// One story after the other: only the list of ids is held.
fn stories(args: &Stories, context: &mut Context, write: syndicate::Writer) -> anyhow::Result<Exit> {
    let reader = context.reader()?;
    let limit = Some(args.limit).filter(|n| *n > 0);
    let rows = reader.story_ids(&StoryFilter { limit, ..args.filter.of(SINCE, &reader, &context.look)? })?;
    // A quiet day is nothing to tell a timer of; a name that is wrong is.
    if rows.is_empty()
        && let Some(said) = hints::unknown_in(&reader, &args.filter)
    {
        output::note(&said);
    }
    let bar = Bar::printing("stories written", context.look.terminal);
    let head = syndicate::Head {
        title: args.title.clone(),
        self_url: args.self_url.as_ref().map(url::Url::to_string),
        updated: rows.iter().map(|(_, grew)| *grew).max().unwrap_or(Timestamp::UNIX_EPOCH),
    };
    let mut ids = rows.iter().map(|(id, _)| *id);
    let mut next = || -> anyhow::Result<Option<StoryDetail>> {
        for id in ids.by_ref() {
            // A story may have been merged into another since the list was read.
            bar.one();
            if let Some(story) = reader.story(id)? {
                return Ok(Some(story));
            }
        }
        Ok(None)
    };
    let out = &mut context.out;
    write(&head, &mut next, &mut |text| out.own(text))?;
    Ok(Exit::Done)
}

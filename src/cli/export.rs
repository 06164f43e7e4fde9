//! `newsfold export`

use crate::cli::args::Filter;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::syndicate;
use crate::config;
use crate::model::views::{StoryDetail, StoryFilter};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  newsfold export jsonl > entries.jsonl
  newsfold export jsonl | jq -r 'select(.lang == \"en\") | .title'
  newsfold export opml > subscriptions.opml
  newsfold export atom --min-publishers 3 > /srv/www/stories.xml   for a feed reader, from a timer")]
pub struct Args {
    #[command(subcommand)]
    form: Form,
}

#[derive(Debug, clap::Subcommand)]
enum Form {
    /// A JSON object a line: every entry, oldest first, and the article, cluster and story that it ended up in
    Jsonl,
    /// Stories as an Atom feed: an entry a story, its sources listed inside, updated when it grows
    Atom(Stories),
    /// Stories as a JSON Feed
    Jsonfeed(Stories),
    /// The configured feeds as a subscription list that feed readers import
    Opml,
}

#[derive(Debug, clap::Args)]
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
        Form::Jsonl => jsonl(context),
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
fn jsonl(context: &mut Context) -> anyhow::Result<Exit> {
    let reader = context.reader()?;
    let mut closed = None;
    let done = reader.export(&mut |row| context.out.json(&row).inspect_err(|e| closed = Some(e.kind())));
    // What stopped the printing says more than what the store makes of it.
    if let Some(kind) = closed {
        return Err(std::io::Error::from(kind).into());
    }
    done?;
    Ok(Exit::Done)
}

/// One story after the other: only the list of ids is held.
fn stories(args: &Stories, context: &mut Context, write: syndicate::Writer) -> anyhow::Result<Exit> {
    let reader = context.reader()?;
    let limit = Some(args.limit).filter(|n| *n > 0);
    let rows = reader.stories(&StoryFilter { limit, ..args.filter.of(SINCE, &context.look)? })?;
    let head = syndicate::Head {
        title: args.title.clone(),
        self_url: args.self_url.as_ref().map(url::Url::to_string),
        updated: rows.iter().map(|r| r.last_seen_at).max().unwrap_or(jiff::Timestamp::UNIX_EPOCH),
    };
    let mut ids = rows.iter().map(|r| r.id);
    let mut next = || -> anyhow::Result<Option<StoryDetail>> {
        for id in ids.by_ref() {
            // A story may have been merged into another since the list was read.
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

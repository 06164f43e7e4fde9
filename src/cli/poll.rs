//! `newsfold poll`: one pass, by the daemon where one runs, else by this process.

use super::context::Context;
use super::doc::{Doc, Role};
use super::exit::{Exit, Failure};
use super::progress::Bar;
use super::{json, logging, output};
use crate::clock::Clock;
use crate::daemon::control::{self, Command, ControlError};
use crate::daemon::pass::{self, Selection, Summary};
use crate::daemon::progress::Progress;
use crate::daemon::{self, ConfigSource, DaemonError, Engine};
use std::sync::Arc;
use std::time::Duration;

/// Poll what is due, or the named feeds, or all; fetch and place everything pending
///
/// Names and --all set aside due times and max-age, never Retry-After, backoff or 410.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  newsfold poll        what is due
  newsfold poll --all  every feed, due or not
  newsfold poll https://example.org/feed.xml")]
pub struct Args {
    /// Feeds: URL, id or publisher
    #[arg(value_name = "FEED")]
    feeds: Vec<String>,
    /// Every feed, due or not
    #[arg(long, conflicts_with = "feeds")]
    all: bool,
    /// The summary as one JSON object
    #[arg(long)]
    json: bool,
}

/// How feeds are named.
const NAMES: &str = "a feed is named by its URL, its id or its publisher";

/// Runs the command.
///
/// # Errors
/// Where the pass could not be run to its end.
pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    let state_dir = context.state_dir()?;
    let bar = Bar::measured("polling");
    let command = Command::Poll { feeds: args.feeds.clone(), all: args.all };
    let summary = match control::call(&state_dir, command, |now| show(&bar, now)) {
        Ok(report) => serde_json::from_value(report)?,
        Err(ControlError::NotRunning(_)) => here(args, context, &bar)?,
        Err(ControlError::Usage(message)) => return Err(Failure::usage(message, NAMES)),
        Err(error) => return Err(error.into()),
    };
    drop(bar);
    report(args, context, &summary)
}

/// Runs the pass in this process, under the database's lock.
fn here(args: &Args, context: &Context, bar: &Bar) -> anyhow::Result<Summary> {
    logging::start(logging::Kind::Quiet);
    let source = ConfigSource { file: context.config.clone(), state_dir: context.state_dir.clone() };
    let config = context.config()?;
    daemon::runtime()?.block_on(async {
        let engine = Engine::start(config, source, Clock::system()).await?;
        let which = Selection::new(args.feeds.clone(), args.all);
        let work = pass::run(Arc::clone(&engine), which);
        tokio::pin!(work);
        let mut beat = tokio::time::interval(Duration::from_millis(100));
        let mut interrupted = std::pin::pin!(tokio::signal::ctrl_c());
        let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        let done = loop {
            tokio::select! {
                done = &mut work => break done,
                _ = &mut interrupted, if !engine.stop.is_cancelled() => engine.stop.cancel(),
                _ = terminated.recv(), if !engine.stop.is_cancelled() => engine.stop.cancel(),
                _ = beat.tick() => show(bar, engine.progress()),
            }
        };
        if done.is_ok()
            && let Err(error) = daemon::alerts::tell_once(&engine).await
        {
            output::note(&format!("alerts could not be told and wait for the next poll: {error}"));
        }
        engine.writer.close().await;
        done.map_err(friendly)
    })
}

fn friendly(error: DaemonError) -> anyhow::Error {
    match error {
        DaemonError::NoSuchFeed(_) => Failure::usage(error.to_string(), NAMES),
        other => other.into(),
    }
}

fn report(args: &Args, context: &mut Context, summary: &Summary) -> anyhow::Result<Exit> {
    if args.json {
        context.out.json(&json::versioned("newsfold/poll/1", summary))?;
    } else {
        let mut doc = Doc::new();
        for line in words(summary) {
            doc.wrapped(Role::Plain, line, context.look.text_width());
        }
        context.out.doc(&doc, &context.look)?;
        for failure in &summary.failures {
            output::note(&format!("failed: {}: {}", failure.url, failure.what));
        }
    }
    Ok(if summary.bad { Exit::Failed } else { Exit::Done })
}

/// The summary as two lines.
fn words(s: &Summary) -> [String; 2] {
    let some = |n: u64, what: &str| if n == 0 { String::new() } else { format!(", {n} {what}") };
    let feeds = if s.feeds == 1 { "1 feed".to_owned() } else { format!("{} feeds", s.feeds) };
    let polled = format!(
        "{feeds} polled in {:.1} s: {} with news, {} without{}{}",
        Duration::from_millis(s.elapsed_ms).as_secs_f64(),
        s.updated,
        s.unchanged,
        some(s.failed, "failed"),
        some(s.held_back, "left alone (gone, or told to wait)"),
    );
    let found = format!(
        "{} new entries{}; {} settled, {} articles placed, {} of them copies{}{}",
        s.new_entries,
        some(s.changed_entries, "changed"),
        s.settled,
        s.articles,
        s.joined,
        some(s.put_off, "put off"),
        some(s.rechecked, &format!("pages looked at again ({} revised)", s.revised)),
    );
    [polled, found]
}

fn show(bar: &Bar, now: Progress) {
    let tried = now.settled + now.put_off;
    let pages = now.pages.max(tried);
    bar.show(now.feeds_done + tried, now.feeds + pages);
    bar.say(format!("feeds {}/{} · pages {tried}/{pages} · articles {}", now.feeds_done, now.feeds, now.articles));
}

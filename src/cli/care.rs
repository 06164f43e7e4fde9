//! `newsfold backup`, `restore` and `doctor`: the database in good hands.

use crate::cli::context::Context;
use crate::cli::doc::{Doc, Role};
use crate::cli::exit::Exit;
use crate::cli::json;
use crate::cli::progress::Bar;
use crate::cli::sanitize::clean;
use crate::cli::surroundings;
use crate::cli::words::{count, size};
use crate::clock::Clock;
use crate::daemon::control::{self, ControlError};
use crate::daemon::tidy;
use crate::store::{self, Copied, Health, Pruned};
use std::path::PathBuf;

/// Copy the database to a file, while the daemon runs or not
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The copy is one moment's, and is checked before it gets its name.

Examples:
  newsfold backup /srv/backup/newsfold.db
  newsfold backup \"news-$(date +%F).db\" --json | jq .articles")]
pub struct Backup {
    /// Where to
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Put a backup in the place of the database
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The daemon must not run. The database that was there stays beside it as newsfold.db.former (the next one as newsfold.db.former.2, and so on); delete it when you need it no more.

Examples:
  sudo systemctl stop newsfold
  sudo newsfold restore /srv/backup/newsfold.db
  sudo systemctl start newsfold")]
pub struct Restore {
    /// Which backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Remove what is past its retention now
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The daemon does so by itself, a little at a time. What was kept by hand stays, and so does the first text of a cluster that is still carried; the keys of what goes stay too, so that it does not come back as new.

Examples:
  newsfold prune --dry-run  what would go
  newsfold prune --json | jq .articles")]
pub struct Prune {
    /// Only count
    #[arg(long)]
    dry_run: bool,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Look for what can be wrong with the database and around it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Reads only, and says what to do. Exit code 1 where something is wrong.

Examples:
  newsfold doctor
  newsfold doctor --deep  every index against its table; takes a while")]
pub struct Doctor {
    /// Check every index against its table too
    #[arg(long)]
    deep: bool,
    /// One JSON object a finding
    #[arg(long)]
    json: bool,
}

/// Runs `backup`.
///
/// # Errors
/// Those of the store.
pub fn backup(args: &Backup, context: &mut Context) -> anyhow::Result<Exit> {
    let bar = Bar::of("copying the database");
    let done = store::backup(&context.state_dir()?, &args.file)?;
    drop(bar);
    tell(&done, "copied", args.json, context)
}

/// Runs `restore`.
///
/// # Errors
/// Those of the store; a daemon that runs is one.
pub fn restore(args: &Restore, context: &mut Context) -> anyhow::Result<Exit> {
    let bar = Bar::of("checking the backup, and putting it in place");
    let done = store::restore(&context.state_dir()?, &args.file)?;
    drop(bar);
    tell(&done, "restored", args.json, context)
}

fn tell(done: &Copied, what: &str, as_json: bool, context: &mut Context) -> anyhow::Result<Exit> {
    if as_json {
        context.out.json(&json::versioned("newsfold/copy/1", done))?;
        return Ok(Exit::Done);
    }
    let former = done.former.as_ref().map(|path| format!("; the former one is {}", path.display())).unwrap_or_default();
    let (articles, bytes) = (count(done.articles, "article", "articles"), size(done.bytes));
    context.out.own(&clean(&format!("{what}: {articles}, {bytes}, {}{former}", done.path.display())))?;
    context.out.own("\n")?;
    Ok(Exit::Done)
}

/// Runs `prune`.
///
/// # Errors
/// Those of the store.
pub fn prune(args: &Prune, context: &mut Context) -> anyhow::Result<Exit> {
    let (config, now) = (context.config()?, Clock::system().now());
    let bar = Bar::of(if args.dry_run { "counting what is past its retention" } else { "removing what is past its retention" });
    let done: Pruned = if args.dry_run {
        context.reader()?.prunable(&tidy::rules(&config, now))?
    } else {
        match control::call(&context.state_dir()?, control::Command::Prune, |_| {}) {
            Ok(report) => serde_json::from_value(report)?,
            Err(ControlError::NotRunning(_)) => tidy::prune_here(&config, now)?,
            Err(error) => return Err(error.into()),
        }
    };
    drop(bar);
    if args.json {
        context.out.json(&json::versioned("newsfold/pruned/1", &done))?;
    } else {
        let mut doc = Doc::new();
        doc.wrapped(Role::Plain, pruned(&done, args.dry_run), context.look.text_width());
        context.out.doc(&doc, &context.look)?;
    }
    Ok(Exit::Done)
}

fn pruned(done: &Pruned, dry_run: bool) -> String {
    let records = count(done.records + done.forgotten, "old record", "old records");
    format!(
        "{}{} and {records} {}; {} past the retention stay: kept by hand, or first of a cluster that lives on",
        if dry_run { "would remove " } else { "" },
        count(done.articles, "article", "articles"),
        if dry_run { "of polls, events and keys" } else { "of polls, events and keys removed" },
        count(done.kept, "article", "articles"),
    )
}

/// Runs `doctor`.
///
/// # Errors
/// Where output cannot be written.
pub fn doctor(args: &Doctor, context: &mut Context) -> anyhow::Result<Exit> {
    let bar = Bar::of("looking through the database");
    let mut findings = store::doctor(&context.state_dir()?, args.deep);
    findings.extend(surroundings::findings(context, args.deep, Clock::system().now()));
    drop(bar);
    let ill = findings.iter().any(|finding| finding.health == Health::Bad);
    if args.json {
        for finding in &findings {
            context.out.json(&json::versioned("newsfold/finding/1", finding))?;
        }
    } else {
        let mut doc = Doc::new();
        for finding in &findings {
            let (role, word) = match finding.health {
                Health::Good => (Role::Good, "good"),
                Health::Doubtful => (Role::Warn, "look"),
                Health::Bad => (Role::Bad, "bad "),
            };
            doc.add(role, word).text(format!("  {}: {}", finding.check, finding.found)).end();
            if let Some(advice) = &finding.advice {
                doc.text(format!("      {advice}")).end();
            }
        }
        context.out.doc(&doc, &context.look)?;
    }
    Ok(if ill { Exit::Failed } else { Exit::Done })
}

//! `newsfold backup`, `restore` and `doctor`: the database in good hands.

use crate::cli::context::Context;
use crate::cli::doc::{Doc, Role};
use crate::cli::exit::Exit;
use crate::cli::json;
use crate::cli::sanitize::clean;
use crate::cli::words::{count, size};
use crate::store::{self, Copied, Health};
use std::path::PathBuf;

/// Copy the database to a file, while the daemon runs or not
#[derive(Debug, clap::Args)]
#[command(after_help = "The copy is one moment's, and is checked before it gets its name.

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
#[command(after_help = "The daemon must not run. The database that was there stays beside it as newsfold.db.former.

Examples:
  systemctl stop newsfold && newsfold restore /srv/backup/newsfold.db && systemctl start newsfold")]
pub struct Restore {
    /// Which backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Look for what can be wrong with the database and its folder
#[derive(Debug, clap::Args)]
#[command(after_help = "Reads only. Exit code 1 where something is wrong.

Examples:
  newsfold doctor
  newsfold doctor --deep                every index against its table; takes a while")]
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
    let done = store::backup(&context.state_dir()?, &args.file)?;
    tell(&done, "copied", args.json, context)
}

/// Runs `restore`.
///
/// # Errors
/// Those of the store; a daemon that runs is one.
pub fn restore(args: &Restore, context: &mut Context) -> anyhow::Result<Exit> {
    let done = store::restore(&context.state_dir()?, &args.file)?;
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

/// Runs `doctor`.
///
/// # Errors
/// Where output cannot be written.
pub fn doctor(args: &Doctor, context: &mut Context) -> anyhow::Result<Exit> {
    let findings = store::doctor(&context.state_dir()?, args.deep);
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

//! `newsfold reload`, `pause` and `resume`: a word to the daemon.

use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::progress::Bar;
use crate::cli::{json, output};
use crate::daemon::control::{self, Command};

/// Read the configuration again
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A configuration with a fault in it changes nothing: the old one goes on, and `newsfold status` says why.

Examples:
  newsfold config check && newsfold reload
  systemctl reload newsfold")]
pub struct Reload {
    /// What changed, as one JSON object
    #[arg(long)]
    json: bool,
}

/// Let the daemon rest
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Nothing is polled or fetched until `newsfold resume` or a restart, but for what `newsfold poll` asks for; reading goes on.

Examples:
  newsfold pause
  newsfold pause ; sleep 3600; newsfold resume")]
pub struct Pause {}

/// Let the daemon go on
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  newsfold resume")]
pub struct Resume {}

/// Runs `reload`.
///
/// # Errors
/// Where no daemon runs, and where the configuration is refused.
pub fn reload(args: &Reload, context: &mut Context) -> anyhow::Result<Exit> {
    let bar = Bar::of("reading the configuration again");
    let done = control::call(&context.state_dir()?, Command::Reload, |_| {})?;
    drop(bar);
    if args.json {
        context.out.json(&json::versioned("newsfold/reloaded/1", &done))?;
    } else {
        let count = |key: &str| done.get(key).and_then(serde_json::Value::as_u64).unwrap_or(0);
        let line = format!(
            "reloaded: {} feeds added, {} removed, {} changed, {} kept\n",
            count("added"),
            count("removed"),
            count("changed"),
            count("kept")
        );
        context.out.own(&line)?;
        let names: Vec<&str> = done["restart"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str).collect();
        if !names.is_empty() {
            output::note(&format!("changed, and in force after a restart only: {}", names.join(", ")));
        }
    }
    Ok(Exit::Done)
}

/// Runs `pause` and `resume`.
///
/// # Errors
/// Where no daemon runs.
pub fn rest(pause: bool, context: &mut Context) -> anyhow::Result<Exit> {
    let command = if pause { Command::Pause } else { Command::Resume };
    control::call(&context.state_dir()?, command, |_| {})?;
    context.out.own(if pause { "paused\n" } else { "resumed\n" })?;
    Ok(Exit::Done)
}

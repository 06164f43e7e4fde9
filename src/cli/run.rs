//! `newsfold run`: the daemon, in the foreground.

use super::context::Context;
use super::exit::Exit;
use super::logging;
use crate::clock::Clock;
use crate::daemon::{self, ConfigSource, Engine};

/// Run the daemon, in the foreground
///
/// SIGTERM and SIGINT end it in order; SIGHUP reads the configuration again. Logs go to standard error.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  newsfold run --config newsfold.toml
  RUST_LOG=newsfold=debug newsfold run")]
pub struct Args {
    /// Log as JSON lines
    #[arg(long)]
    log_json: bool,
}

/// Runs the command.
///
/// # Errors
/// Where the daemon cannot start, and where its writer dies.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    logging::start(if args.log_json { logging::Kind::Json } else { logging::Kind::Text });
    let source = ConfigSource { file: context.config.clone(), state_dir: context.state_dir.clone() };
    let config = context.config()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let engine = Engine::start(config, source, Clock::system()).await?;
        daemon::run(engine).await
    })?;
    Ok(Exit::Done)
}

//! `newsfold run`: the daemon, in the foreground.

use super::context::Context;
use super::exit::Exit;
use super::logging;
use crate::clock::Clock;
use crate::daemon::{self, ConfigSource, Engine};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Open descriptors that are wished for, as in the unit.
const DESCRIPTORS: u64 = 8_192;

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
    raise_descriptors();
    daemon::runtime()?.block_on(async {
        let engine = Engine::start(config, source, Clock::system()).await?;
        daemon::run(engine).await
    })?;
    Ok(Exit::Done)
}

/// Takes as many descriptors as this process may have, within reason: the usual limit of 1,024 is for programs that cannot
/// do with more, and hundreds of feeds at once come near it.
fn raise_descriptors() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(DESCRIPTORS, |most| most.min(DESCRIPTORS));
    if limit.current.is_some_and(|now| now < wanted) {
        let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum });
        if let Err(error) = raised {
            tracing::warn!(%error, "the limit of open descriptors stays as it is");
        }
    }
}

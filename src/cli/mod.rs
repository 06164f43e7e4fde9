//! The command line: one file a command; `output` alone prints.

mod cluster;
mod extract;
mod output;
mod parse;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// newsfold folds the news: who carried which text, who had it first, what did each change.
#[derive(Debug, Parser)]
#[command(name = "newsfold", version, max_term_width = 100)]
struct Cli {
    /// Configuration file; else $NEWSFOLD_CONFIG, ./newsfold.toml, $XDG_CONFIG_HOME/newsfold/, /etc/newsfold/
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where the database lives; else the configuration's state_dir
    #[arg(long, global = true, value_name = "DIR")]
    state_dir: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read feed files (-: standard input) and print their entries
    Parse(parse::Args),
    /// Take body, metadata and credits from HTML files (-: standard input)
    Extract(extract::Args),
    /// Group the texts of JSON lines files (-: standard input) into clusters and stories
    Cluster(cluster::Args),
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Parse(args) => parse::run(&args),
        Command::Extract(args) => extract::run(&args),
        Command::Cluster(args) => cluster::run(&args),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            output::error(&error);
            ExitCode::FAILURE
        }
    }
}

//! `newsfold config`

use crate::article::SiteRules;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::output;
use crate::cli::words::count;
use crate::config::{self, Config, Problem};
use serde::Serialize;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  newsfold config check  every problem at once, with its line
  newsfold --config new.toml config check
  newsfold config show   what is in force, includes resolved, secrets hidden")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Read it all, and report every problem (exit code 78)
    #[command(after_help = "\
Examples:
  newsfold config check && newsfold reload
  newsfold --config new.toml config check --json | jq .message")]
    Check {
        /// One JSON object a problem a line
        #[arg(long)]
        json: bool,
    },
    /// Print the configuration in force as TOML, every setting written out
    #[command(after_help = "\
Examples:
  newsfold config show | grep -A3 retention")]
    Show,
}

/// A problem for programs.
#[derive(Serialize)]
struct Row<'a> {
    schema: &'static str,
    file: String,
    line: usize,
    column: usize,
    message: &'a str,
    hint: Option<&'a str>,
}

impl<'a> Row<'a> {
    fn of(problem: &'a Problem) -> Self {
        let Problem { file, line, column, message, hint } = problem;
        Self {
            schema: "newsfold/problem/1",
            file: file.display().to_string(),
            line: *line,
            column: *column,
            message,
            hint: hint.as_deref(),
        }
    }
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    match args.command {
        Command::Show => {
            let config = context.config()?;
            context.out.own(&config::show(&config))?;
        }
        Command::Check { json } => {
            let loaded = config::load(context.config.as_deref(), context.state_dir.as_deref());
            if let (true, Err(errors)) = (json, &loaded) {
                errors.0.iter().try_for_each(|problem| context.out.json(&Row::of(problem)))?;
            }
            let config = loaded?;
            for site in &config.sites {
                let rules = SiteRules {
                    body: site.body.clone(),
                    remove: site.remove.clone(),
                    title: site.title.clone(),
                    published: site.published.clone(),
                };
                for fault in rules.faults() {
                    output::note(&format!("[[site]] {}: {fault} is no CSS selector, and selects nothing", site.domain));
                }
            }
            if !json {
                output::note(&summary(&config));
            }
        }
    }
    Ok(Exit::Done)
}

/// "newsfold.toml and 7 more files: 61 feeds of 48 publishers, no problem".
fn summary(config: &Config) -> String {
    let more = match config.files.len() {
        0 | 1 => String::new(),
        n => format!(" and {}", count(n as u64 - 1, "more file", "more files")),
    };
    let off = config.feeds.iter().filter(|f| !f.enabled).count();
    let off = if off > 0 { format!(" ({off} disabled)") } else { String::new() };
    let feeds = count(config.feeds.len() as u64, "feed", "feeds");
    let publishers = count(config.publishers.len() as u64, "publisher", "publishers");
    format!("{}{more}: {feeds}{off}, {publishers}, state in {}: no problem", config.path.display(), config.state_dir.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_configuration_is_summed_up_in_a_line() {
        let mut config = config::from_text("[[feed]]\nurl = 'https://a.example/rss'\npublisher = 'A'\n", "newsfold.toml").unwrap();
        config.state_dir = "/s".into();
        assert!(summary(&config).ends_with(": 1 feed, 1 publisher, state in /s: no problem"), "{}", summary(&config));
    }
}

//! The command line: one file a command; `output` alone prints.

mod args;
mod article;
mod care;
mod carries;
mod cluster;
mod completions;
mod config;
mod context;
mod control;
mod decide;
mod diff;
mod doc;
mod exit;
mod export;
mod extract;
mod feeds;
#[cfg(test)]
mod fixtures;
mod hints;
mod import;
mod json;
mod log;
mod logging;
mod look;
mod man;
mod origin;
mod output;
mod parse;
mod poll;
mod probe;
mod recluster;
mod report;
mod run;
mod sanitize;
mod search;
mod status;
mod stories;
mod story;
mod surroundings;
mod syndicate;
mod table;
mod times;
mod why;
mod words;

use clap::{Parser, Subcommand};
use context::Context;
use exit::Exit;
use std::path::PathBuf;
use std::process::ExitCode;

/// newsfold folds the news: who carried which text, who had it first, what did each change.
#[derive(Debug, Parser)]
#[command(name = "newsfold", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "\
Exit codes: 0 done (an empty answer is done), 1 failed, 2 usage,
3 daemon not running (status), 4 no such id, 78 bad configuration.

Start here:
  newsfold stories             what the last day brought, widest first
  newsfold story ID            who carried it, who had it first, what each changed
  newsfold help COMMAND        more of one command, with examples")]
struct Cli {
    /// Configuration file; else $NEWSFOLD_CONFIG, ./newsfold.toml, $XDG_CONFIG_HOME/newsfold/, /etc/newsfold/
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options", display_order = 900)]
    config: Option<PathBuf>,
    /// Where the database lives; else the configuration's state_dir
    #[arg(long, global = true, value_name = "DIR", help_heading = "Global options", display_order = 901)]
    state_dir: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the daemon, in the foreground
    Run(run::Args),
    /// Poll feeds once: what is due, the named, or all; fetch and place everything pending
    Poll(poll::Args),
    /// List stories, the most widely carried first
    Stories(stories::Args),
    /// Show a story: who carried it, who had it first, what each changed
    Story(story::Args),
    /// Show an article: everything known of it, and its text
    Article(article::Args),
    /// Find articles by their words
    Search(search::Args),
    /// Tell why two articles are, or are not, one text or one story
    Why(why::Args),
    /// Show what changed between two articles' texts
    Diff(diff::Args),
    /// Tell who carries a text: a file, a page or an article; stores nothing
    Match(carries::Args),
    /// Say that two clusters are one text
    Merge(decide::Merge),
    /// Say that articles are not copies of the rest of their cluster
    Split(decide::Split),
    /// Tell whose a text is, and by what evidence, or say it
    Origin(origin::Args),
    /// Keep an article beyond the retention
    Keep(decide::Keep),
    /// Let an article go when it is as old as the others
    Unkeep(decide::Keep),
    /// List what people decided, or take a decision back
    Decisions(decide::Decisions),
    /// Place every article over again, or tell what that would change
    Recluster(recluster::Args),
    /// Show what happened, event by event
    Log(log::Args),
    /// Sum up a period: who leads, who follows whom, how fast
    Report(report::Args),
    /// Show the feeds and their health
    Feeds(feeds::Args),
    /// Tell whether all is well
    Status(status::Args),
    /// Read the configuration again
    Reload(control::Reload),
    /// Let the daemon rest: nothing is polled until resumed
    Pause(control::Pause),
    /// Let the daemon go on
    Resume(control::Resume),
    /// Copy the database to a file, while the daemon runs or not
    Backup(care::Backup),
    /// Put a backup in the place of the database
    Restore(care::Restore),
    /// Remove what is past its retention now
    Prune(care::Prune),
    /// Look for what can be wrong with the database and around it
    Doctor(care::Doctor),
    /// Check the configuration, or show what is in force
    Config(config::Args),
    /// Take in a subscription list of a feed reader
    Import(import::Args),
    /// Write out stories, entries or subscriptions, for other programs
    Export(export::Args),
    /// Print a shell's completion script
    Completions(completions::Args),
    /// Print manual pages
    Man(man::Args),
    /// Words for the completion scripts
    #[command(name = "__words", hide = true)]
    Words(completions::WordsArgs),
    /// Read feed files (-: standard input) and print their entries
    Parse(parse::Args),
    /// Take body, metadata and credits from HTML files (-: standard input)
    Extract(extract::Args),
    /// Group the texts of JSON lines files (-: standard input) into clusters and stories
    Cluster(cluster::Args),
}

/// The whole command line, for manual pages and completion scripts.
fn command() -> clap::Command {
    <Cli as clap::CommandFactory>::command()
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = execute(cli);
    match done {
        Ok(code) => code,
        // Nobody reads any more: as quiet as `head` expects.
        Err(error) if exit::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::error(&error);
            ExitCode::from(exit::verdict(&error).0)
        }
    }
}

fn execute(cli: Cli) -> anyhow::Result<ExitCode> {
    // The three tools need no database, and print for themselves.
    let command = match cli.command {
        Command::Parse(args) => return parse::run(&args),
        Command::Extract(args) => return extract::run(&args, cli.config.as_deref()),
        Command::Cluster(args) => return cluster::run(&args),
        command => command,
    };
    let mut context = Context::new(cli.config, cli.state_dir);
    let done = dispatch(&command, &mut context);
    // What was printed before a failure is shown before the failure is.
    let flushed = context.out.flush();
    let exit = done?;
    flushed?;
    Ok(ExitCode::from(exit.code()))
}

fn dispatch(command: &Command, context: &mut Context) -> anyhow::Result<Exit> {
    match command {
        Command::Run(args) => run::run(args, context),
        Command::Poll(args) => poll::run(args, context),
        Command::Stories(args) => stories::run(args, context),
        Command::Story(args) => story::run(args, context),
        Command::Article(args) => article::run(args, context),
        Command::Search(args) => search::run(args, context),
        Command::Why(args) => why::run(args, context),
        Command::Diff(args) => diff::run(args, context),
        Command::Match(args) => carries::run(args, context),
        Command::Merge(args) => decide::merge(args, context),
        Command::Split(args) => decide::split(args, context),
        Command::Origin(args) => origin::run(args, context),
        Command::Keep(args) => decide::keep(args, true, context),
        Command::Unkeep(args) => decide::keep(args, false, context),
        Command::Decisions(args) => decide::decisions(args, context),
        Command::Recluster(args) => recluster::run(args, context),
        Command::Log(args) => log::run(args, context),
        Command::Report(args) => report::run(args, context),
        Command::Feeds(args) => feeds::run(args, context),
        Command::Reload(args) => control::reload(args, context),
        Command::Pause(_) => control::rest(true, context),
        Command::Resume(_) => control::rest(false, context),
        Command::Backup(args) => care::backup(args, context),
        Command::Restore(args) => care::restore(args, context),
        Command::Prune(args) => care::prune(args, context),
        Command::Doctor(args) => care::doctor(args, context),
        Command::Status(args) => status::run(args, context),
        Command::Config(args) => config::run(args, context),
        Command::Import(args) => import::run(args, context),
        Command::Completions(args) => completions::run(args, context),
        Command::Man(args) => man::run(args, context),
        Command::Words(args) => completions::words(args, context),
        Command::Export(args) => export::run(args, context),
        // Taken care of above.
        Command::Parse(_) | Command::Extract(_) | Command::Cluster(_) => Ok(Exit::Done),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent_and_every_command_has_examples_and_words() {
        fn check(command: &clap::Command, path: &str) {
            let name = format!("{path} {}", command.get_name());
            assert!(command.get_about().is_some(), "{name} says what it does");
            for arg in command.get_arguments().filter(|a| !matches!(a.get_id().as_str(), "help" | "version")) {
                assert!(arg.get_help().is_some() || command.is_hide_set(), "{name} {} says what it is", arg.get_id());
            }
            command.get_subcommands().for_each(|inner| check(inner, &name));
        }
        command().debug_assert();
        check(&command(), "");
        // The three tools keep their own help.
        let tools = ["parse", "extract", "cluster"];
        for sub in command().get_subcommands().filter(|c| !c.is_hide_set() && !tools.contains(&c.get_name())) {
            let after = sub.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(after.contains("newsfold "), "{} shows examples", sub.get_name());
        }
    }
}

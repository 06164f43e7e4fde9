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
#[cfg(test)]
mod forms;
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
mod progress;
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
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

/// Fold the news: who carried which text, who had it first, what each changed
#[derive(Debug, Parser)]
#[command(name = "newsfold", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "\
Exit codes: 0 done (an empty answer is done), 1 failed, 2 usage, 3 daemon not running (status), 4 no such id, 78 bad configuration.

Start here:
  newsfold stories       what the last day brought, widest first
  newsfold story ID      who carried it, who had it first, what each changed
  newsfold help COMMAND  more of one command, with examples")]
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
    /// Poll what is due, the named or all, and place what they have
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
    /// Tell who carries a text: a file's, a page's or an article's
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
    /// Write out stories, texts or subscriptions, for other programs
    Export(export::Args),
    /// Print a shell's completion script
    Completions(completions::Args),
    /// Print manual pages
    Man(man::Args),
    /// Words for the completion scripts
    #[command(name = "__words", hide = true)]
    Words(completions::WordsArgs),
    /// Read feed files and print their entries
    Parse(parse::Args),
    /// Take body, metadata and credits from HTML files
    Extract(extract::Args),
    /// Group the texts of JSON lines into clusters and stories
    Cluster(cluster::Args),
}

/// The commands as `--help` lists them.
const GROUPS: [(&str, &[&str]); 7] = [
    ("What happened", &["stories", "story", "article", "search", "log", "report"]),
    ("Who has it from whom", &["why", "diff", "match", "origin"]),
    ("What you decide", &["merge", "split", "keep", "unkeep", "decisions", "recluster"]),
    ("Feeds", &["poll", "feeds", "import", "export"]),
    ("The daemon", &["run", "status", "reload", "pause", "resume"]),
    ("Database, configuration, shell", &["backup", "restore", "prune", "doctor", "config", "completions", "man"]),
    ("Files alone, without a database (-: standard input)", &["parse", "extract", "cluster"]),
];

/// The whole command line: what is parsed, and what manual pages and completion scripts are made of.
fn command() -> clap::Command {
    let command = <Cli as clap::CommandFactory>::command();
    let mut template = String::from("{about}\n\n{usage-heading} {usage}\n");
    for (title, names) in GROUPS {
        template.push_str(&format!("\n{title}:\n"));
        for name in names {
            let about = command.find_subcommand(name).and_then(clap::Command::get_about).map(ToString::to_string);
            template.push_str(&format!("  {name:12} {}\n", about.unwrap_or_default()));
        }
    }
    template.push_str("\n{options}{after-help}");
    command.help_template(template)
}

/// The arguments; a word that a search is to leave out, `-storm`, is kept from being read as options.
fn arguments(given: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut given: Vec<OsString> = given.collect();
    // What stands before the command are global options, each with a value.
    let mut at = 1;
    while let Some(option) = given.get(at).filter(|arg| arg.as_encoded_bytes().starts_with(b"--")) {
        at += if option.as_encoded_bytes().contains(&b'=') { 1 } else { 2 };
    }
    if given.get(at).is_none_or(|command| command != "search") {
        return given;
    }
    for arg in given.iter_mut().skip(at + 1) {
        let word = arg.to_str().and_then(|arg| arg.strip_prefix('-'));
        if word.is_some_and(|word| word.chars().count() > 1 && !word.starts_with('-') && !is_limit(word)) {
            let mut spaced = OsString::from(" ");
            spaced.push(&arg);
            *arg = spaced;
        }
    }
    given
}

/// The rest of `-n20` or `-n=20`.
fn is_limit(word: &str) -> bool {
    word.strip_prefix('n').is_some_and(|n| n.trim_start_matches('=').bytes().all(|b| b.is_ascii_digit()))
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let cli = <Cli as clap::FromArgMatches>::from_arg_matches(&command().get_matches_from(arguments(std::env::args_os())))
        .unwrap_or_else(|error| error.exit());
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

    /// Every command below `command` but the hidden ones, with the words that call it.
    fn all(command: &clap::Command, path: &str, out: &mut Vec<(String, clap::Command)>) {
        for sub in command.get_subcommands().filter(|c| !c.is_hide_set() && c.get_name() != "help") {
            let path = format!("{path} {}", sub.get_name());
            out.push((path.clone(), sub.clone()));
            all(sub, &path, out);
        }
    }

    fn every_command() -> Vec<(String, clap::Command)> {
        let mut every = Vec::new();
        let mut command = command();
        command.build();
        all(&command, "newsfold", &mut every);
        every
    }

    #[test]
    fn the_command_line_is_consistent_and_every_command_has_examples_and_words() {
        command().debug_assert();
        for (path, command) in every_command() {
            assert!(command.get_about().is_some(), "{path} says what it does");
            for arg in command.get_arguments().filter(|a| !matches!(a.get_id().as_str(), "help" | "version")) {
                assert!(arg.get_help().is_some(), "{path} {} says what it is", arg.get_id());
            }
            let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let examples = after.split("Examples:\n").nth(1).unwrap_or_default();
            let start = path.split(' ').take(2).collect::<Vec<_>>().join(" ");
            assert!(examples.contains(&start), "{path} shows examples");
            let wide = after.lines().find(|line| line.starts_with("  ") && line.chars().count() > 79);
            assert_eq!(wide, None, "{path}: an example fits a screen of 80 columns");
        }
    }

    #[test]
    fn help_lists_every_command_once_in_eighty_columns() {
        let listed = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect::<Vec<_>>();
        let mut known = command().get_subcommands().filter(|c| !c.is_hide_set()).map(|c| c.get_name().to_owned()).collect::<Vec<_>>();
        let mut sorted = listed.clone();
        sorted.sort_unstable();
        known.sort_unstable();
        assert_eq!(sorted, known);
        let help = command().term_width(80).render_help().to_string();
        assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
        assert!(listed.iter().all(|name| help.contains(&format!("\n  {name} "))), "{help}");
    }

    /// docs/commands.md, from the commands themselves.
    fn page() -> String {
        let mut page = String::from(
            "# Commands\n\n<!-- generated: NEWSFOLD_BLESS=1 cargo test cli::tests::the_page_of_commands -->\n\n\
             What `newsfold COMMAND --help` says, on one page. `--config FILE` and `--state-dir DIR` go with every command.\n\
             Lists have `--json`, described in [json.md](json.md), and `--ids`.\n",
        );
        let every = every_command();
        for (title, names) in GROUPS {
            page.push_str(&format!("\n## {title}\n"));
            for name in names {
                let start = format!("newsfold {name}");
                for (path, command) in every.iter().filter(|(path, _)| *path == start || path.starts_with(&format!("{start} "))) {
                    let mut command = command.clone().term_width(96).disable_help_flag(true);
                    for global in ["config", "state_dir"] {
                        command = command.mut_arg(global, |arg| arg.hide(true));
                    }
                    let help = command.render_help().to_string();
                    let help = help.trim_end().lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
                    page.push_str(&format!("\n### {path}\n\n```text\n{help}\n```\n"));
                }
            }
        }
        page
    }

    #[test]
    fn the_page_of_commands_is_generated() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/commands.md");
        if std::env::var_os("NEWSFOLD_BLESS").is_some() {
            std::fs::write(path, page()).expect("writing the page");
        }
        let held = std::fs::read_to_string(path).unwrap_or_default();
        assert!(held == page(), "docs/commands.md is behind the code: run NEWSFOLD_BLESS=1 cargo test cli::tests::the_page_of_commands");
    }
}

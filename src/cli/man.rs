//! `newsfold man`

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::{hints, output, words};
use anyhow::Context as _;
use clap_mangen::Man;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  newsfold man | man -l -                     the overview
  newsfold man stories | man -l -             one command
  newsfold man --dir ~/.local/share/man/man1  every page")]
pub struct Args {
    /// The command; nothing: the overview
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
    /// Write every page into this folder instead
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    dir: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    let mut command = super::command().disable_help_subcommand(true);
    // Gives subcommands their full names and the options that go everywhere.
    command.build();
    if let Some(dir) = &args.dir {
        std::fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
        clap_mangen::generate_to(command, dir).with_context(|| dir.display().to_string())?;
        let pages =
            std::fs::read_dir(dir).map_or(0, |d| d.flatten().filter(|e| e.file_name().to_string_lossy().starts_with("newsfold")).count());
        output::note(&format!("{} in {}", words::count(pages as u64, "page", "pages"), dir.display()));
        return Ok(Exit::Done);
    }
    let mut page = Vec::new();
    match &args.command {
        None => Man::new(command).render(&mut page)?,
        Some(name) => {
            let known = command.get_subcommands().filter(|c| !c.is_hide_set()).map(clap::Command::get_name).collect::<Vec<_>>();
            let Some(found) = command.find_subcommand(name) else {
                let near = hints::nearest(name, known).map(|n| format!("did you mean {n}?"));
                return Err(Failure::usage(
                    format!("no command “{name}”"),
                    near.unwrap_or_else(|| "`newsfold --help` lists them".to_owned()),
                ));
            };
            Man::new(found.clone()).render(&mut page)?;
        }
    }
    context.out.own(&String::from_utf8_lossy(&page))?;
    Ok(Exit::Done)
}

//! `newsfold export`

use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::config;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  newsfold export jsonl > entries.jsonl
  newsfold export jsonl | jq -r 'select(.lang == \"en\") | .title'
  newsfold export opml > subscriptions.opml")]
pub struct Args {
    #[command(subcommand)]
    form: Form,
}

#[derive(Debug, clap::Subcommand)]
enum Form {
    /// A JSON object a line: every entry, oldest first, and the article, cluster and story that it ended up in
    Jsonl,
    /// The configured feeds as a subscription list that feed readers import
    Opml,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    match args.form {
        Form::Jsonl => jsonl(context),
        Form::Opml => {
            let config = context.config()?;
            context.out.own(&config::opml::write(&config))?;
            Ok(Exit::Done)
        }
    }
}

/// In constant memory: each row is printed and forgotten.
fn jsonl(context: &mut Context) -> anyhow::Result<Exit> {
    let reader = context.reader()?;
    let mut closed = None;
    let done = reader.export(&mut |row| context.out.json(&row).inspect_err(|e| closed = Some(e.kind())));
    // What stopped the printing says more than what the store makes of it.
    if let Some(kind) = closed {
        return Err(std::io::Error::from(kind).into());
    }
    done?;
    Ok(Exit::Done)
}

//! `newsfold completions`, and the hidden command that the scripts ask for ids and names.
//!
//! Publishers' names and headlines are strangers' words: the scripts never let a shell expand them.

use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::sanitize::{clean, cut};
use crate::cli::times;
use crate::model::views::StoryFilter;
use crate::store::{Named, Reader};
use clap::ValueEnum;
use clap_complete::Shell;

/// Most words offered.
const MOST: u32 = 200;

/// Stories whose articles are offered.
const OPENED: usize = 40;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
They complete ids, feeds and publishers from the database too.

Examples:
  newsfold completions bash | sudo tee /etc/bash_completion.d/newsfold
  newsfold completions zsh > \"${fpath[1]}/_newsfold\"
  newsfold completions fish > ~/.config/fish/completions/newsfold.fish")]
pub struct Args {
    /// The shell
    shell: Shell,
}

/// What the scripts ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Ids of stories of the last week, with their headlines.
    Stories,
    /// Ids of articles, with publishers and headlines.
    Articles,
    /// Addresses of feeds.
    Feeds,
    /// Names of publishers.
    Publishers,
    /// Names of owners.
    Owners,
    /// Tags of feeds.
    Tags,
    /// Languages of articles.
    Langs,
}

#[derive(Debug, clap::Args)]
pub struct WordsArgs {
    kind: Kind,
}

/// Prints the script.
pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "newsfold", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    let text = match args.shell {
        Shell::Bash => format!("{script}\n{}", include_str!("completions.bash")),
        Shell::Fish => format!("{script}\n{}", include_str!("completions.fish")),
        // Last in the file, zsh calls what is named `_newsfold`: ours, which calls theirs.
        Shell::Zsh => script.replace("_newsfold()", "_newsfold_words()").replace("    _newsfold \"$@\"", "    _newsfold_words \"$@\""),
        _ => script,
    };
    let text = if args.shell == Shell::Zsh { zsh(&text) } else { text };
    context.out.own(&text)?;
    Ok(Exit::Done)
}

/// Puts our function before the generated end, which registers or calls it.
fn zsh(script: &str) -> String {
    let ours = include_str!("completions.zsh");
    let end = "if [ \"$funcstack[1]\" = \"_newsfold\" ]; then";
    match script.split_once(end) {
        Some((before, _)) => format!("{before}{ours}\n{end}\n    _newsfold \"$@\"\nelse\n    compdef _newsfold newsfold\nfi\n"),
        None => format!("{script}\n{ours}\ncompdef _newsfold newsfold\n"),
    }
}

/// Prints words to complete, each with what it stands for behind a tab. Without a database there are none.
pub fn words(args: &WordsArgs, context: &mut Context) -> anyhow::Result<Exit> {
    let Ok(reader) = context.reader() else { return Ok(Exit::Done) };
    for (word, about) in candidates(args.kind, &reader, context)? {
        let word = clean(&word);
        if !word.contains(['\t', '\n']) {
            context.out.own(&format!("{word}\t{}\n", cut(&clean(&about), 60)))?;
        }
    }
    Ok(Exit::Done)
}

fn candidates(kind: Kind, reader: &Reader, context: &Context) -> anyhow::Result<Vec<(String, String)>> {
    let look = &context.look;
    let named = match kind {
        Kind::Publishers => Some(Named::Publisher),
        Kind::Owners => Some(Named::Owner),
        Kind::Tags => Some(Named::Tag),
        Kind::Langs => Some(Named::Lang),
        Kind::Feeds | Kind::Stories | Kind::Articles => None,
    };
    if let Some(named) = named {
        return Ok(reader.known(named)?.into_iter().map(|name| (name, String::new())).collect());
    }
    if kind == Kind::Feeds {
        let mut words = reader.feeds(look.now)?.into_iter().map(|f| (f.url, f.publisher.unwrap_or_default())).collect::<Vec<_>>();
        words.sort();
        return Ok(words);
    }
    let since = times::parse_when("7d", look.now, &look.zone).ok();
    let stories = reader.stories(&StoryFilter { since, limit: Some(MOST), ..StoryFilter::default() })?;
    if kind == Kind::Stories {
        let short = context.short(reader, &stories.iter().map(|s| s.id).collect::<Vec<_>>());
        return Ok(stories.into_iter().map(|s| (short.of(s.id), s.title)).collect());
    }
    let mut members = Vec::new();
    for story in stories.iter().take(OPENED) {
        members.extend(reader.story(story.id)?.into_iter().flat_map(|s| s.clusters).flat_map(|c| c.members));
    }
    let short = context.short(reader, &members.iter().map(|m| m.id).collect::<Vec<_>>());
    Ok(members.into_iter().map(|m| (short.of(m.id), format!("{}: {}", m.publisher, m.title))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zsh_script_keeps_both_functions() {
        let mut script = Vec::new();
        clap_complete::generate(Shell::Zsh, &mut crate::cli::command(), "newsfold", &mut script);
        let script = String::from_utf8(script).unwrap();
        assert!(
            script.contains("_newsfold()") && script.contains("if [ \"$funcstack[1]\" = \"_newsfold\" ]; then"),
            "clap_complete changed its form"
        );
    }
}

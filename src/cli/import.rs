//! `newsfold import`

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::output;
use crate::cli::progress::Bar;
use crate::cli::words::count;
use crate::config::{self, opml::Opml};
use anyhow::Context as _;
use std::collections::HashSet;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Most bytes of a subscription list.
const MOST: u64 = 64 << 20;

/// Skipped outlines told one by one before the rest is only counted.
const TOLD: usize = 20;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Folders become tags. What is no web address is skipped and reported. Feeds that are declared already stay as they are.

Examples:
  newsfold import subscriptions.opml         into feeds.d/, by newsfold.toml
  newsfold import subscriptions.opml --to -  prints it instead
  newsfold import - --to feeds.d/mine.toml < list.opml")]
pub struct Args {
    /// The subscription list; - is standard input
    #[arg(value_name = "FILE.opml")]
    file: PathBuf,
    /// The file to write, which must not exist yet; - is standard output
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    let bar = Bar::of("reading the subscriptions");
    let bytes = read(&args.file)?;
    let list = config::opml::read_bytes(&bytes).with_context(|| args.file.display().to_string())?;
    let found = config::find(context.config.as_deref());
    let config = found.is_some().then(|| context.config()).transpose()?;
    let known = config.iter().flat_map(|c| &c.feeds).map(|f| f.url.as_str().to_owned()).collect::<HashSet<_>>();
    let skipped = list.skipped.iter().map(|s| format!("{}:{}: {}", args.file.display(), s.line, s.message)).collect::<Vec<_>>();
    let (text, added, doubled) = blocks(list, &known);
    drop(bar);
    tell_skipped(&skipped);
    let already = if doubled > 0 { format!(", {doubled} known already") } else { String::new() };
    if added == 0 {
        output::note(&format!("nothing to import: no new feed in {}{already}", args.file.display()));
        return Ok(Exit::Done);
    }
    let target = match (&args.to, &found) {
        (Some(to), _) if to == Path::new("-") => {
            context.out.own(&text)?;
            output::note(&format!("{}{already}", count(added, "feed", "feeds")));
            return Ok(Exit::Done);
        }
        (Some(to), _) => to.clone(),
        (None, Some(main)) => beside(main, &args.file),
        (None, None) => {
            return Err(Failure::usage(
                "no configuration to import into",
                "name a file with --to, or print with --to -; --config names a configuration",
            ));
        }
    };
    write(&target, &text)?;
    output::note(&format!("{} imported into {}{already}", count(added, "feed", "feeds"), target.display()));
    match found.is_some().then(|| context.config()).transpose() {
        Ok(Some(now)) if now.feeds.len() > config.map_or(0, |c| c.feeds.len()) => {
            output::note("`newsfold config check` shows the whole; a running daemon takes it in when it is reloaded");
        }
        Err(problems) => {
            let undone = std::fs::remove_file(&target);
            let kept = if undone.is_err() { "; the file is still there" } else { "; the file was removed again" };
            return Err(problems.context(format!("the imported feeds do not fit the configuration{kept}")));
        }
        _ => output::note(&format!("add it to your newsfold.toml, above its first [table]: include = [\"{}\"]", full(&target).display())),
    }
    Ok(Exit::Done)
}

/// What `include` finds from wherever: it looks from the configuration's folder, and this was said from the working one.
fn full(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let name = || path.display().to_string();
    match path == Path::new("-") {
        true => std::io::stdin().lock().take(MOST + 1).read_to_end(&mut bytes).context("standard input")?,
        false => std::fs::File::open(path).with_context(name)?.take(MOST + 1).read_to_end(&mut bytes).with_context(name)?,
    };
    anyhow::ensure!(bytes.len() as u64 <= MOST, "{}: larger than {} MB", name(), MOST / 1_000_000);
    Ok(bytes)
}

/// The `[[feed]]` blocks of what is new, how many that are, and how many were known or stood twice in the list.
fn blocks(list: Opml, known: &HashSet<String>) -> (String, u64, u64) {
    let mut text = String::from("# Imported by `newsfold import`; yours to edit.\n");
    let mut seen = HashSet::new();
    let (mut added, mut doubled) = (0, 0);
    for subscription in list.subscriptions {
        let url = subscription.url.as_str().to_owned();
        if known.contains(&url) || !seen.insert(url) {
            doubled += 1;
            continue;
        }
        added += 1;
        text.push('\n');
        text.push_str(config::feed_block(&subscription.into_feed()).trim());
        text.push('\n');
    }
    (text, added, doubled)
}

/// `feeds.d/NAME.toml` beside the configuration, NAME from the list's own name.
fn beside(main: &Path, list: &Path) -> PathBuf {
    let stem = list.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let name = stem.chars().map(|c| if c.is_alphanumeric() || c == '-' || c == '_' { c } else { '-' }).collect::<String>();
    let name = name.trim_matches('-');
    main.with_file_name("feeds.d").join(format!("{}.toml", if name.is_empty() { "imported" } else { name }))
}

/// Writes a new file; what is there already is somebody's.
fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    match std::fs::OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).with_context(|| path.display().to_string()),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Err(Failure::usage(
            format!("{} is there already", path.display()),
            "name another file with --to, or print the blocks with --to -",
        )),
        Err(e) => Err(e).with_context(|| path.display().to_string()),
    }
}

fn tell_skipped(skipped: &[String]) {
    skipped.iter().take(TOLD).for_each(|line| output::note(line));
    if skipped.len() > TOLD {
        output::note(&format!("skipped {} more", skipped.len() - TOLD));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_feeds_become_blocks_that_read_back_and_known_ones_do_not() {
        let list = config::opml::read(
            "<opml><body><outline text='World'><outline text='A' xmlUrl='https://a.example/rss'/><outline xmlUrl='https://b.example/rss'/></outline>\
             <outline xmlUrl='https://a.example/rss'/><outline xmlUrl='|rm -rf'/></body></opml>",
        )
        .unwrap();
        assert_eq!(list.skipped.len(), 1);
        let known = HashSet::from(["https://b.example/rss".to_owned()]);
        let (text, added, doubled) = blocks(list, &known);
        assert_eq!((added, doubled), (1, 2));
        let config = config::from_text(&text, "feeds.toml").unwrap();
        assert_eq!(config.feeds.len(), 1);
        assert_eq!(config.feeds[0].tags, ["World"]);
    }

    #[test]
    fn the_file_is_named_after_the_list_and_nothing_else() {
        assert_eq!(
            beside(Path::new("/etc/newsfold/newsfold.toml"), Path::new("../../my list;rm.opml")),
            Path::new("/etc/newsfold/feeds.d/my-list-rm.toml")
        );
        assert_eq!(beside(Path::new("newsfold.toml"), Path::new("-")), Path::new("feeds.d/imported.toml"));
    }
}

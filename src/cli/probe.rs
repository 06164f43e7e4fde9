//! `newsfold feeds check` and `newsfold feeds add`

use crate::cli::context::Context;
use crate::cli::doc::{Doc, Role};
use crate::cli::exit::{Exit, Failure};
use crate::cli::look::Look;
use crate::cli::sanitize::clean;
use crate::cli::{output, times, words};
use crate::config;
use crate::daemon::probe::{self, Found};
use std::path::Path;
use url::Url;

/// Find a site's feeds, and print their `[[feed]]` blocks to paste
#[derive(Debug, clap::Args)]
#[command(after_help = "Where a site has no feed, selectors are proposed that make one of its listing page.

Examples:
  newsfold feeds check https://www.aljazeera.com
  newsfold feeds check www.aljazeera.com/xml/rss/all.xml")]
pub struct Check {
    /// A feed's address, or a site's
    #[arg(value_name = "URL")]
    url: String,
}

/// Find a site's feed, and append its `[[feed]]` block to the configuration
#[derive(Debug, clap::Args)]
#[command(after_help = "Where a site has several feeds, the first is taken; `feeds check` shows them all.

Examples:
  newsfold feeds add https://www.aljazeera.com/xml/rss/all.xml && newsfold reload")]
pub struct Add {
    /// A feed's address, or a site's
    #[arg(value_name = "URL")]
    url: String,
}

/// Runs `feeds check`.
///
/// # Errors
/// Where the address cannot be fetched.
pub fn check(args: &Check, context: &mut Context) -> anyhow::Result<Exit> {
    let found = find(&args.url, context)?;
    if found.is_empty() {
        output::note(&format!("no feed found at {}, and nothing on its page repeats like a list of articles", args.url));
        return Ok(Exit::Failed);
    }
    for one in &found {
        context.out.doc(&describe(one, &context.look), &context.look)?;
        context.out.own(&config::feed_block(&one.feed))?;
        context.out.own("\n")?;
    }
    Ok(Exit::Done)
}

/// What a feed shows, as comments above its block.
fn describe(found: &Found, look: &Look) -> Doc {
    let mut doc = Doc::new();
    let title = found.title.as_deref().map(|title| format!(" “{}”", clean(title))).unwrap_or_default();
    let age = found.newest.map(|at| format!(", the newest {} old", times::age(look, at))).unwrap_or_default();
    doc.line(Role::Faint, format!("# {}{title}: {}{age}", found.format, words::count(found.entries as u64, "entry", "entries")));
    for headline in &found.headlines {
        doc.line(Role::Faint, format!("#   {}", clean(headline)));
    }
    doc
}

/// Runs `feeds add`.
///
/// # Errors
/// Where nothing is found, or the configuration cannot be written or would not be valid.
pub fn add(args: &Add, context: &mut Context) -> anyhow::Result<Exit> {
    let found = find(&args.url, context)?;
    let Some(first) = found.first() else {
        return Err(Failure::usage(format!("no feed found at {}", args.url), "`newsfold feeds check` says what is there"));
    };
    let config = context.config()?;
    if config.feeds.iter().any(|feed| feed.url == first.feed.url) {
        return Err(Failure::usage(
            format!("{} is in the configuration already", first.feed.url),
            "`newsfold feeds show` tells how it does",
        ));
    }
    let block = config::feed_block(&first.feed);
    append(&config.path, &block)?;
    context.out.own(&block)?;
    output::note(&format!("appended to {}; `newsfold reload` takes it in", config.path.display()));
    Ok(Exit::Done)
}

/// Appends to a configuration file: the whole new file is checked first, then put in place of the old.
fn append(path: &Path, block: &str) -> anyhow::Result<()> {
    let before = std::fs::read_to_string(path)?;
    let text = format!("{}\n\n{block}", before.trim_end());
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".newsfold-").suffix(".toml").tempfile_in(folder)?;
    std::io::Write::write_all(&mut file, text.as_bytes())?;
    config::load(Some(file.path()), None)?;
    file.as_file().set_permissions(std::fs::metadata(path)?.permissions())?;
    file.persist(path)?;
    Ok(())
}

fn find(url: &str, context: &Context) -> anyhow::Result<Vec<Found>> {
    let full = if url.contains("://") { url.to_owned() } else { format!("https://{url}") };
    let url = Url::parse(&full).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let Some(url) = url else {
        return Err(Failure::usage(format!("“{full}” is no web address"), "give a site's address, or its feed's"));
    };
    let config = context.config()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(probe::probe(&config, &url))?)
}

//! `newsfold feeds check` and `newsfold feeds add`

use crate::cli::context::Context;
use crate::cli::doc::{Doc, Role};
use crate::cli::exit::{Exit, Failure};
use crate::cli::look::Look;
use crate::cli::progress::Bar;
use crate::cli::sanitize::clean;
use crate::cli::{output, times, words};
use crate::config::{self, Config};
use crate::daemon::probe::{self, Found};
use anyhow::Context as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use url::Url;

/// Find a site's feeds, and print their `[[feed]]` blocks to paste
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Where a site has no feed, selectors are proposed that make one of its listing page.

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
#[command(after_help = "\
Where a site has several feeds, the first is taken; `feeds check` shows them all.

Examples:
  newsfold feeds add https://www.aljazeera.com && newsfold reload")]
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
    let (config, path) = configuration(context)?;
    if config.feeds.iter().any(|feed| feed.url == first.feed.url) {
        return Err(Failure::usage(
            format!("{} is in the configuration already", first.feed.url),
            "`newsfold feeds show` tells how it does",
        ));
    }
    let block = config::feed_block(&first.feed);
    let made = !path.exists();
    append(&path, &block)?;
    context.out.own(&block)?;
    context.out.flush()?;
    let what = if made { "written to the new" } else { "appended to" };
    output::note(&format!("{what} {}; `newsfold poll` fetches it, `newsfold reload` tells a running daemon", path.display()));
    Ok(Exit::Done)
}

/// What is configured, and in which file: where there is none yet, the one that a first feed makes.
fn configuration(context: &Context) -> anyhow::Result<(Config, PathBuf)> {
    match config::find(context.config.as_deref()) {
        Some(path) if path.exists() => Ok((context.config()?, path)),
        named => {
            let path = named.unwrap_or_else(config::new_place);
            Ok((config::from_text("", path.display().to_string())?, path))
        }
    }
}

/// Appends to a configuration file, or makes it: the whole new file is checked first, then put in place of the old.
fn append(path: &Path, block: &str) -> anyhow::Result<()> {
    // Where the name is a link, what it leads to is the file; and what may not be written is not put out of its place.
    let real = path.canonicalize();
    let path = real.as_deref().unwrap_or(path);
    if path.exists() {
        std::fs::OpenOptions::new().append(true).open(path).with_context(|| path.display().to_string())?;
    }
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let before = match std::fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            std::fs::create_dir_all(folder)?;
            String::new()
        }
        read => read?,
    };
    let text = format!("{}\n\n{block}", before.trim_end());
    let mut file = tempfile::Builder::new().prefix(".newsfold-").suffix(".toml").tempfile_in(folder)?;
    std::io::Write::write_all(&mut file, text.trim_start().as_bytes())?;
    config::load(Some(file.path()), None)?;
    // A new one is as readable as an editor's would be: the service runs as another user than root.
    let permissions = std::fs::metadata(path).map_or_else(|_| PermissionsExt::from_mode(0o644), |former| former.permissions());
    file.as_file().set_permissions(permissions)?;
    file.persist(path)?;
    Ok(())
}

fn find(url: &str, context: &Context) -> anyhow::Result<Vec<Found>> {
    let guessed = !url.contains("://");
    let full = if guessed { format!("https://{url}") } else { url.to_owned() };
    let typed = url;
    let url = Url::parse(&full).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let Some(url) = url else {
        return Err(Failure::usage(format!("“{}” is no web address", clean(typed)), "give a site's address, or its feed's"));
    };
    if !url.username().is_empty() || url.password().is_some() {
        let hint = "take them out of it, and write them into the feed's block as `username` and `password`: see docs/configuration.md";
        return Err(Failure::usage("an address with a user or a password in it is not taken", hint));
    }
    let (config, _) = configuration(context)?;
    let _bar = Bar::of("asking the site");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let found = runtime.block_on(probe::probe(&config, &url));
    if found.is_err() && guessed {
        output::note(&format!("{url} was asked, since no scheme was given; http:// in front asks without TLS"));
    }
    Ok(found?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_feed_makes_the_configuration_and_the_next_is_appended() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("newsfold/newsfold.toml");
        append(&path, "[[feed]]\nurl = \"https://a.example/rss\"\n").unwrap();
        append(&path, "[[feed]]\nurl = \"https://b.example/rss\"\n").unwrap();
        assert_eq!(config::load(Some(&path), None).unwrap().feeds.len(), 2);
        assert!(append(&path, "[[feed]]\nurl = \"https://b.example/rss\"\n").is_err(), "a feed stands there once");
        assert_eq!(config::load(Some(&path), None).unwrap().feeds.len(), 2, "what is not valid is not written");
    }

    #[test]
    fn a_link_stays_one_and_what_may_not_be_written_is_not() {
        let home = tempfile::tempdir().unwrap();
        let (real, link) = (home.path().join("real.toml"), home.path().join("link.toml"));
        std::fs::write(&real, "# mine\n").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        append(&link, "[[feed]]\nurl = \"https://a.example/rss\"\n").unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert!(std::fs::read_to_string(&real).unwrap().starts_with("# mine\n\n[[feed]]"));
        std::fs::set_permissions(&real, PermissionsExt::from_mode(0o444)).unwrap();
        // For root nothing is protected.
        if !rustix::process::geteuid().is_root() {
            assert!(append(&real, "[[feed]]\nurl = \"https://b.example/rss\"\n").is_err());
        }
    }

    #[test]
    fn an_address_with_a_password_is_refused_before_anything_is_asked() {
        let context = Context::new(None, None);
        let error = find("http://me:secret@127.0.0.1:9/feed", &context).expect_err("refused");
        assert_eq!(crate::cli::exit::verdict(&error).0, 2);
        assert!(!format!("{error:#}").contains("secret"));
    }
}

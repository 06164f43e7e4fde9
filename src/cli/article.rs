//! `newsfold article`

use crate::cli::context::Context;
use crate::cli::doc::{Doc, Role};
use crate::cli::exit::{Exit, Failure};
use crate::cli::look::Look;
use crate::cli::sanitize::{clean, safe_link, wrap};
use crate::cli::{json, times, words};
use crate::model::Quality;
use crate::model::views::ArticleDetail;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  newsfold article 19c4a0b
  newsfold article https://www.aljazeera.com/news/2026/11/22/talks
  newsfold article 19c4a0b --text | wc -w  the text alone, for other programs")]
pub struct Args {
    /// First digits of the id, or the address
    #[arg(required = true, value_name = "ID|URL")]
    articles: Vec<String>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// The text alone
    #[arg(long, conflicts_with = "json")]
    text: bool,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    let reader = context.reader()?;
    for (i, text) in args.articles.iter().enumerate() {
        let id = context.article_id(&reader, text)?;
        let found = reader.article(id)?;
        let article =
            found.ok_or_else(|| Failure::no_such_id(format!("no article {id}"), "`newsfold search WORDS` finds articles by their text"))?;
        if args.json {
            context.out.json(&json::versioned("newsfold/article/1", &article))?;
            continue;
        }
        if i > 0 {
            context.out.own("\n")?;
        }
        let doc = if args.text { text_alone(&article) } else { render(&article, &context.look) };
        context.out.doc(&doc, &context.look)?;
    }
    Ok(Exit::Done)
}

/// The text, a line a paragraph.
fn text_alone(article: &ArticleDetail) -> Doc {
    let mut doc = Doc::new();
    article.text.lines().for_each(|line| {
        doc.line(Role::Plain, line);
    });
    doc
}

/// Everything known of it, and the text.
fn render(article: &ArticleDetail, look: &Look) -> Doc {
    let mut doc = Doc::new();
    let member = &article.member;
    doc.wrapped(Role::Strong, words::titled(&member.title), look.text_width());
    let mut line = vec![member.publisher.clone()];
    line.extend(article.byline.as_ref().map(|by| format!("by {by}")));
    line.push(times::full(look, member.published_at.unwrap_or(member.seen_at)));
    line.extend(member.lang.clone());
    line.push(words::count(member.words.into(), "word", "words"));
    doc.wrapped(Role::Plain, line.join(" · "), look.text_width());
    match safe_link(&member.url) {
        Some(url) => doc.link(Role::Faint, &url, &url).end(),
        None => doc.line(Role::Faint, "(an address that is no web link)"),
    };
    doc.end();
    facts(&mut doc, article, look);
    doc.end();
    for paragraph in article.text.split('\n') {
        let lines = wrap(&clean(paragraph), look.text_width());
        lines.iter().for_each(|line| {
            doc.line(Role::Plain, line);
        });
        if lines.is_empty() {
            doc.end();
        }
    }
    doc
}

/// Label and value, a line each.
fn facts(doc: &mut Doc, article: &ArticleDetail, look: &Look) {
    let member = &article.member;
    let mut fact = |label: &str, role, value: String| {
        doc.fact(label, role, value, (13, look.text_width()));
    };
    fact("id", Role::Id, member.id.to_string());
    fact("cluster", Role::Id, article.cluster.to_string());
    fact("story", Role::Id, article.story.to_string());
    if let Some(credit) = &member.credit {
        fact("credit", Role::Plain, format!("{} (“{}”)", credit.name, credit.words));
    }
    if let Some(dateline) = &article.dateline {
        fact("dateline", Role::Plain, dateline.clone());
    }
    if let Some(elsewhere) = &article.canonical_elsewhere {
        fact("names as", Role::Plain, format!("{elsewhere} (its own page says that the text belongs there)"));
    }
    if article.quality != Quality::Article {
        fact("quality", Role::Warn, words::quality(article.quality).to_owned());
    }
    fact("first seen", Role::Plain, times::full(look, member.seen_at));
    if let Some(modified) = article.modified_at {
        fact("changed", Role::Plain, times::full(look, modified));
    }
    if article.revisions > 0 {
        fact("revisions", Role::Plain, words::count(article.revisions.into(), "later text", "later texts"));
    }
    if let Some(gone) = article.gone_at {
        fact("page gone", Role::Warn, format!("found so {}; the text is kept", times::full(look, gone)));
    }
    fact("fingerprint", Role::Faint, format!("{} (version {})", article.fingerprint, article.fingerprint_version));
    for entry in &article.entries {
        fact("in feed", Role::Plain, format!("{}, {}", entry.feed, times::full(look, entry.seen_at)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixtures;

    #[test]
    fn an_article_shows_what_is_known_and_its_text() {
        let article = fixtures::article();
        // An address is never cut or broken: it must stay one to click or copy.
        fixtures::at_widths("article", |look| render(&article, look));
    }
}

//! `newsfold origin`

use crate::cli::context::Context;
use crate::cli::doc::{Doc, Role};
use crate::cli::exit::{Exit, Failure};
use crate::cli::look::Look;
use crate::cli::table::{self, Table, cell};
use crate::cli::{decide, hints, json, output, times, words};
use crate::daemon::person::Order;
use crate::daemon::whose::Whose;
use crate::model::Id;
use crate::model::views::{ClusterDetail, MemberRow};
use crate::store::{Found, Named, Reader};

/// Tell whose a text is, and by what evidence, or say it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What a person says goes before the evidence, and is kept over restarts and re-clustering; `newsfold decisions` lists it.

Examples:
  newsfold origin d02e11f                     whose it is, and why
  newsfold origin d02e11f --set 19c4a0b       it is that article's
  newsfold origin d02e11f --set \"Al Jazeera\"  it is a publisher's
  newsfold origin d02e11f --unset             let the evidence speak again")]
pub struct Args {
    /// An article or a cluster: first digits of the id, or the address
    #[arg(value_name = "ID")]
    id: String,
    /// Whose it is: one of the cluster's articles (id or address), or the name of a publisher that is not among them
    #[arg(long, value_name = "A")]
    set: Option<String>,
    /// Take back what a person said
    #[arg(long, conflicts_with = "set")]
    unset: bool,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// Where an id means nothing, or what is said makes no sense.
pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    let order = {
        let reader = context.reader()?;
        let detail = cluster(&reader, context, &args.id)?;
        let Some(article) = detail.members.first().map(|m| m.id) else {
            return Err(Failure::no_such_id(format!("no articles in cluster {}", detail.id), "they were pruned a moment ago"));
        };
        match (&args.set, args.unset) {
            (Some(text), _) => Order::Origin { article, whose: whose(&reader, context, &detail, text)? },
            (None, true) => Order::Origin { article, whose: Whose::Evidence },
            (None, false) => {
                if args.json {
                    context.out.json(&json::versioned("newsfold/origin/1", &detail))?;
                } else {
                    let short = context.short(&reader, &detail.members.iter().map(|m| m.id).collect::<Vec<_>>());
                    context.out.doc(&render(&detail, |id| short.of(id), &context.look), &context.look)?;
                }
                return Ok(Exit::Done);
            }
        }
    };
    decide::obey(&order, args.json, context)
}

/// The cluster that was named, or that the article named is in.
fn cluster(reader: &Reader, context: &Context, text: &str) -> anyhow::Result<ClusterDetail> {
    let id = match context.text_id(reader, text)? {
        Found::Article(id) => reader.article(id)?.map(|article| article.cluster),
        other => Some(other.id()),
    };
    let found = id.map(|id| reader.cluster(id)).transpose()?.flatten();
    let none = || Failure::no_such_id(format!("no cluster {text}"), "`newsfold story ID` lists a story's articles");
    found.map(|(_, detail)| detail).ok_or_else(none)
}

/// One of the cluster's articles or, where the text is no id and no address, a publisher. A publisher of one article of the
/// cluster means that article.
fn whose(reader: &Reader, context: &Context, detail: &ClusterDetail, text: &str) -> anyhow::Result<Whose> {
    let name = text.trim();
    let same = |other: &str| other.to_lowercase() == name.to_lowercase();
    let of_it: Vec<Id> = detail.members.iter().filter(|m| same(&m.publisher)).map(|m| m.id).collect();
    match of_it.as_slice() {
        [only] => return Ok(Whose::Article(*only)),
        [] => {}
        _ => {
            return Err(Failure::usage(
                format!("{name} carries this text more than once"),
                "name the article: `newsfold origin ID` lists them",
            ));
        }
    }
    let is_id = (4..=16).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_hexdigit());
    if is_id || name.contains("://") {
        return Ok(Whose::Article(context.article_id(reader, name)?));
    }
    if let Some(said) = hints::unknown(reader, Named::Publisher, name) {
        output::note(&format!("{said}; it is set all the same, and --unset takes it back"));
    }
    Ok(Whose::Publisher(name.to_owned()))
}

/// Whose it is, why, and who carries it when.
fn render(detail: &ClusterDetail, short: impl Fn(Id) -> String, look: &Look) -> Doc {
    let mut doc = Doc::new();
    match &detail.origin {
        None => {
            doc.line(Role::Strong, "origin unknown");
            doc.wrapped(Role::Plain, "The evidence does not say; `--set` does.", look.text_width());
        }
        Some(origin) => {
            let sure = if origin.by_hand { "set by hand".to_owned() } else { format!("{:.0} % sure", origin.confidence * 100.0) };
            doc.wrapped(Role::Strong, format!("origin {}, {sure}", origin.publisher), look.text_width());
            if origin.article.is_none() {
                doc.wrapped(Role::Plain, "Seen only through those who carry it.", look.text_width());
            }
            for why in &origin.evidence {
                doc.pad(2);
                let room = look.text_width().saturating_sub(2);
                doc.text(crate::cli::sanitize::cut(&crate::cli::sanitize::clean(why), room)).end();
            }
        }
    }
    doc.end();
    let origin = detail.origin.as_ref().and_then(|o| o.article);
    let columns = [
        table::whole("STATED"),
        table::whole("SEEN"),
        table::whole("ID"),
        table::flexible("PUBLISHER", 10).part(3),
        table::number("WORDS"),
        table::flexible("CREDITS", 10),
    ];
    let mut rows = Table::new(&columns);
    for member in &detail.members {
        let role = if origin == Some(member.id) { Role::Strong } else { Role::Plain };
        let (stated, seen) = stated_and_seen(member, look);
        rows.row(vec![
            cell(Role::Plain, stated),
            cell(Role::Plain, seen),
            cell(Role::Id, short(member.id)),
            cell(role, &member.publisher),
            cell(Role::Plain, words::grouped(member.words.into())),
            cell(Role::Plain, member.credit.as_ref().map_or("—", |credit| credit.name.as_str())),
        ]);
    }
    doc.append(rows.into_doc(look));
    doc
}

/// Both times, each with its day where one of them needs it.
fn stated_and_seen(member: &MemberRow, look: &Look) -> (String, String) {
    let (stated, seen) = (member.published_at, member.seen_at);
    let day = |at: jiff::Timestamp| at.to_zoned(look.zone.clone()).date();
    let write = if stated.is_some_and(|at| day(at) != day(seen)) { times::full } else { times::local };
    (stated.map_or_else(|| "—".to_owned(), |at| write(look, at)), write(look, seen))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixtures;

    #[test]
    fn the_origin_is_shown_with_its_evidence_and_who_carries_it() {
        let detail = fixtures::story_detail().clusters.swap_remove(0);
        fixtures::at_widths("origin", |look| render(&detail, |id| id.to_string()[..7].to_owned(), look));
    }
}

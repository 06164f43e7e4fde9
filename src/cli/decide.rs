//! `newsfold merge`, `split`, `keep`, `unkeep` and `decisions`: a person's word on what newsfold grouped.

use crate::cli::args::Form;
use crate::cli::context::{Context, Short};
use crate::cli::doc::{Doc, Role};
use crate::cli::exit::{Exit, Failure};
use crate::cli::look::Look;
use crate::cli::sanitize::{clean, cut};
use crate::cli::table::{Table, cell, flexible, number, whole};
use crate::cli::words::{count, titled};
use crate::cli::{json, output, times};
use crate::clock::Clock;
use crate::daemon::DaemonError;
use crate::daemon::control::{self, Command, ControlError};
use crate::daemon::person::{self, Order, Ruled};
use crate::daemon::whose::{self, Whose};
use crate::model::Id;
use crate::store::{Decision, Found, Reader};
use serde::Serialize;

/// Say that two clusters are one text
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The decision outlives every re-clustering; `newsfold decisions` lists it, and can take it back.

Examples:
  newsfold merge 19c4a0b d02e11f    two articles, or clusters
  newsfold decisions --withdraw 12  it was wrong")]
pub struct Merge {
    /// An article or cluster: first digits of the id, or the address
    #[arg(value_name = "A")]
    a: String,
    /// The other
    #[arg(value_name = "B")]
    b: String,
    /// What came of it, as one JSON object
    #[arg(long)]
    json: bool,
}

/// Say that articles are not copies of the rest of their cluster
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Several articles leave together, and stay one cluster. Of a whole cluster, what people merged into it leaves again. The decision outlives every re-clustering; `newsfold decisions` lists it, and can take it back.

Examples:
  newsfold split d02e11f          this article is another text
  newsfold split d02e11f 77b0e14  these two are, and the same one")]
pub struct Split {
    /// Articles of one cluster, or a cluster: first digits of the id, or the address
    #[arg(value_name = "A", required = true)]
    articles: Vec<String>,
    /// What came of it, as one JSON object
    #[arg(long)]
    json: bool,
}

/// Keep an article beyond the retention
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  newsfold keep 19c4a0b
  newsfold unkeep 19c4a0b  as old as the others now")]
pub struct Keep {
    /// First digits of the id, or the address
    #[arg(value_name = "ID")]
    article: String,
    /// What came of it, as one JSON object
    #[arg(long)]
    json: bool,
}

/// List what people decided, or take a decision back
#[derive(Debug, clap::Args)]
#[command(after_help = "\
When a decision is taken back, the texts of the clusters that it concerned speak again.

Examples:
  newsfold decisions
  newsfold decisions --withdraw 12
  newsfold decisions --json | jq 'select(.kind == \"merge\")'")]
pub struct Decisions {
    /// The number of a decision that no longer holds
    #[arg(long, value_name = "NUMBER")]
    withdraw: Option<i64>,
    #[command(flatten)]
    form: Form,
}

/// Runs `merge`.
///
/// # Errors
/// Where an id means nothing, the two are one already, or the database fails. So with all others.
pub fn merge(args: &Merge, context: &mut Context) -> anyhow::Result<Exit> {
    let (a, b) = {
        let reader = context.reader()?;
        (first_of(&reader, context.text_id(&reader, &args.a)?)?, first_of(&reader, context.text_id(&reader, &args.b)?)?)
    };
    obey(&Order::Merge { a, b }, args.json, context)
}

/// Runs `split`.
pub fn split(args: &Split, context: &mut Context) -> anyhow::Result<Exit> {
    let reader = context.reader()?;
    let meant = args.articles.iter().map(|text| context.text_id(&reader, text)).collect::<Result<Vec<_>, _>>()?;
    let order = match meant.as_slice() {
        [Found::Cluster(cluster)] => {
            let members = reader.articles_of(*cluster)?;
            let is_in = |id: &Id| members.contains(id);
            let merged =
                reader.decisions()?.into_iter().rfind(|d| d.kind == "merge" && is_in(&d.subject) && d.object.as_ref().is_some_and(is_in));
            let number = merged.map(|d| d.seq).ok_or_else(|| {
                Failure::usage(
                    "nobody merged anything into this cluster",
                    "name the articles that are another text; `newsfold story ID` lists them",
                )
            })?;
            Order::Withdraw { number }
        }
        several => Order::Split { articles: several.iter().map(|found| first_of(&reader, *found)).collect::<Result<_, _>>()? },
    };
    drop(reader);
    obey(&order, args.json, context)
}

/// Runs `keep`, and `unkeep` where not `on`.
pub fn keep(args: &Keep, on: bool, context: &mut Context) -> anyhow::Result<Exit> {
    let article = {
        let reader = context.reader()?;
        context.article_id(&reader, &args.article)?
    };
    obey(&Order::Keep { article, on }, args.json, context)
}

/// Runs `decisions`.
pub fn decisions(args: &Decisions, context: &mut Context) -> anyhow::Result<Exit> {
    if let Some(number) = args.withdraw {
        return obey(&Order::Withdraw { number }, args.form.json, context);
    }
    let reader = context.reader()?;
    let rows = rows(&reader, reader.decisions()?)?;
    if args.form.ids {
        rows.iter().try_for_each(|row| context.out.own(&format!("{}\n", row.subject)))?;
    } else if args.form.json {
        rows.iter().try_for_each(|row| context.out.json(&json::versioned("newsfold/decision/1", row)))?;
    } else if rows.is_empty() {
        output::note("nobody decided anything yet; `newsfold help merge` and `newsfold help split` say how");
    } else {
        let ids: Vec<Id> = rows.iter().flat_map(|row| [Some(row.subject), row.object]).flatten().collect();
        let short = context.short(&reader, &ids);
        context.out.doc(&render(&rows, short, &context.look), &context.look)?;
    }
    Ok(Exit::Done)
}

/// Columns that a publisher's name has in the list of decisions.
const NAME_WIDTH: usize = 16;

/// A decision with the headline of what it is about. One `split` of many pairs is one row.
#[derive(Clone, Debug, Serialize)]
struct Row {
    number: i64,
    at: jiff::Timestamp,
    kind: String,
    subject: Id,
    object: Option<Id>,
    /// The publisher that it names, where that is of no article.
    name: Option<String>,
    /// Pairs of articles that one order put apart.
    pairs: u64,
    title: Option<String>,
}

fn rows(reader: &Reader, all: Vec<Decision>) -> anyhow::Result<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    for decision in all {
        if let Some(last) = rows.last_mut()
            && (last.kind.as_str(), last.at) == ("split", decision.at)
            && decision.kind == "split"
        {
            last.pairs += 1;
            continue;
        }
        let title = reader.texts(&[decision.subject])?.pop().map(|text| text.title);
        let Decision { seq, at, kind, subject, object, .. } = decision;
        let name = if kind == whose::KIND { reader.meta(&whose::name_key(seq))? } else { None };
        rows.push(Row { number: seq, at, kind, subject, object, name, pairs: 1, title });
    }
    Ok(rows)
}

fn render(rows: &[Row], short: Short, look: &Look) -> Doc {
    let mut table =
        Table::new(&[number("NO"), number("AGE"), whole("WHAT"), whole("ARTICLE"), whole("WITH").spare(2), flexible("HEADLINE", 16)]);
    for row in rows {
        table.row(vec![
            cell(Role::Plain, row.number.to_string()),
            cell(Role::Faint, times::age(look, row.at)),
            cell(Role::Strong, &row.kind),
            cell(Role::Id, short.of(row.subject)),
            match (row.object, &row.name) {
                (Some(id), _) => cell(Role::Id, short.of(id)),
                (None, name) => cell(Role::Plain, name.as_deref().map_or_else(|| "—".to_owned(), |name| cut(&clean(name), NAME_WIDTH))),
            },
            cell(Role::Plain, row.title.as_deref().map_or("(past its retention)", titled)),
        ]);
    }
    table.into_doc(look)
}

/// The article that stands for what was named.
fn first_of(reader: &Reader, found: Found) -> anyhow::Result<Id> {
    match found {
        Found::Cluster(cluster) => reader
            .articles_of(cluster)?
            .first()
            .copied()
            .ok_or_else(|| Failure::no_such_id(format!("no cluster {cluster}"), "it was pruned a moment ago")),
        other => Ok(other.id()),
    }
}

/// Hands the order to the daemon, or carries it out here when none runs.
pub(in crate::cli) fn obey(order: &Order, as_json: bool, context: &mut Context) -> anyhow::Result<Exit> {
    const HINT: &str = "`newsfold story ID` and `newsfold decisions` show how things are";
    let ruled: Ruled = match control::call(&context.state_dir()?, Command::Order(order.clone()), |_| {}) {
        Ok(report) => serde_json::from_value(report)?,
        Err(ControlError::NotRunning(_)) => match person::here(&context.config()?, order, Clock::system().now()) {
            Err(DaemonError::Refused(why)) => return Err(Failure::usage(why, HINT)),
            done => done?,
        },
        Err(ControlError::Usage(why)) => return Err(Failure::usage(why, HINT)),
        Err(error) => return Err(error.into()),
    };
    if as_json {
        context.out.json(&json::versioned("newsfold/ruled/1", &ruled))?;
    } else {
        let doc = told(order, &ruled, &context.look);
        context.out.doc(&doc, &context.look)?;
    }
    Ok(Exit::Done)
}

/// What came of an order, in one sentence.
fn told(order: &Order, ruled: &Ruled, look: &Look) -> Doc {
    let moved = count(ruled.moved, "article", "articles");
    let sentence = match order {
        Order::Merge { .. } => format!("One text from now on: cluster {}, {moved} moved.", ruled.cluster),
        Order::Split { .. } => format!("Another text from now on: cluster {}, {moved} moved; its story is {}.", ruled.cluster, ruled.story),
        Order::Keep { on: true, .. } => "Kept: retention leaves it alone.".to_owned(),
        Order::Keep { .. } => "Not kept any longer than the others.".to_owned(),
        Order::Origin { whose: Whose::Article(id), .. } => format!("The origin of cluster {} is article {id} from now on.", ruled.cluster),
        Order::Origin { whose: Whose::Publisher(name), .. } => format!("The origin of cluster {} is {name} from now on.", ruled.cluster),
        Order::Origin { whose: Whose::Evidence, .. } => format!("The evidence says whose cluster {} is.", ruled.cluster),
        Order::Withdraw { .. } => format!("Taken back: {}, {moved} moved.", count(ruled.withdrawn.len() as u64, "decision", "decisions")),
    };
    let mut doc = Doc::new();
    doc.wrapped(Role::Plain, sentence, look.text_width());
    if let (Some(number), false) = (ruled.decisions.first(), matches!(order, Order::Keep { .. })) {
        doc.wrapped(Role::Faint, format!("Decision {number}; `newsfold decisions --withdraw {number}` takes it back."), look.text_width());
    }
    let overruled = ruled.withdrawn.len() as u64;
    let overrules = matches!(order, Order::Merge { .. } | Order::Split { .. } | Order::Origin { .. });
    if overruled > 0 && overrules && !ruled.decisions.is_empty() {
        // A merger may have brought more along than what is split off now.
        let rest = if matches!(order, Order::Split { .. }) { "; what else these moved stays" } else { "" };
        let overrules = count(overruled, "earlier decision", "earlier decisions");
        doc.wrapped(Role::Faint, format!("It overrules {overrules}{rest}."), look.text_width());
    }
    doc
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixtures::{self, HOSTILE, at};

    fn row(number: i64, kind: &str, object: Option<Id>, title: Option<&str>) -> Row {
        let (at, subject) = (at("2026-11-22T09:20:00Z"), Id(0x19c4_a0b0_0000_0001));
        Row { number, at, kind: kind.to_owned(), subject, object, name: None, pairs: 1, title: title.map(str::to_owned) }
    }

    #[test]
    fn decisions_are_listed_with_what_they_are_about() {
        let other = Some(Id(0xd02e_11f0_0000_0002));
        let rows = [
            row(3, "merge", other, Some("Ferry talks resume in Port Amalie after week-long pause")),
            row(12, "split", other, Some(HOSTILE)),
            row(112, "keep", None, None),
            Row { name: Some(HOSTILE.to_owned()), ..row(113, "origin", None, Some("Ferry talks resume")) },
        ];
        fixtures::at_widths("decisions", |look| render(&rows, Short::for_ids(&[rows[0].subject], 7), look));
    }

    #[test]
    fn every_order_says_what_came_of_it_and_how_to_take_it_back() {
        let ruled =
            Ruled { decisions: vec![12, 13], withdrawn: vec![3], cluster: Id(0xc1), story: Id(0xa1), moved: 2, kind: "split".into() };
        let orders = [
            Order::Merge { a: Id(1), b: Id(2) },
            Order::Split { articles: vec![Id(1)] },
            Order::Keep { article: Id(1), on: true },
            Order::Keep { article: Id(1), on: false },
            Order::Origin { article: Id(1), whose: Whose::Article(Id(2)) },
            Order::Origin { article: Id(1), whose: Whose::Publisher(HOSTILE.to_owned()) },
            Order::Origin { article: Id(1), whose: Whose::Evidence },
            Order::Withdraw { number: 3 },
        ];
        fixtures::at_widths("orders", |look| {
            let mut doc = Doc::new();
            orders.iter().for_each(|order| _ = doc.append(told(order, &ruled, look)));
            doc
        });
    }
}

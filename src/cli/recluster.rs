//! `newsfold recluster`: every article placed over again.

use crate::cli::context::{Context, Short};
use crate::cli::doc::{Doc, Role};
use crate::cli::exit::{Exit, Failure};
use crate::cli::look::Look;
use crate::cli::progress::Bar;
use crate::cli::table::{Table, cell, flexible, number, whole};
use crate::cli::words::{count, titled};
use crate::cli::{json, output};
use crate::clock::Clock;
use crate::daemon::control::{self, Command, ControlError};
use crate::daemon::recluster::{self, Agreement, Applied, Plan};
use crate::dedup::Settings;
use crate::dedup::recluster::Change;
use crate::model::Id;
use crate::store::Reader;
use serde::Serialize;

/// Place every stored article over again, under today's limits
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What people decided stays. A cluster keeps its id as far as its articles stay together; ids that are no more lead to where their articles went. The daemon goes on meanwhile. --set changes one limit for a look at what it would do: `newsfold cluster` and the daemon keep theirs.

Examples:
  newsfold recluster --dry-run
  newsfold recluster --dry-run --set containment=0.9 --set brief_words=60
  newsfold recluster")]
pub struct Args {
    /// Only tell what would change, and how that agrees with what people decided
    #[arg(long)]
    dry_run: bool,
    /// With --dry-run: a limit other than today's
    #[arg(long, value_name = "LIMIT=VALUE", requires = "dry_run")]
    set: Vec<String>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// Where a limit is not known, or the database fails.
pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    if args.dry_run {
        return dry_run(args, context);
    }
    let bar = bar();
    let applied: Applied = match control::call(&context.state_dir()?, Command::Recluster, |_| {}) {
        Ok(report) => serde_json::from_value(report)?,
        Err(ControlError::NotRunning(_)) => {
            recluster::here(&context.config()?, &Settings::default(), Clock::system().now(), |done, all| bar.show(done, all))?
        }
        Err(error) => return Err(error.into()),
    };
    drop(bar);
    if args.json {
        context.out.json(&json::versioned("newsfold/reclustered/1", &applied))?;
    } else {
        let mut doc = Doc::new();
        doc.wrapped(Role::Plain, told(&applied), context.look.text_width());
        context.out.doc(&doc, &context.look)?;
    }
    Ok(Exit::Done)
}

fn told(applied: &Applied) -> String {
    let mut text = format!(
        "{} placed over again: {} changed, {} moved",
        count(applied.articles, "article", "articles"),
        count(applied.changed, "cluster", "clusters"),
        count(applied.moved, "article", "articles")
    );
    if applied.left > 0 {
        text.push_str(&format!("; {} had changed meanwhile and were left: run it again", count(applied.left, "cluster", "clusters")));
    }
    text
}

fn bar() -> Bar {
    Bar::measured("placing every article over again")
}

/// Today's limits with those of `set`.
fn limits(set: &[String]) -> anyhow::Result<Settings> {
    let mut value = serde_json::to_value(Settings::default())?;
    let known: Vec<String> = value.as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default();
    for one in set {
        let (name, number) = one.split_once('=').unwrap_or((one, ""));
        let parsed = serde_json::from_str::<serde_json::Number>(number.trim());
        match (value.get_mut(name.trim()), parsed) {
            (Some(place), Ok(number)) => *place = number.into(),
            (None, _) => return Err(Failure::usage(format!("no limit is called “{name}”"), format!("limits are {}", known.join(", ")))),
            (_, Err(_)) => return Err(Failure::usage(format!("“{one}” gives no number"), "for example --set containment=0.9")),
        }
    }
    serde_json::from_value(value)
        .map_err(|error| Failure::usage(error.to_string(), "words and seconds are whole numbers; shares are 0 to 1"))
}

#[derive(Serialize)]
struct Summary<'a> {
    articles: u64,
    clusters: u64,
    changes: u64,
    thresholds: &'a Settings,
}

fn dry_run(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    let settings = limits(&args.set)?;
    let reader = context.reader()?;
    let bar = bar();
    let plan = recluster::plan(&reader, &settings, |done, all| bar.show(done, all))?;
    drop(bar);
    if args.json {
        let changes = plan.changes.len() as u64;
        let summary = Summary { articles: plan.articles, clusters: plan.clusters, changes, thresholds: &settings };
        context.out.json(&json::versioned("newsfold/recluster/1", &summary))?;
        plan.changes.iter().try_for_each(|change| context.out.json(&json::versioned("newsfold/change/1", change)))?;
        plan.agreement.iter().try_for_each(|one| context.out.json(&json::versioned("newsfold/agreement/1", one)))?;
        return Ok(Exit::Done);
    }
    let titles: Vec<String> = plan.changes.iter().map(|change| title(&reader, change)).collect::<Result<_, _>>()?;
    let short = context.short(&reader, &plan.changes.iter().map(|c| c.cluster).collect::<Vec<_>>());
    context.out.doc(&render(&plan, &titles, short, &context.look), &context.look)?;
    if !plan.changes.is_empty() && args.set.is_empty() {
        context.out.flush()?;
        output::note("nothing was changed; `newsfold recluster` does it");
    }
    Ok(Exit::Done)
}

fn title(reader: &Reader, change: &Change) -> anyhow::Result<String> {
    let first = change.moves.first().map(|m| m.article).into_iter().collect::<Vec<Id>>();
    Ok(reader.texts(&first)?.pop().map(|text| text.title).unwrap_or_default())
}

/// Changes shown to people; programs get all.
const SHOWN: usize = 200;

fn render(plan: &Plan, titles: &[String], short: Short, look: &Look) -> Doc {
    let mut doc = Doc::new();
    let moved: u64 = plan.changes.iter().map(|c| c.moves.len() as u64).sum();
    let summary = format!(
        "{} in {}; {} would change, {} would move.",
        count(plan.articles, "article", "articles"),
        count(plan.clusters, "cluster", "clusters"),
        count(plan.changes.len() as u64, "cluster", "clusters"),
        count(moved, "article", "articles")
    );
    doc.wrapped(Role::Strong, summary, look.text_width());
    let mut table = Table::new(&[whole("CLUSTER"), whole("WHAT"), number("MOVED"), number("OF").spare(1), flexible("HEADLINE", 16)]);
    for (change, title) in plan.changes.iter().zip(titles).take(SHOWN) {
        let fresh = change.moves.len() as u64 == change.articles;
        table.row(vec![
            cell(Role::Id, short.of(change.cluster)),
            cell(Role::Plain, if fresh { "splits off" } else { "takes in" }),
            cell(Role::Plain, change.moves.len().to_string()),
            cell(Role::Plain, change.articles.to_string()),
            cell(Role::Plain, titled(title)),
        ]);
    }
    doc.append(table.into_doc(look));
    if plan.changes.len() > SHOWN {
        doc.line(Role::Faint, format!("… and {} more; --json lists all", plan.changes.len() - SHOWN));
    }
    agreement(&mut doc, &plan.agreement, look);
    doc
}

/// How the texts agree with what people decided: the disagreements one by one.
fn agreement(doc: &mut Doc, all: &[Agreement], look: &Look) {
    if all.is_empty() {
        return;
    }
    let agree = all.iter().filter(|one| one.agrees).count();
    let pairs = count(all.len() as u64, "pair", "pairs");
    doc.wrapped(Role::Plain, format!("Of {pairs} that people decided on, the texts say the same of {agree}."), look.text_width());
    for one in all.iter().filter(|one| !one.agrees).take(SHOWN) {
        doc.wrapped(Role::Warn, format!("decision {} ({}): {}", one.decision, one.kind, one.sentence), look.text_width());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixtures;
    use crate::dedup::recluster::Stands;

    #[test]
    fn limits_are_set_by_name_and_checked() {
        let set = |text: &str| limits(&[text.to_owned()]);
        assert_eq!(set("containment=0.9").unwrap(), Settings { containment: 0.9, ..Settings::default() });
        assert_eq!(set("min_words = 30").unwrap().min_words, 30);
        for wrong in ["contain=0.9", "containment", "containment=much", "min_words=0.5"] {
            assert!(set(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_would_change_is_listed_with_what_people_said() {
        let stands = |n: u64| Stands { article: Id(n), cluster: Id(0xc1 << 40), story: Id(1) };
        let change = |cluster: u64, moves: Vec<Stands>, articles| Change {
            cluster: Id(cluster << 40),
            story: Id(1),
            from: vec![Id(0xc1)],
            moves,
            reasons: Vec::new(),
            articles,
        };
        let sentence = "Two texts: only 40 % of the 300 words of the shorter text stand in the longer; limit 80 %.".to_owned();
        let plan = Plan {
            articles: 1200,
            clusters: 1100,
            changes: vec![change(7, vec![stands(1)], 1), change(8, vec![stands(2), stands(3)], 11)],
            agreement: vec![
                Agreement { decision: 3, kind: "merge".into(), subject: Id(1), object: Id(2), agrees: false, sentence },
                Agreement { decision: 4, kind: "split".into(), subject: Id(1), object: Id(3), agrees: true, sentence: String::new() },
            ],
        };
        let titles = ["Ferry talks resume in Port Amalie after week-long pause".to_owned(), fixtures::HOSTILE.to_owned()];
        fixtures::at_widths("recluster", |look| render(&plan, &titles, Short::for_ids(&[Id(7 << 40)], 7), look));
    }
}

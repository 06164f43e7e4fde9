//! `newsfold why`

use crate::cli::context::{Context, Short};
use crate::cli::doc::{Doc, Role};
use crate::cli::exit::{Exit, Failure};
use crate::cli::json;
use crate::cli::look::Look;
use crate::cli::sanitize::{clean, cut, wrap};
use crate::daemon::lookup::document;
use crate::dedup::story::{self, Background, StoryComparison};
use crate::dedup::{self, Document, Prepared, Settings, Verdict};
use crate::model::Id;
use crate::model::views::ArticleDetail;
use crate::store::{Decision, Reader};
use serde::Serialize;
use serde_json::Value;
use std::collections::{HashSet, VecDeque};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  newsfold why 19c4a0b d02e11f  one text, one event, or neither
  newsfold why 19c4a0b https://city-herald.example/2026/11/22/talks
  newsfold why 19c4a0b d02e11f --json | jq .same_cluster")]
pub struct Args {
    /// First digits of the id, or the address
    #[arg(value_name = "A")]
    a: String,
    /// The other
    #[arg(value_name = "B")]
    b: String,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// What `--json` prints: the two texts compared under today's limits, and the recorded reasons as they were written.
#[derive(Serialize)]
struct Report<'a> {
    a: Side<'a>,
    b: Side<'a>,
    same_cluster: bool,
    same_story: bool,
    compared: &'a Verdict,
    sentence: String,
    /// What holds them in one cluster where their own texts do not.
    held: &'a Held,
    thresholds: &'a Settings,
    as_events: &'a StoryComparison,
}

#[derive(Serialize)]
struct Side<'a> {
    id: Id,
    cluster: Id,
    story: Id,
    fingerprint: &'a str,
    because: &'a Value,
    story_because: &'a Value,
}

/// What holds two articles in one cluster that are no copies of each other.
#[derive(Default, Serialize)]
struct Held {
    /// Articles from one to the other, each a copy of the next.
    between: Vec<Id>,
    /// Numbers of the decisions, as `decisions` has them, that merged articles of the cluster.
    decisions: Vec<i64>,
    /// Articles of the cluster among which no way was looked for: it has too many.
    not_looked_at: usize,
}

/// Articles of a cluster that are looked at for a way from one to another: each is compared with each.
const LOOKED_AT: usize = 60;

impl Held {
    fn of(reader: &Reader, (a, b): (&ArticleDetail, &ArticleDetail), settings: &Settings) -> anyhow::Result<Self> {
        let all = reader.articles_of(a.cluster)?;
        let others: Vec<Id> = all.iter().copied().filter(|id| ![a.member.id, b.member.id].contains(id)).take(LOOKED_AT).collect();
        let mut texts = vec![prepared(a), prepared(b)];
        texts.extend(reader.texts(&others)?.iter().map(|stored| dedup::prepare(&document(stored), &HashSet::new())));
        let is_in = |id: &Id| all.contains(id);
        let merged = |d: &Decision| d.kind == "merge" && is_in(&d.subject) && d.object.as_ref().is_some_and(is_in);
        let decisions = reader.decisions()?.iter().filter(|d| merged(d)).map(|d| d.seq).collect();
        let not_looked_at = all.len().saturating_sub(texts.len());
        Ok(Self { between: way(&texts, settings), decisions, not_looked_at })
    }

    /// As a sentence; names are given by `name`.
    fn sentence(&self, name: impl Fn(Id) -> String) -> String {
        let ways = self.between.iter().map(|id| name(*id)).collect::<Vec<_>>().join(", then ");
        let numbers = self.decisions.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
        match (self.between.is_empty(), self.decisions.is_empty()) {
            (false, _) => format!("Others' texts hold them together: from one to the other by {ways}, each a copy of the next."),
            (true, false) => format!("A person holds them together: decision {numbers} in `newsfold decisions`."),
            (true, true) if self.not_looked_at > 0 => {
                format!("What holds them together is among {} of its articles that were not looked at.", self.not_looked_at)
            }
            (true, true) => "They were placed together all the same: see the recorded reasons.".to_owned(),
        }
    }
}

/// The shortest way from the first text to the second over copies: what lies between them.
fn way(texts: &[Prepared], settings: &Settings) -> Vec<Id> {
    let mut from: Vec<Option<usize>> = vec![None; texts.len()];
    let mut queue = VecDeque::from([0]);
    while let Some(at) = queue.pop_front() {
        for next in 1..texts.len() {
            if from[next].is_some() || !dedup::why(&texts[at], &texts[next], settings).copy {
                continue;
            }
            from[next] = Some(at);
            if next == 1 {
                queue.clear();
                break;
            }
            queue.push_back(next);
        }
    }
    let steps = std::iter::successors(from.get(1).copied().flatten(), |&at| from[at]);
    let mut between: Vec<Id> = steps.take_while(|&at| at != 0).map(|at| texts[at].id).collect();
    between.reverse();
    between
}

impl<'a> Side<'a> {
    fn of(article: &'a ArticleDetail, story_because: &'a Value) -> Self {
        let ArticleDetail { member, cluster, story, fingerprint, .. } = article;
        Self { id: member.id, cluster: *cluster, story: *story, fingerprint, because: &member.because, story_because }
    }
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<Exit> {
    let reader = context.reader()?;
    let read = |text: &str| -> anyhow::Result<ArticleDetail> {
        let id = context.article_id(&reader, text)?;
        reader.article(id)?.ok_or_else(|| Failure::no_such_id(format!("no article {id}"), "`newsfold search WORDS` finds articles"))
    };
    let (a, b) = (read(&args.a)?, read(&args.b)?);
    if a.member.id == b.member.id {
        return Err(Failure::usage("both are the same article", "give two different ones; `newsfold story ID` lists a story's"));
    }
    let settings = settings(context);
    let verdict = dedup::why(&prepared(&a), &prepared(&b), &settings);
    let as_events = events(&a, &b);
    let held = if a.cluster == b.cluster && !verdict.copy { Held::of(&reader, (&a, &b), &settings)? } else { Held::default() };
    let reasons = [reader.story_reason(a.member.id)?, reader.story_reason(b.member.id)?];
    if args.json {
        let sentence = verdict.sentence(&settings);
        let (same_cluster, same_story) = (a.cluster == b.cluster, a.story == b.story);
        let (thresholds, compared) = (&settings, &verdict);
        let report = Report {
            a: Side::of(&a, &reasons[0]),
            b: Side::of(&b, &reasons[1]),
            same_cluster,
            same_story,
            compared,
            sentence,
            held: &held,
            thresholds,
            as_events: &as_events,
        };
        context.out.json(&json::versioned("newsfold/why/1", &report))?;
    } else {
        let short = context.short(&reader, &[a.member.id, b.member.id]);
        context.out.doc(&render((&a, &b), (&verdict, &settings, &as_events), (&reasons, &held), short, &context.look), &context.look)?;
    }
    Ok(Exit::Done)
}

/// Today's limits: the configured window, and the defaults of everything that is not configured.
fn settings(context: &Context) -> Settings {
    let mut settings = Settings::default();
    if let Ok(config) = context.settings() {
        settings.window_s = u32::try_from(config.dedup.window.as_secs()).unwrap_or(u32::MAX);
    }
    settings
}

/// A stored article made ready for comparison; its credits were taken out when it was stored.
fn prepared(article: &ArticleDetail) -> Prepared {
    let member = &article.member;
    let document = Document {
        id: member.id,
        title: &member.title,
        text: &article.text,
        dateline: article.dateline.as_deref(),
        lang: member.lang.as_deref(),
        publisher: Some(&member.publisher),
        seen_at: member.seen_at,
    };
    dedup::prepare(&document, &HashSet::new())
}

/// The two as reports of an event. The words that every report has are told from the built-in list alone, without what
/// the database learnt, so the numbers may differ a little from those of the placement.
fn events(a: &ArticleDetail, b: &ArticleDetail) -> StoryComparison {
    let (background, settings) = (Background::default(), story::Settings::default());
    let features = |article: &ArticleDetail| {
        let member = &article.member;
        let about = story::About {
            title: &member.title,
            text: &article.text,
            lang: member.lang.as_deref(),
            publisher: Some(&member.publisher),
            published_at: member.published_at,
            seen_at: Some(member.seen_at),
        };
        story::features(about, &background, &settings)
    };
    story::why_story(&features(a), &features(b), &background, &settings)
}

/// How alike the two are as reports, and the words that decided.
fn coverage(doc: &mut Doc, c: &StoryComparison, look: &Look) {
    let (verb, than) = if c.similarity >= c.threshold { ("alike enough", "at least") } else { ("not alike enough", "less than") };
    let sentence = format!("As reports of an event: {verb}, {:.2} is {than} the {:.2} that one story needs.", c.similarity, c.threshold);
    doc.wrapped(Role::Plain, sentence, look.text_width());
    let shared = c.shared.iter().map(|s| format!("{} {:.2}", s.term, s.weight)).collect::<Vec<_>>().join(", ");
    let rows = [
        ("words", format!("{:.2} alike by weighty words", c.cosine)),
        ("time", format!("× {:.2} for the time between them", c.time_factor)),
        ("days, figures", format!("× {:.2} for what both openings state", c.stated_factor)),
        (
            "names",
            match c.names {
                Some(share) => format!("× {:.2}: they make {:.0} % of the likeness", c.names_factor, share * 100.0),
                None => "too few to tell by".to_owned(),
            },
        ),
        (
            "language",
            match c.name_cosine {
                Some(alike) => format!("× {:.2} between two languages: {alike:.2} alike by names", c.language_factor),
                None => format!("× {:.2}", c.language_factor),
            },
        ),
        ("publisher", format!("× {:.2}", c.publisher_factor)),
        (
            "headlines",
            match c.headline_support {
                Some(support) => format!("× {:.2}: {:.0} % of them in the other's headline and lead", c.headline_factor, support * 100.0),
                None => "say nothing".to_owned(),
            },
        ),
        ("breadth", format!("× {:.2}: the likeness rests on {:.1} words", c.breadth_factor, c.breadth)),
        ("in common", if shared.is_empty() { "nothing weighty".to_owned() } else { shared }),
        ("only in A", c.only_a.join(", ")),
        ("only in B", c.only_b.join(", ")),
    ];
    for (label, value) in rows {
        for (i, line) in wrap(&clean(&value), look.text_width().saturating_sub(24)).iter().enumerate() {
            doc.pad(2).label(if i == 0 { label } else { "" }, 22).text(line).end();
        }
    }
}

/// Where the two are, what comparing them says, every number with its limit, then each one's recorded reason.
fn render(
    (a, b): (&ArticleDetail, &ArticleDetail),
    (verdict, settings, as_events): (&Verdict, &Settings, &StoryComparison),
    (reasons, held): (&[Value; 2], &Held),
    short: Short,
    look: &Look,
) -> Doc {
    let mut doc = Doc::new();
    let name = |x: &ArticleDetail| format!("{} ({})", short.of(x.member.id), x.member.publisher);
    let (place, rest) = match (a.cluster == b.cluster, a.story == b.story) {
        (true, _) => ("One cluster", format!(": {} and {} carry one text.", name(a), name(b))),
        (false, true) => ("One story, two texts", format!(": {} and {} report one event in words of their own.", name(a), name(b))),
        (false, false) => ("Two stories", format!(": {} and {} stand apart.", name(a), name(b))),
    };
    for (i, line) in wrap(&clean(&format!("{place}{rest}")), look.text_width()).iter().enumerate() {
        match line.strip_prefix(place).filter(|_| i == 0) {
            Some(rest) => doc.add(Role::Strong, place).text(rest).end(),
            None => doc.line(Role::Plain, line),
        };
    }
    doc.wrapped(Role::Plain, format!("Compared with each other: {}", verdict.sentence(settings)), look.text_width());
    if (a.cluster == b.cluster) != verdict.copy {
        let why = if verdict.copy {
            "They were placed apart all the same: see the recorded reasons.".to_owned()
        } else {
            held.sentence(|id| short.of(id))
        };
        doc.wrapped(Role::Warn, why, look.text_width());
    }
    for (label, value) in numbers((a, b), verdict, settings) {
        for (i, line) in wrap(&value, look.text_width().saturating_sub(24)).iter().enumerate() {
            doc.pad(2).label(if i == 0 { label } else { "" }, 22).text(line).end();
        }
    }
    if a.cluster != b.cluster {
        doc.end();
        coverage(&mut doc, as_events, look);
    }
    for (article, of_story) in [a, b].into_iter().zip(reasons) {
        doc.end();
        reason(&mut doc, article, short, look);
        for (i, line) in wrap(&clean(&story_reason(of_story)), look.text_width().saturating_sub(24)).iter().enumerate() {
            doc.pad(2).label(if i == 0 { "in its story" } else { "" }, 22).text(line).end();
        }
    }
    doc
}

/// Why an article's cluster is in its story, as was decided when it was placed, in a sentence.
fn story_reason(because: &Value) -> String {
    let Ok(because) = serde_json::from_value::<story::StoryBecause>(because.clone()) else {
        return match because.get("rule").and_then(Value::as_str) {
            Some("copy") => "with the copies of its text".to_owned(),
            _ => "no reason was recorded".to_owned(),
        };
    };
    let terms = because.terms.iter().map(|t| format!("{} {:.2}", t.term, t.weight)).collect::<Vec<_>>().join(", ");
    let with = because.with.map(|id| format!(", most like cluster {id}")).unwrap_or_default();
    let numbers = format!("{:.2} alike, two texts need {:.2}", because.similarity, because.threshold);
    match because.rule.as_str() {
        "joined" => format!("joined what was there{with}: {numbers}; by {terms}"),
        "apart" if because.similarity < because.threshold => format!("started it{with}, but not enough: {numbers}; in common {terms}"),
        // One text of that story is near, the others are not.
        "apart" => format!("started it{with}: {numbers}, but less alike to that story as a whole; in common {terms}"),
        "alone" => "by itself: its text tells no event, or a person said so".to_owned(),
        _ => "started it: nothing of the window was like it".to_owned(),
    }
}

/// What was measured, each with the limit that it was held against.
fn numbers((a, b): (&ArticleDetail, &ArticleDetail), v: &Verdict, s: &Settings) -> Vec<(&'static str, String)> {
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    let apart = a.member.seen_at.duration_since(b.member.seen_at).unsigned_abs().as_secs();
    let hours = |seconds: u64| format!("{} h", crate::cli::words::grouped(seconds / 3600));
    let marks = (v.numbers.0 + v.names.0, v.numbers.1 + v.names.1);
    vec![
        ("words", format!("{} in the shorter text, {} in the longer; at least {}", v.words.0, v.words.1, s.min_words)),
        (
            "containment",
            format!(
                "{} of the shorter stands in the longer; limit {}, {} after one headline and opening",
                percent(v.containment),
                percent(s.containment),
                percent(s.containment_same_opening)
            ),
        ),
        ("coverage", format!("{} of the longer stands in the shorter; limit {}", percent(v.coverage), percent(s.coverage))),
        ("longest passage", crate::cli::words::count(v.longest.into(), "word", "words")),
        ("names and numbers", format!("{} of {} the same; limit {}", marks.1, marks.0, percent(s.marks))),
        ("headline", format!("{} the same; limit {}", percent(v.title), percent(s.headline))),
        ("fingerprints", v.distance.map_or("one text has none".to_owned(), |d| format!("{d} of 64 bits differ"))),
        ("first seen", format!("{} apart; window {}", hours(apart), hours(s.window_s.into()))),
    ]
}

/// Why an article is where it is, as was recorded when it was placed.
fn reason(doc: &mut Doc, article: &ArticleDetail, short: Short, look: &Look) {
    let member = &article.member;
    doc.add(Role::Id, short.of(member.id)).text("  ");
    let room = look.width.map_or(usize::MAX, |w| w.saturating_sub(doc.open_width()));
    doc.add(Role::Strong, cut(&clean(&format!("{}: {}", member.publisher, member.title)), room)).end();
    doc.pad(2).label("cluster", 22).add(Role::Id, article.cluster.to_string()).end();
    doc.pad(2).label("story", 22).add(Role::Id, article.story.to_string()).end();
    let mut facts = Vec::new();
    flatten("", &member.because, &mut facts);
    if facts.is_empty() {
        doc.pad(2).line(Role::Faint, "no reason was recorded: it started its cluster");
    } else {
        doc.pad(2).line(Role::Faint, "as decided when it was placed, by what was there then:");
    }
    for (label, value) in with_limits(facts) {
        for (i, line) in wrap(&clean(&value), look.text_width().saturating_sub(24)).iter().enumerate() {
            doc.pad(2).label(&cut(&clean(if i == 0 { &label } else { "" }), 21), 22).text(line).end();
        }
    }
}

/// A number with its threshold beside it: "containment  0.94, limit 0.75". Thresholds of no shown number share a line.
fn with_limits(facts: Vec<(String, String)>) -> Vec<(String, String)> {
    let (limits, mut facts): (Vec<_>, Vec<_>) = facts.into_iter().partition(|(label, _)| label.starts_with("thresholds."));
    let mut others = Vec::new();
    for (label, limit) in limits {
        let of = label.trim_start_matches("thresholds.");
        match facts.iter_mut().find(|(label, _)| label == of) {
            Some((_, value)) => value.push_str(&format!(", limit {limit}")),
            None => others.push(format!("{} {limit}", of.replace('_', " "))),
        }
    }
    if !others.is_empty() {
        facts.push(("other limits".to_owned(), others.join(", ")));
    }
    facts
}

/// A JSON value as labels and values: {"thresholds": {"distance": 3}} is "thresholds.distance" and "3".
fn flatten(label: &str, value: &Value, out: &mut Vec<(String, String)>) {
    let inner = |key: &str| if label.is_empty() { key.to_owned() } else { format!("{label}.{key}") };
    match value {
        Value::Null => {}
        Value::Object(map) => map.iter().for_each(|(key, value)| flatten(&inner(key), value, out)),
        Value::Array(list) => {
            let plain = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
            out.push((label.to_owned(), list.iter().map(plain).collect::<Vec<_>>().join(", ")));
        }
        Value::String(text) => out.push((label.to_owned(), text.clone())),
        other => out.push((label.to_owned(), other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixtures;

    #[test]
    fn the_verdict_comes_first_and_every_number_after_it() {
        let a = fixtures::article();
        let mut b = a.clone();
        b.member = fixtures::story_detail().clusters.swap_remove(0).members.swap_remove(3);
        b.fingerprint = "91c2a3f900000007".to_owned();
        let short = Short::for_ids(&[a.member.id, b.member.id], 7);
        let settings = Settings::default();
        let shown = |name, a: &ArticleDetail, b: &ArticleDetail| {
            let (verdict, as_events) = (dedup::why(&prepared(a), &prepared(b), &settings), events(a, b));
            assert!(verdict.copy);
            let joined = serde_json::json!({"rule": "joined", "with": "00000000000000a9", "similarity": 0.412, "threshold": 0.252,
                "terms": [{"term": "ferry", "weight": 0.13}, {"term": "Meridian", "weight": 0.07}], "version": 2});
            let reasons = [joined, serde_json::json!({"rule": "copy", "version": 2})];
            fixtures::at_widths(name, |look| render((a, b), (&verdict, &settings, &as_events), (&reasons, &Held::default()), short, look));
        };
        shown("why", &a, &b);
        (b.cluster, b.story) = (Id(0xc9), Id(0xa9));
        shown("why_apart", &a, &b);
    }

    #[test]
    fn near_to_one_text_is_not_called_far() {
        let reason = |similarity: f32| {
            story_reason(&serde_json::json!({"rule": "apart", "with": "00000000000000a9", "similarity": similarity, "threshold": 0.28,
                "terms": [{"term": "ferry", "weight": 0.05}], "version": 6}))
        };
        assert!(reason(0.2).contains("but not enough: 0.20 alike"), "{}", reason(0.2));
        assert!(reason(0.3).contains("0.30 alike, two texts need 0.28, but less alike to that story as a whole"), "{}", reason(0.3));
    }

    #[test]
    fn what_holds_two_texts_together_is_named() {
        let letter = |n: u32| char::from(b'a' + (n % 26) as u8);
        let words: Vec<String> = (0..300).map(|n| format!("{}{}o{}", letter(n / 26), letter(n), letter(n * 7 + n / 26))).collect();
        let text = |number: u64, part: &[String]| {
            let text = part.join(" ");
            dedup::prepare(&Document { id: Id(number), title: "Harbour", text: &text, ..Document::default() }, &HashSet::new())
        };
        let settings = Settings::default();
        let (a, b, whole) = (text(1, &words[..180]), text(2, &[&words[..60], &words[180..]].concat()), text(3, &words));
        assert!(!dedup::why(&a, &b, &settings).copy);
        let stranger = text(4, &words.iter().rev().cloned().collect::<Vec<_>>());
        assert_eq!(way(&[a.clone(), b.clone(), stranger.clone(), whole], &settings), [Id(3)]);
        assert_eq!(way(&[a, b, stranger], &settings), []);
        let name = |id: Id| format!("<{}>", id.0);
        let held = |between: &[Id], decisions: &[i64]| {
            Held { between: between.to_vec(), decisions: decisions.to_vec(), not_looked_at: 0 }.sentence(name)
        };
        assert!(held(&[Id(3), Id(5)], &[7]).contains("by <3>, then <5>, each a copy of the next"));
        assert!(held(&[], &[7, 8]).contains("decision 7, 8"));
        assert!(held(&[], &[]).contains("recorded reasons"));
        assert!(Held { not_looked_at: 9, ..Held::default() }.sentence(name).contains("among 9 of its articles"));
    }
}

//! When a page says that it was published and changed.
//!
//! What the metadata states comes first, then marked elements, the date that is printed, the address, and the data that the page
//! renders itself from. The printed date is a witness for the metadata too: it knows the zone that the page lives in, and it is
//! right where a template states the day on which the site was last rebuilt.

#[cfg(test)]
mod tests;

use super::dates::{self, Order, Stated};
use super::flat::{Flat, Tag};
use super::hints::{self, Hints};
use super::jsonld::Linked;
use super::meta::meta;
use jiff::tz::Offset;
use url::Url;

/// Names of the head under which the time of publication stands, the plainest first.
const PUBLISHED: &[&str] = &[
    "article:published_time",
    "og:published_time",
    "og:article:published_time",
    "article:published",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "publishdate",
    "publish-date",
    "publish_date",
    "published_time",
    "publication_date",
    "pubdate",
    "cxenseparse:recs:publishtime",
    "article.published",
];

/// The same, where the name may mean something else too.
const DATED: &[&str] = &[
    "dcterms.created",
    "dcterms.date",
    "dc.date.issued",
    "dc.date.created",
    "dc.date",
    "article_date_original",
    "article:created_time",
    "datecreated",
    "citation_publication_date",
    "citation_date",
    "date",
];

/// First publication and last change.
pub(super) fn times(
    flat: &Flat,
    linked: Option<&Linked>,
    url: Option<&Url>,
    kept: &[bool],
    page: &str,
) -> (Option<Stated>, Option<Stated>) {
    let order = order(flat, linked);
    let read = |text: &str| dates::read(text, order);
    let modified = linked
        .and_then(|l| l.modified.as_deref())
        .and_then(read)
        .or_else(|| meta(flat, &["article:modified_time", "og:updated_time", "datemodified", "last-modified"]).and_then(read))
        .or_else(|| flat.head.dates.iter().find(|d| d.modified).and_then(|d| read(&d.value)));
    let stated = stated(flat, linked, order);
    let start = kept.iter().position(|k| *k).unwrap_or(0);
    let heading = flat.blocks.iter().take(start + 40).position(|b| b.tag == Tag::Heading(1));
    let printed = printed(flat, kept, heading, order);
    let path = || url.and_then(|u| dates::in_path(u.path()));
    let near = || {
        let from = heading.unwrap_or(start);
        let tags = || flat.head.dates.iter().filter(|d| !d.modified).map(|d| (d, (d.block as usize).abs_diff(from)));
        let tag = tags().filter(|(_, away)| *away <= 30).min_by_key(|(_, away)| *away).and_then(|(d, _)| read(&d.value));
        let line = printed.iter().filter(|p| p.own && p.label != Label::Updated).min_by_key(|p| p.away).map(|p| p.stated);
        let nearest = || printed.iter().min_by_key(|p| p.away + if p.label == Label::Published { 0 } else { 4 });
        // Of changes the piece's own counts, before those of what stands around it.
        let changed = || printed.iter().filter(|p| p.own).min_by_key(|p| p.away);
        let any = || nearest().map(|n| if n.label == Label::Updated { changed().unwrap_or(n) } else { n }.stated);
        match (tag, line) {
            (Some(tag), Some(line)) if far(&tag, &line) && !dates::turned(&tag, &line) => Some(line),
            (tag, line) => tag.or(line).or_else(any).or_else(|| tags().find_map(|(d, _)| read(&d.value))),
        }
    };
    let published = match stated {
        Some(stated) => Some(witnessed(stated, modified, path(), first_time(flat).is_some(), &printed)),
        None => match (path(), near()) {
            // The address knows the day only; a printed time of the same day knows more.
            (Some(day), Some(time)) if (time.at.as_second() - day.at.as_second()).abs() < 2 * DAY => Some(time),
            (day, time) => day.or(time),
        },
    };
    // What a page renders from it states too; and a page that says only when it changed was there by then.
    let published = published.or_else(|| dates::in_state(page, order)).or(modified);
    (published, modified)
}

/// Seconds.
const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;

/// The time of publication that the metadata states.
fn stated(flat: &Flat, linked: Option<&Linked>, order: Order) -> Option<Stated> {
    let read = |text: &str| dates::read(text, order);
    let first = |keys: &[&str]| keys.iter().find_map(|k| meta(flat, &[k]).and_then(read));
    let named = |(name, value): &(String, String)| publication(name).then(|| read(value)).flatten();
    let head = || first(PUBLISHED).or_else(|| flat.head.metas.iter().find_map(named)).or_else(|| first(DATED));
    let marked = || flat.head.dates.iter().find(|d| d.published).and_then(|d| read(&d.value));
    linked.and_then(|l| l.published.as_deref()).and_then(read).or_else(head).or_else(marked)
}

/// What the head says of the first publication in Open Graph's words.
fn first_time(flat: &Flat) -> Option<&str> {
    meta(flat, PUBLISHED.get(..4)?)
}

/// More than a zone apart.
fn far(a: &Stated, b: &Stated) -> bool {
    dates::civil(a).duration_since(dates::civil(b)).as_secs().abs() >= 2 * DAY
}

/// What a printed date is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    Published,
    Updated,
    Plain,
}

/// A date that the page prints near its headline or its text.
#[derive(Debug)]
struct Printed {
    stated: Stated,
    label: Label,
    /// How far from where a piece's date stands; less is nearer.
    away: usize,
    /// A line of its own between headline and text.
    own: bool,
}

/// The metadata's time of publication, set right by what the page shows: its zone where a printed time is the same instant or a printed
/// day is the same day in a zone nearby, and the printed day where no day that the piece is printed under is the metadata's. An earlier
/// one is the first publication, where a template states the last build; a later one alone is the day of the text as it stands.
fn witnessed(stated: Stated, modified: Option<Stated>, path: Option<Stated>, firm: bool, printed: &[Printed]) -> Stated {
    if let Some(offset) = printed.iter().find_map(|p| zone_of(&stated, p)) {
        return Stated { offset: Some(offset), ..stated };
    }
    let day = |t: &Stated| dates::civil(t).date();
    let changes = || printed.iter().filter(|p| p.own && p.label == Label::Updated);
    let own = || printed.iter().filter(|p| p.own && p.label != Label::Updated);
    if own().any(|p| day(&p.stated) == day(&stated)) {
        return stated;
    }
    if let Some(offset) = own().map(|p| &p.stated).chain(&path).find_map(|p| zone_of_day(&stated, p)) {
        return Stated { offset: Some(offset), ..stated };
    }
    let before = |p: &&Printed| p.stated.at < stated.at;
    let said = || printed.iter().filter(|p| p.label == Label::Published);
    let known = said().any(|p| day(&p.stated) == day(&stated));
    let first = own().find(|p| p.label == Label::Published && before(p)).or_else(|| own().find(before));
    if let Some(earlier) = first.or_else(|| said().find(|p| !known && before(p) && far(&p.stated, &stated))) {
        return earlier.stated;
    }
    if known || changes().any(|p| day(&p.stated) == day(&stated)) {
        return stated;
    }
    let Some(modified) = modified else { return stated };
    // What is no change is a day of something else on the page where it is later than the last change.
    let by_then = |p: &&Printed| {
        let soon = p.stated.at.as_second() - stated.at.as_second() < 30 * DAY;
        p.stated.at > stated.at && (soon || !firm) && (p.label == Label::Updated || day(&p.stated) <= day(&modified))
    };
    let Some(later) = own().chain(changes()).find(by_then).map(|p| p.stated) else { return stated };
    // The metadata of that change knows its hour.
    if day(&modified) == day(&later) { modified } else { later }
}

/// The nearest zone in which an instant that is stated in UTC falls on a day that the page shows.
fn zone_of_day(stated: &Stated, shown: &Stated) -> Option<Offset> {
    if !stated.timed || stated.offset.is_some_and(|o| o != Offset::UTC) {
        return None;
    }
    let day = dates::civil(shown).date();
    if day == Offset::UTC.to_datetime(stated.at).date() {
        return None;
    }
    (1..=13).flat_map(|hours| [-hours, hours]).filter(|hours| *hours >= -9).find_map(|hours: i32| {
        let offset = Offset::from_seconds(hours * 3_600).ok()?;
        (offset.to_datetime(stated.at).date() == day).then_some(offset)
    })
}

/// The zone in which a printed time is the stated instant.
fn zone_of(stated: &Stated, printed: &Printed) -> Option<Offset> {
    if !printed.stated.timed || !stated.timed {
        return None;
    }
    let ahead = dates::civil(&printed.stated).duration_since(Offset::UTC.to_datetime(stated.at)).as_secs() + 59;
    // A zone that is stated stands, but where the page prints the very instant in UTC.
    if stated.offset.is_some_and(|o| o != Offset::UTC) && !(0..60 + 59).contains(&ahead) {
        return None;
    }
    let halves = ahead.div_euclid(HOUR / 2);
    // A printed time has no seconds.
    (ahead.rem_euclid(HOUR / 2) < 60 + 59 && (-12 * 2..=14 * 2).contains(&halves)).then_some(())?;
    Offset::from_seconds(i32::try_from(halves * HOUR / 2).ok()?).ok()
}

/// The dates that are printed near the headline, the start of the text or its end.
fn printed(flat: &Flat, kept: &[bool], heading: Option<usize>, order: Order) -> Vec<Printed> {
    let start = kept.iter().position(|k| *k).unwrap_or(0);
    let end = kept.iter().rposition(|k| *k).map_or(start, |l| l + 1);
    let of_the_text = |i: usize| kept.get(i).is_some_and(|k| *k);
    let mut out: Vec<Printed> = Vec::new();
    for (i, b) in flat.blocks.iter().enumerate() {
        let near = [heading, Some(start), Some(end)].into_iter().flatten().map(|at| at.abs_diff(i)).min().unwrap_or(usize::MAX);
        let text = flat.of(b);
        if near > 80 || b.weight > 140 || !text.bytes().any(|c| c.is_ascii_digit()) {
            continue;
        }
        let marked = flat.chain(b.el).take(3).any(|(_, e)| e.hints & (hints::META | hints::AUTHOR) != 0);
        let inside = of_the_text(i) && i > start + 2 && i + 2 < end;
        if !marked && (near > 12 || inside) {
            continue;
        }
        let away = near + if marked { 0 } else { 12 } + if i > start + 3 { 10 } else { 0 } + if b.weight > 60 { 6 } else { 0 };
        let between = match heading {
            Some(h) => i + 6 >= h && i <= h.max(start.min(h + 12)) + 8,
            None => i < start + 3 && start < i + 20,
        };
        let own =
            between && !of_the_text(i) && (marked || b.words <= 9) && b.weight <= 90 && b.link * 2 <= b.weight && !elsewhere(flat, b.el);
        let mut from = 0;
        // A line may say both: "Updated … Published …".
        for _ in 0..2 {
            let Some(rest) = text.get(from..) else { break };
            let Some((range, stated)) = dates::find(rest, order) else { break };
            let before = rest.get(..range.start).unwrap_or("");
            let above = i.checked_sub(1).and_then(|k| flat.blocks.get(k)).filter(|b| b.weight <= 25 && before.trim().is_empty());
            let label = match label(before) {
                Label::Plain => above.map_or(Label::Plain, |b| label(flat.of(b))),
                said => said,
            };
            out.push(Printed { stated, label, away, own });
            from += range.end;
        }
        if out.len() >= 40 {
            break;
        }
    }
    out
}

/// True below what is named as no part of the piece.
fn elsewhere(flat: &Flat, el: u32) -> bool {
    const ELSEWHERE: Hints = hints::RELATED | hints::NAV | hints::FOOTER | hints::COMMENTS | hints::ASIDE | hints::CAPTION;
    flat.chain(el).take(6).any(|(_, e)| e.tag != Tag::Body && e.hints & ELSEWHERE != 0)
}

/// What the words before a date call it.
fn label(before: &str) -> Label {
    const UPDATED: &[&str] = &[
        "updat",
        "modified",
        "revised",
        "reviewed",
        "edited",
        "aktualisiert",
        "zuletzt",
        "stand:",
        "mis à jour",
        "mise à jour",
        "modifié",
        "actualizado",
        "actualizada",
        "modificado",
        "aggiornat",
        "modificat",
        "atualizad",
        "обновл",
        "оновл",
        "изменен",
        "تحديث",
        "更新",
        "업데이트",
        "수정",
        "bijgewerkt",
        "uppdaterad",
        "oppdatert",
        "opdateret",
        "zaktualizowano",
        "güncelle",
    ];
    const PUBLISHED: &[&str] = &[
        "publi",
        "posted",
        "created",
        "first ",
        "veröffentlicht",
        "erstellt",
        "pubblicat",
        "опублик",
        "نشر",
        "公開",
        "掲載",
        "입력",
        "gepubliceerd",
        "yayın",
    ];
    let low: String = before.chars().rev().take(40).collect::<Vec<_>>().into_iter().rev().flat_map(char::to_lowercase).collect();
    let last = |names: &[&str]| names.iter().filter_map(|n| low.rfind(n)).max();
    match (last(UPDATED), last(PUBLISHED)) {
        (Some(u), Some(p)) if p > u => Label::Published,
        (Some(_), _) => Label::Updated,
        (None, Some(_)) => Label::Published,
        (None, None) => Label::Plain,
    }
}

/// True for a head's name that says it is the time of publication, in whatever order and with whatever prefix.
fn publication(name: &str) -> bool {
    let has = |part: &str| name.contains(part);
    has("publi")
        && !has("publisher")
        && !has("modif")
        && !has("updat")
        && !has("expir")
        && (has("date") || has("time") || name == "published")
}

/// Which of two numbers between slashes is the day, by the language and country that the page declares: the month comes first in the
/// United States, and in English without a country.
fn order(flat: &Flat, linked: Option<&Linked>) -> Order {
    let declared =
        [flat.head.lang.as_deref(), meta(flat, &["og:locale", "content-language", "language"]), linked.and_then(|l| l.lang.as_deref())];
    let low: Vec<String> = declared.into_iter().flatten().map(|l| l.trim().to_ascii_lowercase().replace('_', "-")).collect();
    let country = low.iter().find(|l| l.len() > 2 && l.starts_with("en-"));
    match country.or(low.first()) {
        Some(lang) if lang == "en-us" => Order::American,
        Some(lang) if lang == "en" => Order::MonthFirst,
        _ => Order::DayFirst,
    }
}

//! What to say when an answer is empty, or a name is nearly right.

use crate::cli::args::Filter;
use crate::model::views::StoryFilter;
use crate::store::{Named, Reader};

/// Values listed one by one before the rest is only counted.
const LISTED: usize = 12;

/// The name among `known` that `text` is most likely meant to be.
pub fn nearest<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = text.to_lowercase();
    let likeness = |name: &str| {
        let name = name.to_lowercase();
        // A part of the name, as people shorten it, counts as much as a slip of the hand.
        if name.contains(&wanted) && wanted.chars().count() >= 3 { 0.95 } else { strsim::jaro_winkler(&name, &wanted) }
    };
    let best = known.into_iter().map(|name| (likeness(name), name)).max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 > 0.8 && best.1.to_lowercase() != wanted).then_some(best.1)
}

/// What to say of a value that nothing here has; `None` where something has it.
pub fn unknown(reader: &Reader, what: Named, asked: &str) -> Option<String> {
    let known = reader.known(what).ok()?;
    let wanted = asked.to_lowercase();
    if known.iter().any(|name| name.to_lowercase() == wanted) {
        return None;
    }
    let (one, many) = match what {
        Named::Publisher => ("publisher", "publishers"),
        Named::Owner => ("owner", "owners"),
        Named::Tag => ("tag", "tags"),
        Named::Lang => ("language", "languages"),
        Named::Event => ("kind of event", "kinds of events"),
    };
    if let Some(near) = nearest(asked, known.iter().map(String::as_str)) {
        return Some(format!("no {one} “{asked}” is known here; did you mean “{near}”?"));
    }
    Some(match known.len() {
        0 => format!("no {one} “{asked}” is known here, nor any other"),
        n if n <= LISTED || matches!(what, Named::Lang | Named::Tag) => {
            let more = if n > LISTED { format!(" and {} more", n - LISTED) } else { String::new() };
            format!("no {one} “{asked}” is known here; {many} are {}{more}", known.get(..LISTED.min(n)).unwrap_or_default().join(", "))
        }
        n => format!("no {one} “{asked}” is among the {n} {many} known here"),
    })
}

/// What to say of the first of a filter's names that nothing here has.
pub fn unknown_in(reader: &Reader, filter: &Filter) -> Option<String> {
    filter.named().into_iter().find_map(|(what, asked)| unknown(reader, what, asked))
}

/// Why `stories` may have shown nothing.
pub fn no_stories(reader: &Reader, filter: &Filter, since: &str) -> String {
    if let Some(said) = unknown_in(reader, filter) {
        return said;
    }
    let any = reader.stories(&StoryFilter { limit: Some(1), ..StoryFilter::default() }).is_ok_and(|s| !s.is_empty());
    match any {
        true if let Some(until) = filter.until() => {
            let more = if since == "all" { "" } else { "; an earlier --since, or --since all, looks further back" };
            format!(
                "no such stories first seen since {since} and before {until}; what counts is when newsfold saw them, not their own dates{more}"
            )
        }
        true if since != "all" => format!("no such stories since {since}; an earlier --since, or --since all, looks further back"),
        true => "no such stories".to_owned(),
        false => "no stories yet; `newsfold poll` fetches what the feeds have".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_or_a_part_of_a_name_is_understood() {
        let known = ["Al Jazeera", "The Guardian", "Harbour Post"];
        assert_eq!(nearest("al jazera", known), Some("Al Jazeera"));
        assert_eq!(nearest("guardian", known), Some("The Guardian"));
        assert_eq!(nearest("Reuters", known), None);
    }
}

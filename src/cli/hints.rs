//! What to say when an answer is empty, or a name is nearly right.

use crate::model::views::StoryFilter;
use crate::store::Reader;
use jiff::Timestamp;

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

/// Why `stories` may have shown nothing.
pub fn no_stories(reader: &Reader, since: &str, publisher: Option<&str>, now: Timestamp) -> String {
    if let Some(asked) = publisher {
        let feeds = reader.feeds(now).unwrap_or_default();
        let known = feeds.iter().filter_map(|f| f.publisher.as_deref());
        if let Some(near) = nearest(asked, known) {
            return format!("no stories with {asked}; did you mean “{near}”?");
        }
    }
    let any = reader.stories(&StoryFilter { limit: Some(1), ..StoryFilter::default() }).is_ok_and(|s| !s.is_empty());
    match any {
        true if since != "all" => format!("no such stories since {since}; --since 7d or --since all looks further back"),
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

//! JSON-LD: what the page tells search engines about its article.

use serde_json::Value;

/// What the best NewsArticle of a page says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Linked {
    pub headline: Option<String>,
    pub body: Option<String>,
    pub authors: Vec<String>,
    pub publisher: Option<String>,
    pub published: Option<String>,
    pub modified: Option<String>,
    pub url: Option<String>,
    pub section: Option<String>,
    pub image: Option<String>,
    pub lang: Option<String>,
    pub free: Option<bool>,
    /// Listing-like types only: CollectionPage, ItemList …
    pub listing: bool,
    pub live: bool,
}

/// Reads the blocks and keeps the object that is most of an article.
pub(super) fn read<'a>(blocks: impl Iterator<Item = &'a str>) -> Option<Linked> {
    let mut best: Option<(u32, Linked)> = None;
    let mut listing = false;
    for block in blocks.filter(|b| b.len() < 2 << 20) {
        let Some(value) = parse(block) else { continue };
        // Values nest as deep as serde_json allows, 128.
        let mut queue = vec![&value];
        let mut looked = 0;
        while let Some(value) = queue.pop() {
            looked += 1;
            if looked > 2000 {
                break;
            }
            match value {
                Value::Array(values) => queue.extend(values.iter().rev()),
                Value::Object(map) => {
                    for key in ["@graph", "mainEntity", "mainEntityOfPage", "hasPart", "liveBlogUpdate"] {
                        if let Some(inner @ (Value::Array(_) | Value::Object(_))) = map.get(key)
                            && key != "liveBlogUpdate"
                        {
                            queue.push(inner);
                        }
                    }
                    let rank = rank(map.get("@type"));
                    listing |= rank == 1;
                    if rank >= 2 {
                        let found = take(map);
                        let points = rank * 10
                            + u32::from(found.headline.is_some())
                            + u32::from(found.published.is_some()) * 2
                            + u32::from(found.body.is_some()) * 4;
                        if best.as_ref().is_none_or(|b| b.0 < points) {
                            best = Some((points, found));
                        }
                    }
                }
                _ => {}
            }
        }
    }
    match best {
        Some((_, found)) => Some(found),
        None if listing => Some(Linked { listing: true, ..Linked::default() }),
        None => None,
    }
}

/// Parses strictly, then with what sites get wrong mended: raw control characters, comments around, a trailing semicolon.
fn parse(block: &str) -> Option<Value> {
    let block = block.trim().trim_start_matches("<!--").trim_end_matches("-->").trim();
    let block = block.trim_start_matches("//<![CDATA[").trim_start_matches("<![CDATA[").trim_end_matches("//]]>").trim_end_matches("]]>");
    let block = block.trim().trim_end_matches(';');
    if let Ok(value) = serde_json::from_str(block) {
        return Some(value);
    }
    let mut mended = String::with_capacity(block.len());
    let (mut quoted, mut escaped) = (false, false);
    for c in block.chars() {
        if quoted && c < ' ' {
            mended.push_str(match c {
                '\n' => "\\n",
                '\t' => "\\t",
                _ => " ",
            });
            escaped = false;
            continue;
        }
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        if !quoted && (c == '}' || c == ']') {
            let trimmed = mended.trim_end().len();
            if mended.get(..trimmed).is_some_and(|m| m.ends_with(',')) {
                mended.truncate(trimmed - 1);
            }
        }
        escaped = quoted && c == '\\' && !escaped;
        mended.push(c);
    }
    serde_json::from_str(&mended).ok()
}

/// How much of an article a type is: 3 a news article, 2 a page that may be one, 1 a listing.
fn rank(kind: Option<&Value>) -> u32 {
    let one = |kind: &str| {
        let kind = kind.rsplit('/').next().unwrap_or(kind);
        match kind {
            "LiveBlogPosting" => 3,
            k if k.ends_with("Article") || k.ends_with("BlogPosting") || k.ends_with("NewsArticle") => 3,
            "Report" | "SocialMediaPosting" | "Review" | "TechArticle" => 3,
            "WebPage" | "ItemPage" | "VideoObject" | "Recipe" | "NewsVideo" | "Event" => 2,
            "CollectionPage" | "ItemList" | "SearchResultsPage" => 1,
            _ => 0,
        }
    };
    match kind {
        Some(Value::String(kind)) => one(kind),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).map(one).max().unwrap_or(0),
        _ => 0,
    }
}

fn take(map: &serde_json::Map<String, Value>) -> Linked {
    let text = |key: &str| map.get(key).and_then(string);
    let mut free = map.get("isAccessibleForFree").and_then(truth);
    if let Some(Value::Array(parts)) = map.get("isAccessibleForFree") {
        free = parts.first().and_then(truth);
    }
    Linked {
        headline: text("headline").or_else(|| text("name")),
        body: text("articleBody").or_else(|| text("text").filter(|t| t.len() > 200)),
        authors: names(map.get("author").or_else(|| map.get("creator"))),
        publisher: names(map.get("publisher")).into_iter().next(),
        published: text("datePublished").or_else(|| text("dateCreated")).or_else(|| text("uploadDate")),
        modified: text("dateModified"),
        url: text("url").or_else(|| match map.get("mainEntityOfPage") {
            Some(Value::Object(page)) => page.get("@id").and_then(string),
            Some(value) => string(value),
            None => None,
        }),
        section: text("articleSection"),
        image: image(map.get("image")),
        lang: text("inLanguage"),
        free,
        listing: false,
        live: matches!(map.get("@type"), Some(Value::String(kind)) if kind.ends_with("LiveBlogPosting")),
    }
}

fn string(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Array(values) => values.first().filter(|v| v.is_string()).and_then(string),
        Value::Object(map) => map.get("@value").or_else(|| map.get("name")).filter(|v| v.is_string()).and_then(string),
        _ => None,
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(b) => Some(*b),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn names(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(name)) => vec![name.trim().to_owned()],
        Some(Value::Object(map)) => match map.get("name") {
            Some(name @ Value::String(_)) => string(name).into_iter().collect(),
            Some(Value::Array(all)) => all.iter().filter_map(string).collect(),
            _ => Vec::new(),
        },
        Some(Value::Array(values)) => values
            .iter()
            .take(12)
            .filter_map(|v| match v {
                Value::String(name) => Some(name.trim().to_owned()),
                Value::Object(map) => map.get("name").and_then(string),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn image(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(url) => Some(url.clone()),
        Value::Object(map) => map.get("url").and_then(string),
        Value::Array(values) => values.first().and_then(|v| match v {
            Value::String(url) => Some(url.clone()),
            Value::Object(map) => map.get("url").and_then(string),
            _ => None,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_article_of_a_graph() {
        let found = read(
            [r#"{"@graph":[{"@type":"WebPage","name":"x"},{"@type":["NewsArticle"],"headline":"Head","author":[{"name":"A B"}],"datePublished":"2024-01-02"}]}"#]
                .into_iter(),
        )
        .expect("an article");
        assert_eq!(found.headline.as_deref(), Some("Head"));
        assert_eq!(found.authors, ["A B"]);
        assert_eq!(found.published.as_deref(), Some("2024-01-02"));
    }

    #[test]
    fn mends_what_sites_get_wrong() {
        let found =
            read(["{\"@type\":\"Article\",\"headline\":\"a\nb\",\"isAccessibleForFree\":\"False\",};"].into_iter()).expect("an article");
        assert_eq!(found.headline.as_deref(), Some("a\nb"));
        assert_eq!(found.free, Some(false));
    }

    #[test]
    fn deep_nesting_is_refused_and_not_followed() {
        assert_eq!(read([format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000)).as_str()].into_iter()), None);
    }
}

//! Texts written for these tests, and pages and feeds made of them.

/// A report of thirteen paragraphs, and the same as another site carries it, ending in its credit.
pub const REPORT: &str = include_str!("../fixtures/credited/report.txt");

/// The report's paragraphs.
pub fn report() -> Vec<String> {
    REPORT.lines().map(str::trim).filter(|line| !line.is_empty() && !is_credit(line)).map(str::to_owned).collect()
}

fn is_credit(line: &str) -> bool {
    line.starts_with("Source")
}

/// Paragraphs of a report that nobody else carries: `seed` makes its words its own.
pub fn own_report(seed: usize) -> Vec<String> {
    const PLACES: [&str; 7] =
        ["Marsh Lane", "Upper Quarry", "the ferry dock", "Linden Square", "the old mill", "Harrow Bridge", "the bus depot"];
    const THINGS: [&str; 7] = ["library", "swimming pool", "tram line", "market hall", "footbridge", "music school", "clinic"];
    const PEOPLE: [&str; 7] = ["Ines Valder", "Tom Okoro", "Greta Simm", "Pavel Dunn", "Aisha Corrie", "Leo Brandt", "Mina Askew"];
    let (place, thing, person) = (PLACES[seed % 7], THINGS[(seed / 7 + seed) % 7], PEOPLE[(seed / 3 + 2 * seed) % 7]);
    vec![
        format!(
            "The {thing} near {place} will close for {} weeks from Monday while workers replace its roof, the council decided.",
            seed + 3
        ),
        format!(
            "{person}, who has led the campaign to keep the {thing} open, called the decision number {seed} of a long row of mistakes."
        ),
        format!(
            "Residents of {place} collected {} signatures against the plan and handed them in at the town hall last week.",
            400 + 37 * seed
        ),
        format!(
            "The repair is expected to cost {} thousand, of which the region pays a third; the rest has to come from savings elsewhere.",
            90 + seed
        ),
        format!("A decision about what happens to the staff of the {thing} is due before the end of the month, {person} was told."),
    ]
}

/// A page as a news site has them: navigation, headline, body, teasers, footer.
pub fn page(url: &str, site: &str, title: &str, paragraphs: &[String]) -> String {
    let body: String = paragraphs.iter().map(|p| format!("<p>{p}</p>\n")).collect();
    format!(
        r#"<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title} | {site}</title>
<link rel="canonical" href="{url}"><meta property="og:site_name" content="{site}"><meta property="og:title" content="{title}"></head>
<body><header><nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li><li><a href="/sport">Sport</a></li></ul></nav></header>
<main><article><h1>{title}</h1>
{body}</article>
<aside class="related"><h2>More on this</h2><ul><li><a href="/a">Five things to know today</a></li><li><a href="/b">The week in pictures</a></li></ul></aside></main>
<footer><p>© {site}. All rights reserved. <a href="/terms">Terms of use</a></p></footer></body></html>"#
    )
}

/// One item of a feed.
pub struct Item {
    pub link: String,
    pub title: String,
    pub date: String,
}

/// An RSS feed.
pub fn rss(site: &str, items: &[Item]) -> String {
    let items: String = items
        .iter()
        .map(|i| {
            format!(
                "<item><title>{}</title><link>{}</link><guid isPermaLink=\"false\">{}</guid><pubDate>{}</pubDate></item>",
                i.title, i.link, i.link, i.date
            )
        })
        .collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{site}</title><link>http://example.org/</link><description>{site}</description>{items}</channel></rss>"#
    )
}

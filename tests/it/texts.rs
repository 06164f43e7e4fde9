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

/// Reports that have nothing to do with each other.
const OTHERS: [[&str; 4]; 5] = [
    [
        "The swimming pool in Linden Square will stay closed until the autumn while workers replace its roof, the town council decided on Tuesday.",
        "Ines Valder, who taught three generations of children to swim there, said that the news had not surprised anyone who had seen the buckets.",
        "The repair is expected to cost ninety thousand, of which the region pays a third; school classes travel to the neighbouring valley for now.",
        "A decision about opening hours is due before the end of the month, after the bathing season has been counted and the boiler inspected.",
    ],
    [
        "A freighter carrying timber ran aground on a sandbank off the northern cape during the night, and its crew of eleven was taken off by helicopter.",
        "The coastguard said that no oil had leaked and that two tugs would try to pull the vessel free with the spring tide on Friday afternoon.",
        "Fishermen had warned for years that the lighthouse on the cape, switched to a weaker lamp last winter, could hardly be seen in drizzle.",
        "The captain told investigators that the autopilot had been set to the wrong waypoint; the company that owns the ship declined to comment.",
    ],
    [
        "Astronomers using a dish in the highlands have heard a repeating radio burst from a galaxy three billion light years away, a journal reports.",
        "The signal returns every sixteen days, which suggests a neutron star that circles a companion, according to the authors of the study.",
        "Greta Simm, who wrote the software that found the pattern, was still a student when the first burst was recorded and ignored as interference.",
        "Further telescopes will watch the same patch of sky in spring; until then the team is combing old tapes for bursts that nobody noticed.",
    ],
    [
        "Potato prices have doubled within a month because a wet summer rotted much of the harvest, the association of growers announced.",
        "Chip shops in the capital have begun to serve smaller portions, and one chain has put turnips on its menu for the first time since its founding.",
        "Seed potatoes for next year are scarce as well, and the ministry is considering whether to lift the import duty until the end of May.",
        "Pavel Dunn, who farms forty hectares near the estuary, said that he would plough in half of his crop and plant maize instead.",
    ],
    [
        "The violin that was left on a night train eleven years ago has been returned to its owner after a pawnbroker recognised the maker's mark.",
        "Aisha Corrie, now second violinist of the city orchestra, had kept the empty case under her bed and the insurance money in a drawer.",
        "How the instrument came to the shop is unclear; the man who pawned it for forty crowns gave the name of a composer as his own.",
        "She will play it for the first time in public on Sunday, in the concerto that she was rehearsing in the week when it disappeared.",
    ],
];

/// Paragraphs of a report that nobody else carries.
pub fn own_report(which: usize) -> Vec<String> {
    OTHERS[which].iter().map(|p| (*p).to_owned()).collect()
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

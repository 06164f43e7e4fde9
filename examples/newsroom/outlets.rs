//! The outlets, what they publish, and how their feeds and pages look.

use crate::texts::{ALONE, STORM_HARBOUR, STORM_LEDGER, STORM_NORTHERN, STRIKE, STRIKE_LOCAL, STRIKE_OWN};
use jiff::{SignedDuration, Timestamp};
use std::fmt::Write;

/// How an outlet publishes its list.
#[derive(Clone, Copy, PartialEq)]
pub enum Format {
    Rss,
    Atom,
    Json,
}

/// A made-up paper.
pub struct Outlet {
    pub name: &'static str,
    pub owner: Option<&'static str>,
    pub format: Format,
    /// What it says of itself under every article.
    pub footer: &'static str,
}

pub const OUTLETS: [Outlet; 6] = [
    Outlet { name: "Meridian Wire", owner: None, format: Format::Atom, footer: "Meridian Wire supplies news to 140 papers and stations." },
    Outlet {
        name: "Harbour Post",
        owner: None,
        format: Format::Rss,
        footer: "Sign up for the Harbour Post’s morning letter: five stories before the first coffee.",
    },
    Outlet {
        name: "The Ledger",
        owner: None,
        format: Format::Json,
        footer: "The Ledger is printed on Tuesdays and Fridays. Subscribers read everything, always.",
    },
    Outlet {
        name: "City Herald",
        owner: Some("Quayside Media"),
        format: Format::Rss,
        footer: "A paper of Quayside Media. Follow the City Herald where you follow things.",
    },
    Outlet {
        name: "Coast Today",
        owner: Some("Quayside Media"),
        format: Format::Atom,
        footer: "A paper of Quayside Media. Support reporting from the coast with a subscription.",
    },
    Outlet {
        name: "Northern Line",
        owner: None,
        format: Format::Rss,
        footer: "Do you know more? Write to the newsroom of Northern Line, in confidence.",
    },
];

/// What a piece is in this newsroom; the example checks newsfold's answer against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gold {
    /// The agency's report or a copy of it.
    Wire,
    /// The same event in own words.
    WireEvent,
    /// The storm, in own words each time.
    Storm,
    /// Nothing that anybody else has.
    Alone,
}

/// One article.
pub struct Piece {
    pub outlet: usize,
    pub slug: String,
    pub title: String,
    pub minutes_ago: i64,
    pub paragraphs: Vec<String>,
    pub gold: Gold,
}

fn owned(paragraphs: &[&str]) -> Vec<String> {
    paragraphs.iter().map(|p| (*p).to_owned()).collect()
}

/// The agency's text in another paper's spelling and dress.
fn house_style(paragraphs: &[&str]) -> Vec<String> {
    let table = [
        ("PORT MARRIN (Meridian Wire) – ", ""),
        ("harbour", "harbor"),
        ("Harbour", "Harbor"),
        ("Labour", "Labor"),
        ("labour", "labor"),
        ("per cent", "percent"),
        ("apologised", "apologized"),
        ("kilometres", "kilometers"),
        ("Ms Varga", "Varga"),
        (" said that ", " said "),
        ("Dock workers", "Longshoremen"),
        ("“", "\""),
        ("”", "\""),
        ("’", "'"),
    ];
    paragraphs.iter().map(|p| table.iter().fold((*p).to_owned(), |text, (from, to)| text.replace(from, to))).collect()
}

/// Everything that is published, newest last.
pub fn pieces() -> Vec<Piece> {
    let mut out = Vec::new();
    let mut add = |outlet, slug: &str, title: &str, minutes_ago, paragraphs, gold| {
        out.push(Piece { outlet, slug: slug.to_owned(), title: title.to_owned(), minutes_ago, paragraphs, gold });
    };
    add(0, "port-marrin-strike-ends", "Port Marrin dockers and harbour authority sign deal to end strike", 410, owned(STRIKE), Gold::Wire);
    // Cut to eight paragraphs under a headline of its own; the credit stands where this paper puts it, at the end.
    let mut trimmed: Vec<String> = [0, 1, 2, 3, 6, 8, 9, 11].iter().map(|i| STRIKE[*i].to_owned()).collect();
    trimmed.push("Source: Meridian Wire".to_owned());
    add(1, "strike-over", "It is over: ships enter Port Marrin again", 372, trimmed, Gold::Wire);
    let mut verbatim = owned(STRIKE);
    verbatim.push("(Meridian Wire)".to_owned());
    add(2, "dockers-deal", "Port Marrin dockers, harbour authority sign deal to end strike", 340, verbatim, Gold::Wire);
    let mut extended: Vec<String> = owned(STRIKE).into_iter().map(|p| p.replace("34,000", "43,000")).collect();
    extended.splice(4..4, owned(STRIKE_LOCAL));
    extended.push("— Meridian Wire".to_owned());
    add(3, "strike-ends-after-eleven-days", "Strike ends after eleven days, and the trams come back", 288, extended, Gold::Wire);
    add(
        5,
        "longshoremen-return",
        "Longshoremen to return to work at Port Marrin under crane pact",
        251,
        house_style(&STRIKE[..12]),
        Gold::Wire,
    );
    add(4, "first-ship", "“Yesterday I would have told them to learn something else”", 358, owned(STRIKE_OWN), Gold::WireEvent);
    add(
        5,
        "odile-red-warning",
        "Storm Odile to hit Fennmark islands a day early, red warning issued",
        205,
        owned(STORM_NORTHERN),
        Gold::Storm,
    );
    add(1, "skarn-packs", "Skarn packs its cars as Storm Odile turns towards the Fennmarks", 151, owned(STORM_HARBOUR), Gold::Storm);
    add(2, "odile-salmon", "Salmon farmers tow cages to shelter before Storm Odile", 118, owned(STORM_LEDGER), Gold::Storm);
    for (i, (title, paragraphs)) in ALONE.iter().enumerate() {
        let slug: String = title.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        add(i % OUTLETS.len(), &slug, title, 90 + 47 * i64::try_from(i).unwrap_or(0), owned(paragraphs), Gold::Alone);
    }
    out
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

impl Piece {
    pub fn path(&self) -> String {
        format!("/news/{}.html", self.slug)
    }

    fn at(&self, now: Timestamp) -> Timestamp {
        now.checked_sub(SignedDuration::from_mins(self.minutes_ago)).unwrap_or(now)
    }

    /// The page, with all that stands around an article on a real one.
    pub fn page(&self, base: &str, all: &[Self], now: Timestamp) -> String {
        let outlet = &OUTLETS[self.outlet];
        let (name, title, at) = (escape(outlet.name), escape(&self.title), self.at(now));
        let mut body = String::new();
        for (i, paragraph) in self.paragraphs.iter().enumerate() {
            let _ = writeln!(body, "<p>{}</p>", escape(paragraph));
            if i == 1 {
                body += "<figure><img src=\"/pictures/lead.jpg\" alt=\"\"><figcaption>An archive picture. Photograph: the newsroom</figcaption></figure>\n";
            }
            if i == 3 {
                let _ = writeln!(
                    body,
                    "<aside class=\"newsletter\"><h4>Do not miss a thing</h4><p>{}</p><button>Sign up</button></aside>",
                    escape(outlet.footer)
                );
            }
        }
        let mut related = String::new();
        for other in all.iter().filter(|p| p.outlet == self.outlet && p.slug != self.slug) {
            let _ = writeln!(related, "<li><a href=\"{}\">{}</a></li>", other.path(), escape(&other.title));
        }
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} | {name}</title>\n\
             <meta property=\"og:type\" content=\"article\"><meta property=\"og:site_name\" content=\"{name}\"><meta property=\"og:title\" content=\"{title}\">\n\
             <meta property=\"article:published_time\" content=\"{at}\"><link rel=\"canonical\" href=\"{base}{path}\">\n\
             <style>body {{ max-width: 60em }}</style><script>window.shown = true;</script></head>\n<body>\n\
             <header><a href=\"/\">{name}</a><nav><ul><li><a href=\"/home\">Home</a></li><li><a href=\"/region\">Region</a></li><li><a href=\"/business\">Business</a></li>\
             <li><a href=\"/sport\">Sport</a></li><li><a href=\"/culture\">Culture</a></li></ul></nav></header>\n\
             <main><article>\n<h1>{title}</h1>\n<time datetime=\"{at}\">{at}</time>\n<div class=\"share\"><a href=\"#\">Share</a> <a href=\"#\">Print</a></div>\n{body}</article>\n\
             <section class=\"related\"><h3>More from {name}</h3><ul>\n{related}</ul></section></main>\n\
             <footer><p>{footer}</p><p>© {name}. All rights reserved. <a href=\"/imprint\">Imprint</a> <a href=\"/privacy\">Privacy</a></p></footer>\n</body></html>\n",
            path = self.path(),
            footer = escape(outlet.footer),
        )
    }
}

/// The outlet's feed.
pub fn feed(outlet: usize, base: &str, all: &[Piece], now: Timestamp) -> String {
    let mut own: Vec<&Piece> = all.iter().filter(|p| p.outlet == outlet).collect();
    own.sort_by_key(|p| p.minutes_ago);
    let name = OUTLETS[outlet].name;
    let teaser = |p: &Piece| p.paragraphs.first().map(|t| t.chars().take(120).collect::<String>()).unwrap_or_default();
    let items = own.iter().map(|p| {
        let (url, title, at, teaser) = (format!("{base}{}", p.path()), escape(&p.title), p.at(now), escape(&teaser(p)));
        match OUTLETS[outlet].format {
            Format::Rss => {
                let date = jiff::fmt::rfc2822::to_string(&at.to_zoned(jiff::tz::TimeZone::UTC)).unwrap_or_default();
                format!("<item><title>{title}</title><link>{url}</link><guid>{url}</guid><pubDate>{date}</pubDate><description>{teaser}…</description></item>\n")
            }
            Format::Atom => format!(
                "<entry><id>{url}</id><title>{title}</title><link href=\"{url}\"/><published>{at}</published><updated>{at}</updated><summary>{teaser}…</summary></entry>\n"
            ),
            Format::Json => serde_json::json!({"id": url, "url": url, "title": p.title, "date_published": at.to_string(), "content_text": p.paragraphs.first()}).to_string(),
        }
    });
    let items: Vec<String> = items.collect();
    match OUTLETS[outlet].format {
        Format::Rss => format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel><title>{name}</title><link>{base}/</link><description>{name}</description>\n{}</channel></rss>\n",
            items.concat()
        ),
        Format::Atom => format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>{base}/</id><title>{name}</title><updated>{}</updated>\n{}</feed>\n",
            own.first().map_or(now, |p| p.at(now)),
            items.concat()
        ),
        Format::Json => format!(
            "{{\"version\": \"https://jsonfeed.org/version/1.1\", \"title\": \"{name}\", \"home_page_url\": \"{base}/\", \"items\": [\n{}\n]}}\n",
            items.join(",\n")
        ),
    }
}

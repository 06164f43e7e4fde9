//! The room from outside: pages and what is expected of them, walls, hostile pages, rules.

use super::{Page, SiteRules, extract};
use crate::model::Quality;
use url::Url;

const BRIDGE: &str = include_str!("../../tests/pages/bridge.html");

const FERRY: &str = include_str!("../../tests/pages/ferry.html");

fn page(html: &str) -> crate::model::Extracted {
    extract(Page { html: html.as_bytes(), ..Page::default() })
}

#[test]
fn pages_give_the_text_beside_them() {
    for (html, text) in [
        (BRIDGE, include_str!("../../tests/pages/bridge.txt")),
        (include_str!("../../tests/pages/bruecke.html"), include_str!("../../tests/pages/bruecke.txt")),
        (FERRY, include_str!("../../tests/pages/ferry.txt")),
    ] {
        assert_eq!(page(html).text, text.trim_end());
    }
}

#[test]
fn metadata_of_a_page() {
    let url = Url::parse("https://www.harbourpost.example/local/old-bridge?x=1").expect("an address");
    let found = extract(Page { html: BRIDGE.as_bytes(), url: Some(&url), ..Page::default() });
    assert_eq!(found.title.as_deref(), Some("Old bridge to close for a year"));
    assert_eq!(found.byline.as_deref(), Some("Jane Roe"));
    assert_eq!(found.publisher.as_deref(), Some("The Harbour Post"));
    assert_eq!(found.published_at.map(|t| t.to_string()).as_deref(), Some("2024-02-06T20:14:00Z"));
    assert_eq!(found.lang.as_deref(), Some("en"));
    assert_eq!(found.free, Some(true));
    assert_eq!(found.credit.map(|c| c.words).as_deref(), Some("Source: Coast News Agency"));
    assert_eq!(found.quality, Quality::Article);
    assert!(found.canonical_url.is_some_and(|u| u.contains("/local/old-bridge")));
}

#[test]
fn the_printed_day_is_the_day_in_its_zone() {
    let found = page(FERRY);
    assert_eq!(found.published_at.map(|t| t.to_string()).as_deref(), Some("2024-10-11T03:40:00Z"));
    assert_eq!(found.published_offset, Some(-240));
}

#[test]
fn the_one_main_heading_is_the_headline() {
    let text = "<p>The island ferry will not sail for two weeks from Monday, the harbour office said on Thursday.</p>".repeat(5);
    let titled = |over: &str| {
        let html = format!("<title>All about ferries and ramps - Post</title><main><div class=overlay>{over}</div>{text}</main>");
        page(&html).title.unwrap_or_default()
    };
    let (headline, head) = ("Boats lie still until ramps are mended", "All about ferries and ramps - Post");
    assert_eq!(titled(&format!("<h1>{headline}</h1>")), headline);
    // What was escaped twice says what it says wherever it stands.
    assert_eq!(
        titled("<h1>Ferries &amp;ldquo;lie still&amp;rdquo; until &amp;#8216;ramps&amp;#8217; are mended</h1>"),
        "Ferries “lie still” until ‘ramps’ are mended"
    );
    let twice = format!("<main><h1>Ferries &amp;quot;lie still&amp;quot; for two weeks</h1>{text}</main>");
    assert!(page(&twice).text.starts_with("The island ferry"), "and is no part of the text");
    // Without a word in common it heads something else; of two main headings over a picture neither is sure.
    assert_eq!(titled("<h1>Island life</h1>"), head);
    assert_eq!(titled(&format!("<h1>{headline}</h1><h1>Buses go round the bay</h1>")), head);
}

#[test]
fn a_main_heading_among_the_breadcrumbs_is_not_the_headline() {
    let text = "<p>The island ferry will not sail for two weeks from Monday, the harbour office said on Thursday.</p>".repeat(5);
    let html = format!(
        "<title>Ferry timetable island: no boats for two weeks - Post</title><meta property=og:title content='“Boats lie still” until ramps are mended'>\
         <nav><ol><li><a href=/>Home</a><li><h1>Ferry timetable island: no boats for two weeks</h1></ol></nav>\
         <main><h2><span>Island life</span> <span>“Boats lie still” until ramps are mended</span></h2>{text}<h2>More boats</h2></main>"
    );
    assert_eq!(page(&html).title.as_deref(), Some("“Boats lie still” until ramps are mended"));
    // Where the head says nothing else, it is the only headline that there is.
    let alone = html.replace("<meta property=og:title", "<meta name=other");
    assert_eq!(page(&alone).title.as_deref(), Some("Ferry timetable island: no boats for two weeks"));
}

#[test]
fn what_stands_elsewhere_is_not_the_headline_over_the_text() {
    let text = "<p>The island ferry will not sail for two weeks from Monday, the harbour office said on Thursday, and buses go round the bay by road.</p>"
        .repeat(5);
    let main = "Ferry timetable island: no boats for two weeks";
    let titled = |over: &str, below: &str| {
        page(&format!(
            "<title>{main}</title><meta property=og:title content='Boats lie still until ramps are mended'><meta property=og:site_name content='The Harbour Post'>\
             <nav><h1>{main}</h1></nav><main>{over}{text}</main>{below}"
        ))
        .title
    };
    let headline = Some("Boats lie still until ramps are mended".to_owned());
    assert_eq!(titled("<h1>Boats lie still until ramps are mended</h1>", ""), headline);
    assert_eq!(titled("<h2>“Nothing sails”Boats lie still until ramps are mended</h2>", ""), headline, "marks that close the line over it");
    assert_eq!(titled("<h2>Island/Boats lie still until ramps are mended</h2>", ""), headline, "a stroke ends the line over it");
    for (over, below) in [
        ("", "<h2>Boats lie still until ramps are mended</h2>"),
        ("<aside class=related><h2>Boats lie still until ramps are mended</h2></aside>", ""),
        ("<h2>Superboats lie still until ramps are mended</h2>", ""),
        ("<h2>Support The Harbour Post</h2>", ""),
    ] {
        assert_eq!(titled(over, below).as_deref(), Some(main), "{over}{below}");
    }
}

#[test]
fn an_address_does_not_outvote_what_head_and_heading_say() {
    let text = "<p>The island ferry will not sail for two weeks from Monday, the harbour office said on Thursday.</p>".repeat(5);
    let url = Url::parse("https://post.example/three-killed-as-ferry-hits-ramp").expect("an address");
    let titled = |head: &str, body: &str| {
        let html = format!("<meta property=og:title content='Three killed as ferry hits ramp'>{head}<main>{body}{text}</main>");
        extract(Page { html: html.as_bytes(), url: Some(&url), ..Page::default() }).title.unwrap_or_default()
    };
    let corrected = "Five killed as ferry hits ramp in Bay Town";
    let linked = format!("<script type=application/ld+json>{{\"@type\":\"NewsArticle\",\"headline\":\"{corrected}\"}}</script>");
    assert_eq!(titled(&format!("<title>{corrected}</title>{linked}"), &format!("<h1>{corrected}</h1>")), corrected);
    assert_eq!(titled("<title>News</title>", &format!("<h1>{corrected}</h1>")), "Three killed as ferry hits ramp", "nothing else knows it");
    // A heading over the text that the head knows is what is printed, whatever the address says.
    let printed = "‘We are cut off’: islanders wait";
    let below = format!("<nav><h1>Three killed as ferry hits ramp</h1></nav><main><h2>{printed}</h2>");
    assert_eq!(titled(&format!("<title>{printed}</title>"), &below), printed);
}

#[test]
fn head_and_address_together_outvote_a_heading_that_the_head_does_not_know() {
    let text = "<p>The island ferry will not sail for two weeks from Monday, the harbour office said on Thursday.</p>".repeat(5);
    let titled = |social: &str, address: &str| {
        let html = format!(
            "<title>Ferries: the day in our ticker</title><meta property=og:title content='{social}'>\
             <main><h1>Ferries: Crane arrives +++ Buses run every ten minutes</h1>{text}</main>"
        );
        let url = Url::parse(address).expect("an address");
        extract(Page { html: html.as_bytes(), url: Some(&url), ..Page::default() }).title.unwrap_or_default()
    };
    let url = Url::parse("https://post.example/ferries-all-news-from-the-harbour-ld.12345").expect("an address");
    let html = format!(
        "<meta property=og:title content='Ferries: all news from the harbour'><main><h1>Ferries: Crane arrives +++ Buses run</h1>{text}</main>"
    );
    let found = extract(Page { html: html.as_bytes(), url: Some(&url), ..Page::default() });
    assert!(found.text.starts_with("The island ferry"), "the heading is no part of the text: {}", found.text);
    let (filed, heading) = ("Ferries: all news from the harbour", "Ferries: Crane arrives +++ Buses run every ten minutes");
    assert_eq!(titled(filed, "https://post.example/ferries-all-news-from-the-harbour-ld.12345"), filed);
    assert_eq!(titled(filed, "https://post.example/2024/ferry-ticker"), heading, "the address says something else");
    assert_eq!(titled(heading, "https://post.example/ferries-all-news-from-the-harbour-ld.12345"), heading, "the head knows it");
}

#[test]
fn an_outlet_that_names_itself_credits_nobody() {
    let credit = |site: &str, name: &str| {
        let text = "<p>The island ferry will not sail for two weeks from Monday, the harbour office said on Thursday.</p>".repeat(5);
        page(&format!("<meta property=og:site_name content='{site}'><main><h1>Ferry stops</h1><p>BAY TOWN ({name}) – </p>{text}</main>"))
            .credit
            .map(|credit| credit.name)
    };
    assert_eq!(credit("Coast News", "Coast News"), None);
    assert_eq!(credit("The Harbour Post", "Coast News").as_deref(), Some("Coast News"));
    assert_eq!(credit("Reuters", "Reuters").as_deref(), Some("Reuters"), "an agency's own reports are credited to it");
    let found = super::credits("BAY TOWN (Reuters) – Nothing sails.\n\nSource: Coast News", Some("Coast News"));
    assert_eq!(found.credit.map(|credit| credit.name).as_deref(), Some("Reuters"), "the next one counts");
}

#[test]
fn a_canonical_address_elsewhere_is_evidence_and_no_identity() {
    let url = Url::parse("https://ledger.example/copied").expect("an address");
    let html = BRIDGE.replace("href=\"/local/old-bridge?utm_source=x\"", "href=\"https://www.harbourpost.example/local/old-bridge\"");
    let found = extract(Page { html: html.as_bytes(), url: Some(&url), ..Page::default() });
    assert_eq!(found.canonical_url.as_deref(), Some("https://ledger.example/copied"));
    assert!(found.canonical_elsewhere.is_some_and(|u| u.contains("harbourpost.example")));
}

#[test]
fn a_sites_rules_come_first() {
    let rules = SiteRules {
        body: vec![".author-bio".to_owned(), "[[ no selector".to_owned()],
        title: vec!["aside h3".to_owned()],
        ..SiteRules::default()
    };
    let found = extract(Page { html: BRIDGE.as_bytes(), rules: Some(&rules), ..Page::default() });
    assert!(found.text.starts_with("Jane Roe has written"), "{}", found.text);
    assert_eq!(found.title.as_deref(), Some("Related"));
    let rules = SiteRules { remove: vec!["blockquote".to_owned()], ..SiteRules::default() };
    let found = extract(Page { html: BRIDGE.as_bytes(), rules: Some(&rules), ..Page::default() });
    assert!(!found.text.contains("14.5 million"));
}

#[test]
fn learnt_lines_are_left_out() {
    let line = "Closed from 1 March";
    let learnt = std::collections::HashSet::from([crate::model::lines::line_hash(line)]);
    let found = extract(Page { html: BRIDGE.as_bytes(), boilerplate: Some(&learnt), ..Page::default() });
    assert!(!found.text.contains(line));
    assert_eq!(found.repeated, [crate::model::lines::line_hash(line)]);
    // The same for one of several lines of a paragraph.
    let html = BRIDGE.replace("<h2>Closed from 1 March</h2>", "<p>A first line of it.<br>Closed from 1 March<br>A last line of it.</p>");
    let found = extract(Page { html: html.as_bytes(), boilerplate: Some(&learnt), ..Page::default() });
    assert!(!found.text.contains(line) && found.repeated.len() == 1, "{}", found.text);
}

#[test]
fn the_metadata_rescues_a_page_without_text() {
    let body = "The council voted on Tuesday to close the old bridge for a year. Traffic goes north from March on, it said. ".repeat(4);
    let html = format!(
        "<title>Bridge</title><script type=\"application/ld+json\">{{\"@type\":\"NewsArticle\",\"headline\":\"Bridge\",\"articleBody\":\"{body}\"}}</script><div id=root></div>"
    );
    let found = page(&html);
    assert_eq!(found.text, body.trim());
    assert!(found.warnings.iter().any(|w| w.contains("metadata")));
}

#[test]
fn a_box_that_asks_for_a_mail_address_is_no_text_whatever_it_is_called() {
    let asks = "<div class=nl-box-7><h3>The morning letter</h3><p>The news of the day in your inbox at seven.</p><form><input type=email><button>Go</button></form></div>";
    let found = page(&framed("<title>Old bridge shut</title>", &format!("{REPORT}{asks}")));
    assert!(found.quality.is_text(), "{:?}", found.warnings);
    assert!(found.text.ends_with("the city said."), "{}", found.text);
}

#[test]
fn walls_are_told_from_articles() {
    let (mut wrong, mut misnamed) = (Vec::new(), Vec::new());
    let mut all = 0;
    for line in include_str!("../../tests/pages/walls.txt").lines().filter(|l| !l.starts_with('#')) {
        let mut parts = line.split('|');
        let mut next = || parts.next().unwrap_or("");
        let (kind, title, first, second) = (next(), next(), next(), next());
        let html = format!(
            "<html><head><title>{title}</title></head><body><nav><a href=/>Home</a></nav><main><h1>{title}</h1><p>{first}</p><p>{second}</p></main></body></html>"
        );
        let found = page(&html);
        let name = serde_json::to_value(found.quality).expect("a name");
        all += 1;
        if found.quality.is_text() != (kind == "short") {
            wrong.push(format!("{line} → {name}"));
        } else if name != kind {
            misnamed.push(format!("{line} → {name}"));
        }
    }
    assert!(all >= 470, "{all} examples");
    assert!(wrong.is_empty(), "{} of {all}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(misnamed.len() * 15 <= all, "{} of {all}:\n{}", misnamed.len(), misnamed.join("\n"));
}

/// A page with the frame that real sites put around everything.
fn framed(head: &str, main: &str) -> String {
    let links = |words: [&str; 4]| words.map(|w| format!("<li><a href=\"/{}\">{w}</a></li>", w.len())).concat();
    format!(
        "<html><head>{head}</head><body><header><a href=/>The Harbour Post</a> <button>Subscribe</button> <a href=/login>Log in</a></header>
         <nav><ul>{}</ul></nav><main>{main}</main><aside class=most-read><h2>Most read</h2><ul>{}</ul></aside>
         <div class=newsletter><p>Get our newsletter in your inbox.</p><form><input type=email><button>Sign up</button></form></div>
         <footer>Privacy Cookie settings Terms Contact. We use cookies.</footer></body></html>",
        links(["News", "Sport", "Weather", "Opinion"]),
        links(["Ferry delayed again by fog", "Choir wins at last", "New tram line opens in May", "Frost kills the early apples"]),
    )
}

const REPORT: &str =
    "<h1>Old bridge shut</h1><div class=text><p>The old bridge was shut on Monday after engineers found cracks in two of its piers.</p>
    <p>Traffic goes by the northern bridge until March, the city said.</p></div>";

#[test]
fn an_offer_behind_a_text_is_a_fence_where_more_says_so() {
    let fence = "<div class=box><p>The rest of this story is for members. Try it for 1 a month.</p><a href=\"#\">See plans</a> <p>Already a member? Log in</p></div>";
    let sold = "<script type=\"application/ld+json\">{\"@type\":\"NewsArticle\",\"headline\":\"Old bridge shut\",\"datePublished\":\"2024-01-03T09:00:00Z\",\"isAccessibleForFree\":false}</script>";
    let found = page(&framed(sold, &format!("{REPORT}{fence}")));
    assert_eq!(found.quality, Quality::Paywall, "{:?}", found.warnings);
    assert!(found.warnings.iter().any(|w| w.contains("stands where the text ends")), "{:?}", found.warnings);
    // The offers that stand under every article are none.
    for strip in [
        "<p class=strip>Stories like this need readers like you. <a href=/support>Support us</a></p>",
        "<div class=strip>Our letter on Sundays. <button>Sign up</button></div>",
        "",
    ] {
        let found = page(&framed("<title>Old bridge shut</title>", &format!("{REPORT}{strip}")));
        assert!(found.quality.is_text(), "{strip}: {:?} {:?}", found.quality, found.warnings);
    }
    // A whole article is one, whatever is sold beside it.
    let long = "<p>The council met in the town hall on Tuesday and heard what the engineers had found in the piers of the old bridge.</p>"
        .to_owned()
        + &(1..20)
            .map(|n| {
                format!("<p>In pier {n} there were cracks of {n} millimetres, engineer Ann Moor said, and nobody knows for how long.</p>")
            })
            .collect::<String>();
    let found = page(&framed(sold, &format!("<h1>Old bridge shut</h1>{long}{fence}")));
    assert_eq!(found.quality, Quality::Article, "{:?}", found.warnings);
}

#[test]
fn a_list_of_articles_is_none() {
    let cards = [
        "Ferry runs aground off the point",
        "Choir sings in the tunnel",
        "Who pays for the new pier?",
        "Apple growers fear the frost",
        "Night buses are back",
    ];
    let cards: String = cards
        .iter()
        .map(|c| format!("<div class=item><h2><a href=\"/{}\">{c}</a></h2><p>Nobody was hurt, and the company has promised a report by the end of the week.</p></div>", c.len()))
        .collect();
    let found = page(&framed("<title>News</title>", &format!("<h1>News</h1>{cards}")));
    assert_eq!(found.quality, Quality::Listing, "{}", found.text);
    assert!(found.warnings.iter().any(|w| w.contains("headlines that lead elsewhere")), "{:?}", found.warnings);
    let found = page(&framed("<title>Old bridge shut</title>", &format!("{REPORT}{cards}")));
    assert!(found.quality.is_text(), "{:?}", found.quality);
}

#[test]
fn long_articles_about_walls_are_articles() {
    let about = "Cookie banners ask readers to accept, and most of them click. The authority said on Monday that a banner must let them refuse as easily. \
                 “Nobody reads them,” said Ann Moor, who studies consent at Northby University. ";
    let found = page(&format!(
        "<title>Why cookie banners must go</title><article><h1>Why cookie banners must go</h1><p>{}</p></article>",
        about.repeat(9)
    ));
    assert_eq!(found.quality, Quality::Article, "{:?}", found.warnings);
}

#[test]
fn short_reports_are_no_walls() {
    for text in [
        "The council voted on Tuesday to close the old bridge for a year, after engineers found cracks in two of its piers.",
        "Police have blocked access to the harbour after an accident. Drivers are asked to use the northern bridge until the evening.",
        "The data protection agency has fined a shop that set cookies without asking. The shop said it would appeal against the decision.",
    ] {
        let found = page(&format!("<title>Short report</title><article><h1>Short report of the day</h1><p>{text}</p></article>"));
        assert!(found.quality.is_text(), "{text}: {:?}", found.quality);
    }
}

#[test]
fn kinds_of_pieces_keep_what_is_theirs() {
    let long = "The council met in the town hall and heard what the engineers had found in the piers of the old bridge.";
    let live = format!(
        "<title>Bridge: live</title><script type=\"application/ld+json\">{{\"@type\":\"LiveBlogPosting\",\"headline\":\"Bridge: live\",\"datePublished\":\"2024-01-03T09:00:00+01:00\"}}</script>
         <main><h1>Bridge: live</h1><p>{long}</p><article class=live-post><time>10:05</time><h2>Vote begins</h2><p>Councillors are voting now. {long}</p></article>
         <article class=live-post><time>09:40</time><h2>Doors open</h2><p>The doors have opened. {long}</p></article></main>"
    );
    let found = page(&live);
    assert_eq!(found.quality, Quality::Article);
    assert!(found.text.contains("Councillors are voting now") && found.text.contains("The doors have opened"), "{}", found.text);

    let transcript = format!(
        "<title>Interview</title><article><h1>Interview with the engineer</h1><p><b>ROE:</b> What did you find in the piers?</p><p><b>DOE:</b> Cracks. {long}</p>
         <p><b>ROE:</b> Are they deep?</p><p><b>DOE:</b> Some are. {long}</p><p><b>ROE:</b> Thank you.</p></article>"
    );
    let found = page(&transcript);
    for line in ["ROE: What did you find", "DOE: Cracks.", "ROE: Are they deep?", "ROE: Thank you."] {
        assert!(found.text.contains(line), "{line} in {}", found.text);
    }

    let gallery = format!(
        "<title>In pictures</title><article><h1>The bridge in pictures</h1><p>{long}</p>
         <figure><img src=a><figcaption>The bridge at dawn. Photograph: Jane Roe</figcaption></figure><figure><img src=b><figcaption>A boat below it.</figcaption></figure></article>"
    );
    let found = page(&gallery);
    assert_eq!(found.text, long);
    assert_eq!(found.quality, Quality::Short);

    let brief = page(
        "<title>Bridge shut</title><article><h1>Bridge shut after storm</h1><p>The old bridge is shut until Friday, police said.</p></article>",
    );
    assert_eq!((brief.quality, brief.text.as_str()), (Quality::Short, "The old bridge is shut until Friday, police said."));
    // Where nothing else stands, what looks like a label is the text.
    assert_eq!(
        page("<title>Bridge shut</title><article><h1>Bridge shut after storm</h1><p>Shut until Friday</p></article>").text,
        "Shut until Friday"
    );
    let bare = page("<title>In pictures</title><article><h1>The bridge in pictures</h1><figure><img src=a></figure></article>");
    assert_eq!((bare.quality, bare.text.as_str()), (Quality::Empty, ""));
}

#[test]
fn the_report_stands_below_its_headline() {
    let tale =
        "The harbour office runs eleven boats, four piers and a school for pilots, and has done so for a hundred and twelve years now.";
    let menu: String = (0..12).map(|i| format!("<div class=pane{i}><p>{tale} Part {i}.</p></div>")).collect();
    let report = "The island ferry will not sail for two weeks from Monday, the harbour office said. Buses go round the bay instead, which takes an hour, as the old road is narrow and the new one will not be open before the spring, it said in a statement.";
    let (second, third) = (report.replace("two", "three"), report.replace("two", "four"));
    let page_of = |class: &str, inner: &str| {
        let html = format!(
            "<title>Ferry to stop for weeks</title><div class=panes>{menu}</div><main><h2>Ferry to stop for weeks</h2><div class=\"{class}\">{inner}</div></main>"
        );
        page(&html).text
    };
    let (all, text) = (format!("<p>{report}</p><p>{second}</p><p>{third}</p>"), format!("{report}\n\n{second}\n\n{third}"));
    assert_eq!(page_of("text", &all), text);
    // A piece's topics are among the classes of its element, and what is listed in contents may stand in them.
    for class in ["post type-post hentry tag-newsletter category-sponsored", "secondary", "toc-content"] {
        assert_eq!(page_of(class, &all), text, "{class}");
    }
}

#[test]
fn hostile_pages_end_in_bounds() {
    let fonts: String = (0..16_000).map(|i| format!("<font class=\"c{i}\">")).collect();
    for html in [
        "<div>".repeat(200_000),
        format!("<p {}>x", (0..50_000).map(|i| format!("a{i}=1 ")).collect::<String>()),
        format!("{fonts}{}", "<p>x".repeat(1000)),
        format!("<table>{}", "x<b>y</b>".repeat(50_000)),
        "<svg>".repeat(50_000),
        "<".repeat(500_000),
        format!("<p>{}", "&amp;".repeat(200_000)),
        "<!--".repeat(50_000),
        "<ul><li>".repeat(50_000),
        String::new(),
    ] {
        let found = page(&html);
        assert!(!found.quality.is_text() || found.words < 40, "{}", html.get(..20).unwrap_or(""));
    }
}

#[test]
fn every_prefix_of_a_page_is_read() {
    for end in (0..BRIDGE.len()).step_by(97) {
        let _ = extract(Page { html: BRIDGE.as_bytes().get(..end).unwrap_or(b""), ..Page::default() });
    }
}

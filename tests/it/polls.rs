//! The single pass.

use crate::server::{Answer, Step};
use crate::texts::{Item, own_report, page, report, rss};
use crate::world::{World, text, until};
use std::collections::HashSet;
use std::process::Stdio;
use std::time::Duration;

/// An outlet with the report, one that carries it with a credit, one that carries a part, and one with something else.
fn newsroom() -> World {
    let mut world = World::new();
    let mut credited = report();
    credited.push("Source; Al Jazeera".into());
    let trimmed = report()[..6].to_vec();
    world.outlet(
        "Al Jazeera",
        vec![("President warns of answer to strikes across the border", report()), ("Roof works close pool", own_report(0))],
    );
    world.outlet("Harbour Post", vec![("Warning after border strikes", credited), ("Timber ship aground off the cape", own_report(1))]);
    world.outlet(
        "The Ledger",
        vec![("President: strikes will be answered", trimmed), ("Radio burst repeats every sixteen days", own_report(2))],
    );
    world.configure("");
    world
}

#[test]
fn a_first_pass_settles_everything_and_finds_the_copies() {
    let world = newsroom();
    let summary = world.poll(&[]);
    assert_eq!(
        (summary["feeds"].as_u64(), summary["settled"].as_u64(), summary["joined"].as_u64()),
        (Some(3), Some(6), Some(2)),
        "{summary}"
    );
    let stories = world.json(&["stories", "--min-publishers", "2"]);
    assert_eq!(stories.len(), 1, "{stories:?}");
    assert_eq!(stories[0]["copies"], 3);
    assert_eq!(stories[0]["publishers"], 3);
    assert_eq!(stories[0]["origin"], "Al Jazeera");
    let story = &world.json(&["story", stories[0]["id"].as_str().unwrap()])[0];
    let members = story["clusters"][0]["members"].as_array().unwrap();
    let credited = members.iter().find(|m| m["publisher"] == "Harbour Post").unwrap();
    assert_eq!(credited["credit"]["name"], "Al Jazeera");
    assert_eq!(credited["credit"]["words"], "Source; Al Jazeera");
    let article = &world.json(&["article", credited["id"].as_str().unwrap()])[0];
    assert!(!article["text"].as_str().unwrap().contains("Source;"), "the credit is no part of the text");
}

#[test]
fn every_form_of_the_credit_is_read() {
    for form in ["Source; Al Jazeera", "Source: Al Jazeera", "(Al Jazeera)", "— Al Jazeera"] {
        let mut world = World::new();
        let mut credited = report();
        credited.push(form.into());
        world.outlet("Harbour Post", vec![("Warning after border strikes", credited)]);
        world.configure("");
        world.poll(&[]);
        let url = world.article_url(0, 0);
        let article = &world.json(&["article", &url])[0];
        assert_eq!(article["credit"]["name"], "Al Jazeera", "{form}");
    }
}

#[test]
fn an_unchanged_newsroom_costs_only_conditional_requests() {
    let world = newsroom();
    world.poll(&[]);
    let before = world.server.log().len();
    let summary = world.poll(&["--all"]);
    assert_eq!((summary["unchanged"].as_u64(), summary["new_entries"].as_u64()), (Some(3), Some(0)), "{summary}");
    let log = world.server.log();
    assert_eq!(log.len() - before, 3, "a request a feed, and no page again");
    assert!(log[before..].iter().all(|seen| seen.conditional()), "every one conditional");
    // Nothing is due so soon after a poll.
    assert_eq!(world.poll(&[])["feeds"], 0);
}

#[test]
fn new_entries_are_added_and_known_pages_left_alone() {
    let mut world = newsroom();
    world.poll(&[]);
    let pages = world.page_requests();
    world.outlets[2].articles.push(("Potatoes cost twice as much".into(), own_report(3)));
    world.publish(2);
    let summary = world.poll(&["--all"]);
    assert_eq!((summary["new_entries"].as_u64(), summary["settled"].as_u64()), (Some(1), Some(1)), "{summary}");
    assert_eq!(world.page_requests(), pages + 1);
    assert_eq!(world.entries().len(), 7);
}

#[test]
fn an_edited_entry_becomes_a_revision() {
    let mut world = newsroom();
    world.poll(&[]);
    let clusters: HashSet<String> = world.entries().iter().map(|e| e["cluster"].to_string()).collect();
    let edited = &mut world.outlets[1].articles[1];
    edited.0 = "Timber ship aground off the cape, crew safe".into();
    edited.1[0] += " The date was corrected.";
    world.publish(1);
    let summary = world.poll(&["--all"]);
    assert_eq!((summary["new_entries"].as_u64(), summary["changed_entries"].as_u64()), (Some(0), Some(1)), "{summary}");
    let article = &world.json(&["article", &world.article_url(1, 1)])[0];
    assert_eq!(article["revisions"], 1);
    assert_eq!(article["title"], "Timber ship aground off the cape, crew safe");
    assert!(article["text"].as_str().unwrap().contains("The date was corrected."));
    assert_eq!(world.entries().len(), 6, "no entry twice");
    assert_eq!(world.entries().iter().map(|e| e["cluster"].to_string()).collect::<HashSet<_>>(), clusters, "it stays where it was");
}

#[test]
fn a_moved_page_is_followed_and_a_lost_one_settled_from_its_feed() {
    let world = newsroom();
    let host = &world.outlets[0].host;
    let moved = world.server.url_at(host, "/moved/0");
    world.server.on(&format!("{host} /a/0"), Answer::redirect(301, &moved));
    world.server.on(&format!("{host} /moved/0"), Answer::ok("text/html", page(&moved, "Al Jazeera", "President warns", &report())));
    world.server.on(&format!("{host} /a/1"), Answer::status(404));
    let summary = world.poll(&[]);
    assert_eq!((summary["settled"].as_u64(), summary["put_off"].as_u64()), (Some(6), Some(0)), "{summary}");
    let entries = world.entries();
    let at = |url: String| entries.iter().find(|e| e["entry_url"] == url.as_str()).unwrap();
    assert_eq!(at(world.article_url(0, 0))["canonical_url"], moved.as_str());
    assert_eq!(at(world.article_url(0, 1))["words"], 0, "its feed carries no text");
    assert!(at(world.article_url(0, 1))["cluster"].is_string(), "settled all the same");
}

#[test]
fn fault_25_hostile_pages_settle_and_the_others_are_none_the_worse() {
    let mut world = newsroom();
    let shapes: [String; 6] = [
        "<div>".repeat(700_000),
        format!("<p {}>x", (0..100_000).map(|n| format!("a{n}=1 ")).collect::<String>()),
        format!("<p>{}", "<font>".repeat(16_000)),
        format!("<table>{}", "stray<tr>".repeat(200_000)),
        format!("<p>{}", "&amp;&notit;".repeat(250_000)),
        "word ".repeat(800_000),
    ];
    let articles = (0..shapes.len())
        .map(|n| (["one", "two", "three", "four", "five", "six"][n], vec![format!("A brief of its own, number {n}.")]))
        .collect();
    let at = world.outlet("Trap Gazette", articles);
    world.configure("");
    for (n, shape) in shapes.iter().enumerate() {
        let page = format!("<!doctype html><html><body>{shape}");
        world.server.on(&format!("{} /a/{n}", world.outlets[at].host), Answer::ok("text/html", page));
    }
    let summary = world.poll(&[]);
    assert_eq!((summary["settled"].as_u64(), summary["put_off"].as_u64()), (Some(12), Some(0)), "{summary}");
    let stories = world.json(&["stories", "--min-publishers", "2"]);
    assert_eq!((stories.len(), stories[0]["copies"].as_u64()), (1, Some(3)), "{stories:?}");
    let trapped = world.entries().iter().filter(|e| e["publisher"] == "Trap Gazette").count();
    assert_eq!(trapped, shapes.len());
}

#[test]
fn fault_26_walls_are_never_articles_and_their_entries_take_the_feeds_text() {
    let walls = [
        (
            "consent",
            "Before you read on, tell us whether we and our partners may use cookies to learn what you like. You can accept or refuse.",
        ),
        ("java_script", "Our pages need JavaScript. Please switch it on in your browser and reload the page."),
        ("soft_not_found", "Sorry, the page that you asked for is not here. It may have been moved or removed, or the link is broken."),
        ("bot_check", "Please confirm that you are human. We have seen unusual traffic from your network."),
        ("login", "Please log in to your account to go on. If you have no account yet, you can register with your e-mail and a password."),
        ("region", "Sorry, our pages are not available in your country or region."),
        ("maintenance", "We are doing maintenance on our site. It will be back soon, thank you for your patience."),
        ("age", "You must be 18 years old or over to see this page. Please confirm your age."),
        ("offer", "Our newsletter brings the news to your inbox. Sign up with your e-mail; you can unsubscribe whenever you like."),
    ];
    let mut world = World::new();
    let told = "The old bridge was shut on Monday after engineers found cracks in two of its piers, and traffic goes round by the north until March.";
    for name in ["Wall Street Herald", "The Wall"] {
        let at = world.outlet(name, walls.iter().map(|(kind, wall)| (*kind, vec![(*wall).to_owned()])).collect());
        // The last entry's feed carries its text.
        let route = format!("{} /feed.xml", world.outlets[at].host);
        let items: String = (0..walls.len())
            .map(|n| {
                let summary = if n == 0 { format!("<description>{name}: {told}</description>") } else { String::new() };
                format!("<item><title>Report {n} of {name}</title><link>{}</link>{summary}</item>", world.article_url(at, n))
            })
            .collect();
        let feed = format!("<rss version=\"2.0\"><channel><title>{name}</title>{items}</channel></rss>");
        world.server.on(&route, Answer::ok("application/rss+xml", feed));
    }
    world.configure("");
    let summary = world.poll(&[]);
    assert_eq!((summary["settled"].as_u64(), summary["put_off"].as_u64()), (Some(18), Some(0)), "{summary}");
    for at in 0..2 {
        for (n, (kind, wall)) in walls.iter().enumerate() {
            let article = &world.json(&["article", &world.article_url(at, n)])[0];
            if n == 0 {
                assert!(article["text"].as_str().is_some_and(|text| text.contains(told)), "{article}");
                assert_ne!(article["quality"], *kind, "the feed's own text is one");
            } else {
                assert_eq!(article["quality"], *kind, "{wall}");
            }
        }
    }
    // The same wall on two sites is no copy of a text: the feeds' texts alone are compared.
    let clusters: HashSet<String> = world.entries().iter().map(|e| e["cluster"].to_string()).collect();
    assert!(clusters.len() >= 17, "{} clusters of 18 entries", clusters.len());
    assert!(world.json(&["search", "cookies"]).is_empty(), "a wall's words are found by nobody");
}

#[test]
fn robots_txt_keeps_us_off_a_page_and_the_entry_settles() {
    let world = newsroom();
    world.server.on(&format!("{} /robots.txt", world.outlets[2].host), Answer::ok("text/plain", "User-agent: *\nDisallow: /a/\n"));
    let summary = world.poll(&[]);
    assert_eq!(summary["settled"], 6, "{summary}");
    let host = &world.outlets[2].host;
    assert!(!world.server.log().iter().any(|seen| seen.host.starts_with(host.as_str()) && seen.target.starts_with("/a/")));
}

#[test]
fn a_dead_feed_is_told_and_the_others_go_on() {
    let world = newsroom();
    world.server.on(&format!("{} /feed.xml", world.outlets[1].host), Answer::status(500));
    let summary = world.poll(&[]);
    assert_eq!((summary["feeds"].as_u64(), summary["failed"].as_u64()), (Some(3), Some(1)), "{summary}");
    assert_eq!(summary["failures"][0]["url"], world.feed_url(1).as_str());
    let feeds = world.json(&["feeds"]);
    let dead = feeds.iter().find(|f| f["url"] == world.feed_url(1).as_str()).unwrap();
    assert_eq!(dead["state"], "failing");
    assert!(dead["failing_since"].is_string() && dead["next_poll_at"].is_string(), "{dead}");
    // Named, it is asked again, and its failure is the command's.
    assert_eq!(world.run(&["poll", &world.feed_url(1)]).status.code(), Some(1));
    let unknown = world.run(&["poll", "http://nowhere.example/feed"]);
    assert_eq!(unknown.status.code(), Some(2), "{}", text(&unknown.stderr));
}

#[test]
fn a_page_instead_of_a_feed_does_no_harm() {
    let world = newsroom();
    world.poll(&[]);
    let route = format!("{} /feed.xml", world.outlets[0].host);
    world
        .server
        .on(&route, Answer::new(200, &[("content-type", "text/html"), ("etag", "\"wall\"")], "<html><body>Maintenance</body></html>"));
    assert_eq!(world.poll(&["--all"])["failed"], 1);
    world.publish(0);
    let before = world.server.log().len();
    assert_eq!(world.poll(&["--all"])["failed"], 0);
    let asked = world.server.log()[before..].iter().find(|s| s.host.starts_with(world.outlets[0].host.as_str())).cloned().unwrap();
    assert_ne!(asked.header("if-none-match"), Some("\"wall\""), "the wall's validators were not kept");
    assert_eq!(world.entries().len(), 6);
}

#[test]
fn a_kill_in_the_middle_loses_nothing_and_doubles_nothing() {
    let world = newsroom();
    for n in 0..6 {
        let before = world.page_requests();
        let mut child = world.command(&["poll", "--all"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Killed at another moment each time: after its n-th page, or when it is done.
        until("a page or the end", || world.page_requests() >= before + n || child.try_wait().unwrap().is_some());
        let _ = child.kill();
        child.wait().unwrap();
    }
    // By name: a feed that was being read at two of the kills is taken for one that kills, until somebody names it.
    let feeds = [0, 1, 2].map(|at| world.feed_url(at));
    let summary = world.poll(&feeds.each_ref().map(String::as_str));
    assert_eq!(summary["put_off"], 0, "{summary}");
    let entries = world.entries();
    assert_eq!(entries.len(), 6);
    assert_eq!(entries.iter().map(|e| e["entry_url"].to_string()).collect::<HashSet<_>>().len(), 6, "none twice");
    assert_eq!(entries.iter().map(|e| e["cluster"].to_string()).collect::<HashSet<_>>().len(), 4, "three copies are one cluster");
}

#[test]
fn a_listing_page_serves_as_a_feed() {
    let mut world = World::new();
    world.outlet("Harbour Post", vec![("Warning after border strikes", report()), ("Timber ship aground off the cape", own_report(1))]);
    let front = world.server.url_at("127.0.7.1", "/news");
    let rows: String =
        (0..2).map(|n| format!("<li class=\"item\"><h3><a href=\"/a/{n}\">Headline number {n} of the day</a></h3></li>")).collect();
    world.server.on(
        "127.0.7.1 /news",
        Answer::ok("text/html", format!("<html><body><nav><a href=\"/\">Home</a></nav><ul>{rows}</ul></body></html>")),
    );
    world.outlets.clear();
    world.configure(&format!("[[feed]]\nurl = {front:?}\npublisher = \"Harbour Post\"\nkind = \"page\"\nitem = \".item\"\n"));
    let summary = world.poll(&[]);
    assert_eq!((summary["new_entries"].as_u64(), summary["settled"].as_u64()), (Some(2), Some(2)), "{summary}");
    assert!(world.entries().iter().all(|e| e["words"].as_u64().unwrap() > 50), "their pages were fetched");
    world.server.on("127.0.7.1 /news", Answer::ok("text/html", "<html><body>Rebuilt</body></html>"));
    assert_eq!(world.run(&["poll", "--all"]).status.code(), Some(1), "a page without items is told");
    assert_eq!(world.entries().len(), 2);
}

#[test]
fn feeds_are_found_from_a_site_s_address_and_added() {
    let mut world = World::new();
    world.outlet("Harbour Post", vec![("Warning after border strikes", report()), ("Timber ship aground off the cape", own_report(1))]);
    let front = world.server.url_at("127.0.7.1", "/");
    let html = r#"<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>News</body></html>"#;
    world.server.on("127.0.7.1 /", Answer::ok("text/html", html));
    let feed = world.feed_url(0);
    world.outlets.clear();
    world.configure("");
    let shown = world.ok(&["feeds", "check", &front]);
    assert!(shown.contains(&format!("url = \"{feed}\"")) && shown.contains("publisher = \"Harbour Post\""), "{shown}");
    world.ok(&["feeds", "add", &front]);
    assert_eq!(world.poll(&[])["new_entries"], 2, "the appended block works");
    let again = world.run(&["feeds", "add", &front]);
    assert_eq!(again.status.code(), Some(2), "{}", text(&again.stderr));
}

#[test]
fn pages_are_fetched_while_a_feed_is_still_silent() {
    let world = newsroom();
    let silent = world.server.url_at("127.0.7.99", "/feed.xml");
    world.server.on("127.0.7.99 /feed.xml", Answer::steps([Step::Hang]));
    world.configure(&format!("[[feed]]\nurl = {silent:?}\n"));
    // The feed is waited for longer than this test waits for anything.
    let text = std::fs::read_to_string(world.config_path()).unwrap().replacen("total_timeout = \"20s\"", "total_timeout = \"1h\"", 1);
    std::fs::write(world.config_path(), text.replacen("[fetch]\n", "[fetch]\nfirst_byte_timeout = \"10m\"\n", 1)).unwrap();
    let mut child = world.command(&["poll"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("all pages but for the silent feed's", || world.page_requests() == 6);
    assert!(child.try_wait().unwrap().is_none(), "the silent feed holds up the pass, and nothing else");
    let _ = child.kill();
    let _ = child.wait();
}

#[test]
fn a_feed_whose_links_lead_to_silent_hosts_leaves_room_for_the_others() {
    let world = newsroom();
    let links: String = (1..=60)
        .map(|n| format!("<item><title>Trap {n}</title><link>{}</link></item>", world.server.url_at(&format!("127.0.9.{n}"), "/trap")))
        .collect();
    let trap = format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Traps</title>{links}</channel></rss>");
    world.server.on("/trap", Answer::steps([Step::Hang])).on("127.0.7.98 /feed.xml", Answer::ok("application/rss+xml", trap));
    world.configure(&format!("[[feed]]\nurl = {:?}\n", world.server.url_at("127.0.7.98", "/feed.xml")));
    let text = std::fs::read_to_string(world.config_path()).unwrap();
    std::fs::write(world.config_path(), text.replacen("[fetch]\n", "[fetch]\nconcurrency = 8\n", 1)).unwrap();
    // The traps are known first.
    for outlet in &world.outlets {
        let feed = world.server.url_at(&outlet.host, "/late.xml");
        let body = rss(
            outlet.name,
            &[Item {
                link: world.server.url_at(&outlet.host, "/a/0"),
                title: outlet.articles[0].0.clone(),
                date: "Sat, 21 Nov 2026 06:00:00 GMT".into(),
            }],
        );
        world.server.on(&format!("{} /feed.xml", outlet.host), Answer::redirect(302, &feed).after(Duration::from_secs(1)));
        world.server.on(&format!("{} /late.xml", outlet.host), Answer::ok("application/rss+xml", body).after(Duration::from_secs(1)));
    }
    let mut child = world.command(&["poll"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("the pages of the others", || world.page_requests() == 3);
    assert!(world.server.hits("/trap") <= 8, "{} traps held the room", world.server.hits("/trap"));
    let _ = child.kill();
    let _ = child.wait();
}

#[test]
fn feeds_that_were_never_polled_are_named() {
    let mut world = World::new();
    world.outlet("Harbour Post", vec![("Bridge report", report())]);
    world.configure("");
    world.poll(&[]);
    assert!(!text(&world.run(&["feeds"]).stderr).contains("never polled"));
    let new = world.outlet("City Herald", vec![("Another bridge report", report())]);
    world.configure("");
    let said = text(&world.run(&["feeds"]).stderr);
    assert!(said.contains("1 feed of the configuration was never polled") && said.contains(&world.feed_url(new)), "{said}");
}

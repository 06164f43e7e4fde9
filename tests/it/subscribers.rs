//! A feed's headers and credentials, as the daemon sends them: to the origin that they were declared for, and nowhere else.

use crate::server::{Answer, Seen, Server};
use crate::texts::{Item, own_report, page, rss};
use crate::world::World;

const SECRETS: [&str; 4] = ["authorization", "x-key", "cookie", "user-agent"];

/// What a request told of the feed's secrets.
fn told(seen: &Seen) -> usize {
    SECRETS.iter().filter(|name| seen.header(name).is_some_and(|value| value.contains("canary") || value.starts_with("Basic "))).count()
}

/// One feed with secrets at `own`, with these links.
fn subscribe(world: &World, own: &str, links: &[String]) {
    let items: Vec<Item> = links
        .iter()
        .enumerate()
        .map(|(n, link)| Item {
            link: link.clone(),
            title: format!("Report number {n} of the day"),
            date: "Sat, 21 Nov 2026 06:00:00 GMT".into(),
        })
        .collect();
    world.server.on("127.0.7.1 /feed.xml", Answer::ok("application/rss+xml", rss("Own", &items)));
    world.configure(&format!(
        "[[feed]]\nurl = {own:?}\nusername = \"anna\"\npassword = \"secret\"\n[feed.headers]\nx-key = \"canary\"\ncookie = \"id=canary\"\nuser-agent = \"canary/1\"\naccept = \"application/rss+xml\"\n"
    ));
}

fn serve(world: &World, host: &str, path: &str, report: usize) -> String {
    let url = world.server.url_at(host, path);
    world
        .server
        .on(&format!("{host} {path}"), Answer::ok("text/html", page(&url, "Own", &format!("Report {report}"), &own_report(report))));
    url
}

#[test]
fn pages_of_the_feed_s_own_origin_get_its_credentials_and_no_others_do() {
    let world = World::new();
    let other = Server::on_address("0.0.0.0:0", false);
    let links = [
        serve(&world, "127.0.7.1", "/a/own", 0),
        serve(&world, "127.0.7.2", "/a/host", 1),
        other.url_at("127.0.7.1", "/a/port"),
        world.server.url_at("127.0.7.1", "/a/away"),
        world.server.url_at("127.0.7.2", "/a/home"),
    ];
    other.on("/a/port", Answer::ok("text/html", page(&links[2], "Own", "Report 2", &own_report(2))));
    let end = serve(&world, "127.0.7.2", "/a/end", 3);
    world.server.on("127.0.7.1 /a/away", Answer::redirect(302, &end));
    world.server.on("127.0.7.2 /a/home", Answer::redirect(302, &serve(&world, "127.0.7.1", "/a/inner", 4)));
    subscribe(&world, &world.server.url_at("127.0.7.1", "/feed.xml"), &links);
    let summary = world.poll(&[]);
    assert_eq!(summary["settled"], 5, "{summary}");
    let mut asked = 0;
    for seen in world.server.log().iter().chain(&other.log()) {
        let own = seen.host == format!("127.0.7.1:{}", world.server.addr.port());
        let expected = match seen.target.as_str() {
            "/feed.xml" | "/a/own" | "/a/away" if own => SECRETS.len(),
            // Another host sent us there: it chose the request, so it does not carry a password.
            _ => 0,
        };
        assert_eq!(told(seen), expected, "{} {}", seen.host, seen.target);
        asked += usize::from(seen.target.starts_with("/a/"));
        if seen.target == "/a/own" {
            assert!(seen.header("accept").unwrap().contains("text/html"), "the feed's own Accept is for the feed");
        }
    }
    assert_eq!(asked, 7);
    let shown = [world.ok(&["feeds", "--json"]), world.ok(&["config", "show"]), world.ok(&["log", "--json"])].concat();
    assert!(!shown.contains("canary") && !shown.contains("secret"), "{shown}");
}

#[test]
fn a_feed_that_moved_to_another_origin_is_asked_for_without_its_password() {
    let world = World::new();
    let moved = world.server.url_at("127.0.7.2", "/feed.xml");
    let new = [Item { link: serve(&world, "127.0.7.2", "/a/0", 0), title: "Report".into(), date: "Sat, 21 Nov 2026 06:00:00 GMT".into() }];
    subscribe(&world, &world.server.url_at("127.0.7.1", "/feed.xml"), &[]);
    world.server.on("127.0.7.1 /feed.xml", Answer::redirect(301, &moved));
    world.server.on("127.0.7.2 /feed.xml", Answer::ok("application/rss+xml", rss("Own", &new)));
    for _ in 0..4 {
        world.poll(&["--all"]);
    }
    let last = world.server.last();
    assert!(last.host.starts_with("127.0.7.2:") && last.target == "/feed.xml", "the new address was adopted: {last:?}");
    assert!(world.server.log().iter().all(|seen| seen.host.starts_with("127.0.7.1:") || told(seen) == 0));
    assert!(world.server.log().iter().any(|seen| told(seen) == SECRETS.len()));
}

#[test]
fn a_link_that_is_no_web_address_is_no_story_without_words() {
    let world = World::new();
    let item = |title: &str, link: &str, text: &str| {
        format!("<item><title>{title}</title><link>{link}</link><description>{text}</description></item>")
    };
    let words = "The council met on Tuesday and agreed to repair the roof of the swimming pool before the winter. ".repeat(12);
    let items = [
        item("Nothing behind it", "javascript:alert(1)", ""),
        item("Markup behind it", "file:///etc/passwd", "&lt;p&gt; &lt;/p&gt;"),
        item("A report behind it", "javascript:void(0)", &words),
        item("Another report", "javascript:void(0)", &words.replace("roof", "boiler")),
    ];
    let feed = format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Own</title>{}</channel></rss>", items.concat());
    world.server.on("127.0.7.1 /feed.xml", Answer::ok("application/rss+xml", feed));
    world.configure(&format!("[[feed]]\nurl = {:?}\n", world.server.url_at("127.0.7.1", "/feed.xml")));
    let summary = world.poll(&[]);
    assert_eq!((summary["new_entries"].as_u64(), summary["settled"].as_u64()), (Some(2), Some(2)), "{summary}");
    let entries = world.entries();
    assert!(
        entries.iter().all(|e| e["words"].as_u64().unwrap() > 50 && !e["canonical_url"].as_str().unwrap().contains("javascript")),
        "{entries:?}"
    );
    assert!(world.json(&["feeds"])[0]["notes"].to_string().contains("2 entries passed over"));
    assert!(world.poll(&["--all"])["new_entries"] == 0);
}

#[test]
fn a_host_that_holds_back_is_shown_with_why_and_until_when() {
    let world = World::new();
    world.server.on("127.0.7.1 /feed.xml", Answer::new(503, &[("retry-after", "7200")], ""));
    world.configure(&format!("[[feed]]\nurl = {:?}\n", world.server.url_at("127.0.7.1", "/feed.xml")));
    world.run(&["poll"]);
    let host = format!("127.0.7.1:{}", world.server.addr.port());
    let feed = &world.json(&["feeds"])[0];
    assert_eq!(
        (feed["held"]["host"].as_str(), feed["held"]["why"].as_str()),
        (Some(host.as_str()), Some("asked to be left alone (Retry-After)")),
        "{feed}"
    );
    assert!(feed["held"]["until"].is_string());
    assert!(world.ok(&["feeds", "show", "feed.xml"]).contains("host left alone until"));
    let status = String::from_utf8(world.run(&["status"]).stdout).unwrap();
    assert!(status.contains("1 host left alone for now") && status.contains(&host), "{status}");
}

#[test]
fn robots_txt_is_read_once_a_day_also_by_processes_one_after_the_other() {
    let world = World::new();
    for n in 0..3 {
        let links = [serve(&world, "127.0.7.1", &format!("/a/{n}"), n)];
        let items = [Item { link: links[0].clone(), title: format!("Report {n}"), date: "Sat, 21 Nov 2026 06:00:00 GMT".into() }];
        world.server.on("127.0.7.1 /feed.xml", Answer::ok("application/rss+xml", rss("Own", &items)));
        world.configure(&format!("[[feed]]\nurl = {:?}\n", world.server.url_at("127.0.7.1", "/feed.xml")));
        assert_eq!(world.poll(&["--all"])["settled"], 1);
    }
    assert_eq!((world.server.hits("/robots.txt"), world.page_requests()), (1, 3));
    // Rules that were read for one name say nothing to another.
    let text = std::fs::read_to_string(world.config_path()).unwrap();
    std::fs::write(world.config_path(), text.replacen("[fetch]\n", "[fetch]\nuser_agent = \"otherbot/1\"\n", 1)).unwrap();
    let items =
        [Item { link: serve(&world, "127.0.7.1", "/a/9", 3), title: "Report 9".into(), date: "Sat, 21 Nov 2026 06:00:00 GMT".into() }];
    world.server.on("127.0.7.1 /feed.xml", Answer::ok("application/rss+xml", rss("Own", &items)));
    world.poll(&["--all"]);
    assert_eq!(world.server.hits("/robots.txt"), 2);
}

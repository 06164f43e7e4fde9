//! Alerts, from the rule in the configuration to what the receiver has.

use crate::server::Answer;
use crate::texts::{own_report, report};
use crate::world::{World, until};
use serde_json::Value;

/// What the receiver `name` got, a line each.
fn got(world: &World, name: &str) -> Vec<Value> {
    let lines = std::fs::read_to_string(world.state().join(name)).unwrap_or_default();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn settled(world: &World, count: usize) -> bool {
    let output = world.run(&["export", "jsonl"]);
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().filter(|line| serde_json::from_str::<Value>(line).unwrap()["cluster"].is_string()).count() == count
}

const RULES: &str = r#"
[[alert]]
name = "strikes"
on = "term"
terms = ["border strikes", "nothing of the kind"]
file = "strikes"
[[alert]]
name = "wide"
on = "story"
min_publishers = 2
command = ["/bin/sh", "-c", "cat >> wide; echo \"$NEWSFOLD_ALERT $SECRET\" >> names"]
[[alert]]
name = "ours"
on = "copied"
publisher = "Harbour Post"
file = "ours"
[[alert]]
name = "blocked"
on = "blocked"
file = "blocked"
"#;

fn newsroom() -> World {
    let mut world = World::new();
    world.outlet("Harbour Post", vec![("Warning after border strikes", report()), ("Timber ship aground off the cape", own_report(1))]);
    world.outlet("The Ledger", vec![("President: strikes will be answered", report())]);
    world.configure(RULES);
    world
}

#[test]
fn every_rule_tells_once_and_says_what_it_is_about() {
    let world = newsroom();
    let daemon = world.daemon_with(&[("SECRET", "hush")]);
    until("everything is settled", || settled(&world, 3));
    until("the two rules on the story have told", || got(&world, "wide").len() == 1 && got(&world, "strikes").len() == 1);
    let wide = got(&world, "wide").remove(0);
    assert_eq!((&wide["schema"], &wide["alert"], &wide["on"]), (&"newsfold/alert/1".into(), &"wide".into(), &"story".into()), "{wide}");
    assert_eq!(wide["story"]["publishers"], 2, "{wide}");
    assert_eq!(std::fs::read_to_string(world.state().join("names")).unwrap().trim(), "wide", "the command gets its name, and no secret");
    assert_eq!(got(&world, "strikes")[0]["terms"], serde_json::json!(["border strikes"]));
    assert!(got(&world, "blocked").is_empty());

    world.server.on(&format!("{} /feed.xml", world.outlets[1].host), Answer::new(403, &[], "no"));
    world.run(&["poll", "--all"]);
    until("the refusal is told", || got(&world, "blocked").len() == 1);
    assert_eq!(got(&world, "blocked")[0]["feed"]["url"], world.feed_url(1));
    daemon.signal("TERM");
    assert_eq!(daemon.end(), Some(0));

    // Another start, another poll: nothing is told again.
    let daemon = world.daemon();
    world.run(&["poll", "--all"]);
    daemon.signal("TERM");
    assert_eq!(daemon.end(), Some(0));
    assert_eq!((got(&world, "wide").len(), got(&world, "strikes").len(), got(&world, "blocked").len()), (1, 1, 1));
}

#[test]
fn a_receiver_that_fails_is_named_and_gets_it_later() {
    let world = newsroom();
    let wide = RULES.replace("cat >> wide;", "test -e open && cat >> wide || exit 7;");
    world.configure(&wide);
    let daemon = world.daemon();
    until("the failure shows", || {
        let status = world.run(&["status", "--json"]);
        String::from_utf8_lossy(&status.stdout).contains("does not get through")
    });
    let told = world.log().lines().filter(|line| line.contains("“wide” does not get through") && line.contains("7")).count();
    assert_eq!(told, 1, "{}", world.log());
    daemon.signal("TERM");
    assert_eq!(daemon.end(), Some(0));
    assert!(got(&world, "wide").is_empty());
    std::fs::write(world.state().join("open"), "").unwrap();
    let daemon = world.daemon();
    until("it gets through", || got(&world, "wide").len() == 1);
    daemon.signal("TERM");
    assert_eq!(daemon.end(), Some(0));
}

#[test]
fn a_pass_without_a_daemon_tells_too_and_a_new_rule_does_not_tell_of_the_past() {
    let mut world = newsroom();
    world.configure("");
    world.poll(&["--all"]);
    world.configure(RULES);
    world.poll(&["--all"]);
    assert!(got(&world, "strikes").is_empty() && got(&world, "wide").is_empty(), "what was there before the rules");
    let at = world.outlet("City Herald", vec![("Mourning after the border  strikes", own_report(2))]);
    world.configure(RULES);
    world.poll(&["--all"]);
    let told = got(&world, "strikes");
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["article"]["url"], world.article_url(at, 0));
}

#[test]
fn copies_of_ones_own_texts_are_told_and_one_s_own_are_not() {
    let mut world = World::new();
    world.outlet("Harbour Post", vec![("Warning after border strikes", report())]);
    world.configure(RULES);
    world.poll(&["--all"]);
    // A copy that says whose the text is.
    let mut credited = report();
    credited.push("Source: Harbour Post".to_owned());
    world.outlet("The Ledger", vec![("President: strikes will be answered", credited)]);
    world.configure(RULES);
    world.poll(&["--all"]);
    let told = got(&world, "ours");
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((&told[0]["article"]["publisher"], &told[0]["origin"]["publisher"]), (&"The Ledger".into(), &"Harbour Post".into()));
    world.poll(&["--all"]);
    assert_eq!(got(&world, "ours").len(), 1);
}

//! Stories from outside: what is said of them as they come to be, whose texts they are, who leads.

use crate::texts::{own_report, report};
use crate::world::{World, text};
use serde_json::Value;
use std::collections::BTreeMap;

/// Three outlets with one text, and one with two reports of its own.
fn newsroom() -> World {
    let mut world = World::new();
    world.outlet("Harbour Post", vec![("Warning after border strikes", report()), ("Timber ship aground off the cape", own_report(1))]);
    world.outlet("The Ledger", vec![("President: strikes will be answered", report())]);
    world.outlet("City Herald", vec![("Border strikes: what we know", report()), ("Lost violin comes home", own_report(4))]);
    world.configure("");
    world
}

fn kinds(world: &World, more: &[&str]) -> Vec<String> {
    let args: Vec<&str> = ["log"].iter().chain(more).copied().collect();
    world.json(&args).iter().map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
}

/// The article of an outlet.
fn article(world: &World, at: usize, n: usize) -> String {
    let url = world.article_url(at, n);
    world.json(&["article", &url]).pop().unwrap()["id"].as_str().unwrap().to_owned()
}

#[test]
fn the_log_tells_what_becomes_of_a_story_and_goes_on_where_it_was_left() {
    let mut world = newsroom();
    world.poll(&["--all"]);
    let all = world.json(&["log"]);
    let of = |kind: &str| all.iter().filter(|e| e["kind"] == kind).collect::<Vec<&Value>>();
    assert_eq!((of("new_cluster").len(), of("new_story").len()), (1, 1), "{all:#?}");
    let story = world.json(&["stories", "--min-publishers", "3"]).pop().unwrap();
    assert_eq!(of("new_story")[0]["id"], story["id"]);
    let grown: Vec<u64> = of("grew").iter().map(|e| e["data"]["publishers"].as_u64().unwrap()).collect();
    assert_eq!(grown.last(), Some(&3), "{grown:?}");
    assert_eq!(kinds(&world, &["--past", "3"]), ["grew"]);
    assert!(kinds(&world, &["--past", "4"]).is_empty());
    // A program remembers the last event it saw, and misses none.
    let last = all.last().unwrap()["seq"].to_string();
    assert!(kinds(&world, &["--after", &last]).is_empty());
    world.outlet("Coast Today", vec![("Strikes on the border, a warning", report())]);
    world.configure("");
    world.poll(&["--all"]);
    let later = kinds(&world, &["--after", &last]);
    assert!(later.iter().any(|k| k == "cluster") && later.iter().any(|k| k == "grew"), "{later:?}");
    assert!(!later.iter().any(|k| k == "new_story"), "{later:?}");
}

/// Id, time and text of every entry of an exported feed, as `parse` reads it.
fn exported(world: &World, form: &str) -> BTreeMap<String, (String, String)> {
    std::fs::write(world.dir.path().join(form), world.ok(&["export", form, "-n", "0"])).unwrap();
    let parsed = world.json(&["parse", form]).pop().unwrap();
    let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_else(|| panic!("{form}: no {key}: {entry}")).to_owned();
    let entries = parsed["entries"].as_array().unwrap().iter();
    entries.map(|entry| (text(entry, "guid"), (text(entry, "updated_at"), text(entry, "content")))).collect()
}

#[test]
fn exported_stories_keep_id_and_time_over_ten_polls_but_where_they_grow() {
    for form in ["atom", "jsonfeed"] {
        let mut world = newsroom();
        world.poll(&["--all"]);
        let first = exported(&world, form);
        assert_eq!(first.len(), 3, "{form}: {first:?}");
        for _ in 0..5 {
            world.poll(&["--all"]);
            assert_eq!(exported(&world, form), first, "{form}");
        }
        world.outlet("Coast Today", vec![("Strikes on the border, a warning", report())]);
        world.configure("");
        world.poll(&["--all"]);
        let grown = exported(&world, form);
        assert!(grown.keys().eq(first.keys()), "{form}: none came, none went: {grown:?}");
        let moved: Vec<_> = first.keys().filter(|id| grown[*id] != first[*id]).collect();
        let [moved] = moved[..] else { panic!("{form}: one story grew: {first:?} {grown:?}") };
        // Within one second the time may be the same.
        let ((was, before), (is, after)) = (&first[moved], &grown[moved]);
        assert!(is >= was && after.contains("Coast Today") && !before.contains("Coast Today"), "{form}: {first:?} {grown:?}");
        for _ in 0..4 {
            world.poll(&["--all"]);
            assert_eq!(exported(&world, form), grown, "{form}");
        }
    }
}

#[test]
fn a_persons_word_on_an_origin_outlives_restarts_copies_and_reclustering() {
    let mut world = newsroom();
    world.poll(&["--all"]);
    let (harbour, herald) = (article(&world, 0, 0), article(&world, 2, 0));
    let origin = |world: &World| world.json(&["origin", &harbour]).pop().unwrap()["origin"].clone();
    let done = world.json(&["origin", &harbour, "--set", &herald]).pop().unwrap();
    assert_eq!(done["kind"], "origin");
    let is_herald =
        |origin: &Value| origin["article"] == herald.as_str() && origin["by_hand"] == true && origin["publisher"] == "City Herald";
    assert!(is_herald(&origin(&world)), "{}", origin(&world));
    assert!(world.ok(&["origin", &harbour]).contains("set by hand"));
    assert_eq!(kinds(&world, &["--kind", "origin"]).last().map(String::as_str), Some("origin"));
    // Another copy comes, through the daemon this time; and everything is clustered anew.
    world.outlet("Coast Today", vec![("Strikes on the border, a warning", report())]);
    world.configure("");
    let daemon = world.daemon();
    world.poll(&["--all"]);
    assert!(is_herald(&origin(&world)));
    world.ok(&["recluster"]);
    assert!(is_herald(&origin(&world)));
    // The daemon takes a person's word too: a publisher that nobody polls.
    world.ok(&["origin", &harbour, "--set", "Meridian Wire"]);
    let wire = origin(&world);
    assert_eq!((&wire["publisher"], &wire["article"]), (&Value::from("Meridian Wire"), &Value::Null), "{wire}");
    assert_eq!(world.json(&["stories", "--publisher", "meridian wire"]).len(), 1, "it is a publisher of that story");
    assert!(world.ok(&["story", &harbour]).contains("Meridian Wire"));
    let strange = world.run(&["origin", &harbour, "--set", &article(&world, 0, 1)]);
    assert_eq!(strange.status.code(), Some(2), "{}", text(&strange.stderr));
    // Taken back, it gives way to the word that it had overruled.
    let number = world.json(&["decisions"]).iter().find(|d| d["kind"] == "origin").expect("it is in force")["number"].to_string();
    world.ok(&["decisions", "--withdraw", &number]);
    assert!(is_herald(&origin(&world)), "{}", origin(&world));
    world.ok(&["origin", &harbour, "--unset"]);
    assert_ne!(origin(&world)["by_hand"], true);
    assert_eq!(world.run(&["origin", &harbour, "--unset"]).status.code(), Some(2), "there is nothing to take back");
    daemon.signal("TERM");
    assert_eq!(daemon.end(), Some(0));
}

#[test]
fn a_copy_that_keeps_what_was_corrected_is_marked() {
    let mut world = newsroom();
    let told = "Officials in the capital said that 340 people had left the valley since the morning.";
    for at in 0..3 {
        world.outlets[at].articles[0].1.push(told.to_owned());
        world.publish(at);
    }
    world.poll(&["--all"]);
    let (harbour, ledger) = (article(&world, 0, 0), article(&world, 1, 0));
    world.ok(&["origin", &ledger, "--set", &harbour]);
    // The origin corrects a number, under a headline that makes its feed change; one copy follows, the other does not.
    for at in [0, 2] {
        let (title, text) = &mut world.outlets[at].articles[0];
        title.push_str(" (corrected)");
        *text.last_mut().unwrap() = told.replace("340", "430");
        world.publish(at);
    }
    world.poll(&["--all"]);
    let corrected = world.json(&["log", "--kind", "corrected"]);
    let of_origin = corrected.iter().find(|e| e["id"] == harbour.as_str()).unwrap_or_else(|| panic!("{corrected:#?}"));
    assert_eq!(of_origin["data"]["replaced"][0]["to"], "430");
    let story = world.json(&["story", &harbour]).pop().unwrap();
    let still = |id: &str| story["changes"].as_array().unwrap().iter().find(|c| c["article"] == id).unwrap()["uncorrected"].clone();
    assert_eq!(still(&ledger)[0]["from"], "340");
    assert_eq!(still(&article(&world, 2, 0)), Value::Array(Vec::new()));
    assert!(world.ok(&["story", &harbour]).contains("not corrected: still 340"));
    assert!(world.ok(&["diff", &ledger, &harbour]).contains("A still has what B has corrected since: 340 → 430"));
    assert_eq!(world.json(&["diff", &ledger, &harbour])[0]["uncorrected_in_a"][0]["to"], "430");
}

#[test]
fn the_report_tells_who_leads_and_how_fast_others_follow() {
    let world = newsroom();
    world.poll(&["--all"]);
    world.ok(&["origin", &article(&world, 0, 0), "--set", "Harbour Post"]);
    let lines = world.json(&["report", "lag"]);
    assert_eq!((&lines[0]["kind"], &lines[0]["groups"], &lines[0]["schema"]), (&"period".into(), &1.into(), &"newsfold/lag/1".into()));
    let leader = lines.iter().find(|l| l["kind"] == "leader" && l["publisher"] == "Harbour Post").unwrap();
    assert_eq!((&leader["led"], &leader["copies"], &leader["followers"]), (&1.into(), &2.into(), &2.into()), "{leader}");
    // The newsroom's outlets publish an hour after one another.
    let pair = |follower: &str| lines.iter().find(|l| l["kind"] == "pair" && l["follower"] == follower).unwrap()["median_s"].as_i64();
    assert_eq!((pair("The Ledger"), pair("City Herald")), (Some(3600), Some(7200)));
    let table = world.ok(&["report", "lag"]);
    assert!(table.contains("Harbour Post") && table.contains("2:00 h"), "{table}");
    let alone = world.json(&["report", "lag", "--publisher", "the ledger"]);
    assert!(alone.iter().filter(|l| l["kind"] == "pair").all(|l| l["follower"] == "The Ledger"));
    assert_eq!(world.json(&["report", "lag", "--events"])[0]["by"], "event");
    assert_eq!(world.json(&["report", "lag", "--until", "2020-01-01", "--since", "2019-01-01"])[0]["groups"], 0);
}

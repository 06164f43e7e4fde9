//! What a person decides, and who carries a text: through the built binary, with a daemon and without.

use crate::texts::{own_report, report};
use crate::world::{World, text};
use serde_json::Value;

/// Three outlets: a report of nine paragraphs and its copy, and a third outlet's own report.
fn world() -> World {
    let mut world = World::new();
    let nine: Vec<String> = report().into_iter().take(9).collect();
    world.outlet("Harbour Post", vec![("Bridge report", nine.clone())]);
    world.outlet("The Ledger", vec![("Bridge report again", nine)]);
    world.outlet("City Herald", vec![("Swimming pool stays closed", own_report(0))]);
    world.configure("");
    world
}

fn of<'a>(entries: &'a [Value], world: &World, outlet: usize) -> &'a Value {
    let url = world.article_url(outlet, 0);
    entries.iter().find(|e| e["entry_url"] == url.as_str()).unwrap()
}

fn cluster(world: &World, outlet: usize) -> String {
    of(&world.entries(), world, outlet)["cluster"].as_str().unwrap().to_owned()
}

fn ruled(world: &World, args: &[&str]) -> Value {
    world.json(args).pop().unwrap()
}

fn decisions(world: &World) -> Vec<(String, i64)> {
    let rows = world.json(&["decisions"]);
    rows.iter().map(|d| (d["kind"].as_str().unwrap().to_owned(), d["number"].as_i64().unwrap())).collect()
}

#[test]
fn a_merge_survives_restart_and_reclustering_until_it_is_taken_back() {
    let world = world();
    world.poll(&[]);
    let (post, herald) = (world.article_url(0, 0), world.article_url(2, 0));
    let before = [cluster(&world, 0), cluster(&world, 1), cluster(&world, 2)];
    assert!(before[0] == before[1] && before[0] != before[2]);

    let done = ruled(&world, &["merge", &post, &herald]);
    assert_eq!((done["kind"].as_str(), done["moved"].as_u64()), (Some("merge"), Some(1)));
    let as_one = [cluster(&world, 0), cluster(&world, 1), cluster(&world, 2)];
    assert!(as_one.iter().all(|c| *c == before[0]), "the larger keeps its name: {as_one:?}");
    assert_eq!(of(&world.entries(), &world, 2)["because"]["rule"], "person");

    // a new process, everything placed over again, and a daemon
    let again = world.json(&["recluster"]).pop().unwrap();
    assert_eq!((again["articles"].as_u64(), again["moved"].as_u64()), (Some(3), Some(0)), "{again}");
    let daemon = world.daemon();
    assert_eq!(world.json(&["recluster"]).pop().unwrap()["moved"], 0);
    assert_eq!(cluster(&world, 2), before[0]);
    let plan = world.json(&["recluster", "--dry-run"]);
    let said: Vec<&Value> = plan.iter().filter(|line| line["schema"] == "newsfold/agreement/1").collect();
    assert_eq!((said.len(), said[0]["agrees"].as_bool()), (1, Some(false)), "the texts do not say so: {plan:?}");

    // it was wrong: the daemon takes it back, and the old id leads somewhere again
    let number = decisions(&world)[0].1.to_string();
    let back = ruled(&world, &["decisions", "--withdraw", &number]);
    assert_eq!(back["moved"], 1, "{back}");
    assert!(cluster(&world, 0) == before[0] && cluster(&world, 2) != before[0]);
    assert!(decisions(&world).is_empty());
    daemon.signal("TERM");
    assert_eq!(daemon.end(), Some(0));
    assert_eq!(world.json(&["recluster"]).pop().unwrap()["moved"], 0);
    assert!(world.ok(&["doctor"]).lines().all(|line| !line.starts_with("bad")));
}

#[test]
fn a_split_survives_restart_and_reclustering_and_a_merge_overrules_it() {
    let world = world();
    let daemon = {
        world.poll(&[]);
        world.daemon()
    };
    let ledger = world.article_url(1, 0);
    let done = ruled(&world, &["split", &ledger]);
    assert_eq!((done["kind"].as_str(), done["moved"].as_u64()), (Some("split"), Some(1)));
    assert_ne!(cluster(&world, 0), cluster(&world, 1));
    let story = |outlet| of(&world.entries(), &world, outlet)["story"].clone();
    assert_eq!(story(0), story(1), "another text, the same event");
    assert_eq!(world.json(&["recluster"]).pop().unwrap()["moved"], 0);
    daemon.signal("TERM");
    assert_eq!(daemon.end(), Some(0));
    assert_eq!(world.json(&["recluster"]).pop().unwrap()["moved"], 0);
    assert_ne!(cluster(&world, 0), cluster(&world, 1));

    let merged = ruled(&world, &["merge", &ledger, &world.article_url(0, 0)]);
    assert_eq!(merged["withdrawn"].as_array().unwrap().len(), 1, "{merged}");
    assert_eq!(cluster(&world, 0), cluster(&world, 1));
    assert_eq!(decisions(&world).into_iter().map(|d| d.0).collect::<Vec<_>>(), ["merge"]);
    assert_eq!(world.json(&["recluster"]).pop().unwrap()["moved"], 0);
}

/// Cluster and story of every article.
/// Where every entry stands, and why.
fn places(world: &World) -> Vec<(Value, Value, Value, Value)> {
    let place = |e: &Value| (e["entry_url"].clone(), e["cluster"].clone(), e["story"].clone(), e["because"].clone());
    let mut places: Vec<_> = world.entries().iter().map(place).collect();
    places.sort_by_key(|place| place.0.to_string());
    places
}

#[test]
fn a_merge_across_stories_that_is_taken_back_leaves_all_as_it_was() {
    let mut world = World::new();
    world.outlet("Harbour Post", vec![("Bridge report", report().into_iter().take(9).collect())]);
    world.outlet("City Herald", vec![("Swimming pool stays closed", own_report(0))]);
    world.configure("");
    world.poll(&[]);
    let before = places(&world);
    assert_ne!(before[0].2, before[1].2, "two stories");
    // Whichever of the two goes on under its id, and whichever was seen first.
    for (one, other) in [(0, 1), (1, 0)] {
        ruled(&world, &["merge", &world.article_url(one, 0), &world.article_url(other, 0)]);
        assert_eq!(cluster(&world, 0), cluster(&world, 1));
        let number = decisions(&world)[0].1.to_string();
        assert_eq!(ruled(&world, &["decisions", "--withdraw", &number])["moved"], 1);
        assert_eq!(places(&world), before);
    }
    assert!(world.ok(&["doctor", "--deep"]).lines().all(|line| !line.starts_with("bad")));
}

#[test]
fn a_merge_that_is_taken_back_puts_the_split_that_it_overruled_in_force_again() {
    let world = world();
    world.poll(&[]);
    let (post, ledger) = (world.article_url(0, 0), world.article_url(1, 0));
    ruled(&world, &["split", &ledger]);
    let before = places(&world);
    ruled(&world, &["merge", &ledger, &post]);
    assert_eq!(cluster(&world, 0), cluster(&world, 1));
    let number = decisions(&world)[0].1.to_string();
    ruled(&world, &["decisions", "--withdraw", &number]);
    assert_eq!(decisions(&world).into_iter().map(|d| d.0).collect::<Vec<_>>(), ["split"]);
    assert_eq!(places(&world), before);
    assert_eq!(world.json(&["recluster"]).pop().unwrap()["moved"], 0);
}

#[test]
fn a_cluster_is_split_into_what_was_merged_into_it() {
    let world = world();
    world.poll(&[]);
    let first = cluster(&world, 0);
    ruled(&world, &["merge", &world.article_url(0, 0), &world.article_url(2, 0)]);
    assert_eq!(cluster(&world, 2), first);
    assert_eq!(ruled(&world, &["split", &first])["moved"], 1);
    assert_ne!(cluster(&world, 2), first);
    let refused = world.run(&["split", &first]);
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused.stderr));
}

#[test]
fn orders_that_make_no_sense_are_refused_and_change_nothing() {
    let world = world();
    world.poll(&[]);
    let (post, ledger, herald) = (world.article_url(0, 0), world.article_url(1, 0), world.article_url(2, 0));
    let before = world.entries();
    for (args, code) in [
        (vec!["merge", &post, &ledger], 2),
        (vec!["merge", &post, "0123456789abcdef"], 4),
        (vec!["split", &herald], 2),
        (vec!["split", &post, &ledger], 2),
        (vec!["split", &post, &herald], 2),
        (vec!["unkeep", &post], 2),
        (vec!["decisions", "--withdraw", "99"], 2),
        (vec!["recluster", "--dry-run", "--set", "nonsense=1"], 2),
        (vec!["recluster", "--set", "containment=0.9"], 2),
    ] {
        assert_eq!(world.run(&args).status.code(), Some(code), "{args:?}");
    }
    assert_eq!(world.entries(), before);
    ruled(&world, &["keep", &post]);
    assert_eq!(world.run(&["keep", &post]).status.code(), Some(2));
    assert_eq!(decisions(&world)[0].0, "keep");
    ruled(&world, &["unkeep", &post]);
    assert!(decisions(&world).is_empty());
}

#[test]
fn other_limits_are_tried_and_todays_are_applied() {
    let world = world();
    world.poll(&[]);
    let looked = world.json(&["recluster", "--dry-run", "--set", "min_words=5000"]);
    assert_eq!(looked[0]["changes"], 1, "{looked:?}");
    assert_eq!(looked[1]["moves"].as_array().unwrap().len(), 1);
    assert_eq!(cluster(&world, 0), cluster(&world, 1), "only looked");
    assert_eq!(world.json(&["recluster"]).pop().unwrap()["moved"], 0);
}

#[test]
fn three_paragraphs_of_nine_find_their_carriers_with_a_daemon_and_without() {
    let world = world();
    world.poll(&[]);
    let file = world.dir.path().join("draft.txt");
    std::fs::write(&file, report()[3..6].join("\n\n")).unwrap();
    let file = file.to_str().unwrap();
    let entries = world.entries();
    let check = || {
        let found = world.json(&["match", file]);
        let mut urls: Vec<&str> = found.iter().map(|f| f["url"].as_str().unwrap()).collect();
        urls.sort_unstable();
        assert_eq!(urls, [world.article_url(0, 0), world.article_url(1, 0)]);
        assert!(
            found.iter().all(|f| f["relation"] == "within" && f["of_text"].as_f64() > Some(0.95) && f["of_article"].as_f64() < Some(0.5))
        );
    };
    check();
    let _daemon = world.daemon();
    check();
    assert_eq!(world.entries(), entries, "nothing is stored");
    assert!(world.ok(&["match", file]).starts_with("2 articles of 2 publishers in 1 cluster"));
}

#[test]
fn a_page_elsewhere_and_a_stored_article_are_matched_too() {
    let mut world = world();
    world.poll(&[]);
    // an outlet that no configuration names, with the same report
    let stranger = world.outlet("Stranger", vec![("Bridge report, again", report().into_iter().take(9).collect())]);
    let url = world.article_url(stranger, 0);
    let found = world.json(&["match", &url]);
    assert_eq!(found.iter().filter(|f| f["relation"] == "copy").count(), 2, "{found:?}");
    assert_eq!(world.json(&["match", &world.article_url(0, 0)]).len(), 1, "itself is left out");
    let nobody = world.dir.path().join("nobody.html");
    std::fs::write(&nobody, format!("<html><body><article><p>{}</p></article></body></html>", own_report(4).join("</p><p>"))).unwrap();
    assert_eq!(world.ok(&["match", nobody.to_str().unwrap()]), "");
    std::fs::write(&nobody, "too short").unwrap();
    assert_eq!(world.run(&["match", nobody.to_str().unwrap()]).status.code(), Some(2));
}

//! The daemon: bells, socket, signals, reload.

use crate::server::Answer;
use crate::texts::{own_report, report};
use crate::world::{World, text, until};

fn newsroom() -> World {
    let mut world = World::new();
    world.outlet("Harbour Post", vec![("Warning after border strikes", report()), ("Timber ship aground off the cape", own_report(1))]);
    world.outlet("The Ledger", vec![("President: strikes will be answered", report())]);
    world.configure("");
    world
}

#[test]
fn the_daemon_polls_what_is_due_answers_and_stops_in_order() {
    let world = newsroom();
    assert_eq!(world.run(&["status"]).status.code(), Some(3), "not running");
    let daemon = world.daemon();
    until("everything is settled", || {
        world.run(&["export", "jsonl"]).stdout.split(|b| *b == b'\n').filter(|l| l.len() > 2).count() == 3
            && world.entries().iter().all(|e| e["cluster"].is_string())
    });
    assert_eq!(world.run(&["status"]).status.code(), Some(0));
    // A pass goes through the daemon, which holds the lock.
    let summary = world.poll(&["--all"]);
    assert_eq!((summary["feeds"].as_u64(), summary["unchanged"].as_u64()), (Some(2), Some(2)), "{summary}");
    let second = world.run(&["run"]);
    assert_eq!(second.status.code(), Some(1));
    assert!(text(&second.stderr).contains("in use"), "{}", text(&second.stderr));
    daemon.signal("TERM");
    daemon.told("STOPPING=1");
    assert_eq!(daemon.end(), Some(0));
    assert_eq!(world.run(&["status"]).status.code(), Some(3));
    assert_eq!(world.json(&["stories", "--min-publishers", "2"]).len(), 1, "reading works without the daemon");
}

#[test]
fn a_reload_takes_in_new_feeds_and_refuses_a_broken_file() {
    let mut world = newsroom();
    let daemon = world.daemon();
    world.outlet("City Herald", vec![("Lost violin comes home", own_report(4))]);
    world.configure("");
    daemon.signal("HUP");
    daemon.told("RELOADING=1");
    until("the new feed is polled", || world.server.hits("/feed.xml") >= 3);
    std::fs::write(world.config_path(), "not toml at all = = =").unwrap();
    daemon.signal("HUP");
    until("the error is told", || world.log().contains("refused"));
    world.configure("");
    let summary = world.poll(&["--all"]);
    assert_eq!(summary["feeds"], 3, "the old configuration went on: {summary}");
    daemon.signal("INT");
    assert_eq!(daemon.end(), Some(0));
}

#[test]
fn an_unreachable_feed_is_told_once() {
    let world = newsroom();
    for outlet in &world.outlets {
        world.server.on(&format!("{} /feed.xml", outlet.host), Answer::status(500));
    }
    let daemon = world.daemon();
    let told = |url: &str| world.log().lines().filter(|line| line.contains(url) && line.contains("failed")).count();
    until("both failures are told", || told(&world.feed_url(0)) == 1 && told(&world.feed_url(1)) == 1);
    world.run(&["poll", "--all"]);
    assert_eq!((told(&world.feed_url(0)), told(&world.feed_url(1))), (1, 1), "once, however often it is tried:\n{}", world.log());
    daemon.signal("TERM");
    assert_eq!(daemon.end(), Some(0));
}

#[test]
fn callers_that_want_the_same_feed_at_once_do_not_stop_the_daemon() {
    let world = newsroom();
    let daemon = world.daemon();
    until("everything is settled", || world.entries().len() == 3);
    for outlet in &world.outlets {
        world.server.on(&format!("{} /feed.xml", outlet.host), Answer::status(500).after(std::time::Duration::from_millis(300)));
    }
    std::thread::scope(|scope| {
        let polls: Vec<_> = (0..6).map(|_| scope.spawn(|| world.run(&["poll", "--all"]).status.code())).collect();
        for poll in polls {
            let code = poll.join().unwrap();
            assert!(code == Some(0) || code == Some(1), "each is answered: {code:?}");
        }
    });
    assert_eq!(world.run(&["status"]).status.code(), Some(0));
    daemon.signal("TERM");
    assert_eq!(daemon.end(), Some(0));
}

#[test]
fn a_broken_configuration_does_not_hide_the_daemon() {
    let world = newsroom();
    let daemon = world.daemon();
    let good = std::fs::read_to_string(world.config_path()).unwrap();
    std::fs::write(world.config_path(), format!("{good}\nnonsense = 1\n")).unwrap();
    let status = world.run(&["status"]);
    assert_eq!(status.status.code(), Some(0), "{}", text(&status.stderr));
    assert_ne!(world.run(&["reload"]).status.code(), Some(0));
    let status = world.run(&["status"]);
    assert!(text(&status.stdout).contains("refused"), "{}", text(&status.stdout));
    daemon.signal("TERM");
    assert_eq!(daemon.end(), Some(0));
}

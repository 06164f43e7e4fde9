//! What the service manager hears, and what a service does when it is stopped under load.

use crate::server::Answer;
use crate::texts::{own_report, report};
use crate::world::{World, text, until};
use std::time::Duration;

const PERIOD: Duration = Duration::from_secs(3);

fn newsroom() -> World {
    let mut world = World::new();
    world.outlet("Harbour Post", vec![("Warning after border strikes", report()), ("Timber ship aground off the cape", own_report(1))]);
    world.outlet("The Ledger", vec![("President: strikes will be answered", report())]);
    world.configure("");
    world
}

#[test]
fn ready_means_ready_and_a_reload_is_told_from_beginning_to_end() {
    let world = newsroom();
    let daemon = world.daemon();
    assert_eq!(world.run(&["status"]).status.code(), Some(0), "it answers as soon as it says so");
    daemon.signal("HUP");
    daemon.told("RELOADING=1");
    daemon.told("READY=1");
    daemon.signal("TERM");
    daemon.told("STOPPING=1");
    assert_eq!(daemon.end(), Some(0));
}

#[test]
fn the_watchdog_starves_where_the_writer_or_the_process_stalls_and_is_fed_again() {
    let world = newsroom();
    let daemon = world.daemon_with(&[("WATCHDOG_USEC", "3000000")]);
    daemon.told("WATCHDOG=1");
    until("everything is settled", || world.run(&["export", "jsonl"]).stdout.split(|b| *b == b'\n').filter(|l| l.len() > 2).count() == 3);
    daemon.told("WATCHDOG=1");

    // Somebody else holds the database: the writer waits for it within its next job.
    let other = rusqlite::Connection::open(world.state().join("newsfold.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut poll = world.command(&["poll", "--all"]).stdout(std::process::Stdio::null()).spawn().unwrap();
    daemon.starves(PERIOD);
    other.execute_batch("ROLLBACK").unwrap();
    daemon.told("WATCHDOG=1");
    poll.wait().unwrap();

    daemon.signal("STOP");
    daemon.starves(PERIOD);
    daemon.signal("CONT");
    daemon.told("WATCHDOG=1");
    daemon.signal("TERM");
    daemon.told("STOPPING=1");
    assert_eq!(daemon.end(), Some(0));
}

#[test]
fn a_reload_names_what_it_cannot_take_up() {
    let world = newsroom();
    let daemon = world.daemon();
    let reload = |more: &str| {
        world.configure(more);
        world.json(&["reload"]).remove(0)
    };
    assert_eq!(reload("[retention]\narticles = \"90d\"\n")["restart"], serde_json::json!([]));
    assert_eq!(
        reload("[store]\nsynchronous = \"full\"\n[dedup]\nwindow = \"30d\"\n")["restart"],
        serde_json::json!(["store.synchronous", "dedup.window"])
    );
    assert!(world.log().contains("need a restart"));
    daemon.signal("TERM");
    assert_eq!(daemon.end(), Some(0));
}

#[test]
fn what_is_not_well_has_a_reason_and_a_number() {
    let world = newsroom();
    let health = |world: &World| -> Vec<String> {
        let status = world.run(&["status", "--json"]);
        let status: serde_json::Value = serde_json::from_str(text(&status.stdout).trim()).unwrap();
        status["health"].as_array().unwrap().iter().map(|reason| reason["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(health(&world), ["not_running"]);
    world.configure(&format!("[metrics]\ntextfile = {:?}\n", world.dir.path().join("newsfold.prom")));
    let daemon = world.daemon();
    until("everything is settled", || world.entries().len() == 3);
    assert_eq!(health(&world), Vec::<String>::new());
    world.ok(&["pause"]);
    assert_eq!(health(&world), ["paused"]);
    let page = world.ok(&["status", "--prometheus"]);
    for line in ["newsfold_up 1", "newsfold_paused 1", "newsfold_unhealthy{reason=\"paused\"} 1", "newsfold_feeds{state=\"ok\"} 2"] {
        assert!(page.lines().any(|l| l == line), "{line} in {page}");
    }
    world.ok(&["resume"]);
    let written = || std::fs::read_to_string(world.dir.path().join("newsfold.prom")).unwrap_or_default();
    until("the file of metrics is written", || written().contains("newsfold_up 1\n"));
    daemon.signal("TERM");
    assert_eq!(daemon.end(), Some(0));
    assert!(written().contains("newsfold_up 0\n") && written().contains("newsfold_entries 3\n"), "{}", written());
}

#[test]
fn sigterm_under_load_loses_nothing_that_was_acknowledged() {
    let mut world = World::new();
    let names = ["Harbour Post", "The Ledger", "City Herald", "Coast Today", "Valley News", "Evening Star"];
    for (n, name) in names.into_iter().enumerate() {
        world.outlet(name, vec![("Warning after border strikes", report()), ("A report of its own", own_report(n % 5))]);
    }
    world.configure("");
    // Pages take a while, so that the end comes while some are under way.
    for at in 0..world.outlets.len() {
        for n in 0..2 {
            let (title, paragraphs) = world.outlets[at].articles[n].clone();
            let html = crate::texts::page(&world.article_url(at, n), world.outlets[at].name, &title, &paragraphs);
            let slow = Answer::ok("text/html; charset=utf-8", html).after(Duration::from_millis(200));
            world.server.on(&format!("{} /a/{n}", world.outlets[at].host), slow);
        }
    }
    let mut rounds = 0;
    loop {
        let daemon = world.daemon();
        let settled = world.entries().iter().filter(|entry| entry["cluster"].is_string()).count();
        until("something more is settled", || {
            world.entries().iter().filter(|entry| entry["cluster"].is_string()).count() > settled || settled == 12
        });
        let before = world.entries();
        daemon.signal("TERM");
        assert_eq!(daemon.end(), Some(0));
        let after = world.entries();
        for entry in before.iter().filter(|entry| entry["cluster"].is_string()) {
            assert!(after.iter().any(|now| now["id"] == entry["id"] && now["cluster"].is_string()), "{entry} was shown and is lost");
        }
        rounds += 1;
        if settled == 12 {
            break;
        }
        assert!(rounds < 14, "it goes on from where it was");
    }
}

#[test]
fn a_caller_of_another_version_hears_which_one_speaks() {
    use std::io::{BufRead, BufReader, Write};
    let world = newsroom();
    let daemon = world.daemon();
    let ask = |line: &str| {
        let mut stream = std::os::unix::net::UnixStream::connect(world.state().join("control.sock")).unwrap();
        writeln!(stream, "{line}").unwrap();
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer).unwrap();
        answer
    };
    let later = ask(r#"{"version":99,"command":"status"}"#);
    assert!(later.contains("version 1") && later.contains("version 99") && later.contains("restart the daemon"), "{later}");
    let unknown = ask(r#"{"version":1,"command":"dance"}"#);
    assert!(unknown.contains("does not know this request") && unknown.contains(env!("CARGO_PKG_VERSION")), "{unknown}");
    assert!(ask("nonsense").contains("not understood"));
    assert!(ask(r#"{"version":1,"command":"status"}"#).contains("started_at"), "and it goes on");
    daemon.signal("TERM");
    assert_eq!(daemon.end(), Some(0));
}

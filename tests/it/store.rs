//! The database as its users meet it: killed passes, other users, read-only media, doctor, documented views.

use crate::texts::{own_report, report};
use crate::world::{World, text, until};
use serde_json::Value;
use std::collections::HashMap;
use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn newsroom() -> World {
    let mut world = World::new();
    world.outlet("Harbour Post", vec![("Warning after border strikes", report()), ("Timber ship aground off the cape", own_report(1))]);
    world.outlet("The Ledger", vec![("President: strikes will be answered", report()), ("Pool stays closed", own_report(0))]);
    world.outlet("City Herald", vec![("Strikes will be answered", report()), ("Lost violin comes home", own_report(4))]);
    world.configure("");
    world
}

/// What `doctor` finds, by check.
fn doctor(world: &World, args: &[&str]) -> HashMap<String, Value> {
    let output = world.run(&[&["doctor", "--json"][..], args].concat());
    let lines = text(&output.stdout);
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.map(|finding| (finding["check"].as_str().unwrap().to_owned(), finding)).collect()
}

fn open(world: &World) -> rusqlite::Connection {
    rusqlite::Connection::open(world.state().join("newsfold.db")).unwrap()
}

#[test]
fn a_pass_killed_at_any_request_loses_nothing_and_the_next_goes_on() {
    let world = newsroom();
    let mut known: HashMap<String, Value> = HashMap::new();
    for kill_at in [1, 2, 4, 7, 8, 9, 10, 11] {
        let before = world.server.log().len();
        let mut pass = world.command(&["poll", "--all"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        until("so many requests", || world.server.log().len() >= before + kill_at || pass.try_wait().unwrap().is_some());
        let _ = pass.kill();
        pass.wait().unwrap();
        if !world.state().join("newsfold.db").exists() {
            continue;
        }
        let ill: Vec<Value> = doctor(&world, &["--deep"]).into_values().filter(|finding| finding["health"] == "bad").collect();
        assert!(ill.is_empty(), "{ill:?}");
        let exported = world.run(&["export", "jsonl"]);
        let now: HashMap<String, Value> = text(&exported.stdout)
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .map(|entry| (entry["entry_url"].as_str().unwrap().to_owned(), entry["cluster"].clone()))
            .collect();
        assert_eq!(now.len(), text(&exported.stdout).lines().count(), "an entry is there twice");
        for (url, cluster) in &known {
            assert!(now.get(url).is_some_and(|is| !cluster.is_string() || is.is_string()), "{url} was there before");
        }
        known = now;
    }
    world.poll(&["--all"]);
    let entries = world.entries();
    assert_eq!(entries.len(), 6);
    assert!(entries.iter().all(|entry| entry["cluster"].is_string()));
    let mut sizes: HashMap<&str, usize> = HashMap::new();
    entries.iter().for_each(|entry| *sizes.entry(entry["cluster"].as_str().unwrap()).or_default() += 1);
    let mut sizes: Vec<usize> = sizes.into_values().collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [1, 1, 1, 3], "placed as if nothing had been");
}

/// Runs the program as somebody who may read the state directory, and not write: another user of its group where this
/// test may become one, else oneself.
fn as_stranger(world: &World, args: &[&str]) -> Output {
    const OTHER: u32 = 54_321;
    let folder = world.state();
    let mut command = world.command(args);
    if world.dir.path().metadata().unwrap().uid() == 0 {
        // Where the program lies others may not go.
        let copy = world.dir.path().join("newsfold");
        if !copy.exists() {
            std::fs::copy(env!("CARGO_BIN_EXE_newsfold"), &copy).unwrap();
        }
        let mut other = Command::new(copy);
        other.env_clear().env("TZ", "UTC").env("HOME", world.dir.path()).current_dir(world.dir.path()).args(command.get_args());
        other.uid(OTHER).gid(OTHER);
        command = other;
        set_permissions(world.dir.path(), Permissions::from_mode(0o755)).unwrap();
        chown(&folder, None, Some(OTHER)).unwrap();
        for file in std::fs::read_dir(&folder).unwrap() {
            chown(file.unwrap().path(), None, Some(OTHER)).unwrap();
        }
    }
    command.output().unwrap()
}

fn may_write(folder: &Path, write: bool) {
    set_permissions(folder, Permissions::from_mode(if write { 0o750 } else { 0o550 })).unwrap();
}

#[test]
fn another_user_reads_with_the_daemon_up_stopped_and_killed() {
    let world = newsroom();
    world.poll(&[]);
    let stories = ["stories", "--since", "all", "--json"];
    let own = world.ok(&stories);
    assert_eq!(own.lines().count(), 4);
    let same = |when: &str| {
        may_write(&world.state(), false);
        let seen = as_stranger(&world, &stories);
        let found = as_stranger(&world, &["search", "violin", "--json"]);
        may_write(&world.state(), true);
        assert_eq!(text(&seen.stdout), own, "{when}: {}", text(&seen.stderr));
        assert_eq!(text(&found.stdout).lines().count(), 1, "{when}: {}", text(&found.stderr));
    };
    same("never a daemon");
    let daemon = world.daemon();
    same("beside the daemon");
    daemon.signal("TERM");
    assert_eq!(daemon.end(), Some(0));
    same("after the daemon");
    // A killed one leaves a log that only its user can bring home: said so, and true once that was done.
    let daemon = world.daemon();
    open(&world).execute_batch("INSERT INTO meta VALUES ('left in the log', '1')").unwrap();
    drop(daemon);
    may_write(&world.state(), false);
    let refused = as_stranger(&world, &stories);
    may_write(&world.state(), true);
    if !refused.status.success() {
        let why = text(&refused.stderr);
        assert!(why.contains("newsfold poll") && refused.status.code() == Some(1), "{why}");
    } else {
        assert_eq!(text(&refused.stdout), own);
    }
    world.poll(&[]);
    same("after the log came home");
}

#[test]
fn a_copy_on_read_only_media_is_read() {
    let world = newsroom();
    world.poll(&[]);
    let stories = ["stories", "--since", "all", "--json"];
    let own = world.ok(&stories);
    let media = world.dir.path().join("media");
    std::fs::create_dir(&media).unwrap();
    world.ok(&["backup", media.join("newsfold.db").to_str().unwrap()]);
    if world.dir.path().metadata().unwrap().uid() == 0 {
        chown(media.join("newsfold.db"), None, Some(54_321)).unwrap();
        chown(&media, None, Some(54_321)).unwrap();
    }
    may_write(&media, false);
    let from = ["--state-dir", media.to_str().unwrap()];
    let seen = as_stranger(&world, &[&from[..], &stories].concat());
    let poll = as_stranger(&world, &[&from[..], &["poll"]].concat());
    let names: Vec<_> = std::fs::read_dir(&media).unwrap().map(|f| f.unwrap().file_name()).collect();
    may_write(&media, true);
    assert_eq!(text(&seen.stdout), own, "{}", text(&seen.stderr));
    assert_eq!(names, ["newsfold.db"], "nothing was written beside it");
    assert_eq!(poll.status.code(), Some(1));
    assert!(text(&poll.stderr).contains("newsfold.lock"), "{}", text(&poll.stderr));
}

#[test]
fn a_backup_comes_back_to_its_owner_and_never_replaces_the_database() {
    let world = newsroom();
    world.poll(&[]);
    let own = world.ok(&["stories", "--since", "all", "--json"]);
    let database = world.state().join("newsfold.db");
    let copy = world.dir.path().join("copy.db");
    world.ok(&["backup", copy.to_str().unwrap()]);
    let link = world.dir.path().join("link.db");
    std::os::unix::fs::symlink(&database, &link).unwrap();
    for itself in [&database, &link] {
        for command in ["backup", "restore"] {
            let refused = world.run(&[command, itself.to_str().unwrap()]);
            assert_eq!(refused.status.code(), Some(1), "{command}");
            assert!(text(&refused.stderr).contains("the database itself"), "{}", text(&refused.stderr));
        }
    }
    let root = world.dir.path().metadata().unwrap().uid() == 0;
    if root {
        chown(world.state(), Some(54_321), Some(54_321)).unwrap();
        assert_eq!(doctor(&world, &[])["permissions"]["health"], "doubtful", "the file is root's, the folder another's");
    }
    world.ok(&["restore", copy.to_str().unwrap()]);
    assert_eq!(database.metadata().unwrap().uid(), world.state().metadata().unwrap().uid());
    assert_eq!(doctor(&world, &[])["permissions"]["health"], "good");
    assert_eq!(world.ok(&["stories", "--since", "all", "--json"]), own);
    // The former one is a database too: it can be put back.
    world.ok(&["restore", world.state().join("newsfold.db.former").to_str().unwrap()]);
    assert_eq!(world.ok(&["stories", "--since", "all", "--json"]), own);
}

#[test]
fn the_doctor_looks_around_the_database_and_says_what_to_do() {
    let world = newsroom();
    let found = doctor(&world, &[]);
    assert_eq!(found["database"]["health"], "bad");
    assert!(found["database"]["advice"].as_str().unwrap().contains("newsfold poll"));
    world.poll(&[]);
    let found = doctor(&world, &["--deep"]);
    for check in [
        "folder",
        "permissions",
        "space",
        "writer",
        "schema",
        "pages",
        "broken references",
        "texts",
        "configuration",
        "daemon",
        "clock",
        "indexes",
    ] {
        assert!(found[check]["health"] == "good" || check == "space", "{check}: {}", found[check]);
    }
    let daemon = world.daemon();
    let pid = daemon.child.id().to_string();
    let found = doctor(&world, &[]);
    for check in ["daemon", "writer"] {
        assert!(found[check]["found"].as_str().unwrap().contains(&pid), "{}", found[check]);
    }
    drop(daemon);
    let advised = |check: &str, health: &str, words: &str| {
        let found = doctor(&world, &["--deep"]);
        let finding = &found[check];
        assert!(finding["health"] == health && finding["advice"].as_str().unwrap().contains(words), "{finding}");
    };
    let conn = open(&world);
    conn.execute_batch("UPDATE feed SET last_poll_at = last_poll_at + 86400000").unwrap();
    advised("clock", "doubtful", "timedatectl");
    conn.execute_batch("UPDATE index_row SET copies = x'0102'").unwrap();
    advised("indexes", "doubtful", "recluster");
    conn.execute_batch("DELETE FROM fts WHERE rowid = 1").unwrap();
    advised("articles that search does not know", "bad", "restore");
    drop(conn);
    world.configure("[fetch]\nno_such_key = 1\n");
    advised("configuration", "bad", "config check");
    assert_eq!(world.run(&["doctor"]).status.code(), Some(1));
}

#[test]
fn the_views_have_the_columns_that_are_documented() {
    let world = newsroom();
    world.poll(&[]);
    let conn = open(&world);
    let documented = include_str!("../../docs/database.md").lines().filter_map(|line| line.strip_prefix("| `v_"));
    let mut views = 0;
    for line in documented {
        let (name, rest) = line.split_once('`').unwrap();
        let columns = rest.trim_end_matches([' ', '|']).rsplit_once("| ").unwrap().1;
        // Explanations stand in brackets.
        let columns: Vec<String> = columns.split(", ").map(|c| c.split(" (").next().unwrap().to_owned()).collect();
        let view = conn.prepare(&format!("SELECT * FROM v_{name}")).unwrap();
        assert_eq!(view.column_names().collect::<Vec<_>>(), columns, "v_{name}");
        drop(view);
        let rows: i64 = conn.query_row(&format!("SELECT COUNT(*) FROM v_{name}"), [], |r| r.get(0)).unwrap();
        assert!(rows > 0, "v_{name}");
        views += 1;
    }
    let all: i64 = conn.query_row("SELECT COUNT(*) FROM sqlite_schema WHERE type = 'view'", [], |r| r.get(0)).unwrap();
    assert_eq!(views, all, "every view is documented");
}

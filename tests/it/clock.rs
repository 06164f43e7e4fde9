//! The daemon on a clock that jumps.

use crate::world::{World, until};
use jiff::{SignedDuration, Timestamp};
use newsfold::clock::Clock;
use newsfold::daemon::{self, ConfigSource, Engine};
use std::sync::Arc;

fn next_due(runtime: &tokio::runtime::Runtime, engine: &Engine) -> Timestamp {
    runtime.block_on(engine.writer.with(|state| state.store.next_due())).unwrap().unwrap()
}

#[test]
fn the_daemon_notices_a_jump_and_neither_stalls_nor_asks_at_once() {
    let mut world = World::new();
    for name in ["Harbour Post", "The Ledger", "City Herald"] {
        world.outlet(name, Vec::new());
    }
    world.configure("");
    let t0: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
    let years = SignedDuration::from_hours(24 * 3_650);
    let clock = Clock::fixed(t0);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let file = world.config_path();
    let config = newsfold::config::load(Some(&file), None).unwrap();
    let source = ConfigSource { file: Some(file), state_dir: None };
    let engine = runtime.block_on(Engine::start(config, source, clock.clone())).unwrap();
    let running = runtime.spawn(daemon::run(Arc::clone(&engine)));
    until("the first polls", || world.server.hits("/feed.xml") == 3 && next_due(&runtime, &engine) > t0);
    // Ten years back: due times go back with the clock, and nothing is asked before they come.
    let past = t0 - years;
    clock.set(past);
    until("due times follow", || next_due(&runtime, &engine) < t0);
    assert!(next_due(&runtime, &engine) > past, "not at once");
    assert_eq!(world.server.hits("/feed.xml"), 3);
    // And ten years on again: all are overdue, and come back spread over some moments, which the clock has to reach.
    clock.set(t0);
    until("due times are spread", || next_due(&runtime, &engine) >= t0 || world.server.hits("/feed.xml") > 3);
    clock.set(t0 + SignedDuration::from_secs(20));
    until("every feed is polled again", || world.server.hits("/feed.xml") == 6);
    running.abort();
}

//! Everything from outside: the built binary and the library against a scripted loopback newsroom.

mod alerts;
mod cli;
mod clock;
mod daemon;
mod docs;
mod fuzz_corpus;
mod identity;
mod net;
mod person;
mod politeness;
mod polls;
mod rechecks;
mod rooms;
mod server;
mod service;
mod sites;
mod stock;
mod store;
mod stories;
mod subscribers;
mod terminal;
mod texts;
mod world;

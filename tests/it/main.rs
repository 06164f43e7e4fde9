//! The built binary against a scripted loopback newsroom: what a user would see, from outside.

#[path = "../support/server.rs"]
mod server;

mod daemon;
mod polls;
mod texts;
mod world;

//! The configuration: TOML as written -> a validated [`Config`]; OPML both ways.
//!
//! [`load()`] finds `newsfold.toml`, reads it and what it includes, and either returns a [`Config`] or *everything* that is
//! wrong with it, each [`Problem`] with file, line, column and the nearest valid key. [`mod@load`] alone touches files and the
//! environment; the rest works on text. One table, `schema`, holds every key: checking, messages, `config show` and the
//! reference page read it. Secrets are [`Secret`]s: nothing here prints them.
//!
//! ```
//! let config = newsfold::config::from_text("[[feed]]\nurl = 'https://example.org/rss'\nevery = '30m'\n", "newsfold.toml")?;
//! assert_eq!(config.feeds[0].url.as_str(), "https://example.org/rss");
//! let wrong = newsfold::config::from_text("[[feed]]\nurll = 'https://example.org/rss'\n", "newsfold.toml").unwrap_err();
//! assert!(wrong.to_string().contains("newsfold.toml:2:1: unknown key `urll` in [[feed]]\n  did you mean `url`?"));
//! # Ok::<(), newsfold::config::ConfigErrors>(())
//! ```

mod address;
mod build;
mod cron;
pub mod load;
pub mod opml;
mod problem;
mod read;
mod schema;
mod show;
#[cfg(test)]
mod tests;
mod types;
mod units;
mod values;

pub use address::{AddressFault, parse_feed_url};
pub use build::from_text;
pub use load::{default_state_dir, find, load, new_place, settings, state_dir};
pub use problem::{ConfigErrors, Problem};
pub use show::{feed_block, reference, show};
pub use types::*;
pub use units::{parse_duration, parse_size, show_duration, show_size};

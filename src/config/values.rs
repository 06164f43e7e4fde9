//! One TOML value -> one checked value, or what is wrong with it. Values that may be secret are never repeated.

use super::problem::nearest;
use super::read::{File, Value, a};
use super::schema::{Key, Kind};
use super::types::{AllowNet, Secret, SecretFrom};
use super::units::{parse_duration, parse_size, show_duration, show_size};
use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;
use toml::Spanned;
use toml::de::DeValue;
use url::Url;

/// Times that a list may hold.
const MOST_TIMES: usize = 12;

impl File<'_> {
    /// `None` where the type is wrong and nothing was said yet.
    pub(super) fn read_value(&mut self, key: &Key, value: &Spanned<DeValue<'_>>) -> Option<Value> {
        let at = value.span().start;
        let text = value.get_ref().as_str();
        Some(match key.kind {
            Kind::Bool => Value::Bool(value.get_ref().as_bool()?),
            Kind::Count(min, max) => Value::Count(self.read_count(key, value, min, max)?),
            Kind::Duration(min, max) => Value::Duration(self.read_duration(key, value, (min, max))?),
            Kind::Times(min, max) => {
                let list = value.get_ref().as_array()?;
                if list.len() > MOST_TIMES {
                    self.wrong(at, format!("`{}` has more than {MOST_TIMES} times", key.name), "");
                }
                Value::Times(list.iter().map(|one| self.read_duration(key, one, (min, max))).collect::<Option<_>>()?)
            }
            Kind::Size(min, max) => Value::Size(self.read_size(key, value, (min, max))?),
            Kind::Text => Value::Text(self.filled(key, at, text?)?),
            Kind::Texts => Value::Texts(self.read_texts(key, value)?),
            Kind::Url => Value::Url(self.read_url(key, at, text?)?),
            Kind::Networks => {
                let mut networks = Vec::new();
                for (at, text) in self.read_texts(key, value)? {
                    match AllowNet::from_str(&text) {
                        Ok(net) => networks.push(net),
                        Err(()) => self.wrong(
                            at,
                            format!("\"{text}\" is no network"),
                            "write \"127.0.0.0/8\", \"10.0.0.7\", \"10.0.0.7:8080\" or \"[::1]:8080\"",
                        ),
                    }
                }
                Value::Networks(networks)
            }
            Kind::Cron => Value::Text(self.read_cron(at, text?)?),
            Kind::OneOf(words) => match words.iter().find(|w| **w == text.unwrap_or_default()) {
                Some(word) => Value::Text((*word).to_owned()),
                None => {
                    let text = text?;
                    let hint = nearest(text, words.iter().copied())
                        .map_or(format!("it takes {}", key.kind.words()), |w| format!("did you mean \"{w}\"?"));
                    self.wrong(at, format!("`{}` cannot be \"{text}\"", key.name), hint);
                    return None;
                }
            },
            Kind::Domain => Value::Text(self.read_domain(at, text?)?),
            Kind::Domains => {
                let texts = self.read_texts(key, value)?;
                Value::Texts(texts.into_iter().filter_map(|(at, t)| Some((at, self.read_domain(at, &t)?))).collect())
            }
            Kind::Secret => Value::Secret(self.read_secret(key, value)?),
            Kind::Headers => Value::Headers(self.read_headers(key, value)?),
            Kind::Durations => {
                let mut out = BTreeMap::new();
                for (name, value) in value.get_ref().as_table()? {
                    match value.get_ref().as_str().and_then(parse_duration) {
                        Some(duration) if duration >= Duration::from_secs(3600) => drop(out.insert(name.get_ref().to_string(), duration)),
                        _ => self.wrong(
                            value.span().start,
                            format!("`{}.{}` is no duration of at least 1h", key.name, name.get_ref()),
                            "write \"30d\"",
                        ),
                    }
                }
                Value::Durations(out)
            }
        })
    }

    fn filled(&mut self, key: &Key, at: usize, text: &str) -> Option<String> {
        let text = text.trim();
        if text.is_empty() {
            self.wrong(at, format!("`{}` is empty", key.name), "leave the key out to get its default");
            return None;
        }
        if text.chars().any(char::is_control) {
            self.wrong(at, format!("`{}` holds a control character", key.name), "");
            return None;
        }
        Some(text.to_owned())
    }

    fn read_count(&mut self, key: &Key, value: &Spanned<DeValue<'_>>, min: u64, max: u64) -> Option<u64> {
        let number = value.get_ref().as_integer()?;
        let digits = number.as_str().replace('_', "");
        match u64::from_str_radix(digits.trim_start_matches('+'), number.radix()) {
            Ok(count) if (min..=max).contains(&count) => Some(count),
            _ => {
                self.wrong(value.span().start, format!("`{}` cannot be {number}", key.name), format!("it takes a {}", key.kind.words()));
                None
            }
        }
    }

    fn read_duration(&mut self, key: &Key, value: &Spanned<DeValue<'_>>, bounds: (u64, u64)) -> Option<Duration> {
        let at = value.span().start;
        if let Some(number) = value.get_ref().as_integer() {
            self.wrong(
                at,
                format!("`{}` needs a unit", key.name),
                format!("write \"{number}s\", \"{number}m\", \"{number}h\" or \"{number}d\""),
            );
            return None;
        }
        let text = value.get_ref().as_str()?;
        let Some(duration) = parse_duration(text) else {
            self.wrong(at, format!("\"{text}\" is no duration"), "write \"90s\", \"30m\", \"1h30m\", \"14d\" or \"2w\"");
            return None;
        };
        let (min, max) = (Duration::from_secs(bounds.0), Duration::from_secs(bounds.1));
        if duration < min || duration > max {
            self.wrong(
                at,
                format!("`{}` cannot be {text}", key.name),
                format!("it lies between {} and {}", show_duration(min), show_duration(max)),
            );
            return None;
        }
        Some(duration)
    }

    fn read_size(&mut self, key: &Key, value: &Spanned<DeValue<'_>>, (min, max): (u64, u64)) -> Option<u64> {
        let at = value.span().start;
        if let Some(number) = value.get_ref().as_integer() {
            self.wrong(at, format!("`{}` needs a unit", key.name), format!("write \"{number} B\", \"{number} KiB\" or \"{number} MiB\""));
            return None;
        }
        let text = value.get_ref().as_str()?;
        match parse_size(text) {
            Some(size) if (min..=max).contains(&size) => Some(size),
            Some(_) => {
                self.wrong(
                    at,
                    format!("`{}` cannot be {text}", key.name),
                    format!("it lies between {} and {}", show_size(min), show_size(max)),
                );
                None
            }
            None => {
                self.wrong(at, format!("\"{text}\" is no size"), "write \"512 KiB\", \"8 MiB\" or \"2 GB\"");
                None
            }
        }
    }

    fn read_texts(&mut self, key: &Key, value: &Spanned<DeValue<'_>>) -> Option<Vec<(usize, String)>> {
        if let Some(one) = value.get_ref().as_str() {
            return Some(vec![(value.span().start, self.filled(key, value.span().start, one)?)]);
        }
        let mut out = Vec::new();
        for item in value.get_ref().as_array()?.iter() {
            let at = item.span().start;
            match item.get_ref().as_str() {
                Some(text) => out.extend(self.filled(key, at, text).map(|t| (at, t))),
                None => self.wrong(at, format!("`{}` holds {}", key.name, a(item.get_ref())), "it takes texts in quotes"),
            }
        }
        Some(out)
    }

    fn read_url(&mut self, key: &Key, at: usize, text: &str) -> Option<Url> {
        match super::parse_feed_url(text) {
            Ok(url) => Some(url),
            Err(why) => {
                self.wrong(at, format!("`{}` {}", key.name, why.message()), why.hint());
                None
            }
        }
    }

    fn read_cron(&mut self, at: usize, text: &str) -> Option<String> {
        match super::cron::check(text) {
            Ok(_) => Some(text.trim().to_owned()),
            Err((message, hint)) => {
                self.wrong(at, message, hint);
                None
            }
        }
    }

    fn read_domain(&mut self, at: usize, text: &str) -> Option<String> {
        let bare = text.trim_start_matches("*.").trim_end_matches('.');
        let host = match bare.trim_matches(['[', ']']).parse::<std::net::Ipv6Addr>() {
            Ok(address) => Some(format!("[{address}]")),
            Err(_) if bare.contains(['/', ':', '@', ' ']) => None,
            Err(_) => url::Host::parse(bare).ok().map(|host| host.to_string()),
        };
        if host.is_none() {
            let hint = match Url::parse(text) {
                Ok(url) if url.has_host() => format!("write \"{}\"", url.host_str().unwrap_or_default()),
                _ => "write it without scheme, port and path: \"example.org\"".to_owned(),
            };
            self.wrong(at, format!("\"{text}\" is no domain"), hint);
        }
        host
    }

    fn read_secret(&mut self, key: &Key, value: &Spanned<DeValue<'_>>) -> Option<Secret> {
        if let Some(text) = value.get_ref().as_str() {
            return Some(Secret::literal(text));
        }
        let table = value.get_ref().as_table()?;
        let mut one = table.iter();
        if let (Some((name, place)), None) = (one.next(), one.next())
            && let Some(place) = place.get_ref().as_str().filter(|p| !p.is_empty())
        {
            match name.get_ref().as_ref() {
                "env" => return Some(Secret::elsewhere(SecretFrom::Env(place.to_owned()))),
                "credential" if !place.contains('/') && place != ".." => {
                    return Some(Secret::elsewhere(SecretFrom::Credential(place.to_owned())));
                }
                "file" => return Some(Secret::elsewhere(SecretFrom::File(place.into()))),
                _ => {}
            }
        }
        self.wrong(
            value.span().start,
            format!("`{}` does not say where its value is", key.name),
            format!("it takes {}", Kind::Secret.words()),
        );
        None
    }

    fn read_headers(&mut self, key: &Key, value: &Spanned<DeValue<'_>>) -> Option<Vec<(String, Secret)>> {
        let mut out = Vec::new();
        for (name, value) in value.get_ref().as_table()? {
            let (at, lower) = (name.span().start, name.get_ref().to_ascii_lowercase());
            let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
            if lower.is_empty() || !lower.bytes().all(token) {
                self.wrong(at, "not a header name", "letters, digits and hyphens");
            } else if ["host", "content-length", "connection", "transfer-encoding", "accept-encoding", "if-none-match", "if-modified-since"]
                .contains(&lower.as_str())
            {
                self.wrong(at, format!("the header `{lower}` is newsfold's to set"), "leave it out");
            } else if let Some(secret) = self.read_secret(key, value) {
                let fits = |v: &str| v.bytes().all(|b| b == b'\t' || (b >= b' ' && b != 0x7f));
                if secret.expose().is_none_or(fits) {
                    out.push((lower, secret));
                } else {
                    self.wrong(value.span().start, format!("the value of header `{lower}` holds a control character"), "");
                }
            } else if !matches!(value.get_ref(), DeValue::Table(_)) {
                self.wrong(
                    value.span().start,
                    format!("header `{lower}` is {}", a(value.get_ref())),
                    format!("it takes {}", Kind::Secret.words()),
                );
            }
        }
        Some(out)
    }
}

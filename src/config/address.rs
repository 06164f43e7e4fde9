//! Which addresses may be declared as feeds.

use std::fmt;
use url::Url;

/// Why an address cannot be a feed's. Never holds the address itself: it may carry a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressFault {
    /// No URL at all, or one without a host.
    NotAUrl,
    /// Neither http nor https; the scheme.
    Scheme(String),
    /// A program to run (`|command`, `exec:`, `filter:`): other readers do that, newsfold does not.
    Command,
    /// User or password in it.
    Credentials,
}

impl AddressFault {
    /// What is wrong, to follow the name of the key.
    pub fn message(&self) -> String {
        match self {
            Self::NotAUrl => "is no web address".to_owned(),
            Self::Scheme(scheme) => format!("has the scheme `{scheme}:`, not http or https"),
            Self::Command => "is a command; newsfold runs none".to_owned(),
            Self::Credentials => "holds a user name or password".to_owned(),
        }
    }

    /// What to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotAUrl => "write it whole: \"https://example.org/feed.xml\"",
            Self::Scheme(_) => "only http and https are fetched",
            Self::Command => "serve its output on http, and allow its address in fetch.allow_networks",
            Self::Credentials => "use username = \"…\" and password = { env = \"NAME\" } beside the address",
        }
    }
}

impl fmt::Display for AddressFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "address {}", self.message())
    }
}

impl std::error::Error for AddressFault {}

/// Reads a feed's address as people and other readers write it: http, https, or `feed:` before one of them. The fragment
/// is dropped.
///
/// # Errors
/// For everything else, commands, files and addresses with a password above all.
pub fn parse_feed_url(text: &str) -> Result<Url, AddressFault> {
    let text = text.trim();
    let lower = text.get(..16.min(text.len())).unwrap_or("").to_ascii_lowercase();
    if text.starts_with('|') || ["exec:", "filter:", "query:"].iter().any(|s| lower.starts_with(s)) {
        return Err(AddressFault::Command);
    }
    let bare = if lower.starts_with("feed://") {
        format!("http://{}", text.get(7..).unwrap_or_default())
    } else if lower.starts_with("feed:http") {
        text.get(5..).unwrap_or_default().to_owned()
    } else {
        text.to_owned()
    };
    let mut url = match Url::parse(&bare) {
        Ok(url) => url,
        Err(_) => return Err(AddressFault::NotAUrl),
    };
    if !matches!(url.scheme(), "http" | "https") {
        // "example.org:8080/feed" parses as a scheme with a dot in it: that is a forgotten https://.
        return Err(if url.scheme().contains('.') || url.scheme() == "localhost" {
            AddressFault::NotAUrl
        } else {
            AddressFault::Scheme(url.scheme().to_owned())
        });
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressFault::Credentials);
    }
    url.set_fragment(None);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let ok = |t: &str| parse_feed_url(t).map(|u| u.to_string());
        assert_eq!(ok(" https://Example.org/a#b "), Ok("https://example.org/a".to_owned()));
        assert_eq!(ok("feed://example.org/a"), Ok("http://example.org/a".to_owned()));
        assert_eq!(ok("feed:https://example.org/a"), Ok("https://example.org/a".to_owned()));
        assert_eq!(ok("|/bin/sh -c id"), Err(AddressFault::Command));
        assert_eq!(ok("exec:id"), Err(AddressFault::Command));
        assert_eq!(ok("FILTER:x:https://example.org"), Err(AddressFault::Command));
        assert_eq!(ok("file:///etc/passwd"), Err(AddressFault::Scheme("file".into())));
        assert_eq!(ok("javascript:alert(1)"), Err(AddressFault::Scheme("javascript".into())));
        assert_eq!(ok("example.org/feed"), Err(AddressFault::NotAUrl));
        assert_eq!(ok("example.org:8080/feed"), Err(AddressFault::NotAUrl));
        assert_eq!(ok("https://"), Err(AddressFault::NotAUrl));
        assert_eq!(ok("https://user:canary@example.org/"), Err(AddressFault::Credentials));
        assert_eq!(ok("ééééééééééé"), Err(AddressFault::NotAUrl));
    }
}

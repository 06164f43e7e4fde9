//! Canonical URLs: the normalised address that identifies an article.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use url::Url;

/// Query parameters that name the reader's way to the page, never the page. A trailing `*` stands for any rest.
const TRACKING: &[&str] = &[
    "utm_*",
    "utm-*",
    "mc_cid",
    "mc_eid",
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "twclid",
    "yclid",
    "ysclid",
    "igshid",
    "igsh",
    "ttclid",
    "li_fat_id",
    "_hsenc",
    "_hsmi",
    "__hssc",
    "__hstc",
    "__hsfp",
    "hsctatracking",
    "mkt_tok",
    "vero_id",
    "vero_conv",
    "oly_anon_id",
    "oly_enc_id",
    "wickedid",
    "rb_clickid",
    "s_cid",
    "s_kwcid",
    "ns_campaign",
    "ns_mchannel",
    "ns_source",
    "ns_linkname",
    "ns_fee",
    "at_medium",
    "at_campaign*",
    "at_custom*",
    "at_link*",
    "at_format",
    "at_ptr_name",
    "at_bbc_team",
    "pk_*",
    "piwik_*",
    "mtm_*",
    "matomo_*",
    "ga_*",
    "_ga",
    "_gl",
    "cmpid",
    "icid",
    "intcid",
    "intcmp",
    "ncid",
    "ocid",
    "sr_share",
    "xtor",
    "wt_mc",
    "wt.mc_id",
    "guccounter",
    "guce_referrer",
    "guce_referrer_sig",
    "ref_src",
    "ref_url",
    "referrer",
    "spm",
    "share_id",
    "sharetype",
    "smid",
    "smtyp",
    "taid",
    "tpcc",
    "traffic_source",
    "partner_code",
    "feature=youtu.be",
    "feature=share",
    "source=rss",
    "ref=rss",
    "from=rss",
    "rss=1",
    "rss=true",
    "cmp=rss*",
    "output=rss",
    "partner=rss*",
    "emc=rss",
    "ftag",
    "ito",
    "cmp",
    "mod=rss*",
    "ftcamp",
    "dlvrit",
    "soc_src",
    "soc_trk",
    "trk",
    "trkcampaign",
    "zanpid",
    "action_object_map",
    "action_type_map",
    "action_ref_map",
    "fb_action_ids",
    "fb_action_types",
    "fb_ref",
    "fb_source",
    "feedtype",
    "feedname",
    "amp",
    "amp_*",
    "outputtype=amp",
    "_amp",
    "usqp",
    "syclid",
    "origin_cmp",
    "ssl=1",
];

/// Names under which sites put a session into a query or a path parameter.
const SESSIONS: &[&str] = &["jsessionid", "phpsessid", "sessionid", "session_id", "aspsessionid", "cfid", "cftoken", "zenid", "oscsid"];

/// File names that mean "this folder".
const INDEX_PAGES: &[&str] = &[
    "index.html",
    "index.htm",
    "index.php",
    "index.asp",
    "index.aspx",
    "index.jsp",
    "default.htm",
    "default.html",
    "default.asp",
    "default.aspx",
    "index.xhtml",
    "index.shtml",
];

/// First labels of hosts that serve the same pages in another dress.
const DRESSES: &[&str] = &["www", "m", "mobile", "amp", "wap", "touch"];

/// What stays percent-encoded in a path; the rest of ASCII stands as itself.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'%')
    .add(b'\\')
    .add(b'^')
    .add(b'|');

/// Normalises `url`: what does not change the resource is dropped. `None` for what is not http(s).
///
/// Scheme and `www.` stay as they are: that two of them serve one page is for [`same_page_key`] and redirects to say.
/// Applying it twice changes nothing more.
pub fn canonical_url(url: &str) -> Option<String> {
    let mut canonical = normalised(url)?;
    // What one turn uncovers, such as an AMP address behind doubled slashes, the next puts right; two nearly always do.
    for _ in 0..8 {
        let again = normalised(&canonical)?;
        if again == canonical {
            break;
        }
        canonical = again;
    }
    Some(canonical)
}

fn normalised(url: &str) -> Option<String> {
    let mut url = Url::parse(url.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return None;
    }
    // Each turn leaves a shorter address, so this ends.
    while let Some(target) = behind_proxy(&url) {
        url = target;
    }
    // These setters only fail for addresses without a host, which are gone already.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    undress_host(&mut url);
    url.set_fragment(None);
    let path = canonical_path(url.path());
    url.set_path(&path);
    let query = url.query().map(canonical_query);
    url.set_query(query.as_deref().filter(|q| !q.is_empty()));
    Some(url.into())
}

/// The key under which two addresses count as one page: the canonical URL without scheme, `www.` and trailing slash.
/// For recognising an entry whose feed moved from http to https; never shown and never fetched.
pub fn same_page_key(url: &str) -> Option<String> {
    let canonical = canonical_url(url)?;
    let rest = canonical.split_once("://")?.1;
    Some(rest.strip_prefix("www.").unwrap_or(rest).trim_end_matches('/').to_owned())
}

/// True where both addresses belong to one site: equal hosts but for `www.`, `m.`, `amp.` and the like.
pub fn same_site(a: &Url, b: &Url) -> bool {
    match (a.host_str(), b.host_str()) {
        (Some(a), Some(b)) => bare_host(a) == bare_host(b),
        _ => false,
    }
}

/// The host without the label of its dress, as long as a name with a dot is left.
fn bare_host(host: &str) -> &str {
    let host = host.trim_end_matches('.');
    match host.split_once('.') {
        Some((first, rest)) if DRESSES.contains(&first) && rest.contains('.') => rest,
        _ => host,
    }
}

/// A mobile or AMP host becomes the plain one it dresses; the root dot goes.
fn undress_host(url: &mut Url) {
    let Some(host) = url.host_str() else { return };
    let trimmed = host.trim_end_matches('.');
    let plain = match trimmed.split_once('.') {
        Some((first, rest)) if first != "www" && DRESSES.contains(&first) && rest.contains('.') => {
            format!("www.{}", rest.trim_start_matches("www."))
        }
        _ => trimmed.to_owned(),
    };
    if plain != host {
        let _ = url.set_host(Some(&plain));
    }
}

/// The address that an AMP cache carries in its own: `…/amp/s/host/path`, `host.cdn.ampproject.org/c/s/host/path`.
fn behind_proxy(url: &Url) -> Option<Url> {
    let host = url.host_str()?;
    let path = url.path();
    let rest = if host.ends_with(".cdn.ampproject.org") || host == "cdn.ampproject.org" {
        ["/c/", "/v/", "/wp/"].iter().find_map(|lead| path.strip_prefix(lead))?
    } else if host.starts_with("www.google.") {
        path.strip_prefix("/amp/")?
    } else {
        return None;
    };
    let target = match rest.strip_prefix("s/") {
        Some(secure) => format!("https://{secure}"),
        None => format!("http://{rest}"),
    };
    let mut target = Url::parse(&target).ok()?;
    target.host_str()?.contains('.').then_some(())?;
    target.set_query(url.query());
    Some(target)
}

/// Decodes what needs no encoding, drops session parameters, doubled slashes, index pages and AMP endings.
fn canonical_path(path: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    let ends_open = path.ends_with('/');
    for part in path.split('/').filter(|p| !p.is_empty()) {
        let (part, _) = part.split_once(';').filter(|(_, p)| is_session(p.split('=').next().unwrap_or(""))).unwrap_or((part, ""));
        parts.push(recode(part));
    }
    let mut open = ends_open;
    // One ending may hide another: /story/index.html/amp.
    loop {
        if parts.last().is_some_and(|last| INDEX_PAGES.contains(&last.to_ascii_lowercase().as_str())) {
            parts.pop();
            open = true;
        } else if parts.len() > 1 && parts.last().is_some_and(|last| matches!(last.as_str(), "amp" | "amp.html")) {
            parts.pop();
        } else if let Some(last) = parts.last_mut()
            && let Some(stem) = last.strip_suffix(".amp.html").or_else(|| last.strip_suffix(".amp"))
            && !stem.is_empty()
        {
            *last = if last.ends_with(".html") { format!("{stem}.html") } else { stem.to_owned() };
        } else {
            break;
        }
    }
    let mut path = format!("/{}", parts.join("/"));
    if open && path.len() > 1 {
        path.push('/');
    }
    path
}

/// One segment or value with its percent-encoding in one form: letters decoded, reserved bytes `%XX` in upper case.
fn recode(part: &str) -> String {
    match percent_decode_str(part).decode_utf8() {
        // A decoded slash would change the path's shape, a control character or dot segment its meaning.
        Ok(text)
            if !text.contains(['/', '?', '#', '%', ';', '&', '=', '+', '\\'])
                && !text.chars().any(char::is_control)
                && text != "."
                && text != ".." =>
        {
            utf8_percent_encode(&text, PATH).to_string()
        }
        _ => upper_escapes(part),
    }
}

fn upper_escapes(part: &str) -> String {
    let mut left = 0_u8;
    part.chars()
        .map(|c| match c {
            '%' => {
                left = 2;
                c
            }
            _ if left > 0 => {
                left -= 1;
                c.to_ascii_uppercase()
            }
            _ => c,
        })
        .collect()
}

/// Drops tracking and session parameters and sorts the rest, so that order does not matter; repeated names keep theirs.
fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(String, Option<String>)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .filter(|pair| !is_noise(pair))
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) => (recode(name), Some(recode(value))),
            None => (recode(pair), None),
        })
        .collect();
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    let parts: Vec<String> = pairs.into_iter().map(|(name, value)| value.map_or(name.clone(), |v| format!("{name}={v}"))).collect();
    parts.join("&")
}

fn is_noise(pair: &str) -> bool {
    let pair = pair.to_ascii_lowercase();
    let name = pair.split('=').next().unwrap_or("");
    // "sid" is a story's number as often as a session; sessions are long.
    is_session(name)
        || (name == "sid" && pair.len() >= 24)
        || TRACKING.iter().any(|pattern| {
            let against = if pattern.contains('=') { pair.as_str() } else { name };
            match pattern.strip_suffix('*') {
                Some(start) => against.starts_with(start),
                None => against == *pattern,
            }
        })
}

fn is_session(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SESSIONS.contains(&name.as_str()) || name.starts_with("aspsessionid")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let cases = [
            ("HTTP://Example.COM:80/a", "http://example.com/a"),
            ("https://example.com:443", "https://example.com/"),
            ("https://example.com:8443/a", "https://example.com:8443/a"),
            ("https://user:pw@example.com/a", "https://example.com/a"),
            ("https://example.com./a", "https://example.com/a"),
            ("https://example.com/a#part", "https://example.com/a"),
            ("https://example.com/a?utm_source=x&id=7&fbclid=y", "https://example.com/a?id=7"),
            ("https://example.com/a?utm_source=x", "https://example.com/a"),
            ("https://example.com/a?b=2&a=1", "https://example.com/a?a=1&b=2"),
            ("https://example.com/a?at_medium=RSS&at_campaign=rss", "https://example.com/a"),
            ("https://example.com/a;jsessionid=12AB?x=1", "https://example.com/a?x=1"),
            ("https://example.com/a?PHPSESSID=1&x=1", "https://example.com/a?x=1"),
            ("https://example.com/news/index.html", "https://example.com/news/"),
            ("https://example.com/index.php?p=4", "https://example.com/?p=4"),
            ("https://m.example.com/a", "https://www.example.com/a"),
            ("https://amp.example.com/a", "https://www.example.com/a"),
            ("https://m.com/a", "https://m.com/a"),
            ("https://example.com/news/story/amp/", "https://example.com/news/story/"),
            ("https://example.com/news/story.amp.html", "https://example.com/news/story.html"),
            ("https://example.com/amp/", "https://example.com/amp/"),
            ("https://www.google.com/amp/s/example.com/a/amp", "https://example.com/a"),
            ("https://example-com.cdn.ampproject.org/c/s/example.com/a", "https://example.com/a"),
            ("https://example.com/%7Ejoe/%c3%a9t%C3%A9", "https://example.com/~joe/%C3%A9t%C3%A9"),
            ("https://example.com/été", "https://example.com/%C3%A9t%C3%A9"),
            ("https://example.com/a%2fb", "https://example.com/a%2Fb"),
            ("https://example.com//a///b", "https://example.com/a/b"),
            ("https://example.com/a?", "https://example.com/a"),
            ("https://example.com/a?x", "https://example.com/a?x"),
            (" https://example.com/a\n", "https://example.com/a"),
        ];
        for (given, want) in cases {
            assert_eq!(canonical_url(given).as_deref(), Some(want), "{given}");
            assert_eq!(canonical_url(want).as_deref(), Some(want), "twice: {given}");
        }
        for other in ["javascript:alert(1)", "mailto:a@example.com", "ftp://example.com/", "/a", "", "https://"] {
            assert_eq!(canonical_url(other), None, "{other}");
        }
    }

    #[test]
    fn one_page_under_two_schemes() {
        assert_eq!(same_page_key("http://www.example.com/a/"), same_page_key("https://example.com/a"));
        assert_ne!(same_page_key("http://example.com/a"), same_page_key("http://example.com/b"));
    }

    #[test]
    fn one_site() {
        let url = |s: &str| Url::parse(s).unwrap();
        assert!(same_site(&url("https://www.example.com/a"), &url("http://m.example.com/b")));
        assert!(!same_site(&url("https://news.example.com/"), &url("https://example.com/")));
        assert!(!same_site(&url("https://example.com/"), &url("https://example.org/")));
    }
}

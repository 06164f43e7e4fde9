//! robots.txt by RFC 9309: reading the file, and whether a path may be fetched.
//!
//! Written here because the work per file and per path must be bounded whatever a server sends: matching is by plain
//! search, without regular expressions, and only the group that concerns us is kept.

use memchr::memmem;
use std::fmt::Write as _;

/// Rules kept of one file; what a longer group says beyond them is ignored.
const MAX_RULES: usize = 20_000;

/// What one robots.txt says to one robot.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rules {
    rules: Vec<Rule>,
    /// Seconds between two requests that the group asks for.
    pub(super) crawl_delay: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    allow: bool,
    /// Normalised; may hold `*`, and `$` at its end.
    pattern: Box<str>,
}

enum Line<'a> {
    Agent(&'a str),
    Rule(bool, &'a str),
    Delay(&'a str),
}

impl Rules {
    /// Reads the rules that `text` gives to the robot called `agent` (its product token, lower case): those of all groups
    /// that name it, else those of the groups for `*`.
    pub(super) fn read(text: &str, agent: &str) -> Self {
        let (mut own, mut any) = (Self::default(), Self::default());
        let (mut for_own, mut for_any, mut own_named) = (false, false, false);
        let mut in_head = false;
        for line in text.trim_start_matches('\u{feff}').split(['\n', '\r']).filter_map(read_line) {
            if let Line::Agent(name) = line {
                if !in_head {
                    (for_own, for_any, in_head) = (false, false, true);
                }
                for_any |= name == "*";
                for_own |= product(name).eq_ignore_ascii_case(agent);
                own_named |= for_own;
                continue;
            }
            in_head = false;
            if for_own {
                own.learn(&line);
            }
            if for_any {
                any.learn(&line);
            }
        }
        if own_named { own } else { any }
    }

    fn learn(&mut self, line: &Line) {
        match *line {
            Line::Rule(allow, path) if !path.is_empty() && self.rules.len() < MAX_RULES => {
                self.rules.push(Rule { allow, pattern: normalise(path).into() });
            }
            Line::Delay(value) if self.crawl_delay.is_none() => {
                self.crawl_delay = value.parse().ok().filter(|d: &f64| d.is_finite() && *d >= 0.0);
            }
            _ => {}
        }
    }

    /// Whether `path` (with its query, as in the URL) may be fetched: the longest matching rule decides, and of two
    /// equally long ones the one that allows.
    pub(super) fn allows(&self, path: &str) -> bool {
        if path == "/robots.txt" {
            return true;
        }
        let path = normalise(path);
        let mut best: Option<&Rule> = None;
        for rule in &self.rules {
            let better = best.is_none_or(|b| (rule.pattern.len(), rule.allow) > (b.pattern.len(), b.allow));
            if better && matches(&rule.pattern, &path) {
                best = Some(rule);
            }
        }
        best.is_none_or(|rule| rule.allow)
    }

    /// Bytes that the rules take, about.
    pub(super) fn size(&self) -> usize {
        self.rules.iter().map(|r| r.pattern.len() + size_of::<Rule>()).sum()
    }

    /// The rules as a small robots.txt of their own, which [`Rules::read`] reads back.
    pub(super) fn to_text(&self) -> String {
        let mut text = String::from("user-agent: *\n");
        if let Some(delay) = self.crawl_delay {
            let _ = writeln!(text, "crawl-delay: {delay}");
        }
        for rule in &self.rules {
            let _ = writeln!(text, "{}: {}", if rule.allow { "allow" } else { "disallow" }, rule.pattern);
        }
        text
    }
}

fn read_line(line: &str) -> Option<Line<'_>> {
    let line = line.split('#').next().unwrap_or(line);
    let (key, value) = line.split_once(':')?;
    let (key, value) = (key.trim(), value.trim());
    let is = |name: &str| key.eq_ignore_ascii_case(name);
    Some(match () {
        () if is("user-agent") => Line::Agent(value),
        () if is("allow") => Line::Rule(true, value),
        () if is("disallow") => Line::Rule(false, value),
        () if is("crawl-delay") => Line::Delay(value),
        () => return None,
    })
}

/// The product token at the start of a User-Agent line's value.
fn product(value: &str) -> &str {
    let end = value.find(|c: char| !(c.is_ascii_alphabetic() || c == '_' || c == '-')).unwrap_or(value.len());
    value.get(..end).unwrap_or(value)
}

/// One spelling for paths and patterns: `%`-escapes of unreserved characters resolved, other escapes in capitals, and
/// what may not stand in a URL escaped.
fn normalise(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        let hex = |b: u8| char::from(b).to_digit(16);
        let code = match (*byte, after) {
            (b'%', [high, low, tail @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    rest = tail;
                    u8::try_from(high * 16 + low).ok()
                }
                _ => None,
            },
            (0x21..=0x7e, _) => None,
            (other, _) => Some(other),
        };
        match code {
            None => out.push(char::from(*byte)),
            Some(code) if code.is_ascii_alphanumeric() || b"-._~".contains(&code) => out.push(char::from(code)),
            Some(code) => {
                let _ = write!(out, "%{code:02X}");
            }
        }
    }
    out
}

/// Whether `pattern` matches the start of `path` (all of it where the pattern ends in `$`). Pieces between stars are
/// taken at their first place, which finds a match where there is one.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, anchored) = match pattern.strip_suffix('$') {
        Some(bare) => (bare, true),
        None => (pattern, false),
    };
    let Some((first, rest)) = pattern.split_once('*') else {
        return if anchored { path == pattern } else { path.starts_with(pattern) };
    };
    let Some(mut left) = path.strip_prefix(first) else { return false };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for piece in middle.split('*').filter(|p| !p.is_empty()) {
        match memmem::find(left.as_bytes(), piece.as_bytes()).and_then(|at| left.get(at + piece.len()..)) {
            Some(after) => left = after,
            None => return false,
        }
    }
    match anchored {
        true => left.ends_with(last),
        false => memmem::find(left.as_bytes(), last.as_bytes()).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(text: &str, path: &str) -> bool {
        Rules::read(text, "newsfold").allows(path)
    }

    #[test]
    fn the_group_that_names_the_robot_wins_over_the_star() {
        let text = "User-agent: *\nDisallow: /\n\nUser-Agent: NewsFold/2.0\nDisallow: /private\n";
        assert!(allows(text, "/a"));
        assert!(!allows(text, "/private/a"));
        assert!(!Rules::read(text, "other").allows("/a"));
    }

    #[test]
    fn groups_of_one_robot_are_combined_and_heads_may_be_long() {
        let text = "user-agent: x\nuser-agent: newsfold\nsitemap: http://a/b\ndisallow: /a\n\nuser-agent: y\ndisallow: /\n\nuser-agent: newsfold\ndisallow: /b";
        assert!(!allows(text, "/a"));
        assert!(!allows(text, "/b"));
        assert!(allows(text, "/c"));
    }

    #[test]
    fn a_named_group_without_rules_allows_all() {
        assert!(allows("User-agent: *\nDisallow: /\nUser-agent: newsfold\nDisallow:\n", "/a"));
        assert!(allows("User-agent: newsfold\n\nUser-agent: *\nAllow: /\n", "/a"));
    }

    #[test]
    fn crawl_delay_ends_a_head() {
        let text = "User-agent: *\nCrawl-delay: 7.5\nUser-agent: badbot\nDisallow: /";
        let rules = Rules::read(text, "newsfold");
        assert_eq!(rules.crawl_delay, Some(7.5));
        assert!(rules.allows("/a"));
        for bad in ["-1", "NaN", "inf", "soon", ""] {
            assert_eq!(Rules::read(&format!("User-agent: *\nCrawl-delay: {bad}"), "newsfold").crawl_delay, None, "{bad}");
        }
    }

    #[test]
    fn longest_match_decides_and_allow_wins_a_tie() {
        let text = "User-agent: *\nDisallow: /\nAllow: /news/\nDisallow: /news/raw\nAllow: /tie\nDisallow: /tie";
        for (path, want) in [("/x", false), ("/news/1", true), ("/news/raw/1", false), ("/tie", true), ("/robots.txt", true)] {
            assert_eq!(allows(text, path), want, "{path}");
        }
    }

    #[test]
    fn stars_and_dollars() {
        let table = [
            ("/*.php$", "/a/b.php", true),
            ("/*.php$", "/a.php?x=1", false),
            ("/*.php", "/a.php?x=1", true),
            ("/fish*", "/fishing", true),
            ("/a*b*c", "/aXbYcZ", true),
            ("/a*b*c", "/aXcYb", false),
            ("*/x", "/y/x", true),
            ("/a**b", "/a1b", true),
            ("/a$b", "/a$b/c", true),
            ("/ab*ab$", "/ab", false),
            ("/$", "/", true),
            ("/$", "/a", false),
            ("*", "/anything", true),
            ("/*a*a$", "/aa", true),
            ("/*a*a$", "/a", false),
        ];
        for (pattern, path, want) in table {
            assert_eq!(matches(pattern, path), want, "{pattern} on {path}");
            assert_eq!(allows(&format!("User-agent: *\nDisallow: {pattern}"), path), !want, "{pattern} on {path}");
        }
    }

    #[test]
    fn escapes_compare_by_what_they_mean() {
        let table =
            [("/a%7eb", "/a~b"), ("/%e3%83%84", "/%E3%83%84"), ("/ツ", "/%E3%83%84"), ("/a%2fb", "/a%2Fb"), ("/q?a=%zz", "/q?a=%zz")];
        for (pattern, path) in table {
            assert!(!allows(&format!("User-agent: *\nDisallow: {pattern}"), path), "{pattern} on {path}");
        }
        assert!(allows("User-agent: *\nDisallow: /a%2fb", "/a/b"));
    }

    #[test]
    fn odd_files_read_as_far_as_they_go() {
        assert!(!allows("\u{feff}USER-AGENT : * # all\r\nDISALLOW : /a # not this\r\n", "/a"));
        assert!(!allows("User-agent: *\rDisallow: /a", "/a"));
        assert!(allows("Disallow: /", "/a"), "a rule before any user-agent belongs to no one");
        assert!(allows("<html><body>Disallow: /</body></html>", "/a"));
        assert!(allows("", "/a"));
    }

    #[test]
    fn what_is_kept_reads_back_the_same() {
        let rules = Rules::read("User-agent: *\nCrawl-delay: 2.5\nDisallow: /ä*$\nAllow: /a%23b", "newsfold");
        assert_eq!(Rules::read(&rules.to_text(), "newsfold"), rules);
    }

    #[test]
    fn a_hostile_file_is_cut_at_the_limit_of_rules() {
        let text = format!("User-agent: *\n{}", "Disallow: *a*a*a*b$\n".repeat(MAX_RULES + 10));
        let rules = Rules::read(&text, "newsfold");
        assert_eq!(rules.rules.len(), MAX_RULES);
        assert!(rules.allows(&format!("/{}", "a".repeat(2_000))));
    }
}

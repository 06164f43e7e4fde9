//! The address guard: which addresses may be talked to.
//!
//! Everything is judged by the address that a packet would reach in the end: an IPv6 address that carries an IPv4 one
//! (mapped, NAT64, 6to4, Teredo, ISATAP) is judged by both. The tables follow the IANA special-purpose registries
//! (RFC 6890 and its updates); what is not globally reachable unicast is refused.

use super::NetError;
use crate::config::AllowNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// How an address stands with the guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Globally reachable.
    Public,
    /// Not public, but named in `allow_networks`.
    Listed,
    /// Not to be talked to, and why.
    Refused(&'static str),
}

/// The guard with its exceptions.
#[derive(Clone, Debug, Default)]
pub(super) struct Guard {
    allow: Vec<AllowNet>,
}

impl Guard {
    pub(super) fn new(allow: Vec<AllowNet>) -> Self {
        Self { allow }
    }

    /// Judges one address. `port` is `None` where it is not known: then only entries without a port help.
    pub(super) fn judge(&self, address: IpAddr, port: Option<u16>) -> Verdict {
        let Some(why) = why_not_public(address) else { return Verdict::Public };
        let listed = |face: IpAddr| {
            let fits = |entry: &AllowNet| entry.port.is_none_or(|only| port == Some(only)) && entry.net.contains(&face);
            self.allow.iter().any(fits)
        };
        let (inner, count) = embedded(address);
        // What an address carries speaks for it where it carries one thing only (Teredo carries two).
        match listed(address) || (count == 1 && listed(inner[0])) {
            true => Verdict::Listed,
            false => Verdict::Refused(why),
        }
    }

    /// Checks what can be told from a URL alone: scheme, host, and the address where the host is a literal. The `url`
    /// crate reads every spelling of an IPv4 address (`127.1`, `0x7f.1`, `2130706433`, full-width digits) the way a
    /// browser would.
    pub(super) fn check_url(&self, url: &Url) -> Result<(), NetError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NetError::BadRequest { detail: format!("{}: is not http or https", url.scheme()) });
        }
        let address: IpAddr = match url.host() {
            None => return Err(NetError::BadRequest { detail: "no host".into() }),
            Some(Host::Ipv4(v4)) => v4.into(),
            Some(Host::Ipv6(v6)) => v6.into(),
            Some(Host::Domain(name)) => return check_name(name),
        };
        self.check_address(url.host_str().unwrap_or_default(), address, url.port_or_known_default())
    }

    /// Checks one address that `host` leads to.
    pub(super) fn check_address(&self, host: &str, address: IpAddr, port: Option<u16>) -> Result<(), NetError> {
        match self.judge(address, port) {
            Verdict::Refused(why) => Err(NetError::Refused { host: host.to_owned(), address: Some(address), why }),
            Verdict::Public | Verdict::Listed => Ok(()),
        }
    }

    /// Checks all answers of a resolver and keeps those to use. A public name with one private answer is an attack or a
    /// mistake, and is refused whole. Where some answers are listed in `allow_networks`, the private ones that are not are
    /// dropped instead (`localhost` is often both `::1` and `127.0.0.1`, and one of them listed).
    pub(super) fn filter(&self, host: &str, port: Option<u16>, mut answers: Vec<IpAddr>) -> Result<Vec<IpAddr>, NetError> {
        let verdicts: Vec<Verdict> = answers.iter().map(|a| self.judge(*a, port)).collect();
        let bad = answers.iter().zip(&verdicts).find_map(|(a, v)| match v {
            Verdict::Refused(why) => Some((*a, *why)),
            _ => None,
        });
        let Some((address, why)) = bad else { return Ok(answers) };
        if verdicts.contains(&Verdict::Public) || !verdicts.contains(&Verdict::Listed) {
            return Err(NetError::Refused { host: host.to_owned(), address: Some(address), why });
        }
        let mut keep = verdicts.iter().map(|v| *v == Verdict::Listed);
        answers.retain(|_| keep.next().unwrap_or(false));
        Ok(answers)
    }
}

/// Names that cannot be public: empty, absurdly long, or a number that slipped through URL parsing.
fn check_name(name: &str) -> Result<(), NetError> {
    let bare = name.trim_end_matches('.');
    if bare.is_empty() || name.len() > 254 {
        return Err(NetError::BadRequest { detail: "the host name is empty or too long".into() });
    }
    // Resolvers read more spellings of IPv4 addresses than URLs have; none of them is a name.
    let last = bare.rsplit('.').next().unwrap_or(bare);
    let numeric = last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x") || last.starts_with("0X");
    match numeric || bare.parse::<IpAddr>().is_ok() {
        true => Err(NetError::Refused { host: name.to_owned(), address: None, why: "a number, not a name" }),
        false => Ok(()),
    }
}

/// Why an address is not public; `None` where it is.
pub(super) fn why_not_public(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(v4) => v4_why(v4),
        IpAddr::V6(v6) => v6_why(v6),
    }
}

fn v4_why(address: Ipv4Addr) -> Option<&'static str> {
    let [a, b, c, d] = address.octets();
    Some(match (a, b, c, d) {
        (0, ..) => "an address of this machine",
        (127, ..) => "a loopback address",
        (10, ..) | (172, 16..=31, ..) | (192, 168, ..) => "a private address",
        (100, 64..=127, ..) => "a carrier's private address",
        (169, 254, ..) => "a link-local address",
        (168, 63, 129, 16) => "an address of the cloud's own services",
        (192, 0, 0, _) => "a protocol address",
        (192, 0, 2, _) | (198, 51, 100, _) | (203, 0, 113, _) => "a documentation address",
        (192, 88, 99, _) => "a relay address",
        (198, 18..=19, ..) => "a benchmark address",
        (224..=239, ..) => "a multicast address",
        (240..=255, ..) => "a reserved address",
        _ => return None,
    })
}

fn v6_why(address: Ipv6Addr) -> Option<&'static str> {
    let (inner, count) = embedded(address.into());
    let carried = inner.iter().take(count).find_map(|v4| why_not_public(*v4));
    carried.or_else(|| v6_prefix_why(address.segments()))
}

fn v6_prefix_why(s: [u16; 8]) -> Option<&'static str> {
    Some(match s {
        [0, 0, 0, 0, 0, 0, 0, 0] => "an address of this machine",
        [0, 0, 0, 0, 0, 0, 0, 1] => "a loopback address",
        [0, 0, 0, 0, 0, 0xffff, _, _] => return None,      // mapped: judged by what it carries
        [0x0064, 0xff9b, 0, 0, 0, 0, _, _] => return None, // NAT64: likewise
        [0x0064, 0xff9b, 1, ..] => "a local translation address",
        [0xfc00..=0xfdff, ..] => "a private address",
        [0xfe80..=0xfebf, ..] => "a link-local address",
        [0xfec0..=0xfeff, ..] => "a private address",
        [0xff00..=0xffff, ..] => "a multicast address",
        [0x2001, 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => "a documentation address",
        [0x2001, 0..=0x01ff, ..] => "a protocol address",
        [0x2000..=0x3fff, ..] => return None,
        _ => "a reserved address",
    })
}

/// The IPv4 addresses that an IPv6 address carries: the array's first so many. RFC 4291 (mapped, compatible), RFC 6052
/// (NAT64, well-known and local prefix), RFC 3056 (6to4), RFC 4380 (Teredo: server and inverted client), RFC 5214 (ISATAP).
fn embedded(address: IpAddr) -> ([IpAddr; 2], usize) {
    const NONE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let IpAddr::V6(v6) = address else { return ([NONE; 2], 0) };
    let s = v6.segments();
    let join = |high: u16, low: u16| IpAddr::V4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match s {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => ([NONE; 2], 0),
        [0, 0, 0, 0, 0, 0 | 0xffff, h, l] | [0, 0, 0, 0, 0xffff, 0, h, l] => ([join(h, l), NONE], 1),
        [0x0064, 0xff9b, 0, 0, 0, 0, h, l] => ([join(h, l), NONE], 1),
        // /48: the address stands around the reserved octet in bits 64 to 71.
        [0x0064, 0xff9b, 1, h, m, l, ..] => ([join(h, (m << 8) | (l >> 8)), NONE], 1),
        [0x2002, h, l, ..] => ([join(h, l), NONE], 1),
        [0x2001, 0, sh, sl, _, _, ch, cl] => ([join(sh, sl), join(!ch, !cl)], 2),
        [.., 0 | 0x0200, 0x5efe, h, l] => ([join(h, l), NONE], 1),
        _ => ([NONE; 2], 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn the_edges_of_every_special_block() {
        // First and last address of each block, and its neighbours outside where they are public.
        let private = [
            "0.0.0.0",
            "0.255.255.255",
            "10.0.0.0",
            "10.255.255.255",
            "100.64.0.0",
            "100.127.255.255",
            "127.0.0.0",
            "127.255.255.255",
            "169.254.0.0",
            "169.254.255.255",
            "172.16.0.0",
            "172.31.255.255",
            "192.0.0.0",
            "192.0.0.255",
            "192.0.2.0",
            "192.0.2.255",
            "192.88.99.0",
            "192.88.99.255",
            "192.168.0.0",
            "192.168.255.255",
            "198.18.0.0",
            "198.19.255.255",
            "198.51.100.0",
            "198.51.100.255",
            "203.0.113.0",
            "203.0.113.255",
            "224.0.0.0",
            "239.255.255.255",
            "240.0.0.0",
            "255.255.255.255",
            "168.63.129.16",
            "::",
            "::1",
            "::2",
            "64:ff9b:1::",
            "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
            "100::",
            "100::ffff",
            "2001::",
            "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
            "2001:db8::",
            "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
            "3fff::",
            "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
            "4000::",
            "5f00::",
            "fbff::",
            "fc00::",
            "fdff::",
            "fe00::",
            "fe80::",
            "febf::",
            "fec0::",
            "feff::",
            "ff00::",
            "ffff::",
        ];
        let public = [
            "1.0.0.0",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "191.255.255.255",
            "192.0.1.0",
            "192.0.1.255",
            "192.0.3.0",
            "192.88.98.255",
            "192.88.100.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "198.51.99.255",
            "198.51.101.0",
            "203.0.112.255",
            "203.0.114.0",
            "223.255.255.255",
            "168.63.129.15",
            "168.63.129.17",
            "8.8.8.8",
            "2000::1",
            "2001:200::1",
            "2001:db7::1",
            "2001:db9::1",
            "2606:2800:220:1::1",
            "2a00:1450::1",
            "3ffe::1",
            "3fff:1000::1",
        ];
        for address in private {
            assert!(why_not_public(ip(address)).is_some(), "{address}");
        }
        for address in public {
            assert_eq!(why_not_public(ip(address)), None, "{address}");
        }
    }

    #[test]
    fn an_embedded_address_is_judged_like_itself() {
        let carriers: [fn(u32) -> Ipv6Addr; 5] = [
            |v4| Ipv6Addr::from(0xffff_0000_0000 | u128::from(v4)),
            |v4| Ipv6Addr::from((0x0064_ff9b_u128 << 96) | u128::from(v4)),
            |v4| Ipv6Addr::from((0x2002_u128 << 112) | (u128::from(v4) << 80) | 1),
            |v4| Ipv6Addr::from((0x2600_u128 << 112) | (0x5efe_u128 << 32) | u128::from(v4)),
            |v4| Ipv6Addr::from((0x2600_u128 << 112) | (0x0200_5efe_u128 << 32) | u128::from(v4)),
        ];
        for v4 in ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "100.64.1.1", "8.8.8.8", "1.1.1.1", "93.184.216.34"] {
            let v4: Ipv4Addr = v4.parse().unwrap();
            for (n, carry) in carriers.iter().enumerate() {
                let v6 = IpAddr::from(carry(v4.into()));
                assert_eq!(why_not_public(v6).is_some(), why_not_public(v4.into()).is_some(), "carrier {n} of {v4}: {v6}");
            }
        }
    }

    #[test]
    fn allow_networks_look_through_what_carries_an_address() {
        let guard = Guard::new(vec!["10.0.0.0/8".parse().unwrap(), "127.0.0.1:8080".parse().unwrap(), "[fd00::/8]:443".parse().unwrap()]);
        let table = [
            ("10.1.1.1", Some(1), true),
            ("10.1.1.1", None, true),
            ("::ffff:10.1.1.1", Some(1), true),
            ("64:ff9b::10.1.1.1", Some(1), true),
            ("11.1.1.1", None, true),
            ("127.0.0.1", Some(8080), true),
            ("127.0.0.1", Some(8081), false),
            ("127.0.0.1", None, false),
            ("127.0.0.2", Some(8080), false),
            ("::ffff:127.0.0.1", Some(8080), true),
            ("fd12::1", Some(443), true),
            ("fd12::1", Some(80), false),
            ("192.168.0.1", Some(8080), false),
            ("2001:0:a00:1::f5ff:fffe", Some(1), false),
        ];
        for (address, port, fine) in table {
            assert_eq!(guard.check_address("x", ip(address), port).is_ok(), fine, "{address} {port:?}");
        }
    }

    #[test]
    fn some_listed_answers_leave_the_others_out_but_never_beside_a_public_one() {
        let guard = Guard::new(vec!["127.0.0.0/8".parse().unwrap()]);
        let filter = |list: &[&str]| guard.filter("x", Some(80), list.iter().map(|a| ip(a)).collect());
        assert_eq!(filter(&["::1", "127.0.0.1"]).unwrap(), [ip("127.0.0.1")]);
        assert_eq!(filter(&["8.8.8.8", "127.0.0.1"]).unwrap().len(), 2);
        assert!(filter(&["::1", "127.0.0.1", "8.8.8.8"]).is_err());
        assert!(filter(&["10.0.0.1"]).is_err());
    }
}

//! Who asks: the requester's address, taken from a forwarding header only as far as the proxies are ours.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};
use ipnet::IpNet;

use super::{Http, problem::Problem};

/// The address that a limit is counted by: an IPv4 address, or an IPv6 network of 64 bits. It is never logged or stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Client(pub(super) IpAddr);

impl FromRequestParts<Http> for Client {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, http: &Http) -> Result<Self, Problem> {
        // Without connection info (a router called without a socket) everybody shares one limit, the strict choice.
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip());
        Ok(Self(network(requester(peer, &parts.headers, http.limits.trusted_proxies()))))
    }
}

/// Walks `X-Forwarded-For` from the right as long as the hop before is a trusted proxy.
fn requester(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut current = peer.to_canonical();
    let values = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
    for hop in hops.iter().rev() {
        if !is_trusted(&current) {
            break;
        }
        let Ok(address) = hop.parse::<IpAddr>() else { break };
        current = address.to_canonical();
    }
    current
}

/// One household has one IPv4 address or one IPv6 network of 64 bits.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        network(requester(peer.parse().unwrap(), &headers, &trusted)).to_string()
    }

    #[test]
    fn a_stranger_cannot_choose_their_address() {
        assert_eq!(asks("198.51.100.7", &["1.1.1.1"], &["10.0.0.0/8"]), "198.51.100.7");
    }

    #[test]
    fn behind_our_proxies_the_rightmost_stranger_counts() {
        let ours = ["10.0.0.0/8"];
        assert_eq!(asks("10.0.0.1", &["6.6.6.6, 203.0.113.9"], &ours), "203.0.113.9");
        assert_eq!(asks("10.0.0.1", &["6.6.6.6", "203.0.113.9, 10.0.0.2"], &ours), "203.0.113.9");
        assert_eq!(asks("10.0.0.1", &["nonsense"], &ours), "10.0.0.1");
    }

    #[test]
    fn an_ipv6_network_counts_as_one() {
        assert_eq!(asks("2001:db8:1:2:3:4:5:6", &[], &[]), "2001:db8:1:2::");
        assert_eq!(asks("::ffff:198.51.100.7", &[], &[]), "198.51.100.7");
    }
}

//! What kind of place an address is.
//!
//! Only what is certainly on the public internet is public: for IPv6 that is a list of what
//! may be called, not of what may not. Addresses that carry another one (mapped, translated,
//! tunnelled) are refused as such, wherever they would lead: nothing that we want to reach
//! is reached only under such a name.
//!
//! Sources: the IANA special-purpose registries (RFC 6890 and its updates), RFC 6052 and
//! 8215 (translation), RFC 3056 (6to4), RFC 4380 (Teredo), and the documentation of the
//! clouds for their metadata services.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// A kind of address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// On the public internet.
    Public,
    /// This machine.
    Loopback,
    /// A private network.
    Private,
    /// The link that we are on.
    LinkLocal,
    /// A private network in IPv6 (site-local ones among them).
    UniqueLocal,
    /// Behind a carrier's address translation.
    CarrierNat,
    /// Where a cloud tells its machines their credentials.
    Metadata,
    /// Many at once.
    Multicast,
    /// No address.
    Unspecified,
    /// Kept for documentation, tests or later.
    Reserved,
    /// An IPv4 address written as one of IPv6.
    MappedV4,
    /// An IPv4 address behind a translator (NAT64).
    TranslatedV4,
    /// An IPv4 address at the end of a tunnel (6to4, Teredo).
    TunnelledV4,
}

impl Class {
    /// What an address is.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => of_v4(v4),
            IpAddr::V6(v6) => of_v6(v6),
        }
    }

    /// Whether an operator can open it, address by address. The others are never meant.
    #[must_use]
    pub const fn can_be_opened(self) -> bool {
        matches!(
            self,
            Self::Public | Self::Loopback | Self::Private | Self::LinkLocal | Self::UniqueLocal | Self::CarrierNat
        )
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public => "a public address",
            Self::Loopback => "this machine",
            Self::Private => "a private network",
            Self::LinkLocal => "a link-local address",
            Self::UniqueLocal => "a private network (IPv6)",
            Self::CarrierNat => "a carrier's private network",
            Self::Metadata => "a cloud's metadata service",
            Self::Multicast => "a multicast address",
            Self::Unspecified => "no address of a host",
            Self::Reserved => "a reserved address",
            Self::MappedV4 => "an IPv4 address within IPv6",
            Self::TranslatedV4 => "an IPv4 address behind a translator",
            Self::TunnelledV4 => "an IPv4 address behind a tunnel",
        })
    }
}

const METADATA_V4: [Ipv4Addr; 6] = [
    Ipv4Addr::new(169, 254, 169, 254),
    Ipv4Addr::new(169, 254, 170, 2),
    Ipv4Addr::new(169, 254, 170, 23),
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(168, 63, 129, 16),
    Ipv4Addr::new(192, 0, 0, 192),
];
const METADATA_V6: [Ipv6Addr; 3] = [
    Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x23),
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
];

fn of_v4(address: Ipv4Addr) -> Class {
    if METADATA_V4.contains(&address) {
        return Class::Metadata;
    }
    match address.octets() {
        [0, 0, 0, 0] => Class::Unspecified,
        [127, ..] => Class::Loopback,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Class::Private,
        [169, 254, ..] => Class::LinkLocal,
        [100, 64..=127, ..] => Class::CarrierNat,
        [224..=239, ..] => Class::Multicast,
        // 6to4's relays.
        [192, 88, 99, _] => Class::TunnelledV4,
        [0, ..] | [192, 0, 0 | 2, _] | [198, 18..=19, ..] | [198, 51, 100, _] | [203, 0, 113, _] | [240..=255, ..] => {
            Class::Reserved
        }
        _ => Class::Public,
    }
}

fn of_v6(address: Ipv6Addr) -> Class {
    if METADATA_V6.contains(&address) {
        return Class::Metadata;
    }
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Class::Unspecified,
        [0, 0, 0, 0, 0, 0, 0, 1] => Class::Loopback,
        // Mapped, compatible (deprecated), and translated as SIIT does.
        [0, 0, 0, 0, 0, 0xffff | 0, ..] | [0, 0, 0, 0, 0xffff, 0, ..] => Class::MappedV4,
        [0x64, 0xff9b, ..] => Class::TranslatedV4,
        [0x2001, 0, ..] | [0x2002, ..] => Class::TunnelledV4,
        [0xfe80..=0xfebf, ..] => Class::LinkLocal,
        [0xfc00..=0xfdff, ..] | [0xfec0..=0xfeff, ..] => Class::UniqueLocal,
        [0xff00..=0xffff, ..] => Class::Multicast,
        // Protocols' own, documentation.
        [0x2001, 1..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Class::Reserved,
        // Global unicast: the only block of which anything is given out.
        [0x2000..=0x3fff, ..] => Class::Public,
        _ => Class::Reserved,
    }
}

#[cfg(test)]
mod tests {
    use super::Class;

    #[test]
    fn an_address_is_public_only_where_it_certainly_is() {
        use Class::*;
        for (address, class) in [
            ("8.8.8.8", Public),
            ("172.15.255.255", Public),
            ("172.32.0.1", Public),
            ("100.63.255.255", Public),
            ("100.128.0.1", Public),
            ("127.0.0.1", Loopback),
            ("127.255.255.254", Loopback),
            ("10.0.0.1", Private),
            ("172.16.0.1", Private),
            ("172.31.255.255", Private),
            ("192.168.1.1", Private),
            ("169.254.1.1", LinkLocal),
            ("169.254.169.254", Metadata),
            ("169.254.170.2", Metadata),
            ("100.100.100.200", Metadata),
            ("168.63.129.16", Metadata),
            ("100.64.0.1", CarrierNat),
            ("224.0.0.1", Multicast),
            ("239.255.255.255", Multicast),
            ("0.0.0.0", Unspecified),
            ("0.1.2.3", Reserved),
            ("192.0.0.1", Reserved),
            ("192.0.2.1", Reserved),
            ("198.18.0.1", Reserved),
            ("198.51.100.1", Reserved),
            ("203.0.113.1", Reserved),
            ("240.0.0.1", Reserved),
            ("255.255.255.255", Reserved),
            ("192.88.99.1", TunnelledV4),
            ("2606:4700::1111", Public),
            ("2a00:1450::1", Public),
            ("2001:200::1", Public),
            ("::", Unspecified),
            ("::1", Loopback),
            ("::7f00:1", MappedV4),
            ("::ffff:127.0.0.1", MappedV4),
            ("::ffff:8.8.8.8", MappedV4),
            ("::ffff:0:127.0.0.1", MappedV4),
            ("64:ff9b::7f00:1", TranslatedV4),
            ("64:ff9b:1::a00:1", TranslatedV4),
            ("64:ff9b:1:ffff::1", TranslatedV4),
            ("2001::1", TunnelledV4),
            ("2002:7f00:1::", TunnelledV4),
            ("fe80::1", LinkLocal),
            ("febf::1", LinkLocal),
            ("fec0::1", UniqueLocal),
            ("fc00::1", UniqueLocal),
            ("fd12:3456::1", UniqueLocal),
            ("fd00:ec2::254", Metadata),
            ("fd20:ce::254", Metadata),
            ("ff02::1", Multicast),
            ("2001:db8::1", Reserved),
            ("2001:10::1", Reserved),
            ("3fff::1", Reserved),
            ("100::1", Reserved),
            ("5f00::1", Reserved),
            ("4000::1", Reserved),
        ] {
            assert_eq!(Class::of(address.parse().unwrap()), class, "{address}");
        }
    }
}

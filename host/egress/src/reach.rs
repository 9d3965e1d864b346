//! Which addresses may be connected to.

use std::net::{IpAddr, SocketAddr};

use crate::Class;

/// Which addresses may be connected to, on whose behalf.
#[derive(Clone, Debug)]
pub(crate) enum Reach {
    /// A plugin's: public ones, and those that the operator opened one by one.
    Guarded {
        /// Address and port, exactly.
        opened: Vec<SocketAddr>,
    },
    /// Of a name that stands in the operator's own configuration (a relay, a proxy): also
    /// private ones, but nothing that is never meant.
    Operators,
}

/// An address that may not be connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is {class}", address.ip())]
pub(crate) struct Refused {
    pub(crate) address: SocketAddr,
    pub(crate) class: Class,
}

impl Reach {
    pub(crate) fn check(&self, ip: IpAddr, port: u16) -> Result<(), Refused> {
        let address = SocketAddr::new(ip, port);
        let class = Class::of(ip);
        let may = match self {
            _ if class == Class::Public => true,
            _ if !class.can_be_opened() => false,
            Self::Guarded { opened } => opened.contains(&address),
            Self::Operators => true,
        };
        if may { Ok(()) } else { Err(Refused { address, class }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_opened_with_its_port_and_with_no_other() {
        let reach = Reach::Guarded {
            opened: vec!["10.0.3.7:8069".parse().unwrap(), "169.254.169.254:80".parse().unwrap()],
        };
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert!(reach.check(ip("10.0.3.7"), 8069).is_ok());
        assert!(reach.check(ip("10.0.3.7"), 8070).is_err());
        assert!(reach.check(ip("10.0.3.8"), 8069).is_err());
        assert!(reach.check(ip("::ffff:10.0.3.7"), 8069).is_err());
        assert!(reach.check(ip("8.8.8.8"), 1).is_ok());
        assert!(reach.check(ip("169.254.169.254"), 80).is_err(), "never meant");
    }

    #[test]
    fn what_the_operator_named_may_be_near_but_is_no_metadata_service() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert!(Reach::Operators.check(ip("127.0.0.1"), 25).is_ok());
        assert!(Reach::Operators.check(ip("fd12::1"), 25).is_ok());
        assert!(Reach::Operators.check(ip("169.254.169.254"), 80).is_err());
        assert!(Reach::Operators.check(ip("224.0.0.1"), 25).is_err());
    }
}

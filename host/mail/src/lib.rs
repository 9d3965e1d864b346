//! Mail through a relay.

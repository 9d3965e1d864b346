//! The catalogue of signal kinds.

//! Stories and their values to what a person reads.

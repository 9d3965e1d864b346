//! Signed links for people outside, and their pages.

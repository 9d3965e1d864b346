//! Makes the features of build dependencies count.

fn main() {}

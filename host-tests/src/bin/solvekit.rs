//! The `solvekit` program.

fn main() {}

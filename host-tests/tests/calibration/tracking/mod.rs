//! Gains that drift.

mod bits;
mod faults;
mod figures;
mod oracle;
mod tables;
mod walk;
mod work;

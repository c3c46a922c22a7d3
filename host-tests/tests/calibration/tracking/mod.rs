//! Gains that drift.

mod bits;
mod faults;
mod figures;
mod offset_tables;
mod offset_walk;
mod offsets;
mod oracle;
mod tables;
mod walk;
mod work;

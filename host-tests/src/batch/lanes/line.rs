//! [`Line`]: where in memory a register's numbers may begin.

use std::fmt::Debug;

/// What a register's numbers are aligned to. The vector types themselves ask for no more than a number
/// does; but a register that lies across two lines of the cache takes two accesses, and most would.
pub(super) trait Line: Copy + Debug + Send + Sync + 'static {}

/// For registers of 32 bytes.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
pub(super) struct Half;

/// For registers of 64 bytes.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(super) struct Whole;

impl Line for Half {}
impl Line for Whole {}

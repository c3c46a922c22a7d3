//! To be filled by the next commit.
#![no_std]
#![forbid(unsafe_code)]

//! The story `reset`.
#![no_std]
#![no_main]

firmware_examples::story!(scenarios::reset::story);

//! The story `busy_pin`.
#![no_std]
#![no_main]

firmware_examples::story!(scenarios::busy_pin::story);

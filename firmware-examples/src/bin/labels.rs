//! The story `labels`.
#![no_std]
#![no_main]

firmware_examples::story!(scenarios::labels::story);

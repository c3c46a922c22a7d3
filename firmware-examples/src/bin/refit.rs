//! The story `refit`.
#![no_std]
#![no_main]

firmware_examples::story!(scenarios::refit::story);

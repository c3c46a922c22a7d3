//! The story `compass`.
#![no_std]
#![no_main]

firmware_examples::story!(scenarios::compass::story);

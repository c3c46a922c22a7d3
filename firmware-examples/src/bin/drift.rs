//! The story `drift`.
#![no_std]
#![no_main]

firmware_examples::story!(scenarios::drift::story);

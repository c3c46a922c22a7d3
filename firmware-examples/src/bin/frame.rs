//! The story `frame`.
#![no_std]
#![no_main]

firmware_examples::story!(scenarios::frame::story);

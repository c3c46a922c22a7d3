//! The story `faulty`.
#![no_std]
#![no_main]

firmware_examples::story!(scenarios::faulty::story);

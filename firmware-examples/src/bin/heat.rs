//! The story `heat`.
#![no_std]
#![no_main]

firmware_examples::story!(scenarios::heat::story);

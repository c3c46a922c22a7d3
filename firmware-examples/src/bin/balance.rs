//! The story `balance`.
#![no_std]
#![no_main]

firmware_examples::story!(scenarios::balance::story);

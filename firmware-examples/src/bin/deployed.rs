//! The story `deployed`.
#![no_std]
#![no_main]

firmware_examples::story!(scenarios::deployed::story);

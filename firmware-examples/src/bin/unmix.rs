//! The story `unmix`.
#![no_std]
#![no_main]

firmware_examples::story!(scenarios::unmix::story);

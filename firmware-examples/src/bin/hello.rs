//! The smallest story.
#![no_std]
#![no_main]

firmware_examples::story!(scenarios::hello::story);

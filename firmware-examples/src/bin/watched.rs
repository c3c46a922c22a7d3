//! Solves that are watched through a ring and a wire.
#![no_std]
#![no_main]

firmware_examples::story!(scenarios::watched::story);

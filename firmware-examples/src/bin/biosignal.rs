//! The story `biosignal`.
#![no_std]
#![no_main]

firmware_examples::story!(scenarios::biosignal::story);

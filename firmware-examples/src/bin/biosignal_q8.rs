//! The story `biosignal_q8`.
#![no_std]
#![no_main]

firmware_examples::story!(scenarios::biosignal::story_q8);

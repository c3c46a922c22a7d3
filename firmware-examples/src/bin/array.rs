//! The story `array`.
#![no_std]
#![no_main]

firmware_examples::story!(scenarios::array::story);

//! The story `retrain`.
#![no_std]
#![no_main]

firmware_examples::story!(scenarios::retrain::story);

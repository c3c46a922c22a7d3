//! The story `relax`.
#![no_std]
#![no_main]

firmware_examples::story!(scenarios::relax::story);

//! Counts unfolded ISTA of 8-bit codes at several sizes.
#![no_std]
#![no_main]

use scenarios::exported::Ista;

firmware_examples::count_network!("unfolded ISTA", q8, |a| Ista(a));

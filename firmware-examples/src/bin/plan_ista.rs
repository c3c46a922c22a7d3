//! Counts unfolded ISTA at several sizes.
#![no_std]
#![no_main]

use scenarios::exported::Ista;

firmware_examples::count_network!("unfolded ISTA", f32, |a| Ista(a));

//! Counts unfolded IHT of 8-bit codes at several sizes.
#![no_std]
#![no_main]

use scenarios::exported::Iht;

firmware_examples::count_network!("unfolded IHT", q8, |a| Iht(a));

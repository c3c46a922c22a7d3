//! Counts unfolded IHT at several sizes.
#![no_std]
#![no_main]

use scenarios::exported::Iht;

firmware_examples::count_network!("unfolded IHT", f32, |a| Iht(a));

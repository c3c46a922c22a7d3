//! Counts TISTA at several sizes.
#![no_std]
#![no_main]

use scenarios::exported::Tista;

firmware_examples::count_network!("TISTA", f32, |a| Tista(a));

//! Counts TISTA of 8-bit codes at several sizes.
#![no_std]
#![no_main]

use scenarios::exported::Tista;

firmware_examples::count_network!("TISTA", q8, |a| Tista(a));

//! Counts ALISTA, whose layers are also those of LISTA-CP, at several sizes.
#![no_std]
#![no_main]

use scenarios::exported::Alista;

firmware_examples::count_network!("ALISTA", f32, |a| Alista(a));

//! Counts HyperLISTA at several sizes, as many as fit into the smallest flash.
#![no_std]
#![no_main]

use scenarios::exported::HyperLista;

firmware_examples::count_network!(
    "HyperLISTA", f32, |a| HyperLista(a), 16 32, 32 64, 64 128, 32 128, 24 80, 27 83
);

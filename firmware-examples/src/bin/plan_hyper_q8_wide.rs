//! Counts HyperLISTA of 8-bit codes at the sizes that do not fit beside those of `plan_hyper_q8`.
#![no_std]
#![no_main]

use scenarios::exported::HyperLista;

firmware_examples::count_network!(
    "HyperLISTA", q8, |a| HyperLista(a), 64 128, 32 128, 48 64, 24 80
);

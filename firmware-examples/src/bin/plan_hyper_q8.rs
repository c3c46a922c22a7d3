//! Counts HyperLISTA of 8-bit codes at several sizes; `plan_hyper_q8_wide` has those that do not fit
//! beside them.
#![no_std]
#![no_main]

use scenarios::exported::HyperLista;

firmware_examples::count_network!("HyperLISTA", q8, |a| HyperLista(a), 16 32, 32 64, 20 40, 27 83);

//! Counts Ada-LISTA of 8-bit codes at several sizes.
#![no_std]
#![no_main]

use scenarios::exported::AdaLista;

firmware_examples::count_network!("Ada-LISTA", q8, |a, w| AdaLista(a, w));

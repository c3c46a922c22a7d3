//! Counts Ada-LISTA at several sizes.
#![no_std]
#![no_main]

use scenarios::exported::AdaLista;

firmware_examples::count_network!("Ada-LISTA", f32, |a, w| AdaLista(a, w));

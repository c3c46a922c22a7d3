//! Counts Ada-LISTA with splines at the size that does not fit beside those of
//! `plan_ada_lista_spline`.
#![no_std]
#![no_main]

use scenarios::exported::AdaLista;

firmware_examples::count_network!("Ada-LISTA", f32, |a, w| AdaLista(a, w), 64 128 [8]);

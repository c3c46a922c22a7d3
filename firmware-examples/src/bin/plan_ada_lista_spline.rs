//! Counts Ada-LISTA with splines at several sizes; `plan_ada_lista_spline_wide` has one that does not fit
//! beside them.
#![no_std]
#![no_main]

use scenarios::exported::AdaLista;

firmware_examples::count_network!(
    "Ada-LISTA", f32, |a, w| AdaLista(a, w),
    16 32 [2 8], 32 64 [8 16], 32 128 [2], 48 64 [16], 24 80 [5 8], 27 83 [8 12]
);

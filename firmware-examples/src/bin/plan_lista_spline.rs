//! Counts LISTA with splines at several sizes; `plan_lista_spline_wide` has those that do not fit
//! beside them.
#![no_std]
#![no_main]

use scenarios::exported::Lista;
use solvekit::Transposed;

firmware_examples::count_network!(
    "LISTA", f32, |b, c| Lista(Transposed(b), c),
    16 32 [2 8], 32 64 [8 16], 48 64 [16], 24 80 [5 8], 27 83 [8 12]
);

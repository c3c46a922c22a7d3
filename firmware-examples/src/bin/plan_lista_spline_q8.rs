//! Counts LISTA with splines and of 8-bit codes at several sizes; `plan_lista_spline_q8_wide` has those
//! that do not fit beside them.
#![no_std]
#![no_main]

use scenarios::exported::Lista;
use solvekit::Transposed;

firmware_examples::count_network!(
    "LISTA", q8, |b, c| Lista(Transposed(b), c),
    16 32 [2 8], 32 64 [8 16], 48 64 [16], 20 40 [8], 24 80 [5 8], 27 83 [8 12]
);

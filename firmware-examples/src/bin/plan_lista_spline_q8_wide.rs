//! Counts LISTA with splines and of 8-bit codes at the sizes that do not fit beside those of
//! `plan_lista_spline_q8`.
#![no_std]
#![no_main]

use scenarios::exported::Lista;
use solvekit::Transposed;

firmware_examples::count_network!(
    "LISTA", q8, |b, c| Lista(Transposed(b), c),
    64 128 [8], 32 128 [2]
);

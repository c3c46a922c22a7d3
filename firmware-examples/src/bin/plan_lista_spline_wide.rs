//! Counts LISTA with splines at the sizes whose tables do not fit beside those of
//! `plan_lista_spline`.
#![no_std]
#![no_main]

use scenarios::exported::Lista;
use solvekit::Transposed;

firmware_examples::count_network!(
    "LISTA", f32, |b, c| Lista(Transposed(b), c),
    64 128 [8], 32 128 [2]
);

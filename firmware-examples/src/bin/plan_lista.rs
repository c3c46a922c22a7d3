//! Counts LISTA at several sizes; `plan_lista_wide` has those that do not fit beside them.
#![no_std]
#![no_main]

use scenarios::exported::Lista;
use solvekit::Transposed;

firmware_examples::count_network!(
    "LISTA", f32, |b, c| Lista(Transposed(b), c), 16 32, 32 64, 48 64, 24 80, 27 83
);

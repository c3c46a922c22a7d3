//! Counts ALISTA with splines and of 8-bit codes at several sizes.
#![no_std]
#![no_main]

use scenarios::exported::Alista;

firmware_examples::count_network!(
    "ALISTA", q8, |a| Alista(a),
    16 32 [2 8], 32 64 [8 16], 64 128 [8], 32 128 [2], 48 64 [16], 20 40 [8], 24 80 [5 8], 27 83 [8 12]
);

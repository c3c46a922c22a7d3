//! The demo's sequence: 500 related systems, three ways, every solve counted.
#![no_std]
#![no_main]

firmware_examples::kernels!(demo);

fn demo(say: &mut impl FnMut(scenarios::Line)) {
    scenarios::relax::compare(500, &mut firmware_examples::Regions, say);
}

//! What is found is the device.

use crate::device::{Device, GRAVITY, RATE};
use nalgebra::{Matrix3, Vector3};
use rand_pcg::Pcg32;
use solvekit::calibration::ferraris::{Axes, FerrarisCalibration, FerrarisOptions, Part, Session};

fn matrix(axes: &Axes<f64>) -> Matrix3<f64> {
    let rows = axes.directions;
    Matrix3::from_fn(|i, k| axes.scale[i] * rows[i][k])
}

#[test]
fn a_device_without_noise_is_found_to_rounding() {
    let device = Device::usual();
    for angle in [360.0, -360.0, 90.0] {
        let options = FerrarisOptions { angle, ..FerrarisOptions::new(GRAVITY, RATE) };
        let found =
            FerrarisCalibration::of(&device.session(angle, 1), &options).expect("good poses");
        let acc = &found.accelerometer;
        // Sums of 200 readings of up to 2,100, each rounded: 1e-12 of them.
        assert!((matrix(acc) - device.accelerometer).amax() < 1e-9);
        assert!((Vector3::from(acc.offset) - device.accelerometer_offset).amax() < 1e-9);
        assert!(found.disagreement < 1e-12 && !found.mirrored);
        let gyro = found.gyroscope.expect("there were turns");
        assert!((matrix(&gyro.axes) - device.gyroscope).amax() < 1e-9);
        assert!((Vector3::from(gyro.axes.offset) - device.gyroscope_offset).amax() < 1e-9);
        let sensitivity = Matrix3::from_fn(|i, k| gyro.sensitivity[i][k]);
        assert!((sensitivity - device.sensitivity).amax() < 1e-12);

        let (a, w) = (Vector3::new(1.0, -2.0, 9.0), Vector3::new(10.0, 200.0, -30.0));
        let [acceleration, rate] = device.read(a, w, &mut Pcg32::new(1, 1));
        let seen = acc.apply(acceleration);
        assert!((Vector3::from(seen) - a).amax() < 1e-9);
        assert!((Vector3::from(gyro.apply(rate, seen)) - w).amax() < 1e-8);
    }
}

/// What noise of one unit leaves: σ/√N in means of N readings, so each number of K R within 4.5 σ of it
/// (one miss in 150,000).
#[test]
fn noise_leaves_the_error_of_means() {
    let device = Device { noise: 1.0, ..Device::usual() };
    let options = FerrarisOptions::new(GRAVITY, RATE);
    for seed in 0..20 {
        let found =
            FerrarisCalibration::of(&device.session(360.0, seed), &options).expect("good poses");
        let mean = 1.0 / (200.0_f64).sqrt();
        let slope = mean / (GRAVITY * 2.0_f64.sqrt());
        assert!((matrix(&found.accelerometer) - device.accelerometer).amax() < 4.5 * slope);
        // Over two seconds and one turn of 360; the accelerometer's part is a thousandth of it.
        let gyro = found.gyroscope.expect("there were turns");
        let turned = 4.5 * mean * 2.0 / 360.0 * 1.1;
        assert!((matrix(&gyro.axes) - device.gyroscope).amax() < turned);
        assert!(found.disagreement > 0.0 && found.disagreement < 1e-3);
    }
}

#[test]
fn f32_finds_the_same_to_its_rounding() {
    let device = Device { noise: 1.0, ..Device::usual() };
    let exact = device.session(360.0, 3);
    let mut single = Session::<f32>::new();
    let mut random = Pcg32::new(3, 0);
    for part in Part::ALL {
        for _ in 0..2_000 {
            let mean = exact.mean(part);
            let wave = 1.0 + 0.001 * f64::from(rand_core::Rng::next_u32(&mut random) % 100 / 99);
            let rounded = |y: [f64; 3]| y.map(|y| (y * wave) as f32);
            single.add(part, rounded(mean.acceleration()), rounded(mean.rate())).expect("finite");
        }
    }
    let options = FerrarisOptions::new(9.81_f32, 100.0);
    let found = FerrarisCalibration::of(&single, &options).expect("good poses");
    let reference =
        FerrarisCalibration::of(&exact, &FerrarisOptions::new(GRAVITY, RATE)).expect("good");
    for (row, exact) in
        found.accelerometer.directions.iter().zip(reference.accelerometer.directions)
    {
        // Every direction is a quotient of two means: scaling all readings leaves it.
        for (r, exact) in row.iter().zip(exact) {
            assert!((f64::from(*r) - exact).abs() < 2e-6, "{r} {exact}");
        }
    }
}

#[test]
fn a_device_without_turns_has_no_gyroscope() {
    let device = Device::usual();
    let mut still = Session::new();
    for part in Part::ALL.into_iter().filter(|part| part.is_rest()) {
        let mean = *device.session(360.0, 1).mean(part);
        still.add(part, mean.acceleration(), [0.0; 3]).expect("finite");
    }
    let found =
        FerrarisCalibration::of(&still, &FerrarisOptions::new(GRAVITY, RATE)).expect("good");
    assert_eq!(found.gyroscope, None);
    assert!((matrix(&found.accelerometer) - device.accelerometer).amax() < 1e-9);
}

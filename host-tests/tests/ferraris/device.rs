//! A device with known faults, held in six poses and turned about three axes.

use nalgebra::{Matrix3, Vector3};
use rand_core::Rng;
use rand_pcg::Pcg32;
use solvekit::calibration::ferraris::{Axis, Part, Session};

/// y = K R v + b of both sensors; the gyroscope also reads a part of the acceleration.
pub(crate) struct Device {
    pub(crate) accelerometer: Matrix3<f64>,
    pub(crate) accelerometer_offset: Vector3<f64>,
    pub(crate) gyroscope: Matrix3<f64>,
    pub(crate) gyroscope_offset: Vector3<f64>,
    pub(crate) sensitivity: Matrix3<f64>,
    pub(crate) noise: f64,
}

pub(crate) const GRAVITY: f64 = 9.81;
/// Readings a second.
pub(crate) const RATE: f64 = 100.0;
/// Readings of a part: a turn takes two seconds.
pub(crate) const COUNT: usize = 200;

impl Device {
    pub(crate) fn usual() -> Self {
        Self {
            accelerometer: Matrix3::new(208.0, 1.5, -2.3, -1.6, 207.0, 4.9, 4.5, -2.3, 214.0),
            accelerometer_offset: Vector3::new(-6.0, -48.0, 29.0),
            // Its axes lie differently in the case.
            gyroscope: Matrix3::new(0.1, 16.7, 0.2, -16.2, 0.1, -0.6, 0.2, 0.6, 16.2),
            gyroscope_offset: Vector3::new(2.0, -4.5, -3.6),
            sensitivity: Matrix3::new(
                0.002, -0.016, 0.018, 0.014, 0.005, -0.009, -0.009, 0.008, 0.01,
            ),
            noise: 0.0,
        }
    }

    pub(crate) fn read(
        &self,
        a: Vector3<f64>,
        w: Vector3<f64>,
        random: &mut Pcg32,
    ) -> [[f64; 3]; 2] {
        let acceleration = self.accelerometer * a + self.accelerometer_offset;
        let rate = self.gyroscope * w + self.gyroscope_offset + self.sensitivity * a;
        [acceleration, rate].map(|y| [0, 1, 2].map(|k| y[k] + self.noise * normal(random)))
    }

    /// All parts, with turns by `angle` degrees.
    pub(crate) fn session(&self, angle: f64, seed: u64) -> Session<f64> {
        let mut session = Session::new();
        let mut random = Pcg32::new(seed, 0);
        for part in Part::ALL {
            for k in 0..COUNT {
                let [acceleration, rate] = self.during(part, angle, k, &mut random);
                session.add(part, acceleration, rate).expect("finite numbers");
            }
        }
        session
    }

    fn during(&self, part: Part, angle: f64, k: usize, random: &mut Pcg32) -> [[f64; 3]; 2] {
        let still = Vector3::zeros();
        match part {
            Part::Up(axis) => self.read(GRAVITY * unit(axis), still, random),
            Part::Down(axis) => self.read(-GRAVITY * unit(axis), still, random),
            Part::Turn(axis) => {
                // Faster in the middle; the axis lies level, so that gravity goes round.
                let part = (k as f64 + 0.5) / COUNT as f64;
                let seconds = COUNT as f64 / RATE;
                let rate = angle / seconds * (1.0 - (std::f64::consts::TAU * part).cos());
                let turned = std::f64::consts::TAU * part;
                let [one, other] = Axis::ALL
                    .map(unit)
                    .into_iter()
                    .filter(|u| *u != unit(axis))
                    .collect::<Vec<_>>()[..]
                else {
                    unreachable!("two axes are left")
                };
                let gravity = GRAVITY * (one * turned.cos() + other * turned.sin());
                self.read(gravity, rate * unit(axis), random)
            }
        }
    }
}

pub(crate) fn unit(axis: Axis) -> Vector3<f64> {
    match axis {
        Axis::X => Vector3::x(),
        Axis::Y => Vector3::y(),
        Axis::Z => Vector3::z(),
    }
}

/// Twelve uniform numbers add up to a normal one, nearly.
fn normal(random: &mut Pcg32) -> f64 {
    (0..12).map(|_| f64::from(random.next_u32()) / 4_294_967_296.0).sum::<f64>() - 6.0
}

//! Sensors on the traits of embedded-hal 1.0: they run on every HAL that has these, and know none.
//!
//! | sensor | bus | blocking | async |
//! |---|---|---|---|
//! | six-axis IMU with the registers of an MPU-6050 | I²C | [`Imu`] | [`asynch::Imu`] |
//! | eight-channel ADC with the commands of an MCP3208 | SPI | [`Adc`] | [`asynch::Adc`] |
//! | channels of a microcontroller's own ADC | none | [`from_fn`] | |
//!
//! embedded-hal 1.0 has no trait for an ADC, so that what samples several channels is a
//! [`SampleSource`] here ([`asynch::SampleSource`]). All three above are sources: an algorithm that
//! takes one does not know where its samples come from.
//!
//! A bus fails in two ways. It says so (no acknowledge, arbitration lost, a HAL's time limit), and
//! the driver hands that on as [`SensorError::Bus`]. Or it lies: a wire that is torn or shorted reads
//! as all zeros or all ones, a sensor that hangs tells the same sample for ever. The drivers look for
//! that too, and a reading that cannot be true is an error, never a sample. After an error a driver is
//! as before: the next call asks anew.
//!
//! On a board of your own, give the driver what your HAL has for a bus:
//!
//! ```
//! use drivers::{Imu, SampleSource, SensorError};
//! use embedded_hal::{delay::DelayNs, i2c::I2c};
//!
//! fn at_rest<I: I2c>(i2c: I, delay: &mut impl DelayNs) -> Result<[f32; 3], SensorError<I::Error>> {
//!     let mut imu = Imu::new(i2c, Imu::<I>::ADDRESS);
//!     imu.wake(delay)?;
//!     let [x, y, z, ..] = imu.sample()?; // in parts of full scale
//!     Ok([x, y, z])
//! }
//! ```
#![no_std]
#![forbid(unsafe_code)]

mod adc;
pub mod asynch;
mod error;
mod imu;
mod lies;
mod source;

pub use adc::{Adc, CHANNELS};
pub use error::SensorError;
pub use imu::{AXES, Imu};
pub use source::{FromFn, SampleSource, from_fn};

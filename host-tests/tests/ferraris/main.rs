//! Six-pose calibration against the device that the readings were made of.

mod device;
mod found;
mod refused;

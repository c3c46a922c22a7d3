//! An IMU and an ADC on buses that fail in every way a bus does: no answer, an answer too late, torn
//! and shorted wires, a device that hangs. Each is an error with a name, and the work goes on.

mod bus;
mod errors;
mod fake;
mod story;

pub use bus::{BusFault, Fault, Faulty};
pub use errors::Errors;
pub use fake::{FakeAdc, FakeImu};
pub use story::story;

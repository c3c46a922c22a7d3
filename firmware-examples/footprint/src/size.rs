//! Sizes of the problems: the usual ones, or those that `cargo xtask budget --sizes` asks for.

/// R of a grid, M of a design or a network, sensors, readings.
pub(crate) const fn rows(usual: usize) -> usize {
    told(option_env!("SOLVEKIT_ROWS"), usual)
}

/// C of a grid, N of a design, a network or a dense system, unknowns behind sensors, arms.
pub(crate) const fn columns(usual: usize) -> usize {
    told(option_env!("SOLVEKIT_COLUMNS"), usual)
}

/// Snapshots of sensors.
pub(crate) const fn snapshots(usual: usize) -> usize {
    told(option_env!("SOLVEKIT_SNAPSHOTS"), usual)
}

const fn told(told: Option<&str>, usual: usize) -> usize {
    let Some(told) = told else { return usual };
    match usize::from_str_radix(told, 10) {
        Ok(size) => size,
        Err(_) => panic!("SOLVEKIT_ROWS, SOLVEKIT_COLUMNS or SOLVEKIT_SNAPSHOTS is no number"),
    }
}

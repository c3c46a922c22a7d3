//! Sizes of the problems: the usual ones, or those that `cargo xtask budget --sizes` and `emulate plan` ask
//! for.

/// R of a grid, M of a design, sensors, readings.
pub(crate) const fn rows(usual: usize) -> usize {
    told(option_env!("SOLVEKIT_ROWS"), usual)
}

/// C of a grid, N of a design or a dense system, unknowns behind sensors, arms.
pub(crate) const fn columns(usual: usize) -> usize {
    told(option_env!("SOLVEKIT_COLUMNS"), usual)
}

/// Snapshots of sensors.
pub(crate) const fn snapshots(usual: usize) -> usize {
    told(option_env!("SOLVEKIT_SNAPSHOTS"), usual)
}

/// M and N of a network. Of their own, so that the solvers' problems, which every image keeps, stay as they are.
pub(crate) const fn network(usual: (usize, usize)) -> (usize, usize) {
    let rows = told(option_env!("SOLVEKIT_NETWORK_ROWS"), usual.0);
    (rows, told(option_env!("SOLVEKIT_NETWORK_COLUMNS"), usual.1))
}

const fn told(told: Option<&str>, usual: usize) -> usize {
    let Some(told) = told else { return usual };
    match usize::from_str_radix(told, 10) {
        Ok(size) => size,
        Err(_) => panic!("a size in the environment is no number"),
    }
}

//! The sensing matrices, and the snapshots of a device.

use super::Options;
use crate::file::{Columns, Numbers, Table, read_array};
use crate::matrix::DenseMatrix;
use crate::program::calibrate::CalibrateError;
use crate::program::calibrate::group::Group;
use crate::vector::Vector;

/// A and Y.
pub(super) struct Data {
    /// The rows of all A_l, each of n numbers.
    rows: Vec<f64>,
    pub(super) unknowns: usize,
    /// Snapshots of A.
    snapshots: usize,
    pub(super) observations: Table,
}

impl Data {
    pub(super) fn read(options: &Options) -> Result<Self, CalibrateError> {
        let words: Vec<String> = options.common.device.iter().cloned().collect();
        let numbers = match &options.sensors[..] {
            [] => Numbers::Others,
            names => Numbers::Named(names),
        };
        let observations = Table::read(&options.observations, numbers, &words)?;
        let sensors = observations.numbers().len();
        let wrong = |cause: String| CalibrateError::Shape { path: options.sensing.clone(), cause };
        let is_array = options.sensing.extension().is_some_and(|e| e.eq_ignore_ascii_case("npy"));
        let (shape, rows) = if is_array {
            read_array(&options.sensing)?
        } else {
            let columns = Columns::<f64>::read(&options.sensing)?;
            let (length, count) = (columns.length(), columns.as_slice().len());
            let row = |k: usize| columns.as_slice().iter().map(move |column| column[k]);
            (vec![length, count], (0..length).flat_map(row).collect())
        };
        let (all, unknowns) = match shape[..] {
            [snapshots, m, unknowns] if m == sensors => (snapshots * m, unknowns),
            [_, m, _] => {
                return Err(wrong(format!(
                    "{m} sensors in A for {sensors} columns of observations"
                )));
            }
            [all, unknowns] => (all, unknowns),
            _ => {
                let count = shape.len();
                return Err(wrong(format!("an array of {count} dimensions; A has three, or two")));
            }
        };
        if !all.is_multiple_of(sensors) {
            return Err(wrong(format!("{all} rows are no whole snapshots of {sensors} sensors")));
        }
        Ok(Self { rows, unknowns, snapshots: all / sensors, observations })
    }

    pub(super) fn sensors(&self) -> usize {
        self.observations.numbers().len()
    }

    /// p.
    pub(super) const fn snapshots(&self) -> usize {
        self.snapshots
    }

    /// The measurements of a device behind those that are there already.
    pub(super) fn observe(&self, group: &Group, y: &mut Vec<f64>) {
        for row in &group.rows {
            y.extend(self.observations.numbers().iter().map(|column| column[*row]));
        }
    }

    /// A and y of a device: its k-th row, left out or not, was seen through A_k.
    pub(super) fn of(&self, group: &Group) -> Result<(DenseMatrix<f64>, Vector<f64>), String> {
        let sensors = self.sensors();
        let given = group.rows.len() + group.skipped;
        if given != self.snapshots {
            return Err(format!(
                "{given} rows of observations for {} snapshots in A",
                self.snapshots
            ));
        }
        let stride = sensors * self.unknowns;
        let mut rows = Vec::with_capacity(group.rows.len() * stride);
        let mut y = Vec::with_capacity(group.rows.len() * sensors);
        for snapshot in &group.places {
            rows.extend_from_slice(&self.rows[snapshot * stride..(snapshot + 1) * stride]);
        }
        self.observe(group, &mut y);
        let rows =
            DenseMatrix::from_columns(self.unknowns, rows).map_err(|error| error.to_string())?;
        Ok((rows, Vector::from(y)))
    }
}

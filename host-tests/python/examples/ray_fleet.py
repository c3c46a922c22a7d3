"""The fleet's calibration on Ray: the same frames, the same code.

READINGS has a column `device`, a column `snapshot` that numbers the rows of each, and one for each sensor.

    pip install solvekit[fleet] "ray[data]"
    python ray_fleet.py READINGS.parquet SENSING.npy GAINS
"""

from __future__ import annotations

import sys

import numpy as np
import pyarrow as pa
import ray
from solvekit.fleet import calibrate_frame


def main(readings: str, sensing: str, output: str) -> None:
    A = np.load(sensing)
    data = ray.data.read_parquet(readings)
    columns = [name for name in data.schema().names if name not in ("device", "snapshot")]

    def calibrated(frame):
        found = calibrate_frame(frame, columns=columns, order="snapshot", A=A)
        # As Arrow: of a pandas column without a value, Ray forgets the type.
        return pa.Table.from_pandas(found, preserve_index=False)

    # Whole devices stay together: a group is a device's rows.
    gains = data.groupby("device").map_groups(calibrated, batch_format="pandas")
    # Unless told otherwise, Ray adds to what an earlier run has left there.
    gains.write_parquet(output, mode="error")


if __name__ == "__main__":
    main(*sys.argv[1:])

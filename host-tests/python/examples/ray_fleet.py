"""The fleet's calibration on Ray: the same frames, the same code.

READINGS has a column `device`, a column `snapshot` that numbers the rows of each, and one for each sensor.

    pip install solvekit[fleet] "ray[data]"
    python ray_fleet.py READINGS.parquet SENSING.npy GAINS
"""

from __future__ import annotations

import sys

import numpy as np
import pyarrow.parquet as pq
import ray
from solvekit.fleet import calibrate_frame


def main(readings: str, sensing: str, output: str) -> None:
    A = np.load(sensing)
    columns = [name for name in pq.read_schema(readings).names if name not in ("device", "snapshot")]
    shared = ray.put(A)

    def calibrated(frame):
        return calibrate_frame(frame, columns=columns, order="snapshot", A=ray.get(shared))

    # Whole devices stay together: a group is a device's rows.
    data = ray.data.read_parquet(readings).groupby("device")
    data.map_groups(calibrated, batch_format="pandas").write_parquet(output)


if __name__ == "__main__":
    main(*sys.argv[1:])

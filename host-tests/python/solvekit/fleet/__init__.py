"""Calibration of whole fleets: every device of a Parquet dataset, on Dask.

Needs ``pip install solvekit[fleet]``.

``calibrate``        a dataset, on this machine's threads or on any running Dask cluster
``calibrate_frame``  the devices of one pandas frame: what a task does, for Ray and Spark too
"""

from __future__ import annotations

from .dataset import DatasetError
from .frame import calibrate_frame
from .run import calibrate

__all__ = ["DatasetError", "calibrate", "calibrate_frame"]

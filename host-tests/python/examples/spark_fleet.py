"""The fleet's calibration on Spark, by mapInPandas: the same frames, the same code.

READINGS has a column `device`, a column `snapshot` that numbers the rows of each, and one for each sensor.

    pip install solvekit[fleet] pyspark
    python spark_fleet.py READINGS.parquet SENSING.npy GAINS

Spark's workers are the `python3` of their PATH, or what PYSPARK_PYTHON names; it too needs solvekit[fleet].
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pandas as pd
from pyspark.sql import SparkSession
from solvekit.fleet import calibrate_frame


def main(readings: str, sensing: str, output: str) -> None:
    spark = SparkSession.builder.appName("solvekit").getOrCreate()
    data = spark.read.parquet(readings)
    columns = [name for name in data.columns if name not in ("device", "snapshot")]
    A = np.load(sensing)
    numbers = ["sigma"] + [f"gain_{c}{end}" for end in ("", "_error") for c in columns]
    numbers += [f"signal_{k}" for k in range(A.shape[-1])]
    schema = f"device {dict(data.dtypes)['device']}, status string, reason string, rows long, faulty string, "
    schema += ", ".join(f"`{name}` double" for name in numbers)

    def calibrated(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        # Arrow hands a partition over in pieces, which may cut a device in two.
        whole = list(frames)
        if whole:
            yield calibrate_frame(
                pd.concat(whole, ignore_index=True), columns=columns, order="snapshot", A=A
            )

    # Whole devices stay together; which row came first is said by its snapshot.
    together = data.repartition("device")
    together.mapInPandas(calibrated, schema).write.parquet(output)


if __name__ == "__main__":
    main(*sys.argv[1:])

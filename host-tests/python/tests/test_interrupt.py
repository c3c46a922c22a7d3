"""A Ctrl-C, in a process of its own, and other threads meanwhile."""

import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import solvekit

from conftest import laplacian

CODE = """
import signal, sys, numpy as np, solvekit
# Whoever is started in a shell's background is handed Ctrl-C ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path.insert(0, {tests!r})
from conftest import laplacian
A = laplacian(100)
print("begun", flush=True)
try:
    solvekit.solve(A, {b}, omega=1.0, tol=0.0, max_iterations=4_000_000_000, threads={threads})
except KeyboardInterrupt:
    print("interrupted", flush=True)
    sys.exit(7)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as on Unix")
@pytest.mark.parametrize(("b", "threads"), [("np.ones(10_000)", 1), ("np.ones((10_000, 4))", 2)])
def test_a_long_solve_is_interrupted(b, threads):
    import os

    code = CODE.format(tests=os.path.dirname(__file__), b=b, threads=threads)
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "begun\n"
    # Not for the test to pass, but for it to meet the solve under way.
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert (out, process.returncode) == ("interrupted\n", 7)


def test_other_threads_go_on_meanwhile():
    counted = 0
    done = threading.Event()

    def work():
        solvekit.solve(laplacian(60), np.ones(3600), omega=1.0, tol=1e-6, max_iterations=20_000)
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    while not done.is_set():
        counted += 1
    thread.join()
    assert counted > 1000

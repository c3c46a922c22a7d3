"""Batches that stay in a graphics processor's memory: PyTorch's part, asked line by line by the program
`device-contenders`, which brings this file along. A line in, a line out, as JSON.

    python device.py            answers questions
    python device.py --folders  prints where Python's packages keep CUDA's libraries
"""

import json
import os
import sys
import sysconfig
import time
from array import array
from pathlib import Path


def folders():
    """Where CUDA's libraries may lie, for a program that loads them at run time."""
    places = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *sys.path}
    found = {str(lib) for place in places if place for lib in Path(place).glob("nvidia/*/lib")}
    found |= {str(lib) for lib in Path("/usr/local").glob("cuda/lib64")}
    print(os.pathsep.join(sorted(found)))


class Ista:
    """x <- soft(x + g A'(y - A x), t) from x = 0, a signal a row, so many times."""

    def __init__(self, torch, device, case):
        rows, columns, count = case["rows"], case["columns"], case["count"]
        read = lambda name, *shape: load(torch, device, case["folder"], name, shape)
        self.torch, self.steps = torch, case["iterations"]
        self.step, self.threshold = case["step"], case["threshold"]
        # A' by rows is A by columns.
        self.adjoint = read("a", columns, rows)
        self.a = self.adjoint.T.contiguous()
        self.y = read("y", count, rows)
        self.x = torch.zeros(count, columns, device=device)
        self.r, self.z = torch.empty_like(self.y), torch.empty_like(self.x)
        self.contenders = {"eager": self.eager}

        def one(x, y, a, adjoint):
            z = x + self.step * ((y - x @ adjoint) @ a)
            return torch.nn.functional.softshrink(z, self.threshold)

        for name, mode in [("compile", None), ("compile max-autotune", "max-autotune-no-cudagraphs")]:
            self.contenders[name] = self.compiled(torch.compile(one, mode=mode))

    def eager(self):
        torch, x = self.torch, self.x.zero_()
        for _ in range(self.steps):
            torch.addmm(self.y, x, self.adjoint, alpha=-1, out=self.r)
            torch.addmm(x, self.r, self.a, alpha=self.step, out=self.z)
            x = torch.nn.functional.softshrink(self.z, self.threshold)
        return x

    def compiled(self, one):
        def run():
            x = self.x.zero_()
            for _ in range(self.steps):
                x = one(x, self.y, self.a, self.adjoint)
            return x

        return run


class Spd:
    """A x = b, A symmetric positive definite, one each."""

    def __init__(self, torch, device, case):
        order, count = case["columns"], case["count"]
        a = load(torch, device, case["folder"], "matrices", (count, order, order))
        b = load(torch, device, case["folder"], "right_hand_sides", (count, order, 1))

        def cholesky():
            factor, _ = torch.linalg.cholesky_ex(a)
            return torch.cholesky_solve(b, factor)

        self.contenders = {"cholesky": cholesky, "solve": lambda: torch.linalg.solve(a, b)}


class Peaks:
    """What the device does at best: copies of a gigabyte, and f32 products of large matrices."""

    def __init__(self, torch, device, case):
        size, order = case["columns"], case["rows"]
        a, b = torch.empty(size, device=device), torch.zeros(size, device=device)
        left, right = torch.rand(2, order, order, device=device)
        self.contenders = {"copy": lambda: a.copy_(b), "product": lambda: left @ right}


def load(torch, device, folder, name, shape):
    size = 1
    for part in shape:
        size *= part
    numbers = torch.from_file(str(Path(folder) / f"{name}.f32"), size=size, dtype=torch.float32)
    return numbers.reshape(shape).to(device)


def serve():
    try:
        import torch
    except ImportError as error:
        answer({"missing": f"no PyTorch: {error}"})
        return
    # The processor only to try this file out.
    device = os.environ.get("SOLVEKIT_TORCH_DEVICE", "cuda")
    if device == "cuda" and not torch.cuda.is_available():
        answer({"missing": f"PyTorch {torch.__version__} finds no CUDA device"})
        return
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.set_float32_matmul_precision("highest")
    done = torch.cuda.synchronize if device == "cuda" else lambda: None
    name = torch.cuda.get_device_name() if device == "cuda" else "the processor"
    answer({"torch": torch.__version__, "cuda": torch.version.cuda, "device": name})
    case = None
    for line in sys.stdin:
        words = json.loads(line)
        try:
            if "case" in words:
                # What the last one had is free before the next one begins.
                case = None
                if device == "cuda":
                    torch.cuda.empty_cache()
                with torch.no_grad():
                    case = {"ista": Ista, "spd": Spd, "peaks": Peaks}[words["case"]](torch, device, words)
                answer({"contenders": list(case.contenders)})
                continue
            run = case.contenders[words["contender"]]
            with torch.no_grad():
                done()
                start = time.perf_counter_ns()
                x = run()
                done()
                taken = time.perf_counter_ns() - start
            if "sample" in words:
                picked = [x[problem].flatten().tolist() for problem in words["sample"]]
                with open(words["file"], "wb") as file:
                    array("f", [number for one in picked for number in one]).tofile(file)
            answer({"nanoseconds": taken})
        except Exception as error:
            answer({"failed": " ".join(str(error).split())[:300]})


def answer(words):
    print(json.dumps(words), flush=True)


if sys.argv[1:] == ["--folders"]:
    folders()
else:
    serve()

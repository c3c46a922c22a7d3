"""What comparisons through a child process share: the child, and rounds in a changing order."""

import sys

import numpy as np


class Child:
    """solvekit inside the Rust program; it keeps its own time."""

    name = "solvekit"

    def __init__(self, process):
        self.process = process

    def ask(self, *words):
        print(*words, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"the child ended when it was told: {' '.join(map(str, words))}")
        return answer.split()


def measure(contenders, rounds, seed):
    """Times by contender: in every round each once, in an order that changes from round to round."""
    order = np.random.default_rng(seed)
    times = {contender.name: [] for contender in contenders}
    for _ in range(rounds):
        for index in order.permutation(len(contenders)):
            times[contenders[index].name].append(contenders[index].nanoseconds())
    return times

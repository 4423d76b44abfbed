"""Which images the stack needs from elsewhere, and getting those that are not there."""

import subprocess
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from deploy.compose.engine import docker, last_line
from deploy.compose.project import Config

BASE = "python:3.13-slim"  # of all Dockerfiles of this repository
PULLS_AT_ONCE = 3
PULL_SECONDS = 900.0


def images_of(config: Config, name: str) -> set[str]:
    """Give the images that a service cannot be without: its own, or those that its own is built from."""
    image = config["services"][name]["image"]
    builds = [one for one in config["services"].values() if one["image"] == image and one.get("build")]
    if not builds:
        return {image}
    arguments = builds[0]["build"].get("args", {})
    return {value for key, value in arguments.items() if key.endswith("_IMAGE")} or {BASE}


def fetch(images: Iterable[str], say: Callable[[str], None]) -> dict[str, str]:
    """Pull what is not there; gives those that cannot be had, each with the reason."""
    absent = [image for image in sorted(images) if not _is_there(image)]
    if absent:
        say(f"pulling {len(absent)} images: {', '.join(absent)}")
    with ThreadPoolExecutor(PULLS_AT_ONCE) as pool:
        reasons = list(pool.map(lambda image: _pull(image, say), absent))
    return {image: reason for image, reason in zip(absent, reasons, strict=True) if reason}


def _is_there(image: str) -> bool:
    return docker("image", "inspect", image).returncode == 0


def _pull(image: str, say: Callable[[str], None]) -> str:
    """Pull one image; gives why not, or nothing."""
    try:
        done = docker("pull", "--quiet", image, timeout_seconds=PULL_SECONDS)
    except subprocess.TimeoutExpired:
        return f"no end of it within {PULL_SECONDS:.0f} s"
    if done.returncode != 0:
        return last_line(done)
    say(f"pulled {image}")
    return ""

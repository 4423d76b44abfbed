"""Kubeconfig files: how clients are told of a cluster, whichever it is."""

import json
from pathlib import Path

import yaml


def write_kubeconfig(path: Path, server: str, token: str = "", namespace: str = "default") -> Path:
    """Write a file for a server that speaks plain HTTP, in one step, so that nobody reads half of it."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "contexts": [
            {"name": "test", "context": {"cluster": "test", "user": "test", "namespace": namespace}}
        ],
        "clusters": [{"name": "test", "cluster": {"server": server}}],
        "users": [{"name": "test", "user": {"token": token} if token else {}}],
    }
    part = path.with_suffix(".part")
    part.write_text(json.dumps(config), encoding="utf-8")  # JSON is YAML
    part.replace(path)
    return path


def server_of(path: Path) -> str:
    """Give the address of the cluster that a kubeconfig's current context names."""
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    named = {kind: {one["name"]: one for one in config[f"{kind}s"]} for kind in ("context", "cluster")}
    context = named["context"][config["current-context"]]["context"]
    return str(named["cluster"][context["cluster"]]["cluster"]["server"]).rstrip("/")

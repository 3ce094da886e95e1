"""As much of the Hub's HTTP interface as uploads and downloads need, in memory, for the real huggingface_hub."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest


@dataclass
class Repository:
    private: bool
    files: dict[str, bytes] = field(default_factory=dict)
    commits: list[str] = field(default_factory=list)


class Hub:
    """`url` answers for `token`, whose role is `role`; `repositories` is what was made."""

    def __init__(self, token: str = "hf_right", role: str = "write", name: str = "me") -> None:
        self.token, self.role, self.name = token, role, name
        self.repositories: dict[str, Repository] = {}
        self.blobs: dict[str, bytes] = {}
        self.seen: list[str] = []
        self.refuse_writes = False
        self.bytes_per_second: float | None = None
        """How fast large files are sent; None: at once."""
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None: ...

            def do_GET(self) -> None:
                hub.answer(self, "GET")

            def do_HEAD(self) -> None:
                hub.answer(self, "HEAD")

            def do_POST(self) -> None:
                hub.answer(self, "POST")

            def do_PUT(self) -> None:
                hub.answer(self, "PUT")

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: BaseHTTPRequestHandler, verb: str) -> None:
        path = request.path.split("?")[0]
        self.seen.append(f"{verb} {path}")
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        if "/blobs/" in path:
            self.blobs[path.rpartition("/")[2]] = body
            return self.send(request, 200, {})
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return self.send(request, 401, {"error": "Invalid credentials in Authorization header"})
        return self.send(request, *self.route(verb, path, body))

    def route(self, verb: str, path: str, body: bytes) -> tuple[int, Any]:
        parts = path.strip("/").split("/")
        if parts[:2] == ["api", "whoami-v2"]:
            token = {"accessToken": {"displayName": "laptop", "role": self.role}}
            return 200, {"type": "user", "name": self.name, "orgs": [{"name": "team"}], "auth": token}
        if self.refuse_writes and verb == "POST":
            return 403, {"error": "Forbidden"}
        if parts == ["api", "validate-yaml"]:
            return 200, {"errors": [], "warnings": []}
        if parts[:3] == ["api", "repos", "create"]:
            return self.create(json.loads(body))
        if parts[:2] in (["api", "models"], ["api", "datasets"]) and len(parts) >= 4:
            return self.model("/".join(parts[2:4]), parts[4:], verb, body)
        if parts[:1] == ["datasets"] and len(parts) >= 6 and parts[3] == "resolve":
            return self.file("/".join(parts[1:3]), "/".join(parts[5:]))
        if path.endswith("/info/lfs/objects/batch"):
            return 200, self.batch(json.loads(body))
        if len(parts) >= 5 and parts[2] == "resolve":
            return self.file("/".join(parts[:2]), "/".join(parts[4:]))
        return 404, {"error": f"nothing at {path}"}

    def file(self, name: str, path: str) -> tuple[int, Any]:
        found = self.repositories.get(name)
        if found is None:
            return 404, {"error": "Repository not found"}
        return (200, found.files[path]) if path in found.files else (404, {"error": "Entry not found"})

    def create(self, wish: dict[str, Any]) -> tuple[int, Any]:
        name = f"{wish.get('organization') or self.name}/{wish['name']}"
        if name in self.repositories:
            return 409, {"error": "You already created this model repo", "url": f"{self.url}/{name}"}
        self.repositories[name] = Repository(
            wish.get("private") is True or wish.get("visibility") == "private", {".gitattributes": b"*.safetensors lfs"}
        )
        return 200, {"url": f"{self.url}/{name}", "name": name}

    def model(self, name: str, rest: list[str], verb: str, body: bytes) -> tuple[int, Any]:
        found = self.repositories.get(name)
        if found is None:
            return 404, {"error": "Repository not found"}
        if rest[:1] == ["preupload"]:
            files = [{**f, "uploadMode": mode(f["path"]), "shouldIgnore": False} for f in json.loads(body)["files"]]
            return 200, {"files": files}
        if rest[:1] == ["commit"]:
            return 200, self.commit(name, found, body)
        if rest[:1] == ["tree"]:
            return 200, [
                {"type": "file", "path": path, "size": len(data), "oid": git_id(data)}
                for path, data in found.files.items()
            ]
        siblings = [described(path, data) for path, data in sorted(found.files.items())]
        info = {"_id": "1", "id": name, "modelId": name, "private": found.private, "sha": "c" * 40, "tags": []}
        return 200, {**info, "siblings": siblings, "downloads": 0, "likes": 0}

    def batch(self, wish: dict[str, Any]) -> dict[str, Any]:
        objects = [
            {**item, "actions": {"upload": {"href": f"{self.url}/blobs/{item['oid']}", "header": {}}}}
            for item in wish["objects"]
        ]
        return {"transfer": "basic", "objects": objects}

    def commit(self, name: str, repository: Repository, body: bytes) -> dict[str, Any]:
        for line in body.decode().splitlines():
            entry = json.loads(line)
            value = entry["value"]
            if entry["key"] == "header":
                repository.commits.append(value["summary"])
            elif entry["key"] == "file":
                repository.files[value["path"]] = base64.b64decode(value["content"])
            elif entry["key"] == "lfsFile":
                blob = self.blobs[value["oid"]]
                assert hashlib.sha256(blob).hexdigest() == value["oid"]
                repository.files[value["path"]] = blob
        return {"commitUrl": f"{self.url}/{name}/commit/{'c' * 40}", "commitOid": "c" * 40, "success": True}

    def send(self, request: BaseHTTPRequestHandler, status: int, answer: Any) -> None:
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(data)))
        request.send_header("ETag", f'"{blob_id(request.path, data)}"')
        request.send_header("X-Repo-Commit", "c" * 40)
        if status == 404:
            missing = isinstance(answer, dict) and answer.get("error") == "Entry not found"
            request.send_header("X-Error-Code", "EntryNotFound" if missing else "RepoNotFound")
        request.end_headers()
        if request.command == "HEAD":
            return
        if self.bytes_per_second is None or len(data) < LARGE:
            request.wfile.write(data)
            return
        piece = 16 * 1024
        for at in range(0, len(data), piece):
            request.wfile.write(data[at : at + piece])
            time.sleep(piece / self.bytes_per_second)


LARGE = 64 * 1024


def git_id(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def blob_id(path: str, data: bytes) -> str:
    """What names the blob in a cache."""
    return hashlib.sha256(data).hexdigest() if mode(path.split("?")[0]) == "lfs" else git_id(data)


def described(path: str, data: bytes) -> dict[str, Any]:
    large = {"lfs": {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}}
    return {"rfilename": path, "size": len(data), "blobId": git_id(data), **(large if mode(path) == "lfs" else {})}


def mode(path: str) -> str:
    return "lfs" if path.endswith((".safetensors", ".gguf")) else "regular"


def online(monkeypatch: pytest.MonkeyPatch, hub: Hub, cache: Path) -> None:
    """From here on `hub` is the Hub, for this process and for those that it starts."""
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setenv("HF_TOKEN", hub.token)
    monkeypatch.setenv("HF_HOME", str(cache))
    monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    from datasets import config
    from huggingface_hub import constants

    # Read once, when they were imported.
    monkeypatch.setattr(config, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(config, "HF_ENDPOINT", hub.url)
    monkeypatch.setattr(config, "HUB_DATASETS_URL", hub.url + "/datasets/{repo_id}/resolve/{revision}/{path}")
    monkeypatch.setattr(config, "HF_DATASETS_CACHE", cache / "datasets")
    monkeypatch.setattr(config, "HF_MODULES_CACHE", str(cache / "modules"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache / "hub"))
    monkeypatch.setattr(constants, "ENDPOINT", hub.url)
    template = hub.url + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)

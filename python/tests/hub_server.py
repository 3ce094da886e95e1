"""As much of the Hub's HTTP interface as an upload needs, in memory, for the real huggingface_hub."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


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
        if parts[:2] == ["api", "models"] and len(parts) >= 4:
            return self.model("/".join(parts[2:4]), parts[4:], verb, body)
        if path.endswith("/info/lfs/objects/batch"):
            return 200, self.batch(json.loads(body))
        if len(parts) >= 5 and parts[2] == "resolve":
            return 200, self.repositories["/".join(parts[:2])].files["/".join(parts[4:])]
        return 404, {"error": f"nothing at {path}"}

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
        siblings = [{"rfilename": path} for path in sorted(found.files)]
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
        request.send_header("ETag", '"1"')
        request.send_header("X-Repo-Commit", "c" * 40)
        if status == 404:
            request.send_header("X-Error-Code", "RepoNotFound")
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(data)


def mode(path: str) -> str:
    return "lfs" if path.endswith((".safetensors", ".gguf")) else "regular"

import { describe, expect, it, test } from "vitest";
import type { FileReply, FileRequest } from "../../../src/core/file-requests.ts";
import { browserHost } from "../../../src/server/browser-host.ts";
import { nodeHost } from "../../../src/server/node-host.ts";
import { placeOfUri, uriOfPlace } from "../../../src/server/uri-place.ts";

test.each([
  ["vscode-vfs://github/me/repo/a.finetune.yaml", "vscode-vfs://github/me/repo/a.finetune.yaml"],
  ["memfs://x/w/my%20rows%231.jsonl", "memfs://x/w/my rows#1.jsonl"],
  ["memfs:/w/%E6%95%B0.yaml", "memfs:/w/数.yaml"],
])("%s is a place and comes back", (uri, place) => {
  expect(placeOfUri(uri)).toBe(place);
  expect(placeOfUri(uriOfPlace(place))).toBe(place);
});

test("a URI that uses % for itself stays as it is", () => {
  expect(placeOfUri("odd:/100%/a")).toBe("odd:/100%/a");
});

const asked: FileRequest[] = [];
const ask = (request: FileRequest): Promise<FileReply> => {
  asked.push(request);
  return Promise.resolve({ kind: "folder" });
};

describe("the host of a process", () => {
  const host = nodeHost(ask);
  host.setPolicy({ anywhere: false, folders: ["/w"] });

  it("takes files of the machine as paths", () => {
    expect(host.placeOf("file:///w/my%20a.finetune.yaml")).toBe("/w/my a.finetune.yaml");
    expect(host.uriOf("/w/my a.finetune.yaml")).toBe("file:///w/my%20a.finetune.yaml");
  });
  it("takes an unsaved file to lie at the top of the workspace", () => {
    expect(host.placeOf("untitled:Untitled-1")).toBe("/w/Untitled-1");
  });
  it("reads other schemes through the editor, and no URL at all", async () => {
    expect(await host.files.stat("vscode-vfs://github/me/a b.jsonl")).toEqual({ kind: "folder" });
    expect(asked.at(-1)?.uri).toBe("vscode-vfs://github/me/a%20b.jsonl");
    const before = asked.length;
    for (const url of ["https://example.org/a", "s3://bucket/a", "file:///etc/passwd", "data:,a"]) {
      expect(await host.files.stat(url)).toEqual({ kind: "refused" });
    }
    expect(asked.length).toBe(before);
  });
});

test("the host of a browser asks for everything by URI", async () => {
  const host = browserHost(ask);
  host.setPolicy({ anywhere: false, folders: ["memfs://x/w"] });
  expect(host.placeOf("untitled:Untitled-1")).toBe("memfs://x/w/Untitled-1");
  await host.files.stat("memfs://x/w/a b.jsonl");
  expect(asked.at(-1)).toEqual({ kind: "stat", uri: "memfs://x/w/a%20b.jsonl" });
});

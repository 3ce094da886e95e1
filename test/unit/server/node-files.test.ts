import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeFiles, type ReadPolicy } from "../../../src/server/node-files.ts";

let root: string;
let restricted: ReadPolicy;
const trusted: ReadPolicy = { anywhere: true, folders: [] };

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "node-files-")));
  mkdirSync(join(root, "work"));
  mkdirSync(join(root, "workshop"));
  mkdirSync(join(root, "work", "data"));
  writeFileSync(join(root, "work", "rows.jsonl"), "0123456789");
  writeFileSync(join(root, "secret.txt"), "secret");
  writeFileSync(join(root, "workshop", "near.txt"), "near");
  symlinkSync(join(root, "secret.txt"), join(root, "work", "link-out"));
  symlinkSync(join(root, "work", "rows.jsonl"), join(root, "work", "link-in"));
  restricted = { anywhere: false, folders: [join(root, "work")] };
});
afterAll(() => rmSync(root, { recursive: true }));

const text = (path: string, policy: ReadPolicy) =>
  nodeFiles(() => policy).read(path, async (source) => {
    const bytes = await source.read(0, source.size);
    return new TextDecoder().decode(bytes);
  });
const kind = async (path: string, policy: ReadPolicy) => (await nodeFiles(() => policy).stat(path)).kind;

describe("in an untrusted workspace", () => {
  it("reads what lies in the workspace", async () => {
    expect(await text(join(root, "work", "rows.jsonl"), restricted)).toBe("0123456789");
    expect(await kind(join(root, "work", "data"), restricted)).toBe("folder");
    expect(await kind(join(root, "work", "none.jsonl"), restricted)).toBe("missing");
  });

  it("refuses what lies outside, also by .. and by a folder whose name only begins the same", async () => {
    for (const path of [
      join(root, "secret.txt"),
      `${root}/work/../secret.txt`,
      join(root, "workshop", "near.txt"),
    ]) {
      expect(await kind(path, restricted)).toBe("refused");
      expect(await text(path, restricted)).toBeNull();
    }
  });

  it("does not tell whether something outside exists", async () => {
    expect(await kind(join(root, "no-such-file"), restricted)).toBe("refused");
  });

  it("follows a link only where it stays inside", async () => {
    expect(await kind(join(root, "work", "link-out"), restricted)).toBe("refused");
    expect(await text(join(root, "work", "link-in"), restricted)).toBe("0123456789");
  });
});

describe("in a trusted workspace", () => {
  it("reads any regular file", async () => {
    expect(await text(join(root, "work", "link-out"), trusted)).toBe("secret");
  });

  it.skipIf(process.platform === "win32")("never waits for a FIFO", async () => {
    const fifo = join(root, "work", "fifo");
    execFileSync("mkfifo", [fifo]);
    expect(await kind(fifo, trusted)).toBe("refused");
    expect(await text(fifo, trusted)).toBeNull();
  });

  it.each([
    "\\\\server\\share\\rows.jsonl",
    "//server/share/rows.jsonl",
    "\\\\.\\PhysicalDrive0",
    "\\\\?\\C:\\rows.jsonl",
    "https://example.org/rows.jsonl",
    "file:///etc/passwd",
    "/dev/zero",
    "/proc/self/environ",
    "C:\\data\\con",
    "C:\\data\\LPT1.txt",
    "rows\0.jsonl",
  ])("never opens %j", async (path) => {
    expect(await kind(path, trusted)).toBe("refused");
    expect(await text(path, trusted)).toBeNull();
  });
});

it("reads a part, and no more than there is", async () => {
  const part = await nodeFiles(() => trusted).read(join(root, "work", "rows.jsonl"), async (source) => [
    source.size,
    new TextDecoder().decode(await source.read(7, 100)),
  ]);
  expect(part).toEqual([10, "789"]);
});

it("lists files and folders, not links", async () => {
  const entries = await nodeFiles(() => restricted).list(join(root, "work"));
  expect(entries.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
    { name: "data", kind: "folder" },
    { name: "rows.jsonl", kind: "file" },
  ]);
  expect(await nodeFiles(() => restricted).list(root)).toEqual([]);
});

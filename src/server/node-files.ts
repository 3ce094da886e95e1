import { constants } from "node:fs";
import { open, readdir, realpath, stat } from "node:fs/promises";
import { isAbsolute, normalize, sep } from "node:path";
import { LIST_LIMIT, type Files, type FileStat } from "./files.ts";
import { isInside, isRefused } from "./refuse.ts";

export interface ReadPolicy {
  /** A trusted workspace: any regular file. Otherwise only what really lies below `folders`. */
  readonly anywhere: boolean;
  readonly folders: readonly string[];
}

/**
 * The local file system, read only. An expected failure (missing, no permission, outside the policy) is
 * an answer, not an exception.
 */
export function nodeFiles(policy: () => ReadPolicy): Files {
  /** The real path of something that may be looked at, or why not. */
  async function admit(place: string): Promise<{ real: string } | { no: "missing" | "refused" }> {
    if (isRefused(place)) return { no: "refused" };
    if (!isAbsolute(place)) return { no: "refused" };
    const { anywhere } = policy();
    const folders = policy().folders.map((folder) => normalize(folder).replace(/(?<=.)[\\/]$/, ""));
    // The text first: outside the workspace not even existence is asked.
    if (!anywhere && !inside(normalize(place), folders)) return { no: "refused" };
    try {
      const real = await realpath(place);
      if (isRefused(real)) return { no: "refused" };
      if (anywhere) return { real };
      const roots = await Promise.all(folders.map((folder) => realpath(folder).catch(() => folder)));
      return inside(real, roots) ? { real } : { no: "refused" };
    } catch (error) {
      return { no: isMissing(error) ? "missing" : "refused" };
    }
  }

  async function look(
    place: string,
  ): Promise<{ real: string; stat: FileStat } | { no: "missing" | "refused" }> {
    const admitted = await admit(place);
    if ("no" in admitted) return admitted;
    try {
      const found = await stat(admitted.real);
      if (found.isFile())
        return { ...admitted, stat: { kind: "file", bytes: found.size, mtime: found.mtimeMs } };
      if (found.isDirectory()) return { ...admitted, stat: { kind: "folder" } };
      return { no: "refused" };
    } catch (error) {
      return { no: isMissing(error) ? "missing" : "refused" };
    }
  }

  return {
    async stat(place) {
      const found = await look(place);
      return "no" in found ? { kind: found.no } : found.stat;
    },

    async list(folder) {
      const found = await look(folder);
      if ("no" in found || found.stat.kind !== "folder") return [];
      try {
        const entries = await readdir(found.real, { withFileTypes: true });
        return entries
          .slice(0, LIST_LIMIT)
          .filter((entry) => entry.isFile() || entry.isDirectory())
          .map((entry) => ({ name: entry.name, kind: entry.isFile() ? "file" : "folder" }));
      } catch {
        // No permission to list: as good as empty for completion and "did you mean".
        return [];
      }
    },

    async read(place, use) {
      const found = await look(place);
      if ("no" in found || found.stat.kind !== "file") return null;
      // Something else may stand there by now: never follow a link, never wait for a writer.
      const handle = await open(
        found.real,
        constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
      ).catch(() => null);
      if (handle === null) return null;
      try {
        const now = await handle.stat();
        if (!now.isFile()) return null;
        return await use({
          size: now.size,
          async read(offset, length) {
            const bytes = new Uint8Array(Math.max(0, Math.min(length, now.size - offset)));
            const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset);
            return bytes.subarray(0, bytesRead);
          },
        });
      } finally {
        await handle.close();
      }
    },
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

const inside = (path: string, roots: readonly string[]): boolean =>
  roots.some((root) => isInside(path, root, sep));

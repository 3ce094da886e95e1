/** Small JSON files that several processes share: written whole or not at all, parsed at the door. */
import { open, readFile, rename, rm } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import type * as z from "zod";

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;

/** True for "there is no such thing": a missing file, or a parent that is no folder. */
export const isMissing = (error: unknown): boolean => ["ENOENT", "ENOTDIR"].includes(codeOf(error) ?? "");

/** True when the place cannot be written: read-only, not ours, or full. */
export const isUnwritable = (error: unknown): boolean =>
  ["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT"].includes(codeOf(error) ?? "");

/**
 * The file's value; null when there is none, when it is torn, or when it is of another shape: each
 * caller has something better to show than a parse error of a file that a person never wrote.
 */
export async function readJson<T extends z.ZodType>(path: string, schema: T): Promise<z.infer<T> | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Readers see the old text or the new one, never a part; the text is on the disk before the name is. */
export async function writeAtomic(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

export const writeJson = (path: string, value: unknown): Promise<void> =>
  writeAtomic(path, `${JSON.stringify(value, null, 1)}\n`);

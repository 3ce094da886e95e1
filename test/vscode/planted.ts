/** Tokens that a test planted: where they must not be. */
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";

/** "place holds token 2" for each file below the folders, and each text, that has one of the tokens in it. */
export function holding(
  tokens: readonly string[],
  folders: readonly string[],
  texts: Readonly<Record<string, string>> = {},
): string[] {
  const found = (name: string, text: Buffer | string): string[] =>
    tokens.flatMap((token, index) => (text.includes(token) ? [`${name} holds token ${index + 1}`] : []));
  const files = folders.flatMap(filesBelow);
  expect(files.length).toBeGreaterThan(0);
  return [
    ...files.flatMap((file) => found(file, readFileSync(file))),
    ...Object.entries(texts).flatMap(([name, text]) => found(name, text)),
  ];
}

const filesBelow = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: "utf8" })
        .map((name) => path.join(folder, name))
        .filter((file) => existsSync(file) && statSync(file).isFile())
    : [];

/** Command lines of all processes of this machine, by number. */
export function commandLines(): Record<string, string> {
  const lines: Record<string, string> = {};
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      lines[`process ${pid}`] = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    } catch {
      // It ended while we looked.
    }
  }
  expect(Object.keys(lines).length).toBeGreaterThan(1);
  return lines;
}

/** Variables of a process, which only its own user may read. */
export const environmentOf = (pid: number): string[] =>
  readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");

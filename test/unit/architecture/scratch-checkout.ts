import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export const projectRoot = path.resolve(import.meta.dirname, "../../..");

/** A copy of the sources with their lint and type rules, to plant mistakes in. */
export interface ScratchCheckout {
  readonly folder: string;
  write(file: string, text: string): void;
  remove(): void;
}

export function scratchCheckout(): ScratchCheckout {
  const folder = mkdtempSync(path.join(tmpdir(), "finetune-fence-"));
  for (const name of RULES_AND_SOURCES)
    cpSync(path.join(projectRoot, name), path.join(folder, name), { recursive: true });
  symlinkSync(path.join(projectRoot, "node_modules"), path.join(folder, "node_modules"), "junction");
  return {
    folder,
    write(file, text) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const RULES_AND_SOURCES = [
  "src",
  ".oxlintrc.json",
  "package.json",
  "tsconfig.base.json",
  "tsconfig.pure.json",
  "tsconfig.browser.json",
];

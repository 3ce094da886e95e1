/**
 * What a container is here: folders of this machine. Mount paths inside arguments and variables are replaced
 * by them; a command therefore has to take every path from there. Nothing of our own environment gets in.
 */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Mount, ownFolder, syncScript } from "./mount.ts";

export interface ContainerOptions {
  /** The interpreter behind `python` and `python3`; null: what PATH has. */
  readonly python: string | null;
  /** Variables of the image. */
  readonly env: Readonly<Record<string, string>>;
  /** Laid over the variables that a sandbox brings; null takes one away. */
  readonly override: Readonly<Record<string, string | null>>;
  /** Folders of the container, beside mounts, that commands may name. */
  readonly folders: readonly string[];
}

export class Container {
  readonly mounts: readonly Mount[];
  readonly #env: Readonly<Record<string, string>>;
  readonly #override: ContainerOptions["override"];

  constructor(
    readonly root: string,
    mounts: readonly Mount[],
    bin: string,
    options: ContainerOptions,
  ) {
    this.mounts = [...mounts, ...options.folders.map((at) => ownFolder(root, at))];
    this.#override = options.override;
    this.#env = {
      PATH: `${bin}:${process.env["PATH"] ?? ""}`,
      HOME: root,
      LANG: "C.UTF-8",
      ...options.env,
    };
  }

  /** Mount paths of a text → folders; "/runs/x" but not "/data/runs" or "/runs2". */
  inside(text: string): string {
    return this.mounts.reduce(
      (done, { at, folder }) =>
        done.replace(new RegExp(`(?<![\\w./-])${escaped(at)}(?![\\w-])`, "g"), () => folder),
      text,
    );
  }

  /** What is on its mounts is on the volumes from now on. */
  commit(): void {
    for (const mount of this.mounts) mount.commit();
  }

  /** A path of the container → where it lies here. */
  path(path: string): string {
    const mount = this.mounts.find(({ at }) => path === at || path.startsWith(`${at}/`));
    return mount === undefined ? join(this.root, path) : mount.folder + path.slice(mount.at.length);
  }

  env(own: Readonly<Record<string, string>>): Record<string, string> {
    const mapped = Object.entries(own).map(([name, value]) => [name, this.inside(value)]);
    const whole = { ...this.#env, ...Object.fromEntries(mapped), ...this.#override };
    return Object.fromEntries(
      Object.entries(whole).filter((each): each is [string, string] => each[1] !== null),
    );
  }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Programs that every container finds first: the chosen Python, and a `sync` that commits. */
export function makeBin(folder: string, python: string | null, syncLog: string): string {
  mkdirSync(folder, { recursive: true });
  const script = (name: string, line: string): void => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  script("sync", syncScript(syncLog));
  if (python !== null) for (const name of ["python", "python3"]) script(name, `exec '${python}' "$@"`);
  return folder;
}

/** The helper that the SDK's file calls start inside a container: one JSON argument names what to do. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Exec } from "./exec.ts";
import type { FakeSandbox } from "./sandbox.ts";

export const FS_TOOL = "/__modal/.bin/modal-sandbox-fs-tools";

interface Wish {
  readonly path: string;
  readonly parents?: boolean;
  readonly recursive?: boolean;
}

export function runFsTool(sandbox: FakeSandbox, argument: string, exec: Exec): void {
  const [[verb, wish] = ["", { path: "/" }]] = Object.entries(JSON.parse(argument) as Record<string, Wish>);
  const place = sandbox.container.path(wish.path);
  const refuse = (kind: string, message: string): void => {
    exec.print(1, Buffer.from(JSON.stringify({ error_kind: kind, message, detail: "" })));
    exec.end(1);
  };
  if (verb === "WriteFile") {
    exec.collect((all) => {
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(`${place}.part`, all);
      renameSync(`${place}.part`, place);
      exec.end(0);
    });
    return;
  }
  if (verb !== "MakeDirectory" && !existsSync(place)) {
    refuse("NotFound", "No such file");
    return;
  }
  if (verb === "ReadFile" && statSync(place).isDirectory()) {
    refuse("IsDirectory", "Is a directory");
    return;
  }
  if (verb === "ReadFile") exec.print(0, readFileSync(place));
  else if (verb === "ListFiles")
    exec.print(0, json(readdirSync(place).map((name) => facts(join(place, name), join(wish.path, name)))));
  else if (verb === "Stat") exec.print(0, json(facts(place, wish.path)));
  else if (verb === "MakeDirectory") mkdirSync(place, { recursive: wish.parents === true });
  else if (verb === "Remove") rmSync(place, { recursive: wish.recursive === true });
  else {
    refuse("NotSupported", `${verb} is not played here`);
    return;
  }
  exec.end(0);
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

function facts(place: string, path: string): object {
  const stat = statSync(place);
  return {
    name: basename(path),
    path,
    type: stat.isDirectory() ? "directory" : "file",
    size: stat.size,
    mode: stat.mode,
    permissions: "rw-r--r--",
    owner: "root",
    group: "root",
    modified_time: stat.mtimeMs / 1000,
    symlink_target: null,
  };
}

/** The program that terminals find: as a plan for Windows, and run for real where there is a POSIX shell. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { pathPrefix, shims } from "../../../src/extension/terminal-command/shim.ts";

const isPosix = process.platform !== "win32";

test.skipIf(!isPosix)(
  "it starts the command line with the editor's Node, whatever is in paths and words",
  () => {
    const root = mkdtempSync(join(tmpdir(), "finetune shim "));
    onTestFinished(() => rmSync(root, { recursive: true }));
    const extension = join(root, `it's $HOME \`ls\` "größer" 训练`);
    mkdirSync(extension);
    const cli = join(extension, "cli.js");
    writeFileSync(
      cli,
      "console.log(JSON.stringify([process.argv.slice(2), process.env.ELECTRON_RUN_AS_NODE])); process.exit(3);",
    );
    const [shim] = shims({ platform: process.platform, node: process.execPath, cli });
    const file = join(root, shim?.name ?? "");
    writeFileSync(file, shim?.text ?? "");
    chmodSync(file, shim?.mode ?? 0);
    const words = ["run", "my config.yaml", "$(rm -rf x)", "it's"];
    const started = spawnSync(file, words, { encoding: "utf8" });
    expect(JSON.parse(started.stdout)).toEqual([words, "1"]);
    expect(started.status).toBe(3);

    rmSync(cli);
    const gone = spawnSync(file, [], { encoding: "utf8" });
    expect(gone.status).toBe(127);
    expect(gone.stderr).toContain("updated or removed");
    expect(execFileSync("sh", ["-n", file], { encoding: "utf8" })).toBe("");
  },
);

test("on Windows: a batch file, CRLF, quoted, with its per cent signs doubled", () => {
  const [shim] = shims({
    platform: "win32",
    node: "C:\\Program Files\\Code\\Code.exe",
    cli: "C:\\Users\\100% me\\ext\\dist\\cli.js",
  });
  expect(shim?.name).toBe("finetune.cmd");
  const lines = shim?.text.split("\r\n") ?? [];
  expect(lines[0]).toBe("@echo off");
  expect(lines).toContain('set "ELECTRON_RUN_AS_NODE=1"');
  expect(lines).toContain('"C:\\Program Files\\Code\\Code.exe" "C:\\Users\\100%% me\\ext\\dist\\cli.js" %*');
  expect(shim?.text.replaceAll("\r\n", "")).not.toContain("\n");
});

test("the folder goes before the PATH", () => {
  expect(pathPrefix("linux", "/s/bin")).toBe("/s/bin:");
  expect(pathPrefix("win32", "C:\\s\\bin")).toBe("C:\\s\\bin;");
});

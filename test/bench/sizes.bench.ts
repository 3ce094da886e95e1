/** What a user downloads and what the editor has to read. */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { packageVsix } from "../../.ci/setup/vsix.mjs";
import { report } from "./measure.ts";

const KILO = 1024;
const bundles = readdirSync("dist")
  .filter((file) => file.endsWith(".js"))
  .map((file) => ({
    label: `dist/${file}`,
    value: statSync(path.join("dist", file)).size / KILO,
    unit: "KB",
  }));

const scratch = mkdtempSync(path.join(tmpdir(), "finetune-vsix-"));
const { bytes } = await packageVsix(scratch);
rmSync(scratch, { recursive: true });

report([...bundles, { label: "the .vsix", value: bytes / KILO / KILO, unit: "MB", bar: 2 }]);

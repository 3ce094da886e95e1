/** What the extension adds to the start of a window. The editor's own side is a stand-in that takes no time. */
import { execFileSync } from "node:child_process";
import path from "node:path";
import { percentiles, report } from "./measure.ts";

const STARTS = 15;

const starts = Array.from({ length: STARTS }, (): { load: number; activate: number } =>
  JSON.parse(
    execFileSync(process.execPath, ["test/bench/activate.cjs", path.resolve("dist/extension.js")], {
      encoding: "utf8",
    }),
  ),
);
const median = (pick: (start: (typeof starts)[number]) => number) =>
  percentiles(Float64Array.from(starts, pick)).p50;

report([
  { label: "load the extension's bundle", value: median(({ load }) => load), unit: "ms" },
  { label: "activate", value: median(({ activate }) => activate), unit: "ms" },
  { label: "load and activate", value: median(({ load, activate }) => load + activate), unit: "ms", bar: 40 },
]);

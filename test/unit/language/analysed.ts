import { TextDocument } from "vscode-languageserver-textdocument";
import { parse } from "../../../src/core/config/parse.ts";
import type { GpuFact } from "../../../src/core/facts.ts";
import { analyse, type Analysis, type World } from "../../../src/language/analysis.ts";

export const PLACE = "/w/a.finetune.yaml";
export const URI = "file:///w/a.finetune.yaml";
export const uriOf = (place: string): string => `file://${place}`;
export const places = { uriOf, docs: "docs:diagnostics.md" };

/** The analysis of a text; `files` are those that it may extend, by place. */
export function analysed(
  text: string,
  more: Partial<World> & { files?: Record<string, string> } = {},
): Analysis {
  const { files = {}, ...world } = more;
  return analyse(TextDocument.create(URI, "finetune", 1, text), parse(text), {
    place: PLACE,
    read: (place) => (place in files ? parse(files[place] ?? "") : { missing: "there is no such file." }),
    facts: {},
    severities: {},
    ...world,
  });
}

const GB = 2 ** 30;
export const gpu = (name: string, gigabytes: number, capability: string): GpuFact => ({
  index: 0,
  uuid: `GPU-${name}`,
  name: `NVIDIA GeForce ${name}`,
  total: gigabytes * GB,
  usable: null,
  used: 0,
  ours: 0,
  capability,
  driver: null,
  processes: [],
});

export const rowsFact = (rows: number, p95 = 311) => ({
  bytes: 1000,
  mtime: 1,
  format: "messages",
  columns: ["messages"],
  rows,
  exact: true,
  tokens: { mean: p95 / 2, p50: p95 / 2, p95, max: 2 * p95 },
  problems: [],
});

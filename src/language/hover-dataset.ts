import type { ConfigPath } from "../core/config/problem.ts";
import type { DatasetFact } from "../core/facts.ts";
import { count, size } from "../core/units.ts";
import type { Analysis } from "./analysis.ts";
import { namedPlaces } from "./places.ts";

/** The file that a path names: its rows, how long they are, and what is wrong with them. Null where nothing is known. */
export function datasetMarkdown(path: ConfigPath, { resolution, world }: Analysis): string | null {
  const named = namedPlaces(resolution).find(
    (each) => each.role === "data" && (same(each.path, path) || same(each.path.slice(0, -1), path)),
  );
  const fact = named && world.facts.datasets?.[named.place];
  if (named === undefined || fact === undefined) return null;
  return [`**${named.text}** · ${rowsText(fact)}`, lengthsText(fact), problemsText(fact)]
    .filter((part) => part !== "")
    .join("\n\n");
}

const same = (a: ConfigPath, b: ConfigPath): boolean =>
  a.length === b.length && a.every((step, index) => step === b[index]);

function rowsText({ rows, exact, format, bytes, columns }: DatasetFact): string {
  const about = exact ? "" : "≈ ";
  return `${about}${count(rows)} usable rows · ${format} · ${size(bytes)} · columns ${columns.slice(0, 12).join(", ")}`;
}

function lengthsText({ tokens, exact }: DatasetFact): string {
  if (tokens === null) return "";
  const basis = exact ? "characters / 4" : "characters / 4, first part of the file";
  return `Tokens a row (${basis}): half up to ≈ ${count(tokens.p50)}, 95 % up to ≈ ${count(tokens.p95)}, longest ≈ ${count(tokens.max)}`;
}

const problemsText = ({ problems }: DatasetFact): string =>
  problems
    .slice(0, 5)
    .map(({ line, message }) => `- ${line === null ? "" : `line ${line}: `}${message}`)
    .join("\n");

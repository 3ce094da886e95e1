/** The files that a config extends, nearest first, and which of them says what. */
import { anchorSections, normalise } from "./normalise.ts";
import { checkNames } from "./names.ts";
import type { ParsedConfig } from "./parse.ts";
import { resolvePath } from "./paths.ts";
import type { ConfigPath, Problem } from "./problem.ts";
import { isMapping, type Mapping } from "./value.ts";

/** Reads a file that `extends` names; "pending" when the answer comes later. */
export type ReadConfig = (path: string) => ParsedConfig | { readonly missing: string } | "pending";

export interface Link {
  readonly path: string;
  readonly parsed: ParsedConfig;
  /** Names settled, texts written out. */
  readonly value: Mapping;
  /** Values that were read although they stand under another name. */
  readonly moves: readonly { readonly from: ConfigPath; readonly to: ConfigPath }[];
}

export interface Chain {
  /** The file itself first, then what it extends, by falling precedence. */
  readonly links: readonly Link[];
  readonly problems: readonly Problem[];
  /** A file of the chain is still being read. */
  readonly pending: boolean;
}

/** Files a chain may have: more can only be a mistake. */
const LONGEST = 50;

interface Building {
  readonly read: ReadConfig;
  readonly home: string | undefined;
  readonly links: Link[];
  readonly problems: Problem[];
  pending: boolean;
}

const names = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((each) => typeof each === "string" && each !== "");

function append(chain: Building, path: string, parsed: ParsedConfig, trail: readonly string[]): void {
  const main = trail.length === 0;
  // Few files have an anchor, and looking for its uses is a walk over the whole tree.
  const anchored = parsed.text.includes("&") ? anchorSections(parsed.document) : new Set<string>();
  const { value, problems, moves } = checkNames(normalise(parsed.value), anchored);
  const here = [...parsed.problems, ...problems];
  chain.problems.push(...(main ? here : here.map((each) => inFile(each, path, parsed))));
  chain.links.push({ path, parsed, value, moves });
  const list = Array.isArray(value["extends"]);
  // The last of a list wins over those before it.
  for (const [index, name] of [...names(value["extends"]).entries()].reverse()) {
    const at: ConfigPath = list ? ["extends", index] : ["extends"];
    const target = resolvePath(path, name, chain.home);
    const complain = (code: string, message: string): void => {
      const problem: Problem = { code, severity: "error", message, path: at };
      chain.problems.push(main ? problem : inFile(problem, path, parsed));
    };
    const round = [...trail, path];
    if (round.includes(target)) {
      complain(
        "extends-cycle",
        `This file extends itself: ${[...round.slice(round.indexOf(target)), target].map(short).join(" → ")}.`,
      );
      continue;
    }
    if (chain.links.length >= LONGEST) {
      complain(
        "extends-too-long",
        `More than ${LONGEST} files are extended. Write the values into fewer files.`,
      );
      return;
    }
    const found = chain.read(target);
    if (found === "pending") chain.pending = true;
    else if ("missing" in found)
      complain("extends-missing", `${name} cannot be read: ${found.missing.replace(/\.$/, "")}.`);
    else append(chain, target, found, round);
  }
}

const short = (path: string): string => path.split("/").pop() ?? path;

/** The same problem, said about a file that is extended; its fixes belong to that file. */
function inFile(problem: Problem, file: string, parsed: ParsedConfig): Problem {
  const { fixes: _, ...rest } = problem;
  return { ...rest, file, span: problem.span ?? parsed.nearestSpan(problem.path, problem.at) };
}

export function readChain(
  path: string,
  parsed: ParsedConfig,
  read: ReadConfig,
  home: string | undefined,
): Chain {
  const chain: Building = { read, home, links: [], problems: [], pending: false };
  append(chain, path, parsed, []);
  return chain;
}

/** Index of the link that sets `path`, or -1 when no file does. */
export function originOf(links: readonly Link[], path: ConfigPath): number {
  return links.findIndex(({ value }) => {
    let here: unknown = value;
    for (const step of path) {
      // A list or a plain value replaces whatever stands below.
      if (!isMapping(here)) return true;
      if (!Object.hasOwn(here, step)) return false;
      here = here[step];
    }
    return true;
  });
}

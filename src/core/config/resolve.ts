/** A parsed file and what it extends → one config, with the problems of names and values. */
import type { ResolvedConfig } from "../run/plan.ts";
import { originOf, readChain, type Link, type ReadConfig } from "./chain.ts";
import { schemaProblems } from "./issues.ts";
import { merge } from "./merge.ts";
import type { ParsedConfig } from "./parse.ts";
import { resolvePath } from "./paths.ts";
import type { ConfigPath, Problem } from "./problem.ts";
import { configSchema, type Draft } from "./schema.ts";
import { settle } from "./settle.ts";
import type { PathKind } from "./settle/context.ts";
import { at, withoutNulls, withoutPaths, type Mapping } from "./value.ts";

export interface ResolveContext {
  /** Absolute path or URI of the file. */
  readonly path: string;
  readonly read: ReadConfig;
  /** What lies at an absolute path, as far as it is known: it settles `dataset.path: data` and the like. */
  readonly kindOf?: (place: string) => PathKind;
  /** What `~` means; left in the paths when unknown. */
  readonly home?: string;
  /** Where the run happens, whatever the file says: the Run command may override it. */
  readonly target?: "local" | "modal";
}

export interface Resolution {
  readonly path: string;
  /** Null while the file has an error of syntax, name or value, or names no model or data. */
  readonly config: ResolvedConfig | null;
  /** The same, as far as the file is right: for checks and figures while typing. */
  readonly tentative: ResolvedConfig | null;
  /** The merged values that are valid, before defaults. */
  readonly draft: Draft;
  /** The merged values as written, before defaults; `null`s included. */
  readonly value: Mapping;
  readonly problems: readonly Problem[];
  readonly chain: readonly Link[];
  /** A file of the chain is still being read. */
  readonly pending: boolean;
  /** Index in `chain` of the file that sets a path; -1: none does, the value is a default. */
  originOf(path: ConfigPath): number;
  /** The absolute place that a path text means in the file that sets `at`. */
  locate(at: ConfigPath, path: string): string;
}

function merged(links: readonly Link[]): Mapping {
  return links.toReversed().reduce<Mapping>((under, link) => merge(under, link.value), {});
}

/** The merged values with what the schema refuses taken out, and a problem for each. */
function validated(value: Mapping): { draft: Draft; problems: Problem[] } {
  let candidate: unknown = value;
  const problems: Problem[] = [];
  // Taking a value out can leave a list or section that is refused in turn; each round removes something.
  for (let round = 0; round < 4; round++) {
    const result = configSchema.safeParse(candidate);
    if (result.success) {
      // The schema has just accepted it, and a draft is the schema's type with nulls and shorthands gone.
      return { draft: withoutNulls(result.data) as Draft, problems };
    }
    const found = schemaProblems(result.error.issues, candidate);
    if (round === 0) problems.push(...found);
    candidate = withoutPaths(
      candidate,
      found.map((problem) => problem.path),
    );
  }
  return { draft: {}, problems };
}

/** Merges, validates and fills in defaults. Never throws; what is wrong is in `problems`. */
export function resolve(parsed: ParsedConfig, context: ResolveContext): Resolution {
  const chain = readChain(context.path, parsed, context.read, context.home);
  const written = merged(chain.links);
  const value =
    context.target === undefined ? written : merge(written, { compute: { target: context.target } });
  const { draft, problems } = validated(value);
  const origin = (path: ConfigPath): number => originOf(chain.links, path);
  const locate = (path: ConfigPath, text: string): string => {
    const file = chain.links[Math.max(0, origin(path))]?.path ?? context.path;
    return resolvePath(file, text, context.home);
  };
  const all = [...chain.problems, ...problems];
  const tentative = settle(draft, context.path, locate, context.kindOf ?? (() => undefined));
  const broken = chain.pending || all.some((problem) => problem.severity === "error");
  return {
    path: context.path,
    config: broken ? null : tentative,
    tentative,
    draft,
    value,
    problems: all,
    chain: chain.links,
    pending: chain.pending,
    originOf: origin,
    locate,
  };
}

/** True when the merged file sets the path itself. */
export const isSet = (resolution: Resolution, path: ConfigPath): boolean => {
  const value = at(resolution.value, path);
  return value !== undefined && value !== null;
};

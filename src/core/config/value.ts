/** Plain values of a config: maps, lists and scalars, as the YAML reader yields them. */
import type { ConfigPath } from "./problem.ts";

export type Mapping = Readonly<Record<string, unknown>>;

export const isMapping = (value: unknown): value is Mapping =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value at `path`, or undefined. */
export function at(value: unknown, path: ConfigPath): unknown {
  let here = value;
  for (const step of path) {
    if (Array.isArray(here)) here = typeof step === "number" ? here[step] : undefined;
    else if (isMapping(here) && Object.hasOwn(here, step)) here = here[step];
    else return undefined;
  }
  return here;
}

/** A copy without the keys that are null, at any depth; list items are kept. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isMapping(value)) return value;
  const kept = Object.entries(value).filter(([, each]) => each !== null && each !== undefined);
  return Object.fromEntries(kept.map(([key, each]) => [key, withoutNulls(each)]));
}

/** A copy with `path` set; maps on the way are made. */
export function withValue(value: unknown, path: ConfigPath, set: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return set;
  if (Array.isArray(value)) {
    return value.map((each: unknown, index) => (index === step ? withValue(each, rest, set) : each));
  }
  const map = isMapping(value) ? value : {};
  return Object.fromEntries([
    ...Object.entries(map).filter(([key]) => key !== step),
    [step, withValue(Object.hasOwn(map, step) ? map[step] : undefined, rest, set)],
  ]);
}

/** A copy without the key or item at `path`. */
export const withoutPath = (value: unknown, path: ConfigPath): unknown => withoutPaths(value, [path]);

interface Branch {
  gone: boolean;
  readonly below: Map<string | number, Branch>;
}

/** A copy without all of `paths`, in one walk. */
export function withoutPaths(value: unknown, paths: readonly ConfigPath[]): unknown {
  const root: Branch = { gone: false, below: new Map() };
  for (const path of paths) {
    let branch = root;
    for (const step of path) {
      const next = branch.below.get(step) ?? { gone: false, below: new Map() };
      branch.below.set(step, next);
      branch = next;
    }
    branch.gone = true;
  }
  return pruned(value, root);
}

function pruned(value: unknown, branch: Branch): unknown {
  const child = (each: unknown, step: string | number): unknown => {
    const next = branch.below.get(step);
    return next === undefined ? each : pruned(each, next);
  };
  const stays = (step: string | number): boolean => branch.below.get(step)?.gone !== true;
  if (branch.below.size === 0) return value;
  if (Array.isArray(value)) {
    return value.flatMap((each: unknown, index) => (stays(index) ? [child(each, index)] : []));
  }
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (stays(key) ? [[key, child(each, key)]] : [])),
  );
}

/** A copy without some keys. */
export function omit<T extends object, K extends keyof T>(value: T, ...keys: K[]): Omit<T, K> {
  const copy = { ...value };
  for (const key of keys) delete copy[key];
  return copy;
}

/** Dotted form of a path, for messages: "dataset[1].path". */
export const dotted = (path: ConfigPath): string =>
  path
    .map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join("");

/** The path without list indices: the name under which a key is documented, "dataset.path". */
export const keyOf = (path: ConfigPath): string => path.filter((step) => typeof step === "string").join(".");

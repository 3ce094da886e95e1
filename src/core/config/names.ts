/**
 * The names in one file: unknown, renamed, refused or misplaced keys are reported, and a value whose
 * place is clear is moved there, so that one mistake in a name does not become five about values.
 */
import { closest } from "./closest.ts";
import { ALL_KEYS, keyAt, keysNamed, ROOT, type KeyNode } from "./keys.ts";
import type { ConfigPath, Edit, Fix, Problem } from "./problem.ts";
import { refusedKey } from "./refused.ts";
import { renamedKey } from "./renamed.ts";
import { keyedSecretFix } from "./secret-fixes.ts";
import { isSecretKey, secretShape } from "./secrets.ts";
import { at, dotted, isMapping, withoutPaths, withValue, type Mapping } from "./value.ts";

/** Stray keys of one file that are told: with more, it is another kind of file. */
const MOST_STRAYS = 100;

interface Walk {
  readonly root: Mapping;
  readonly problems: Problem[];
  /** Values to move once the walk is over: [from, to, value]. */
  readonly moves: { from: ConfigPath; to: ConfigPath; value: unknown }[];
  readonly drops: ConfigPath[];
  /** Top-level sections that only carry an anchor. */
  readonly anchors: ReadonlySet<string>;
}

const report = (walk: Walk, path: ConfigPath, problem: Omit<Problem, "path" | "at">): void => {
  walk.problems.push({ ...problem, path, at: "key" });
};

const remove = (path: ConfigPath, title = "Remove it"): Fix => ({ title, edits: [{ kind: "delete", path }] });

/** Where a key of ours lives in this file: inside the same list item when it stands in one. */
function pathIn(walk: Walk, dottedKey: string, near: ConfigPath): ConfigPath {
  const steps = dottedKey.split(".");
  const [section, ...rest] = steps;
  if (section === undefined) return [];
  if (near[0] === section && typeof near[1] === "number") return [section, near[1], ...rest];
  const value = walk.root[section];
  return Array.isArray(value) && rest.length > 0 ? [section, 0, ...rest] : steps;
}

function moveFix(walk: Walk, from: ConfigPath, to: ConfigPath, value: unknown): Fix {
  const name = String(to.at(-1));
  const sameSection = from.slice(0, -1).join(".") === to.slice(0, -1).join(".");
  if (sameSection && Object.is(value, at(walk.root, from))) {
    return { title: `Rename to ${name}`, preferred: true, edits: [{ kind: "rename", path: from, to: name }] };
  }
  const edits: Edit[] = [
    { kind: "delete", path: from },
    { kind: "set", path: to, value },
  ];
  const where = to.length > 1 ? dotted(to.slice(0, -1)) : "the top";
  return { title: sameSection ? `Replace by ${name}` : `Move to ${where}`, preferred: true, edits };
}

/** Moves the value of a key to where it belongs, unless that place is taken. */
function relocate(walk: Walk, from: ConfigPath, key: KeyNode, value: unknown): { fix: Fix; taken: boolean } {
  const to = pathIn(walk, key.path, from);
  const there = at(walk.root, to);
  const taken =
    (there !== undefined && there !== null) || walk.moves.some((move) => dotted(move.to) === dotted(to));
  if (taken) return { fix: { ...remove(from), preferred: true }, taken };
  walk.moves.push({ from, to, value });
  return { fix: moveFix(walk, from, to, value), taken };
}

function misnamed(walk: Walk, path: ConfigPath, name: string, value: unknown): boolean {
  const section = path.length < 2 ? "" : String(path[0]);
  const renamed = renamedKey(section, name);
  // A switch is no data: `eval: true` asks for evaluations.
  if (renamed === undefined || (renamed.to === "eval_dataset" && typeof value === "boolean")) return false;
  const why = renamed.why ? `: ${renamed.why}` : "";
  if (renamed.to === null) {
    report(walk, path, {
      code: "removed-key",
      severity: "warning",
      message: `${name} has no effect here${why}.`,
      fixes: [{ ...remove(path), preferred: true }],
    });
    return true;
  }
  const key = keyAt(renamed.to);
  if (key === undefined) return false;
  const converted = renamed.convert ? renamed.convert(value) : value;
  const { fix, taken } = relocate(walk, path, key, converted);
  report(walk, path, {
    code: "renamed-key",
    severity: "warning",
    message: taken
      ? `${name} is called ${key.path} here, and that is already set${why}.`
      : `${name} is called ${key.path} here${why}.`,
    fixes: [fix],
  });
  return true;
}

function misplaced(walk: Walk, path: ConfigPath, name: string, value: unknown): boolean {
  const section = path[0];
  // Of several sections with this key the one under the same top-level section is meant.
  const homes = keysNamed(name).filter((key) => key.path !== name || path.length > 1);
  const home = homes.find((key) => key.path.startsWith(`${String(section)}.`)) ?? homes[0];
  if (home === undefined) return false;
  const { fix, taken } = relocate(walk, path, home, value);
  const where = home.path.includes(".")
    ? home.path.slice(0, home.path.lastIndexOf("."))
    : "the top of the file";
  report(walk, path, {
    code: "wrong-section",
    severity: "error",
    message: taken
      ? `${name} belongs to ${where}, where it is already set.`
      : `${name} belongs to ${where}, not to ${dotted(path.slice(0, -1)) || "the top of the file"}.`,
    fixes: [fix],
  });
  return true;
}

function unknown(
  walk: Walk,
  path: ConfigPath,
  name: string,
  siblings: ReadonlyMap<string, KeyNode>,
  value: unknown,
): void {
  const here = closest(name, siblings.keys());
  const elsewhere =
    here ??
    closest(
      name,
      ALL_KEYS.map((key) => key.name),
    );
  const key = here ? siblings.get(here) : elsewhere ? keysNamed(elsewhere)[0] : undefined;
  const fixes: Fix[] = [];
  let ending = "";
  if (key !== undefined) {
    const section = key.path.includes(".") ? ` (${key.path.slice(0, key.path.lastIndexOf("."))})` : "";
    const { fix, taken } = relocate(walk, path, key, value);
    ending = taken ? ` ${key.name}${section} is already set.` : ` Did you mean ${key.name}${section}?`;
    fixes.push(fix);
    if (!taken) fixes.push(remove(path));
  } else {
    fixes.push(remove(path));
  }
  report(walk, path, {
    code: "unknown-key",
    severity: "error",
    message: `Unknown key ${name.length > 60 ? `${name.slice(0, 57)}…` : name}.${ending}`,
    fixes,
  });
}

/** Names of secrets inside a section that is not known as a whole. */
function secretsWithin(walk: Walk, value: unknown, path: ConfigPath): void {
  if (!isMapping(value)) return;
  for (const [name, child] of Object.entries(value)) {
    const here = [...path, name];
    if (isSecretKey(name)) secret(walk, here, name);
    else secretsWithin(walk, child, here);
  }
}

function secret(walk: Walk, path: ConfigPath, name: string): void {
  report(walk, path, {
    code: "secret-in-file",
    severity: "error",
    message: `${name} is a secret, and this file goes to git. Keep it in secret storage; runs get it by environment.`,
    fixes: [keyedSecretFix(path, at(walk.root, path))],
  });
}

function strayKey(
  walk: Walk,
  path: ConfigPath,
  name: string,
  value: unknown,
  siblings: ReadonlyMap<string, KeyNode>,
): void {
  if (path.length === 1 && (walk.anchors.has(name) || name.startsWith("x-"))) return;
  // A token in the place of a key: said by what looks at shapes, and never by its name.
  if (secretShape(name) !== undefined) return;
  if (isSecretKey(name)) {
    secret(walk, path, name);
    return;
  }
  secretsWithin(walk, value, path);
  if (misnamed(walk, path, name, value)) return;
  const refused = refusedKey(name);
  if (refused !== undefined) {
    report(walk, path, {
      code: "refused-key",
      severity: "error",
      message: `${name} is not taken: ${refused}.`,
      fixes: [{ ...remove(path), preferred: true }],
    });
    return;
  }
  if (!misplaced(walk, path, name, value)) unknown(walk, path, name, siblings, value);
}

function visit(walk: Walk, value: unknown, node: KeyNode, path: ConfigPath): void {
  if (node.children === undefined) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) visit(walk, item, node, [...path, index]);
    return;
  }
  if (!isMapping(value)) return;
  for (const [name, child] of Object.entries(value)) {
    const here = [...path, name];
    const key = node.children.get(name);
    if (key !== undefined) {
      visit(walk, child, key, here);
      continue;
    }
    walk.drops.push(here);
    if (walk.drops.length <= MOST_STRAYS) strayKey(walk, here, name, child, node.children);
  }
}

interface CheckedNames {
  readonly value: Mapping;
  readonly problems: readonly Problem[];
  /** Values that stand under another name than the one they are read by. */
  readonly moves: readonly { readonly from: ConfigPath; readonly to: ConfigPath }[];
}

/** One pass over all names; what moves is not looked into. */
function pass(value: Mapping, anchors: ReadonlySet<string>): CheckedNames {
  const walk: Walk = { root: value, problems: [], moves: [], drops: [], anchors };
  visit(walk, value, ROOT, []);
  let settled: unknown = walk.drops.length === 0 ? value : withoutPaths(value, walk.drops);
  for (const { to, value: moved } of walk.moves) {
    // A section that is no map keeps its own problem; nothing is moved into it.
    const parent = at(settled, to.slice(0, -1));
    if (parent === undefined || parent === null || isMapping(parent)) settled = withValue(settled, to, moved);
  }
  return { value: isMapping(settled) ? settled : {}, problems: walk.problems, moves: walk.moves };
}

/** A whole section under another name has names of its own to be checked, once it is in its place. */
const ROUNDS = 3;

/** Checks all names of a file. `value` is the file with every stray key moved to its place or dropped. */
export function checkNames(value: Mapping, anchors: ReadonlySet<string>): CheckedNames {
  let found = pass(value, anchors);
  for (
    let round = 1;
    round < ROUNDS && found.moves.some(({ to }) => typeof at(found.value, to) === "object");
    round++
  ) {
    const next = pass(found.value, anchors);
    if (next.moves.length === 0 && next.problems.length === 0) break;
    found = {
      value: next.value,
      problems: [...found.problems, ...next.problems],
      moves: [...found.moves, ...next.moves],
    };
  }
  return found;
}

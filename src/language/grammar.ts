import { ALL_KEYS, ROOT } from "../core/config/keys.ts";

/**
 * The words of the schema for the colours of the editor, as patterns of a TextMate grammar. The grammar
 * is a committed file; a test holds it against these.
 */
export function grammarWords(): { readonly sections: string; readonly keys: string; readonly words: string } {
  const sections = new Set(
    [...(ROOT.children?.values() ?? [])].filter((key) => key.children).map((key) => key.name),
  );
  const keys = ALL_KEYS.map((key) => key.name).filter((name) => !sections.has(name));
  const words = ALL_KEYS.flatMap((key) => key.values).filter((value) => typeof value === "string");
  return { sections: oneOf(sections), keys: oneOf(keys), words: oneOf(words) };
}

/** Any of the words, alone: not as a part of a longer name or path. */
function oneOf(words: Iterable<string>): string {
  const sorted = [...new Set(words)].toSorted();
  return `(?<![\\w./-])(?:${sorted.map(escaped).join("|")})(?![\\w./-])`;
}

const escaped = (word: string): string => word.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

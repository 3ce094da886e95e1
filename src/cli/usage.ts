/** Arguments of a verb, and what is said about wrong ones. */
import { parseArgs, type ParseArgsConfig } from "node:util";

/** Wrong usage: exit code 2, with the usage line of the verb. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Like `util.parseArgs`, strict; what it refuses becomes a `UsageError` in one sentence. */
export function readArgs<T extends Options>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message.split(". To specify")[0] ?? message);
  }
}

/** Exactly one positional argument. */
export function one(positionals: readonly string[], what: string): string {
  const [first, second] = positionals;
  if (first === undefined) throw new UsageError(`Name ${what}.`);
  if (second !== undefined)
    throw new UsageError(`Only one ${what.replace(/^an? /, "")} is taken, but "${second}" follows.`);
  return first;
}

/** The value of an option that counts something; undefined when it is not given. */
export function wholeNumber(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new UsageError(`${option} takes a whole number, not "${text}".`);
  return Number(text);
}

/** `finetune chat RUN`: ask the tuned model, and the base model for comparison. */
import { resolve } from "node:path";
import { type Answer, askRun } from "../../launch/ask.ts";
import { findRun } from "../find-run.ts";
import { findPython, site } from "../site.ts";
import { readArgs, UsageError, wholeNumber } from "../usage.ts";
import type { Verb } from "../verb.ts";

export const chat: Verb = {
  name: "chat",
  summary: "Ask a tuned model something; --rows FILE asks every row, --compare asks the base model too",
  usage:
    'finetune chat RUN ("QUESTION" | --rows FILE) [--compare] [--max-new-tokens N] [--json] [--python PATH]',
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      rows: { type: "string" },
      compare: { type: "boolean" },
      "max-new-tokens": { type: "string" },
      json: { type: "boolean" },
      python: { type: "string" },
    });
    const [wanted, question] = positionals;
    if (wanted === undefined) throw new UsageError("Name a run.");
    if ((question === undefined) === (values.rows === undefined)) {
      throw new UsageError("Give either a question or --rows FILE.");
    }
    const about =
      values.rows === undefined ? { question: question ?? "" } : { rows: resolve(io.cwd, values.rows) };
    const tokens = wholeNumber(values["max-new-tokens"], "--max-new-tokens");
    const folder = await findRun(io, wanted);
    const answers = await askRun(await site(io, await findPython(io, values.python)), folder, {
      about,
      compare: values.compare === true,
      signal: io.interrupt,
      ...(tokens === undefined ? {} : { maxNewTokens: tokens }),
    });
    const lines =
      values.json === true ? answers.map((answer) => JSON.stringify(answer)) : answers.map(readable);
    io.out(`${lines.join(values.json === true ? "\n" : "\n\n")}\n`);
    return 0;
  },
};

const readable = ({ prompt, expected, base, tuned }: Answer): string =>
  Object.entries({ prompt, expected, base, tuned })
    .filter(([, text]) => text !== undefined && text !== null)
    .map(([name, text]) => `${name.padEnd(9)}${text}`)
    .join("\n");

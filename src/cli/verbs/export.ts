/** `finetune export RUN`: merged models, GGUF or a plain script of a run that is trained. */
import { join, relative } from "node:path";
import { size } from "../../core/units.ts";
import { EXPORT_METHODS, exportRun } from "../../launch/export-run.ts";
import { findRun } from "../find-run.ts";
import { findPython, site } from "../site.ts";
import { one, readArgs, UsageError } from "../usage.ts";
import type { Verb } from "../verb.ts";

export const exportVerb: Verb = {
  name: "export",
  summary: "Make merged models, GGUF files or a script of a trained run; completes an export that failed",
  usage: `finetune export RUN [--method ${EXPORT_METHODS.join("|")}] [--quantization NAME…] [--python PATH] [--json]`,
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      method: { type: "string" },
      quantization: { type: "string", multiple: true },
      python: { type: "string" },
      json: { type: "boolean" },
    });
    const method = EXPORT_METHODS.find((name) => name === values.method);
    if (values.method !== undefined && method === undefined) {
      throw new UsageError(`There is no method "${values.method}": ${EXPORT_METHODS.join(", ")}.`);
    }
    const folder = await findRun(io, one(positionals, "a run"));
    const made = await exportRun(await site(io, await findPython(io, values.python)), folder, {
      method,
      quantization: values.quantization ?? [],
      signal: io.interrupt,
      onPhase: (text) => io.err(`${text} …\n`),
    });
    const shown = made.map(({ kind, path, bytes }) => ({ kind, path: join(folder, path), bytes }));
    if (values.json === true) io.out(`${JSON.stringify(shown, null, 1)}\n`);
    else
      for (const { kind, path, bytes } of shown)
        io.out(`${kind}  ${relative(io.cwd, path)}, ${size(bytes)}\n`);
    if (made.length === 0 && values.json !== true)
      io.out("The config asks for no export: name one with --method.\n");
    return 0;
  },
};

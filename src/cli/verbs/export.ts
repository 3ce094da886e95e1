/** `finetune export RUN`: merged models, GGUF or a plain script of a run that is trained. */
import { join, relative } from "node:path";
import { size } from "../../core/units.ts";
import { EXPORT_METHODS, exportRun } from "../../launch/export-run.ts";
import { exportRunOnModal, type RentedExport } from "../../launch/modal/export-run-on-modal.ts";
import type { ModalSite } from "../../launch/modal/site.ts";
import { findRun } from "../find-run.ts";
import { modalSession } from "../modal-site.ts";
import { findPython, modalOf, site } from "../site.ts";
import { one, readArgs, UsageError } from "../usage.ts";
import type { Io, Verb } from "../verb.ts";

export const exportVerb: Verb = {
  name: "export",
  summary:
    "Make merged models, GGUF files or a script of a trained run; of a run on Modal there, unless --here",
  usage: `finetune export RUN [--method ${EXPORT_METHODS.join("|")}] [--quantization NAME…] [--here] [--python PATH] [--json]`,
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      method: { type: "string" },
      quantization: { type: "string", multiple: true },
      python: { type: "string" },
      here: { type: "boolean" },
      json: { type: "boolean" },
    });
    const method = EXPORT_METHODS.find((name) => name === values.method);
    if (values.method !== undefined && method === undefined) {
      throw new UsageError(`There is no method "${values.method}": ${EXPORT_METHODS.join(", ")}.`);
    }
    const folder = await findRun(io, one(positionals, "a run"));
    const wish = {
      method,
      quantization: values.quantization ?? [],
      signal: io.interrupt,
      onPhase: (text: string) => io.err(`${text} …\n`),
    };
    const rented = values.here === true ? undefined : await modalOf(io, folder);
    const made =
      rented === undefined
        ? await exportRun(await site(io, await findPython(io, values.python)), folder, wish)
        : await onModal(io, rented, folder, wish);
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

/** On a sandbox without a GPU, over the volume that has the run. */
async function onModal(io: Io, modal: ModalSite, folder: string, wish: Omit<RentedExport, "env">) {
  const session = await modalSession(io, modal);
  try {
    return await exportRunOnModal(session, folder, { ...wish, env: io.env });
  } finally {
    session.close();
  }
}

// The interpreter that trains: what the product's own `finetune setup` makes, in the cache folder.
import { attempt, run } from "./run.mjs";
import { aptInstall, canInstall } from "./apt.mjs";
import { cli } from "./bundles.mjs";

/**
 * The absolute path of the trainer's Python. `FINETUNE_PYTHON` names one that is there already.
 * The command line must be built.
 *
 * @param {{show?: boolean}} [options] show: pass on the progress of a first set-up
 * @returns {Promise<string>}
 */
export async function trainerPython({ show = true } = {}) {
  if (process.env.FINETUNE_PYTHON) return process.env.FINETUNE_PYTHON;
  await ensureSystemPython();
  if (show) await run(process.execPath, [cli, "setup"], { show });
  const { python } = JSON.parse(lastLine(await run(process.execPath, [cli, "setup", "--json"])));
  return python;
}

const lastLine = (text) => text.trimEnd().split("\n").at(-1) ?? "";

/** A Python that can make environments; afterwards `python3` is at least 3.11. */
async function ensureSystemPython() {
  if (await isUsable()) return;
  const missing = "Python 3.11 or newer with the venv module is needed: no `python3` on the PATH has both.";
  if (!canInstall()) throw new Error(missing);
  await aptInstall(["python3", "python3-venv", "python3-pip"]);
  if (!(await isUsable())) throw new Error(missing);
}

const isUsable = () =>
  attempt("python3", ["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"]).then(
    ({ code }) => code === 0,
    () => false,
  );

/** What is rented from Modal. */
import { MODAL_PRICES, modalName } from "../../estimate/prices.ts";
import { expectedUse } from "../../estimate/run-estimate.ts";
import { money } from "../../estimate/sentences.ts";
import { planChain } from "../../run/budget.ts";
import { modalSettings } from "../../run/modal-settings.ts";
import { roomFor } from "../../run/roomy-timeout.ts";
import { duration } from "../../units.ts";
import { closest } from "../closest.ts";
import { seconds } from "../duration.ts";
import type { Problem } from "../problem.ts";
import { bestFix, error, fix, hint, setEdit, warning, type Rule } from "../rule.ts";

const MODAL_LONGEST = 86_400;

export const modal: Rule = (context) => [...limits(context), ...expectations(context)];

const limits: Rule = ({ draft, config, isSet }) => {
  const section = draft.compute?.modal;
  const problems: Problem[] = [];
  const gpu = section?.gpu;
  if (gpu !== undefined && modalName(gpu) === undefined) {
    const bare = gpu.replace(/:\d+$/, "");
    const like = closest(bare, [...Object.keys(MODAL_PRICES.gpus), "A100"]);
    const count = /:\d+$/.exec(gpu)?.[0] ?? "";
    problems.push(
      warning("modal-gpu-unknown", ["compute", "modal", "gpu"], {
        message: `${bare} is not a GPU of Modal that we know.${like ? ` Did you mean ${like}?` : ""}`,
        ...(like
          ? {
              fixes: [
                bestFix(`Use ${like}${count}`, setEdit(["compute", "modal", "gpu"], `${like}${count}`)),
              ],
            }
          : {}),
      }),
    );
  }
  if (gpu !== undefined && /^A10:[5-8]$/i.test(gpu)) {
    problems.push(
      error("modal-gpu-count", ["compute", "modal", "gpu"], {
        message: "Modal rents at most four A10 together.",
        fixes: [bestFix("Use A10:4", setEdit(["compute", "modal", "gpu"], "A10:4"))],
      }),
    );
  }
  const time = seconds(section?.timeout);
  if (time !== undefined && time > MODAL_LONGEST) {
    problems.push(
      error("modal-timeout-long", ["compute", "modal", "timeout"], {
        message: "A sandbox of Modal lives at most 24 hours. Longer runs are resumed from their checkpoints.",
        fixes: [bestFix("Use 24h", setEdit(["compute", "modal", "timeout"], "24h"))],
      }),
    );
  }
  const stall = seconds(section?.stall_timeout);
  if (stall !== undefined && stall < 120) {
    problems.push(
      warning("stall-timeout-short", ["compute", "modal", "stall_timeout"], {
        message: "The first step compiles and may take minutes: a run would be ended before it began.",
        fixes: [bestFix("Use 15m", setEdit(["compute", "modal", "stall_timeout"], "15m"))],
      }),
    );
  }
  if (section !== undefined && config?.compute.target === "local" && !isSet(["compute", "target"])) {
    problems.push(
      hint("modal-not-chosen", ["compute", "modal"], {
        message: "The run happens on this machine unless compute.target is modal.",
        at: "key",
        fixes: [fix("Set target: modal", setEdit(["compute", "target"], "modal"))],
      }),
    );
  }
  return problems;
};

/** What time and money allow, held against the estimate. */
const expectations: Rule = ({ config, facts, isSet }) => {
  if (config?.compute.target !== "modal") return [];
  const { timeoutS, maxCostUsd } = modalSettings(config);
  const found = expectedUse(config, facts);
  if (found === null || found.seconds === null) return [];
  const problems: Problem[] = [];
  const timeout = ["compute", "modal", "timeout"];
  if (isSet(timeout) && found.seconds > timeoutS && timeoutS < MODAL_LONGEST) {
    const room = `${roomFor(found.seconds) / 3600}h`;
    const { attempts } = planChain(found.seconds, timeoutS);
    problems.push(
      warning("modal-timeout-short", timeout, {
        message: `The run is expected to take ≈ ${duration(found.seconds)} with its start, and a sandbox lives ${duration(timeoutS)}: it would be cut and go on in ${attempts} of them, each starting and loading again.`,
        fixes: [bestFix(`Use ${room}`, setEdit(timeout, room))],
      }),
    );
  }
  if (found.cost_usd !== null && found.cost_usd > maxCostUsd) {
    const path = ["compute", "modal", "max_cost_usd"];
    const enough = Math.ceil(1.25 * found.cost_usd);
    problems.push(
      warning("modal-budget-short", path, {
        message: `≈ ${money(found.cost_usd)} are expected, and max_cost_usd ends the run at ${money(maxCostUsd)}.`,
        fixes: [fix(`Allow ${money(enough)}`, setEdit(path, enough))],
      }),
    );
  }
  return problems;
};

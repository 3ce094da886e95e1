/** What leaves this machine with a run on Modal, said before it does. */
import type { Plan } from "../core/run/plan.ts";
import { modalSettings } from "../core/run/modal-settings.ts";
import { size } from "../core/units.ts";
import { secretsFor } from "../launch/modal/site.ts";
import type { Io } from "./verb.ts";

export function leavingLines(plan: Plan, env: Io["env"]): string[] {
  const { image, secrets } = modalSettings(plan);
  const files = Object.values(plan.inputs).map(({ source, bytes }) => `${source} (${size(bytes)})`);
  const tokens = Object.keys(secretsFor(plan, env));
  return [
    `sends      ${["the plan and the trainer", ...files].join(", ")}`,
    ...(tokens.length === 0 ? [] : [`secrets    ${tokens.join(", ")}, for this run only`]),
    ...(secrets.length === 0 ? [] : [`secrets    ${secrets.join(", ")}, kept by Modal`]),
    ...(image === null ? [] : [`image      ${image}`]),
    ...(plan.model.trust_remote_code ? ["runs       code of the model repository, on Modal"] : []),
    "preempted  it goes on by itself while this machine is awake; the limits hold in any case",
  ];
}

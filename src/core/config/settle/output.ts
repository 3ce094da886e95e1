/** What is saved, and where it runs. */
import type { ResolvedConfig } from "../../run/plan.ts";
import { LOCAL_DEFAULTS, MODAL_DEFAULTS, QUANTIZATION } from "../defaults.ts";
import { seconds } from "../duration.ts";
import type { Draft } from "../schema.ts";

export function settleSave(draft: Draft): ResolvedConfig["save"] {
  return [draft.save ?? []].flat().flatMap((output) => {
    if (output.method === undefined) return [];
    const quantizations = [output.quantization_method ?? QUANTIZATION].flat();
    return [
      {
        method: output.method,
        quantization_method: output.method === "gguf" ? quantizations : [],
        push_to_hub: output.push_to_hub ?? null,
        private: output.private ?? true,
        overwrite: output.overwrite ?? false,
      },
    ];
  });
}

export function settleCompute(draft: Draft): Pick<ResolvedConfig, "compute" | "limits"> {
  const compute = draft.compute ?? {};
  const target = compute.target ?? "local";
  const local = { ...LOCAL_DEFAULTS, ...compute.local };
  if (target === "local") {
    return { compute: { target, local, modal: null }, limits: { deadline_s: null, stall_s: null } };
  }
  const modal = { ...MODAL_DEFAULTS, ...compute.modal };
  return {
    compute: { target, local, modal },
    limits: { deadline_s: seconds(modal.timeout) ?? null, stall_s: seconds(modal.stall_timeout) ?? null },
  };
}

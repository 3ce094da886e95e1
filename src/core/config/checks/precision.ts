/** Number formats against the card that a run would use. */
import { targetsOf } from "../../estimate/targets.ts";
import type { ConfigPath, Fix, Problem } from "../problem.ts";
import { bestFix, deleteEdit, error, fix, hint, setEdit, type Rule, type RuleContext } from "../rule.ts";

interface Card {
  readonly name: string;
  readonly capability: number;
  readonly rented: boolean;
}

/** The card of the config's target, when its compute capability is known. */
export function cardOf({ config, facts }: RuleContext): Card | undefined {
  const chosen = config === null ? null : targetsOf(config, facts).chosen;
  if (chosen === null || chosen.card.capability === null) return undefined;
  return { name: chosen.name, capability: chosen.card.capability, rented: chosen.where === "modal" };
}

/** Turing and Volta have no bfloat16. */
const BF16_FROM = 8;

const bf16: Rule = (context) => {
  const card = cardOf(context);
  if (card === undefined || card.capability >= BF16_FROM) return [];
  const { training, model } = context.draft;
  const asked: ConfigPath[] = [];
  if (training?.bf16 === true) asked.push(["training", "bf16"]);
  if (model?.dtype === "bfloat16") asked.push(["model", "dtype"]);
  return asked.map((path): Problem => {
    const fixes: Fix[] = [bestFix("Remove the line (automatic)", deleteEdit(path))];
    if (path[1] === "bf16")
      fixes.push(fix("Use fp16: true", deleteEdit(path), setEdit(["training", "fp16"], true)));
    else fixes.push(fix("Use float16", setEdit(path, "float16")));
    if (card.rented) fixes.push(fix("Rent an L4 instead", setEdit(["compute", "modal", "gpu"], "L4")));
    return error("bf16-unsupported", path, {
      message: `${card.name} (compute capability ${card.capability.toFixed(1)}) has no bfloat16.`,
      at: "item",
      fixes,
    });
  });
};

const fp16: Rule = (context) => {
  const card = cardOf(context);
  if (card === undefined || card.capability < BF16_FROM) return [];
  const { training, model } = context.draft;
  const asked: ConfigPath[] = [];
  if (training?.fp16 === true) asked.push(["training", "fp16"]);
  if (model?.dtype === "float16") asked.push(["model", "dtype"]);
  return asked.map((path) =>
    hint("fp16-on-ampere", path, {
      message: `${card.name} has bfloat16, which does not overflow.`,
      at: "item",
      fixes: [bestFix("Remove the line (automatic)", deleteEdit(path))],
    }),
  );
};

const flash: Rule = (context) => {
  const asked = context.draft.model?.attn_implementation;
  if (asked !== "flash_attention_2" && asked !== "flash_attention_3") return [];
  const path = ["model", "attn_implementation"];
  const card = cardOf(context);
  const least = asked === "flash_attention_3" ? 9 : BF16_FROM;
  const tooOld = card !== undefined && card.capability < least;
  return [
    error("attention-not-available", path, {
      message: tooOld
        ? `${card.name} (compute capability ${card.capability.toFixed(1)}) cannot run ${asked}.`
        : `${asked} needs the flash-attn package, which the pinned environment does not have; PyTorch's own attention is used.`,
      fixes: [bestFix("Remove the line (the fastest that works)", deleteEdit(path))],
    }),
  ];
};

const age: Rule = (context) => {
  const card = cardOf(context);
  if (card === undefined || card.capability >= 7) return [];
  return [
    error("gpu-too-old", card.rented ? ["compute", "modal", "gpu"] : ["model", "name"], {
      message: `${card.name} (compute capability ${card.capability.toFixed(1)}) is older than Unsloth supports: 7.0 and later.`,
      fixes: [fix("Run on Modal", setEdit(["compute", "target"], "modal"))],
    }),
  ];
};

const fp8: Rule = (context) => {
  const name = context.draft.model?.name ?? "";
  if (!/[-_]fp8(?:$|[-_])/i.test(name)) return [];
  const card = cardOf(context);
  const plain = name.replace(/[-_]fp8(?:[-_].*)?$/i, "");
  const why =
    card !== undefined && card.capability < 9
      ? `${card.name} has no FP8`
      : "loading FP8 weights is not supported yet";
  return [
    error("fp8-unsupported", ["model", "name"], {
      message: `${name} holds FP8 weights, and ${why}. Name the 16-bit repository.`,
      fixes: [bestFix(`Use ${plain}`, setEdit(["model", "name"], plain))],
    }),
  ];
};

export const precision: Rule = (context) => [bf16, fp16, flash, age, fp8].flatMap((rule) => rule(context));

import type { ConfigPath, Problem } from "../problem.ts";
import {
  bestFix,
  deleteEdit,
  error,
  fix,
  hint,
  setEdit,
  warning,
  type Rule,
  type RuleContext,
} from "../rule.ts";
import { loadingMode } from "../settle/model.ts";
import { listed } from "../keys.ts";
import { modelFacts } from "./model-facts.ts";

/** Starts that compute on the base weights and so need them unquantised. */
const NEEDS_16BIT = /^(?:pissa(?:_niter_\d+)?|corda|loftq|lora_ga|mica|orthogonal)$/;
const NEEDS_DATA = new Set(["corda", "lora_ga"]);
const REWRITES_BASE = /^(?:pissa(?:_niter_\d+)?|olora|loftq)$/;

const INIT: ConfigPath = ["lora", "init_lora_weights"];
const plainInit = bestFix("Use the usual start", deleteEdit(INIT));

const init: Rule = ({ draft }) => {
  const start = draft.lora?.init_lora_weights;
  if (typeof start !== "string") return [];
  const mode = loadingMode(draft.model);
  if (NEEDS_DATA.has(start)) {
    return [
      error("init-needs-data", INIT, {
        message: `${start} needs a pass over the data before training, which is not built.`,
        fixes: [plainInit],
      }),
    ];
  }
  if (NEEDS_16BIT.test(start) && (mode === "load_in_4bit" || mode === "load_in_8bit")) {
    return [
      error("init-needs-16bit", INIT, {
        message: `${start} computes on the base weights and refuses quantised ones.`,
        fixes: [
          plainInit,
          fix(
            "Load the base in 16-bit",
            setEdit(["model", "load_in_16bit"], true),
            setEdit(["model", "load_in_4bit"], false),
            deleteEdit(["model", "load_in_8bit"]),
          ),
        ],
      }),
    ];
  }
  const rank = draft.lora?.r ?? 16;
  if (start === "orthogonal" && rank % 2 === 1) {
    return [
      error("init-even-rank", ["lora", "r"], {
        message: `orthogonal needs an even rank; this is ${rank}.`,
        fixes: [bestFix(`Use ${rank + 1}`, setEdit(["lora", "r"], rank + 1))],
      }),
    ];
  }
  if (start === "eva" && modelFacts(draft.model?.name)?.path === "A") {
    return [
      error("init-not-supported", INIT, {
        message: "eva does not work with Unsloth's fast classes of this model.",
        fixes: [plainInit],
      }),
    ];
  }
  if (REWRITES_BASE.test(start)) {
    return [
      hint("init-rewrites-base", INIT, {
        message: `${start} rewrites the base weights: the adapter alone does not fit the original base. Export a merged model.`,
      }),
    ];
  }
  return [];
};

const variants: Rule = ({ draft }) => {
  const lora = draft.lora ?? {};
  const problems: Problem[] = [];
  if (
    lora.use_dora &&
    typeof lora.init_lora_weights === "string" &&
    /^(?:loftq|eva)$/.test(lora.init_lora_weights)
  ) {
    problems.push(
      error("lora-variants-conflict", ["lora", "use_dora"], {
        message: `DoRA and ${lora.init_lora_weights} do not combine.`,
        at: "item",
        fixes: [
          bestFix("Remove use_dora", deleteEdit(["lora", "use_dora"])),
          fix("Use the usual start", deleteEdit(INIT)),
        ],
      }),
    );
  }
  if (lora.use_dora && lora.use_rslora) {
    problems.push(
      warning("lora-variants-conflict", ["lora", "use_rslora"], {
        message: "rsLoRA and DoRA together are untested: each changes the scale that the other relies on.",
        at: "item",
        fixes: [
          bestFix("Remove use_rslora", deleteEdit(["lora", "use_rslora"])),
          fix("Remove use_dora", deleteEdit(["lora", "use_dora"])),
        ],
      }),
    );
  }
  if (lora.loftq_config !== undefined && lora.init_lora_weights !== "loftq") {
    problems.push(
      warning("no-effect", ["lora", "loftq_config"], {
        message: "loftq_config has no effect without init_lora_weights: loftq.",
        at: "key",
        fixes: [bestFix("Remove it", deleteEdit(["lora", "loftq_config"]))],
      }),
    );
  }
  return problems;
};

/** What costs Unsloth's fused kernels: known before the start, seen otherwise only as a slow run. */
const slow: Rule = ({ draft }) => {
  const lora = draft.lora ?? {};
  const found: [string, string, unknown][] = [];
  if (lora.lora_dropout !== undefined && lora.lora_dropout > 0) found.push(["lora_dropout", "Dropout", 0]);
  if (lora.bias !== undefined && lora.bias !== "none") found.push(["bias", "Training biases", "none"]);
  if (lora.use_dora) found.push(["use_dora", "DoRA", false]);
  return found.map(([key, what, fast]) =>
    hint("slow-kernels", ["lora", key], {
      message: `${what} loses part of Unsloth's fused kernels: the run is slower.`,
      at: "item",
      fixes: [fix(`Use ${String(fast)}`, setEdit(["lora", key], fast))],
    }),
  );
};

const layers: Rule = ({ draft }) => {
  const lora = draft.lora ?? {};
  const problems: Problem[] = [];
  const last = lora.finetune_last_n_layers;
  if (lora.layers_to_transform !== undefined && last !== undefined) {
    problems.push(
      error("layers-conflict", ["lora", "finetune_last_n_layers"], {
        message: "layers_to_transform and finetune_last_n_layers both choose the layers. Keep one.",
        at: "item",
        fixes: [
          bestFix("Remove finetune_last_n_layers", deleteEdit(["lora", "finetune_last_n_layers"])),
          fix("Remove layers_to_transform", deleteEdit(["lora", "layers_to_transform"])),
        ],
      }),
    );
  }
  if (lora.layers_pattern !== undefined && lora.layers_to_transform === undefined) {
    problems.push(
      warning("no-effect", ["lora", "layers_pattern"], {
        message: "layers_pattern has no effect without layers_to_transform.",
        at: "key",
        fixes: [bestFix("Remove it", deleteEdit(["lora", "layers_pattern"]))],
      }),
    );
  }
  const facts = modelFacts(draft.model?.name);
  if (facts === undefined || facts.layers === 0) return problems;
  const beyond = (path: ConfigPath, message: string, count: number) =>
    error("layer-out-of-range", path, {
      message: `${facts.display} has ${facts.layers} layers, ${message} ${count}.`,
    });
  for (const [index, layer] of (lora.layers_to_transform ?? []).entries()) {
    if (layer >= facts.layers)
      problems.push(beyond(["lora", "layers_to_transform", index], "numbered from 0; there is no", layer));
  }
  if (last !== undefined && last > facts.layers)
    problems.push(beyond(["lora", "finetune_last_n_layers"], "not", last));
  return problems;
};

const WHOLE_LAYERS = ["embed_tokens", "lm_head"];

const whole: Rule = ({ draft }) => {
  const saved = draft.lora?.modules_to_save ?? [];
  return saved.flatMap((name, index) => {
    if (WHOLE_LAYERS.includes(name)) return [];
    return [
      error("modules-to-save-unsupported", ["lora", "modules_to_save", index], {
        message: `Unsloth trains only ${listed(WHOLE_LAYERS)} whole; ${name} can have adapters (target_modules).`,
        fixes: [bestFix("Remove it", deleteEdit(["lora", "modules_to_save", index]))],
      }),
    ];
  });
};

/** Alpha a quarter of r or less learns little, four times r and more is easily unstable. */
const scale: Rule = ({ draft }) => {
  const lora = draft.lora ?? {};
  const rank = lora.r ?? 16;
  const alpha = lora.lora_alpha ?? 16;
  if (lora.use_rslora || (alpha * 4 > rank && alpha < rank * 4.01)) return [];
  const key = lora.lora_alpha === undefined ? "r" : "lora_alpha";
  return [
    hint("alpha-far-from-rank", ["lora", key], {
      message: `lora_alpha ${alpha} with r ${rank} scales the adapters by ${Math.round((alpha / rank) * 100) / 100}; r or twice r is usual.`,
      fixes: [bestFix(`Set lora_alpha ${rank}`, setEdit(["lora", "lora_alpha"], rank))],
    }),
  ];
};

export const lora = (context: RuleContext): Problem[] =>
  context.draft.model?.full_finetuning
    ? []
    : [init, variants, slow, layers, whole, scale].flatMap((rule) => rule(context));

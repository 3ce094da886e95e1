import { findModel } from "../../estimate/catalog.ts";
import { closest } from "../closest.ts";
import { EMBEDDED_MODEL } from "../defaults.ts";
import type { Problem } from "../problem.ts";
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
import { isEmbedded } from "../settle/model.ts";
import { billionsOf, modelFacts } from "./model-facts.ts";

interface Refusal {
  readonly name: RegExp;
  readonly message: (name: string) => string;
  /** A name to try instead. */
  readonly instead?: (name: string) => string;
}

const without = (suffix: RegExp) => (name: string) => name.replace(suffix, "");

/** Repositories that Unsloth cannot train, known by their names. */
const REFUSED: readonly Refusal[] = [
  {
    name: /[-_.]gguf$/i,
    message: () =>
      "GGUF files are for running a model, not for training it. Name the repository that it was made from.",
    instead: without(/[-_.]?gguf$/i),
  },
  {
    name: /[-_](?:gptq|awq|exl2|hqq|aqlm|eetq)(?:$|[-_])/i,
    message: () =>
      "This repository is quantised in a way that cannot be trained. Name the 16-bit repository; load_in_4bit quantises it while loading.",
    instead: without(/[-_](?:gptq|awq|exl2|hqq|aqlm|eetq)(?:[-_].*)?$/i),
  },
  {
    name: /^mlx-community\/|[-_]mlx(?:$|[-_])/i,
    message: () => "This repository is for Apple's MLX, which is not supported yet. Name the original one.",
  },
  {
    name: /(?:^|[/_-])(?:whisper|csm-1b|orpheus|llasa|spark-tts|parler|bark|speecht5|musicgen|wav2vec2)(?:$|[-_.])/i,
    message: () => "This is a model of sound. Only text models are trained here.",
  },
  {
    name: /(?:^|[/_-])(?:stable-diffusion|sdxl|flux(?:\.1)?|clip-vit|siglip|dino)(?:$|[-_.])/i,
    message: () => "This is a model of images. Only text models are trained here.",
  },
  {
    name: /(?:^|[/_-])(?:bge|e5|gte|embeddinggemma|minilm|all-mpnet|nomic-embed|sentence-t5|jina-embeddings|qwen3-embedding)(?:$|[-_.])|-embedding-|reranker/i,
    message: () => "This model makes embeddings. Only models that write text are trained here.",
  },
  {
    name: /(?:^|\/)(?:distil|xlm-)?(?:bert|roberta|deberta(?:-v\d)?|electra|albert|modernbert)-(?:base|large|small|xs|tiny|mini|medium|xlarge|xxlarge)(?:$|[-_])/i,
    message: () => "This model fills gaps or sorts texts. Only models that write text are trained here.",
  },
  {
    name: /(?:^|[/_-])(?:flan-)?(?:t5|bart|mbart|pegasus|m2m100|nllb)(?:$|[-_])/i,
    message: () => "This model has an encoder and a decoder. Only decoder models are trained here.",
  },
  {
    name: /openelm/i,
    message: () =>
      "transformers 5 has no OpenELM of its own, and its remote code does not run with it. Choose another model.",
  },
];

const trainable: Rule = ({ draft, config }) => {
  const name = draft.model?.name;
  if (name === undefined || config?.model.input != null) return [];
  const refusal = REFUSED.find((each) => each.name.test(name));
  if (refusal === undefined) return [];
  const instead = refusal.instead?.(name);
  return [
    error("model-not-trainable", ["model", "name"], {
      message: refusal.message(name),
      ...(instead !== undefined && instead !== name && instead !== ""
        ? { fixes: [fix(`Try ${instead}`, setEdit(["model", "name"], instead))] }
        : {}),
    }),
  ];
};

const weightsFile: Rule = ({ draft }) => {
  const name = draft.model?.name ?? "";
  if (!/\.(safetensors|bin|pt|pth|ckpt|onnx)$/i.test(name)) return [];
  return [
    error("model-is-file", ["model", "name"], {
      message:
        "A model is a folder with config.json, weights and tokenizer, or a Hub id; this is a single file.",
    }),
  ];
};

const ADDRESS = /^https?:\/\/(?:www\.)?(?:huggingface\.co|hf\.co)\/(?:datasets\/)?([^/\s]+\/[^/\s?#]+)/i;

/** A pasted address of the Hub in the place of an id. */
const address: Rule = ({ draft }) => {
  const name = draft.model?.name ?? "";
  if (!/^https?:\/\//i.test(name)) return [];
  const id = ADDRESS.exec(name)?.[1];
  return [
    error("name-is-address", ["model", "name"], {
      message: "An address is not a name. Write the Hub id, owner/name, or a local folder.",
      ...(id === undefined ? {} : { fixes: [bestFix(`Use ${id}`, setEdit(["model", "name"], id))] }),
    }),
  ];
};

const remoteCode: Rule = ({ draft }) =>
  draft.model?.trust_remote_code === true
    ? [
        warning("trust-remote-code", ["model", "trust_remote_code"], {
          message:
            "The repository's own Python code will run with your rights. Keep it on only if you have read that code.",
          at: "item",
          fixes: [fix("Remove it", deleteEdit(["model", "trust_remote_code"]))],
        }),
      ]
    : [];

/** Billions of parameters from which keeping every activation is a mistake more often than a choice. */
const LARGE = 3;

const checkpointing: Rule = ({ draft }) => {
  const size = billionsOf(draft.model?.name);
  if (draft.model?.use_gradient_checkpointing !== false || size === undefined || size < LARGE) return [];
  return [
    warning("no-checkpointing", ["model", "use_gradient_checkpointing"], {
      message: `Without checkpointing every layer of a ${Math.round(size)}B model keeps its activations: several times the memory for a quarter of the time.`,
      fixes: [bestFix("Use unsloth", setEdit(["model", "use_gradient_checkpointing"], "unsloth"))],
    }),
  ];
};

/** Families whose activations leave the range of float16. */
const OVERFLOWS = new Set([
  "gemma3",
  "gemma3_text",
  "gemma3n",
  "gemma4",
  "glm4_moe",
  "gpt_oss",
  "qwen3_5",
  "qwen3_5_moe",
  "qwen3_moe",
]);

const overflow: Rule = ({ draft }) => {
  const facts = modelFacts(draft.model?.name);
  const key =
    draft.model?.dtype === "float16"
      ? (["model", "dtype"] as const)
      : draft.training?.fp16 === true
        ? (["training", "fp16"] as const)
        : undefined;
  if (facts === undefined || key === undefined || !OVERFLOWS.has(facts.type)) return [];
  return [
    warning("float16-overflow", key, {
      message: `${facts.display} overflows in float16; Unsloth runs it in float32 then, slower and larger.`,
      at: "item",
      fixes: [bestFix("Leave it to auto", deleteEdit(key))],
    }),
  ];
};

const shortRows: Rule = ({ draft }) => {
  const length = draft.model?.max_seq_length;
  if (length === undefined || length >= 512 || draft.model?.use_gradient_checkpointing !== "unsloth")
    return [];
  return [
    hint("unsloth-checkpointing-short", ["model", "use_gradient_checkpointing"], {
      message:
        'Below 512 tokens Unsloth treats "unsloth" as true: there is nothing worth moving to system memory.',
    }),
  ];
};

const positions: Rule = ({ draft }) => {
  const length = draft.model?.max_seq_length;
  const facts = modelFacts(draft.model?.name);
  if (length === undefined || facts === undefined || facts.positions <= 0 || length <= facts.positions)
    return [];
  if (draft.model?.rope_scaling !== undefined) return [];
  return [
    warning("sequence-beyond-model", ["model", "max_seq_length"], {
      message: `${facts.display} was made for ${facts.positions} tokens. Beyond that its positions are stretched, and it answers worse until it has learnt that.`,
      fixes: [bestFix(`Use ${facts.positions}`, setEdit(["model", "max_seq_length"], facts.positions))],
    }),
  ];
};

/** "llama-3.2-1b" and "SmolLM2-135M" are names that people say, not ids of the Hub. */
const owner: Rule = ({ draft, config }) => {
  const name = draft.model?.name;
  if (name === undefined || name.includes("/") || isEmbedded(name) || config?.model.input != null) return [];
  const path = ["model", "name"];
  const message = `${name} is no Hub id: those are owner/name.`;
  if (EMBEDDED_MODEL.startsWith(name.toLowerCase()) || closest(name, [EMBEDDED_MODEL]) !== undefined) {
    return [
      error("model-without-owner", path, {
        message: `${message} Did you mean ${EMBEDDED_MODEL}?`,
        fixes: [bestFix(`Use ${EMBEDDED_MODEL}`, setEdit(path, EMBEDDED_MODEL))],
      }),
    ];
  }
  const known = findModel(name)?.model;
  if (known === undefined) return [];
  const ids = [...Object.keys(known.dynamic).map((bare) => `unsloth/${bare}`), ...known.hubs];
  const like = closest(
    name,
    ids.map((id) => id.split("/")[1] ?? id),
  );
  const id = ids.find((each) => each.endsWith(`/${like}`)) ?? ids[0];
  if (id === undefined) return [];
  return [
    error("model-without-owner", path, {
      message: `${message} Did you mean ${id}?`,
      fixes: [bestFix(`Use ${id}`, setEdit(path, id))],
    }),
  ];
};

export const model = (context: RuleContext): Problem[] =>
  [trainable, weightsFile, address, remoteCode, checkpointing, overflow, shortRows, positions, owner].flatMap(
    (rule) => rule(context),
  );

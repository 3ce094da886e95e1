import type { Problem } from "../problem.ts";
import { bestFix, deleteEdit, error, fix, setEdit, warning, type Rule, type RuleContext } from "../rule.ts";
import { isEmbedded } from "../settle/model.ts";

const MODES = ["load_in_4bit", "load_in_8bit", "load_in_16bit", "full_finetuning"] as const;
type ModeKey = (typeof MODES)[number];

const IN_WORDS: Readonly<Record<ModeKey, string>> = {
  load_in_4bit: "QLoRA",
  load_in_8bit: "8-bit LoRA",
  load_in_16bit: "16-bit LoRA",
  full_finetuning: "full fine-tuning",
};

/** Exactly one loading mode holds. */
const oneMode: Rule = ({ draft }) => {
  const chosen = MODES.filter((mode) => draft.model?.[mode] === true);
  const [first, ...others] = chosen;
  if (first === undefined || others.length === 0) return [];
  const keep = (mode: ModeKey, preferred: boolean) => {
    const quantised = mode === "load_in_8bit" || mode === "load_in_16bit";
    // Unsloth loads 4-bit unless it is told not to.
    const drop = (each: ModeKey) =>
      quantised && each === "load_in_4bit" ? setEdit(["model", each], false) : deleteEdit(["model", each]);
    const edits = chosen.filter((each) => each !== mode).map(drop);
    return (preferred ? bestFix : fix)(`Keep ${mode} (${IN_WORDS[mode]})`, ...edits);
  };
  return others.map((mode) =>
    error("loading-mode-conflict", ["model", mode], {
      message: `${first} and ${mode} are both on. Choose one: ${chosen.map((each) => IN_WORDS[each]).join(" or ")}.`,
      at: "item",
      related: [{ path: ["model", first], message: `${first} is on here` }],
      fixes: chosen.map((each) => keep(each, each === mode && chosen.length === 2)),
    }),
  );
};

/** Unsloth's own default is 4-bit: a file that only says 16-bit means something else to other readers. */
const implicitFourBit: Rule = ({ draft, isSet }) => {
  const wider = (["load_in_16bit", "load_in_8bit"] as const).find((mode) => draft.model?.[mode] === true);
  if (wider === undefined || isSet(["model", "load_in_4bit"]) || isEmbedded(draft.model?.name)) return [];
  return [
    warning("load-in-4bit-default", ["model", wider], {
      message: `load_in_4bit is on by default in Unsloth and would win or conflict with ${wider}. Runs from here use ${IN_WORDS[wider]}; say so in the file.`,
      at: "item",
      fixes: [bestFix("Add load_in_4bit: false", setEdit(["model", "load_in_4bit"], false))],
    }),
  ];
};

const noAdapters: Rule = ({ draft, isSet }) => {
  if (!draft.model?.full_finetuning || !isSet(["lora"])) return [];
  return [
    error("full-finetuning-lora", ["lora"], {
      message: "Full fine-tuning trains every weight; a lora section has no place beside it.",
      at: "key",
      fixes: [
        bestFix("Remove the lora section", deleteEdit(["lora"])),
        fix("Train adapters instead", deleteEdit(["model", "full_finetuning"])),
      ],
    }),
  ];
};

/** Both switches decide the same thing as `dtype`. */
const precision: Rule = ({ draft }) => {
  const { bf16, fp16 } = draft.training ?? {};
  const dtype = draft.model?.dtype;
  const problems: Problem[] = [];
  if (bf16 === true && fp16 === true) {
    problems.push(
      error("precision-conflict", ["training", "fp16"], {
        message: "bf16 and fp16 are both on. Leave both out: the GPU's own is taken.",
        at: "item",
        fixes: [
          bestFix("Remove both", deleteEdit(["training", "bf16"]), deleteEdit(["training", "fp16"])),
          fix("Keep bf16", deleteEdit(["training", "fp16"])),
          fix("Keep fp16", deleteEdit(["training", "bf16"])),
        ],
      }),
    );
    return problems;
  }
  const other = { bfloat16: "fp16", float16: "bf16" } as const;
  const wrong = dtype === "bfloat16" || dtype === "float16" ? other[dtype] : undefined;
  if (wrong !== undefined && draft.training?.[wrong] === true) {
    problems.push(
      error("precision-conflict", ["training", wrong], {
        message: `The model is loaded in ${dtype}, and ${wrong} asks for the other one. The run would stop at its start.`,
        at: "item",
        fixes: [
          bestFix(`Remove ${wrong}`, deleteEdit(["training", wrong])),
          fix("Use dtype: auto", setEdit(["model", "dtype"], "auto")),
        ],
      }),
    );
  }
  return problems;
};

const dtype: Rule = ({ draft, config }) => {
  const asked = draft.model?.dtype;
  if (asked !== "float32" || config?.model.embedded != null) return [];
  return [
    warning("dtype-float32", ["model", "dtype"], {
      message: "float32 doubles what is not quantised and is several times slower on a GPU.",
      fixes: [bestFix("Use auto", setEdit(["model", "dtype"], "auto"))],
    }),
  ];
};

const FOUR_BIT_REPOSITORY = /-(?:unsloth-)?bnb-4bit$/i;

/** A repository that is already 4-bit cannot be loaded any other way. */
const alreadyFourBit: Rule = ({ draft }) => {
  const name = draft.model?.name ?? "";
  const mode = (["load_in_16bit", "load_in_8bit", "full_finetuning"] as const).find(
    (each) => draft.model?.[each] === true,
  );
  const off = draft.model?.load_in_4bit === false;
  if (!FOUR_BIT_REPOSITORY.test(name) || (mode === undefined && !off)) return [];
  const plain = name.replace(FOUR_BIT_REPOSITORY, "");
  return [
    error("repository-is-4bit", ["model", "name"], {
      message: `${name} holds 4-bit weights; ${mode === undefined ? "16-bit LoRA" : IN_WORDS[mode]} needs the 16-bit repository.`,
      fixes: [
        bestFix(`Use ${plain}`, setEdit(["model", "name"], plain)),
        fix(
          "Train in 4-bit",
          setEdit(["model", "load_in_4bit"], true),
          ...(mode === undefined ? [] : [deleteEdit(["model", mode])]),
        ),
      ],
    }),
  ];
};

/** A known adapter goes on as it is, or is merged first. */
const adapter: Rule = ({ draft, isSet }) => {
  const mode = draft.model?.adapter_mode;
  const path = ["model", "adapter_mode"];
  if (mode === undefined) return [];
  if (draft.model?.full_finetuning && mode === "continue") {
    return [
      error("adapter-mode-conflict", path, {
        message: "Full fine-tuning trains no adapter: the old one can only be merged first.",
        at: "item",
        fixes: [bestFix("Merge it first", setEdit(path, "merge_then_new"))],
      }),
    ];
  }
  if (mode === "continue" && isSet(["lora"])) {
    return [
      warning("adapter-mode-conflict", ["lora"], {
        message:
          "An adapter that is continued keeps its own rank and layers: the lora section must be equal to them.",
        at: "key",
        fixes: [
          bestFix("Remove the lora section", deleteEdit(["lora"])),
          fix("Merge it and train a new one", setEdit(path, "merge_then_new")),
        ],
      }),
    ];
  }
  return [];
};

export const loading = (context: RuleContext): Problem[] =>
  [oneMode, implicitFourBit, noAdapters, precision, dtype, alreadyFourBit, adapter].flatMap((rule) =>
    rule(context),
  );

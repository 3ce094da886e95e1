import { COLUMN_ROLES } from "../../data/formats.ts";
import type { DataFormat, Method } from "../../run/plan.ts";
import { closest } from "../closest.ts";
import { looksLocal } from "../paths.ts";
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
import { entries, type Entry } from "../settle/dataset.ts";

/** All datasets of a config, held-out ones included. */
export const allEntries = ({ draft }: RuleContext): Entry[] => [
  ...entries(draft, "dataset"),
  ...entries(draft, "eval_dataset"),
];

/** The format of an entry, from the file or from what was seen of its rows. */
export function formatOf(context: RuleContext, { input, id }: Entry): DataFormat | undefined {
  if (input.format !== undefined && input.format !== "auto") return input.format;
  const place = context.config?.locals[id]?.path;
  const seen = place === undefined ? undefined : context.facts.datasets?.[place]?.format;
  return seen === "messages" ||
    seen === "alpaca" ||
    seen === "text" ||
    seen === "sharegpt" ||
    seen === "prompt_completion" ||
    seen === "preference" ||
    seen === "unpaired_preference" ||
    seen === "prompt_only"
    ? seen
    : undefined;
}

export const noEffect = (path: ConfigPath, message: string): Problem =>
  warning("no-effect", path, { message, at: "key", fixes: [bestFix("Remove it", deleteEdit(path))] });

const missingPath = (context: RuleContext): Problem[] =>
  allEntries(context).flatMap(({ input, path }) =>
    input.path !== undefined || context.isSet([...path, "path"])
      ? []
      : [
          error("dataset-path-missing", path, {
            message: "This dataset names no path: a file, a folder or a Hub id.",
            at: "key",
          }),
        ],
  );

const hubKeys = (context: RuleContext): Problem[] =>
  allEntries(context).flatMap(({ input, path }) => {
    if (input.path === undefined || !looksLocal(input.path)) return [];
    return (["name", "split", "revision"] as const)
      .filter((key) => input[key] !== undefined)
      .map((key) =>
        noEffect([...path, key], `${key} is for Hub datasets; ${input.path} is a file or folder.`),
      );
  });

const HUB_ADDRESS = /^https?:\/\/(?:www\.)?(?:huggingface\.co|hf\.co)\/datasets\/([^/\s]+\/[^/\s?#]+)/i;

const address = (context: RuleContext): Problem[] =>
  allEntries(context).flatMap(({ input, path }) => {
    if (input.path === undefined || !/^(?:https?|s3|gs|az|ftp):\/\//i.test(input.path)) return [];
    const id = HUB_ADDRESS.exec(input.path)?.[1];
    const at = [...path, "path"];
    return [
      error("name-is-address", at, {
        message: "Data is a file, a folder or a Hub id, never an address. Download it, or write the id.",
        ...(id === undefined ? {} : { fixes: [bestFix(`Use ${id}`, setEdit(at, id))] }),
      }),
    ];
  });

const twice = (context: RuleContext): Problem[] => {
  const seen = new Map<string, string>();
  return allEntries(context).flatMap(({ input, path, section }) => {
    if (input.path === undefined) return [];
    const key = [context.resolution.locate([...path, "path"], input.path), input.name, input.split].join(
      "\u0000",
    );
    const before = seen.get(key);
    seen.set(key, before ?? section);
    const at = [...path, "path"];
    if (before === undefined) return [];
    if (before === section) {
      return [
        warning("dataset-twice", at, {
          message: `${input.path} is in the list already: its rows count twice. weight: 2 says so on purpose.`,
          fixes: [bestFix("Remove it", deleteEdit(path))],
        }),
      ];
    }
    return [
      error("eval-is-train", at, {
        message: "This is the data that is trained on: its evaluation says nothing. Hold rows out instead.",
        fixes: [
          bestFix(
            "Hold out 5 % (test_size)",
            deleteEdit(["eval_dataset"]),
            setEdit(testSizePath(context), 0.05),
          ),
        ],
      }),
    ];
  });
};

/** Where test_size goes: into the section, or into the first of a list. */
export const testSizePath = ({ draft }: Pick<RuleContext, "draft">): ConfigPath =>
  Array.isArray(draft.dataset) ? ["dataset", 0, "test_size"] : ["dataset", "test_size"];

const heldOut = (context: RuleContext): Problem[] => {
  const sizes = allEntries(context).filter(
    ({ input, section }) => section === "dataset" && input.test_size !== undefined,
  );
  const [first, ...others] = sizes;
  if (first === undefined) return [];
  const at = [...first.path, "test_size"];
  if (context.isSet(["eval_dataset"])) {
    return [
      error("two-eval-sources", at, {
        message: "test_size and eval_dataset both name the rows to evaluate. Keep one.",
        at: "item",
        related: [{ path: ["eval_dataset"], message: "eval_dataset is named here" }],
        fixes: [
          bestFix("Remove test_size", ...sizes.map(({ path }) => deleteEdit([...path, "test_size"]))),
          fix("Remove eval_dataset", deleteEdit(["eval_dataset"])),
        ],
      }),
    ];
  }
  return others
    .filter(({ input }) => input.test_size !== first.input.test_size)
    .map(({ path }) =>
      error("test-size-differs", [...path, "test_size"], {
        message: `Rows are held out of the whole mix: test_size ${first.input.test_size} holds, and this one differs.`,
        at: "item",
        fixes: [bestFix("Remove it", deleteEdit([...path, "test_size"]))],
      }),
    );
};

const WANTED: Readonly<Record<Method, readonly DataFormat[]>> = {
  sft: ["alpaca", "messages", "sharegpt", "prompt_completion", "text"],
  dpo: ["preference"],
  orpo: ["preference"],
  kto: ["unpaired_preference", "preference"],
  grpo: ["prompt_only", "prompt_completion"],
};
const METHOD_OF: Partial<Record<DataFormat, Method>> = {
  preference: "dpo",
  unpaired_preference: "kto",
  prompt_only: "grpo",
};

const methodFormat = (context: RuleContext): Problem[] => {
  const method = context.draft.training?.method ?? "sft";
  return allEntries(context).flatMap((entry) => {
    const format = formatOf(context, entry);
    if (format === undefined || WANTED[method].includes(format)) return [];
    const explicit = entry.input.format === format;
    const other = METHOD_OF[format] ?? "sft";
    return [
      error("format-method", [...entry.path, explicit ? "format" : "path"], {
        message: `${method} needs ${WANTED[method].join(" or ")} rows; these are ${format}.`,
        fixes: [fix(`Train with ${other}`, setEdit(["training", "method"], other))],
      }),
    ];
  });
};

export const CHATS: ReadonlySet<DataFormat> = new Set(["messages", "sharegpt"]);

const responses = (context: RuleContext): Problem[] =>
  allEntries(context).flatMap((entry) => {
    const asked = entry.input.train_on_responses_only;
    if ((asked !== true && asked !== "last") || formatOf(context, entry) !== "text") return [];
    const at = [...entry.path, "train_on_responses_only"];
    return [
      error("responses-only-on-text", at, {
        message: "Plain text has no answers: nothing would be trained.",
        at: "item",
        fixes: [bestFix("Use auto", setEdit(at, "auto"))],
      }),
    ];
  });

const overlength = (context: RuleContext): Problem[] =>
  allEntries(context).flatMap((entry) => {
    const format = formatOf(context, entry);
    const at = [...entry.path, "overlength"];
    if (entry.input.overlength === "split" && format !== undefined && format !== "text") {
      return [
        error("split-on-chats", at, {
          message:
            "A conversation cannot be split: its second half has no question. Drop long rows, or truncate them.",
          fixes: [bestFix("Use drop", setEdit(at, "drop")), fix("Use truncate", setEdit(at, "truncate"))],
        }),
      ];
    }
    if (entry.input.overlength === "truncate" && format !== "text") {
      return [
        hint("truncated-answers", at, {
          message: "Truncating loses the end of long answers; drop leaves those rows out instead.",
        }),
      ];
    }
    return [];
  });

/** Columns of a local dataset, when they were read. */
export function columnsOf({ config, facts }: RuleContext, path: ConfigPath): readonly string[] | undefined {
  const id = path.length === 1 ? `${String(path[0])}.0` : path.join(".");
  const place = config?.locals[id]?.path;
  const columns = place === undefined ? undefined : facts.datasets?.[place]?.columns;
  return columns && columns.length > 0 ? columns : undefined;
}

const columns = (context: RuleContext): Problem[] =>
  allEntries(context).flatMap(({ input, path }) =>
    Object.entries(input.columns ?? {}).flatMap(([role, column]) => {
      const at = [...path, "columns", role];
      if (!COLUMN_ROLES.includes(role)) return [unknownRole(at, role, column, columnsOf(context, path))];
      const known = columnsOf(context, path);
      if (known === undefined || known.includes(column)) return [];
      const like = closest(column, known);
      return [
        error("column-missing", at, {
          message: `The data has no column ${column}; it has ${known.join(", ")}.`,
          ...(like ? { fixes: [bestFix(`Use ${like}`, setEdit(at, like))] } : {}),
        }),
      ];
    }),
  );

/** `columns` maps our roles to the data's names; the other way round is a common slip. */
function unknownRole(
  at: ConfigPath,
  role: string,
  column: string,
  known: readonly string[] | undefined,
): Problem {
  const turned = COLUMN_ROLES.includes(column) || known?.includes(role) === true;
  const like = closest(role, COLUMN_ROLES);
  const swap = [deleteEdit(at), setEdit([...at.slice(0, -1), column], role)];
  return error("column-role-unknown", at, {
    message: turned
      ? `columns says role: column, so this should be ${column}: ${role}.`
      : `There is no role ${role}.${like ? ` Did you mean ${like}?` : ""} Roles are ${COLUMN_ROLES.slice(0, 8).join(", ")} and others.`,
    at: "key",
    fixes: turned
      ? [bestFix(`Write ${column}: ${role}`, ...swap)]
      : like
        ? [bestFix(`Rename to ${like}`, { kind: "rename", path: at, to: like })]
        : [],
  });
}

const systemMessage = (context: RuleContext): Problem[] =>
  allEntries(context).flatMap((entry) =>
    entry.input.system_message !== undefined && formatOf(context, entry) === "text"
      ? [
          noEffect(
            [...entry.path, "system_message"],
            "Plain text has no messages: system_message has no effect.",
          ),
        ]
      : [],
  );

const RULES: readonly Rule[] = [
  missingPath,
  hubKeys,
  address,
  twice,
  heldOut,
  methodFormat,
  responses,
  overlength,
  columns,
  systemMessage,
];

export const dataset: Rule = (context) => RULES.flatMap((rule) => rule(context));

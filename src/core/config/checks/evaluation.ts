import type { Edit, Fix, Problem } from "../problem.ts";
import {
  bestFix,
  deleteEdit,
  error,
  fix,
  hint,
  information,
  setEdit,
  warning,
  type Rule,
  type RuleContext,
} from "../rule.ts";
import { cadence, hasEvalData } from "../settle/training.ts";
import { testSizePath } from "./dataset.ts";

const at = (key: string) => ["training", key];

/** Every key that asks for an evaluation, in the order in which one of them is blamed. */
const ASKING = ["eval_strategy", "eval_steps", "eval_on_start"] as const;

function asks({ draft }: RuleContext): (typeof ASKING)[number] | undefined {
  const training = draft.training ?? {};
  if (training.eval_strategy === "no") return undefined;
  return ASKING.find((key) => training[key] !== undefined && training[key] !== false);
}

const splitOff = (context: RuleContext): Edit => setEdit(testSizePath(context), 0.05);

/** Takes the whole request for evaluations back. */
function withoutEvaluation(context: RuleContext): Fix {
  const keys = ["eval_steps", "eval_on_start", "load_best_model_at_end", "early_stopping_patience"] as const;
  const gone = keys.filter((key) => context.isSet(at(key))).map((key) => deleteEdit(at(key)));
  return fix('Set eval_strategy: "no"', setEdit(at("eval_strategy"), "no"), ...gone);
}

const dataFor = (context: RuleContext): Problem[] => {
  const key = asks(context);
  if (key === undefined || hasEvalData(context.draft) || needsBest(context)) return [];
  return [
    error("eval-without-data", at(key), {
      message: "There is no evaluation data: the run would fail at the first evaluation.",
      at: "item",
      fixes: [
        bestFix("Hold out 5 % (dataset.test_size: 0.05)", splitOff(context)),
        withoutEvaluation(context),
      ],
    }),
  ];
};

const needsBest = ({ draft }: RuleContext): boolean =>
  draft.training?.load_best_model_at_end === true || draft.training?.early_stopping_patience !== undefined;

/** One edit that makes evaluation and saving agree. */
function aligned(context: RuleContext): Fix {
  const { draft } = context;
  const training = draft.training ?? {};
  const edits: Edit[] = hasEvalData(draft) ? [] : [splitOff(context)];
  const wish = [training.eval_strategy, training.save_strategy].find((each) => each === "epoch");
  if (wish === "epoch") {
    edits.push(setEdit(at("eval_strategy"), "epoch"), setEdit(at("save_strategy"), "epoch"));
    for (const key of ["eval_steps", "save_steps"])
      if (context.isSet(at(key))) edits.push(deleteEdit(at(key)));
    return bestFix("Evaluate and save after each epoch", ...edits);
  }
  const steps =
    training.eval_steps ??
    training.save_steps ??
    (training.max_steps === undefined ? 0.1 : Math.max(1, Math.round(training.max_steps / 10)));
  edits.push(
    setEdit(at("eval_strategy"), "steps"),
    setEdit(at("eval_steps"), steps),
    setEdit(at("save_strategy"), "steps"),
    setEdit(at("save_steps"), steps),
  );
  return bestFix(
    `Evaluate and save every ${steps < 1 ? `${steps * 100} % of the steps` : `${steps} steps`}`,
    ...edits,
  );
}

/** Why the best checkpoint could not be found at the end, or undefined. */
function mismatch(context: RuleContext): string | undefined {
  if (!hasEvalData(context.draft))
    return "needs evaluation data, and evaluation and saving at the same steps";
  const { save_strategy, save_steps, eval_strategy, eval_steps } = cadence(context.draft);
  if (eval_strategy === "no") return 'needs evaluations, and eval_strategy is "no"';
  if (save_strategy !== eval_strategy)
    return `needs equal eval and save strategies; these are ${eval_strategy} and ${save_strategy}`;
  if (save_steps === null || eval_steps === null) return undefined;
  const mixed = save_steps < 1 !== eval_steps < 1;
  const rest = save_steps / eval_steps;
  return mixed || Math.abs(rest - Math.round(rest)) > 1e-9 || rest < 1
    ? `needs save_steps to be a multiple of eval_steps; these are ${save_steps} and ${eval_steps}`
    : undefined;
}

const best: Rule = (context) => {
  if (context.draft.training?.load_best_model_at_end !== true) return [];
  const why = mismatch(context);
  if (why === undefined) return [];
  return [
    error("best-model-needs-eval", at("load_best_model_at_end"), {
      message: `load_best_model_at_end ${why}.`,
      at: "item",
      related: ["eval_strategy", "eval_steps", "save_strategy", "save_steps"]
        .filter((key) => context.isSet(at(key)))
        .map((key) => ({ path: at(key), message: `${key} is set here` })),
      fixes: [
        aligned(context),
        fix("Remove load_best_model_at_end", deleteEdit(at("load_best_model_at_end"))),
      ],
    }),
  ];
};

const stopping: Rule = (context) => {
  const training = context.draft.training ?? {};
  if (training.early_stopping_patience === undefined) return [];
  const key = at("early_stopping_patience");
  if (!hasEvalData(context.draft) || training.eval_strategy === "no") {
    if (training.load_best_model_at_end) return [];
    return [
      error("early-stopping-needs-eval", key, {
        message: "Early stopping looks at evaluations, and there are none.",
        at: "item",
        fixes: [aligned(context), fix("Remove early_stopping_patience", deleteEdit(key))],
      }),
    ];
  }
  if (training.load_best_model_at_end !== true) {
    return [
      information("early-stopping-keeps-last", key, {
        message: "The run will end with its last checkpoint, not its best one.",
        at: "item",
        fixes: [fix("Set load_best_model_at_end: true", setEdit(at("load_best_model_at_end"), true))],
      }),
    ];
  }
  return [];
};

const metric: Rule = ({ draft }) => {
  const training = draft.training ?? {};
  const name = training.metric_for_best_model;
  const problems: Problem[] = [];
  const known = /^(eval_)?(loss|rewards\/(accuracies|margins|chosen|rejected)|reward)$/;
  if (name !== undefined && !known.test(name)) {
    problems.push(
      error("metric-unknown", at("metric_for_best_model"), {
        message: `Evaluation gives eval_loss${training.method === "dpo" || training.method === "orpo" ? " and eval_rewards/accuracies" : ""}, not ${name}: whole logits are not kept.`,
        fixes: [bestFix("Use eval_loss", setEdit(at("metric_for_best_model"), "eval_loss"))],
      }),
    );
  }
  const isLoss = (name ?? "eval_loss").endsWith("loss");
  if (training.greater_is_better !== undefined && training.greater_is_better === isLoss) {
    problems.push(
      error("metric-direction", at("greater_is_better"), {
        message: isLoss
          ? "A lower loss is better: this would keep the worst checkpoint."
          : `A higher ${name} is better: this would keep the worst checkpoint.`,
        at: "item",
        fixes: [bestFix("Remove it", deleteEdit(at("greater_is_better")))],
      }),
    );
  }
  return problems;
};

const without = (key: string, why: string): Problem =>
  warning("no-effect", at(key), {
    message: `${key} has no effect ${why}.`,
    at: "key",
    fixes: [bestFix("Remove it", deleteEdit(at(key)))],
  });

const unused: Rule = (context) => {
  const training = context.draft.training ?? {};
  const problems: Problem[] = [];
  const strategy = cadence(context.draft).eval_strategy;
  if (training.eval_strategy === "no") {
    for (const key of ["eval_steps", "eval_on_start"] as const) {
      if (training[key] !== undefined && training[key] !== false)
        problems.push(without(key, 'with eval_strategy: "no"'));
    }
  } else if (strategy === "epoch" && training.eval_steps !== undefined) {
    problems.push(without("eval_steps", "with eval_strategy: epoch"));
  }
  if (training.load_best_model_at_end !== true && training.early_stopping_patience === undefined) {
    for (const key of ["metric_for_best_model", "greater_is_better"] as const) {
      if (training[key] !== undefined) problems.push(without(key, "without load_best_model_at_end"));
    }
  }
  if (training.eval_strategy === "no" && hasEvalData(context.draft)) {
    problems.push(
      hint("eval-data-unused", at("eval_strategy"), {
        message: "There is evaluation data, and it is never used.",
        fixes: [fix("Evaluate now and then", deleteEdit(at("eval_strategy")))],
      }),
    );
  }
  return problems;
};

const batch: Rule = ({ draft }) => {
  const training = draft.training ?? {};
  const trained = training.per_device_train_batch_size ?? 2;
  const evaluated = training.per_device_eval_batch_size;
  if (evaluated === undefined || evaluated <= trained * 2) return [];
  return [
    information("eval-batch-large", at("per_device_eval_batch_size"), {
      message: `Evaluation has a memory peak of its own: ${evaluated} rows at once have ended runs that trained well with ${trained}.`,
      fixes: [fix(`Use ${trained}`, setEdit(at("per_device_eval_batch_size"), trained))],
    }),
  ];
};

export const evaluation: Rule = (context) =>
  [dataFor, best, stopping, metric, unused, batch].flatMap((rule) => rule(context));

import { error, type Rule } from "../rule.ts";

/** What a config cannot do without. */
export const required: Rule = ({ draft, isSet, resolution }) => {
  const problems = [];
  // A broken file, or one whose base is still being read, may well name them somewhere.
  if (resolution.pending || resolution.problems.some(({ code }) => code.startsWith("extends-"))) return [];
  const unreadable = resolution.chain[0]?.parsed.problems.some(({ severity }) => severity === "error");
  if (unreadable) return [];
  // A section with a wrong value is reported already.
  const faulty = (section: string): boolean =>
    resolution.problems.some(
      ({ path, severity }) => severity === "error" && path[0] === section && path.length < 2,
    );
  if (draft.model?.name === undefined && !isSet(["model", "name"]) && !faulty("model")) {
    problems.push(
      error("model-missing", ["model"], {
        message: "No model is named. Write model: and a Hub id, a local folder or smollm2-135m-instruct.",
        at: "key",
      }),
    );
  }
  if (!isSet(["dataset"]) && !faulty("dataset")) {
    problems.push(
      error("dataset-missing", ["dataset"], {
        message: "No data is named. Write dataset: and a file or the id of a Hub dataset.",
        at: "key",
      }),
    );
  }
  return problems;
};

import { expect, test } from "vitest";
import { plainEnvironment } from "../../../src/launch/child-environment.ts";
import { tokenNameProblem, withTokens } from "../../../src/launch/token-names.ts";

const NAMES = ["HF_TOKEN", "WANDB_API_KEY", "MY_SERVICE_KEY", "_X"];
const setting = { trainer: "/t", cache: "/c", data: "/d" };

test.each(NAMES)("%s reaches the trainer as it is", (name) => {
  expect(tokenNameProblem(name)).toBeUndefined();
  const env = withTokens({ PATH: "/bin", [name]: "old" }, { [name]: "new" });
  expect(plainEnvironment({ ...setting, env })).toMatchObject({ PATH: "/bin", [name]: "new" });
});

test.each([
  ["PYTHON_TOKEN", /never reach a run/],
  ["VSCODE_TOKEN", /never reach a run/],
  ["ELECTRON_KEY", /never reach a run/],
  ["NODE_OPTIONS", /never reach a run/],
  ["FINETUNE_DATA_DIR", /set by the system or for every run/],
  ["PATH", /set by the system/],
  ["LD_PRELOAD", /set by the system/],
  ["hf-token", /capital letters/],
  ["1_TOKEN", /begins with a letter/],
  ["", /capital letters/],
])("%s cannot be a token's name", (name, reason) => {
  expect(tokenNameProblem(name)).toMatch(reason);
});

test("Modal's own token is given to no run", () => {
  const env = withTokens({}, { MODAL_TOKEN_ID: "ak-1", MODAL_TOKEN_SECRET: "as-1", HF_TOKEN: "x" });
  expect(env).toEqual({ HF_TOKEN: "x" });
});

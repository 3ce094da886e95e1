/** Where secrets are found in a config, what the quick fix leaves of the text, and what the command reads. */
import { describe, expect, test } from "vitest";
import { secretName } from "../../../../src/core/config/secret-name.ts";
import { secretAt, secretMoveSchema } from "../../../../src/core/config/secret-move.ts";
import { applyEdits } from "../../../../src/core/config/edits.ts";
import { parse } from "../../../../src/core/config/parse.ts";
import { validate } from "../../../../src/core/config/validate.ts";

const TOKEN = "hf_EXAMPLEonlyEXAMPLEonly";
const HEAD = "model: a/b\ndataset: x.jsonl\n";

function secretsIn(text: string, files: Record<string, string> = {}) {
  const context = {
    path: "/w/a.finetune.yaml",
    read: (place: string) => (place in files ? parse(files[place] ?? "") : { missing: "gone" }),
  };
  return validate(text, context).problems.filter(({ code }) => code === "secret-in-file");
}

/** The text after the fix, and what the command would have kept. */
function moved(text: string): { after: string; secret: string | undefined; title: string } {
  const [problem, ...others] = secretsIn(text);
  expect(others).toEqual([]);
  const fix = problem?.fixes?.[0];
  if (fix === undefined) throw new Error("There is no fix.");
  const [place] = fix.command?.args ?? [];
  const after = applyEdits(parse(text), fix.edits);
  if (place === undefined) return { after, secret: undefined, title: fix.title };
  return { after, secret: secretAt(text, secretMoveSchema.shape.place.parse(place)), title: fix.title };
}

describe("what is moved is the secret and nothing around it", () => {
  test.each([
    ["the value of a key named so", `${HEAD}token: ${TOKEN}\n`, TOKEN, HEAD],
    ["a number", `${HEAD}wandb_api_key: 1234567890\n`, "1234567890", HEAD],
    ["a whole value", `${HEAD}name: ${TOKEN}\n`, TOKEN, HEAD],
    ["in quotes", `${HEAD}name: "${TOKEN}"\n`, TOKEN, HEAD],
    ["a dotted key", `${HEAD}my.hf_token: ${TOKEN}\n`, TOKEN, HEAD],
    [
      "in a flow map",
      `${HEAD}save: {method: gguf, token: ${TOKEN}}\n`,
      TOKEN,
      `${HEAD}save: {method: gguf}\n`,
    ],
    ["inside a longer text", `${HEAD}name: run with ${TOKEN} here\n`, TOKEN, `${HEAD}name: run with  here\n`],
    ["a key", `${HEAD}${TOKEN}: 1\n`, TOKEN, HEAD],
    ["in a comment", `${HEAD}name: x # ${TOKEN}\n`, TOKEN, `${HEAD}name: x # \n`],
    [
      "a private key over several lines",
      `${HEAD}name: |\n  -----BEGIN PRIVATE KEY-----\n  abc\n  -----END PRIVATE KEY-----\n`,
      "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----",
      HEAD,
    ],
  ])("%s", (_, text, secret, after) => {
    expect(moved(text)).toMatchObject({ secret, after });
  });

  test("a password in an address is taken out, the address stays", () => {
    const text = "model: a/b\ndataset: https://me:pass@example.org/x.jsonl\n";
    expect(moved(text)).toMatchObject({
      secret: undefined,
      after: "model: a/b\ndataset: https://example.org/x.jsonl\n",
    });
  });

  test.each(["$HF_TOKEN", "${HF_TOKEN}", "", "env:HF_TOKEN"])(
    "%j is a name, and no name is kept",
    (value) => {
      const text = `${HEAD}token: ${value === "" ? "" : JSON.stringify(value)}\n`;
      expect(moved(text)).toMatchObject({ secret: undefined, title: "Remove it", after: HEAD });
    },
  );

  test("a secret of an extended file is shown and is moved from there only", () => {
    const base = `token: ${TOKEN}\nname: see ${TOKEN}\n`;
    const found = secretsIn(`extends: base.yaml\n${HEAD}`, { "/w/base.yaml": base });
    expect(found.map(({ file, fixes }) => ({ file, fixes }))).toEqual([
      { file: "/w/base.yaml", fixes: undefined },
      { file: "/w/base.yaml", fixes: undefined },
    ]);
    expect(found.map(({ span }) => base.slice(span.start, span.end))).toEqual(["token", `see ${TOKEN}`]);
  });

  test("no message and no title repeats it", () => {
    const text = `${HEAD}name: see ${TOKEN}\ntoken: ${TOKEN}\n${TOKEN}: 1\n# ${TOKEN}\n`;
    const all = validate(text, { path: "/w/a.finetune.yaml", read: () => ({ missing: "gone" }) }).problems;
    expect(all.filter(({ code }) => code === "secret-in-file")).toHaveLength(4);
    const said = all.map(({ message, fixes }) => [message, fixes?.map(({ title }) => title)]);
    expect(JSON.stringify(said)).not.toContain(TOKEN);
  });
});

test.each([
  [["model", "token"], TOKEN, "HF_TOKEN", true],
  [["model", "token"], "abc", "HF_TOKEN", false],
  [["wandb_api_key"], "0123", "WANDB_API_KEY", true],
  [["a"], "sk-ant-0123456789012345678901", "ANTHROPIC_API_KEY", true],
  [["dataset", 0, "my-service.api_key"], "x", "MY_SERVICE_API_KEY", false],
  [[0, "模型"], "x", "TOKEN", false],
] as const)("the variable for %j is %s", (path, secret, name, sure) => {
  expect(secretName([...path], secret)).toEqual({ name, sure });
});

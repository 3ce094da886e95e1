/** The smoke test asks the fake what it will ask the real Modal: every step has to come to an answer. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { serveFake } from "./fake/served.ts";
import { connect } from "./session/connect.ts";
import { runSmoke, STEPS } from "./smoke/steps.ts";

test("every question is answered, and what fails does not stop the rest", async () => {
  const { fake, session, log } = await connect();
  fake.hooks.gpus = ["T4"];
  fake.hooks.rates = { gpu_t4: "0.59" };
  fake.fail("TokenInfoGet", 9, "not today");
  const said: string[] = [];
  const smoke = { session, gpu: "T4", volume: "smoke", log, interval: 100, otherImage: null };
  const answers = await runSmoke(
    { ...smoke, say: (text) => said.push(text) },
    // The one about the time limit sleeps for ten seconds.
    STEPS.filter(({ question }) => !question.includes("time limit")),
  );
  const of = (start: string) => answers.find(({ question }) => question.startsWith(start))?.answer;
  expect(answers).toHaveLength(STEPS.length - 1);
  expect(of("Who")).toBe("could not be seen (modal-refused: Modal refuses this request: not today.)");
  expect(of("Under which")).toMatch(/gpu_t4.*understood: \{.*"T4":0\.0001638/);
  expect(of("What does the server")).toMatch(/^modal-gpu: .*Unknown GPU type NOSUCH/);
  expect(of("Which driver")).toMatch(
    /printed "no nvidia-smi.*synced in \d+ ms.*outside: synced after \d+ s.*found by tag: true.*"ok\\n".*"exitCode":7/,
  );
  expect(of("Does a terminated")).toMatch(/printed "up.*"status":"terminated"/);
  expect(of("Does a line")).toMatch(/^first line 65000 characters, 20000 further lines/);
  expect(of("A CPU")).toMatch(/found: true, printed "hello", end: \{"status":"success"/);
  expect(of("Files")).toMatch(/"bytes":9437184.*its end "finetune", left: 0$/);
  expect(of("Does another")).toContain("--image");
  expect(said).toHaveLength(answers.length * 2);
}, 60_000);

test("the script asks before it spends, and says when there is no token", async () => {
  const served = await serveFake();
  onTestFinished(() => served.stop());
  const run = (env: Record<string, string>, ...args: string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, "smoke.mjs"), ...args], {
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"] ?? "",
        no_proxy: "127.0.0.1",
        MODAL_CONFIG_PATH: "/nonexistent",
        ...env,
      },
    });
  expect(run({}).stderr).toMatch(/^No Modal token/);
  const { tokenId, tokenSecret } = served.account;
  const env = { MODAL_TOKEN_ID: tokenId, MODAL_TOKEN_SECRET: tokenSecret, MODAL_SERVER_URL: served.url };
  const asked = run(env);
  expect(asked.stdout).toMatch(/rents a T4 for about two minutes/);
  expect((await served.state()).calls).toEqual({});
  expect(asked.status).toBe(0);
});

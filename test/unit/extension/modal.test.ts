/** What the editor shows of Modal: the dialog before a run, the rows of Targets, cost and waiting. */
import { expect, test } from "vitest";
import type { CardRow } from "../../../src/core/estimate/card-table.ts";
import { MODAL_PRICES } from "../../../src/core/estimate/prices.ts";
import type { Departure } from "../../../src/core/run/departure.ts";
import { modalSettings } from "../../../src/core/run/modal-settings.ts";
import { newRemote, type Remote } from "../../../src/core/run/remote.ts";
import { inEnglish } from "../../../src/core/say.ts";
import { flagsOf, runRow } from "../../../src/extension/jobs/items.ts";
import { departureLines } from "../../../src/extension/modal/departure-lines.ts";
import { gpuRows, modalRow, volumeRows } from "../../../src/extension/targets/modal-items.ts";
import { aRun, T0 } from "./a-run.ts";

const modal = { gpu: "L40S", timeout: "4h", stall_timeout: "15m", max_cost_usd: 15, max_attempts: 3 };
const settings = modalSettings({
  compute: { target: "modal", local: { gpus: "auto", strategy: "auto" }, modal },
});
const NOTHING: Departure = { files: [], secrets: [], tokens: [], image: null, remoteCode: null };
const lines = (departure: Partial<Departure>, chain: string | null = null) =>
  departureLines(
    { config: "/w/a.finetune.yaml", name: "a", departure: { ...NOTHING, ...departure }, settings, chain },
    inEnglish,
  );

test("the dialog names what leaves, and says what needs this computer and what does not", () => {
  const file = { kind: "file", outside: false, python: false } as const;
  const said = lines({
    files: [
      { ...file, source: "data/rows.jsonl", path: "/w/data/rows.jsonl" },
      { ...file, source: "~/x.jsonl", path: "/home/me/x.jsonl", outside: true },
      { ...file, source: "rewards.py", path: "/w/rewards.py", python: true },
    ],
    tokens: ["HF_TOKEN"],
    secrets: ["wandb"],
    image: "me/own",
    remoteCode: "me/odd",
  });
  expect(said).toEqual(
    expect.arrayContaining([
      "• Data and files: data/rows.jsonl, rewards.py",
      "• Files outside of this project: /home/me/x.jsonl",
      "• Python code that runs there: rewards.py",
      "• Tokens, by name: HF_TOKEN",
      "• Secrets kept by Modal: wandb",
      "• In somebody else's image: me/own",
      "• With code from the model's repository: me/odd",
    ]),
  );
  expect(said.join("\n")).toMatch(
    /costs \$15\.00 at most .*longer than 4 h; both limits hold with everything here closed/,
  );
  expect(said.join("\n")).toMatch(/goes on by itself only while this computer is on and connected/);
});

test("what there is nothing of is not said; a chain of sandboxes is", () => {
  const said = lines({}, "3 of them are planned.");
  expect(said.filter((line) => line.startsWith("•"))).toEqual(["• The config, the plan and our trainer."]);
  expect(said.at(-1)).toBe("3 of them are planned.");
});

test.each([
  [{ kind: "out" }, /sign in to rent a GPU/, true],
  [{ kind: "broken", message: "~/.modal.toml, line 3 is not TOML." }, /line 3 is not TOML/, true],
  [
    { kind: "in", profile: "work", environment: "main", workspace: "acme" },
    /^acme · profile work · main$/,
    undefined,
  ],
  [{ kind: "in", profile: null, environment: null, workspace: null }, /^own token$/, undefined],
] as const)("Modal in Targets for %j", (state, description, signIn) => {
  const row = modalRow(state, inEnglish);
  expect(row.description).toMatch(description);
  expect(row.signIn).toBe(signIn);
});

test("GPUs have a price and the fit of the open config; a live price says so", () => {
  const row: CardRow = {
    name: "Modal L4",
    where: "modal",
    verdict: "does-not-fit",
    fit: "does not fit: 3.1 GB too much",
    memory: "",
    time: "≈ 16 min",
    cost: "≈ $0.21",
    chosen: false,
    edits: [],
  };
  const rows = gpuRows({ ...MODAL_PRICES, told: ["T4"] }, [row], inEnglish);
  const of = (gpu: string) => rows.find(({ label }) => label === gpu);
  expect(of("L4")).toMatchObject({
    description: "$0.80 an hour · does not fit: 3.1 GB too much · ≈ 16 min · ≈ $0.21",
    icon: "circle-slash",
  });
  expect(of("L4")?.tooltip).toContain(MODAL_PRICES.date);
  expect(of("T4")?.tooltip).toContain("as Modal just said");
  expect(rows).toHaveLength(Object.keys(MODAL_PRICES.gpus).length);
});

test("the volume is told by run, newest first, and what runs share by itself", () => {
  const entry = (path: string, bytes: number) => ({ path, kind: "file", bytes, mtime: 1 }) as const;
  const rows = volumeRows(
    [
      entry("runs/20261125-1-a/adapter/adapter_model.safetensors", 1000),
      entry("runs/20261126-1-b/plan.json", 10),
      entry("runs/20261125-1-a/plan.json", 24),
      entry("inputs/0abc/rows.jsonl", 2048),
      { path: "runs/20261125-1-a", kind: "folder", bytes: 0, mtime: 1 },
    ],
    inEnglish,
  );
  expect(rows.map(({ label, description, kind }) => [label, description, kind])).toEqual([
    ["20261126-1-b", "1 KB", "modalRun"],
    ["20261125-1-a", "1 KB", "modalRun"],
    ["Data and inputs", "2 KB", "modalInputs"],
  ]);
  expect(volumeRows([], inEnglish)[0]?.label).toBe("Nothing of ours lies there.");
});

const remote = (change: Partial<Remote>): Remote => ({
  ...newRemote(
    {
      app: "unsloth-finetune",
      environment: null,
      gpu: "L40S",
      volume: "finetune-runs",
      max_cost_usd: 15,
      planned_attempts: 1,
      allowed_attempts: 3,
    },
    T0,
  ),
  ...change,
});
const onModal = (state: Parameters<typeof aRun>[0], change: Partial<Remote>) => {
  const view = aRun(state, []);
  return { ...view, info: { ...view.info, target: "modal" as const }, remote: remote(change) };
};

test("waiting for a GPU says so, costs nothing, and can be stopped", () => {
  const view = onModal("queued", { stage: "waiting", written: T0 + 60 });
  expect(runRow(view, "a", T0 + 60).description).toBe("waiting for an L40S on Modal · 1 min");
  expect(flagsOf(view)).toContain("stop");
  // No ticket of this machine could be cancelled or moved.
  expect(flagsOf(view)).not.toContain("waiting");
});

test("the row of a run tells what it has cost, and that a lost contact ends nothing", () => {
  const paid = [{ attempt: 0, kind: "train" as const, from: T0, to: null, rate: 0.001 }];
  const rate = { dollars: 0.001, date: "2026-09-18" };
  const going = onModal("running", { stage: "running", written: T0 + 420, paid, rate });
  expect(runRow(going, "a", T0 + 420).description).toMatch(/ · \$0\.42$/);
  const lost = onModal("running", {
    stage: "running",
    written: T0 + 420,
    paid,
    rate,
    contact: { ok: false, since: T0 + 100, reason: "no network" },
  });
  expect(runRow(lost, "a", T0 + 420).description).toBe("not connected, the run continues · $0.42");
});

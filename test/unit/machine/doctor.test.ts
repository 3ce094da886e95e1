import { expect, test } from "vitest";
import type { GpuFact } from "../../../src/core/facts.ts";
import { gpuFindings } from "../../../src/machine/doctor/gpus.ts";
import { modalFindings } from "../../../src/machine/doctor/modal.ts";
import { pathFindings } from "../../../src/machine/doctor/paths.ts";
import { survival, type Surroundings } from "../../../src/machine/doctor/survival.ts";
import { pinsOf, reportFindings } from "../../../src/machine/doctor/trainer-report.ts";

const plain: Surroundings = {
  platform: "linux",
  release: "6.8.0-generic",
  env: {},
  inContainer: false,
  logind: "",
  onBattery: null,
};
const codes = (over: Partial<Surroundings>): string[] =>
  survival({ ...plain, ...over }).map(({ code }) => code);

test("what would end a run with its window is named, with the setting", () => {
  expect(codes({})).toEqual([]);
  expect(codes({ release: "5.15.153.1-microsoft-standard-WSL2" })).toEqual(["wsl"]);
  expect(codes({ inContainer: true, env: { REMOTE_CONTAINERS: "true" } })).toEqual(["dev-container"]);
  expect(codes({ inContainer: true })).toEqual([]);
  const ssh = { SSH_CONNECTION: "1.2.3.4 5 6.7.8.9 22" };
  expect(codes({ env: ssh, logind: "[Login]\nKillUserProcesses=yes\n" })).toEqual(["kill-user-processes"]);
  expect(
    codes({ env: ssh, logind: "KillUserProcesses=yes\n#KillUserProcesses=yes\nKillUserProcesses=no" }),
  ).toEqual([]);
  expect(codes({ logind: "KillUserProcesses=yes" })).toEqual([]);
  expect(codes({ onBattery: true })).toEqual(["battery"]);
  for (const finding of survival({ ...plain, onBattery: true, release: "microsoft" }))
    expect(finding.fix).not.toBe("");
});

const card: GpuFact = {
  index: 0,
  uuid: "GPU-a",
  name: "NVIDIA GeForce RTX 4090",
  total: 24 * 2 ** 30,
  usable: null,
  used: 2 * 2 ** 30,
  ours: 0,
  capability: "8.9",
  driver: "570.86",
  processes: [{ pid: 7, name: "firefox", bytes: 2 ** 30 }],
};

test("graphics cards: free memory and who holds it, the set of packages, a broken driver", () => {
  expect(gpuFindings({ gpus: [card] }, "linux").map(({ message }) => message)).toEqual([
    "NVIDIA GeForce RTX 4090: 22.0 GB of 24.0 GB free; held by firefox (7) 1.0 GB",
    "Packages: cu128. NVIDIA GeForce RTX 4090, driver 570.86.",
  ]);
  expect(gpuFindings({ gpus: [{ ...card, driver: "470.1" }] }, "linux")[1]).toMatchObject({
    level: "warning",
    code: "gpu-unusable",
  });
  expect(gpuFindings({ failed: "Driver/library version mismatch" }, "linux")).toMatchObject([
    {
      level: "problem",
      code: "driver-broken",
      message: "nvidia-smi does not answer: Driver/library version mismatch",
    },
  ]);
  expect(gpuFindings({ gpus: [] }, "linux")).toMatchObject([{ level: "fine", code: "no-gpu" }]);
});

test("the environment: what imports, which versions were not tested, why an import fails", () => {
  const pins = pinsOf("# x\ntorch==2.13.0\nunsloth==2026.10.9\nnumpy==2.4.6 ; python_version < '3.12'\n");
  const report = { ok: true, versions: { torch: "2.13.0+cpu", unsloth: "2026.1.1" }, import_s: 3.3 };
  expect(reportFindings(report, pins).map(({ code, message }) => [code, message])).toEqual([
    ["imports", "unsloth 2026.1.1, torch 2.13.0+cpu, imported in 3.3 s"],
    ["untested-versions", "Other versions than those tested: unsloth 2026.1.1 (tested: 2026.10.9)."],
    ["llama-cpp", "No llama.cpp: GGUF files cannot be made here."],
  ]);
  expect(reportFindings({ failed: "No module named finetune_trainer" }, pins)).toMatchObject([
    {
      level: "problem",
      code: "trainer-silent",
      message: "The trainer does not start: No module named finetune_trainer",
    },
  ]);
  const broken = {
    ok: false,
    versions: {},
    message: "libcudnn.so.9 is missing.",
    hint: "Install the CPU build.",
  };
  expect(reportFindings(broken, pins)).toMatchObject([
    {
      level: "problem",
      code: "import-fails",
      message: "libcudnn.so.9 is missing.",
      fix: "Install the CPU build.",
    },
  ]);
});

test("Modal: signed in from where, signed out, half a token; the secret is in none of it", async () => {
  const nowhere = { HOME: "/nowhere", MODAL_CONFIG_PATH: "/nowhere/modal.toml" };
  const secret = { tokenId: "ak-1", tokenSecret: "as-very-secret" };
  const told = [
    await modalFindings(nowhere, null),
    await modalFindings(nowhere, secret),
    await modalFindings({ ...nowhere, MODAL_TOKEN_ID: "ak-2", MODAL_TOKEN_SECRET: "as-very-secret" }, null),
    await modalFindings({ ...nowhere, MODAL_TOKEN_ID: "ak-2" }, null),
  ].flat();
  expect(told.map(({ code, level }) => `${code} ${level}`)).toEqual([
    "modal-signed-out fine",
    "modal-signed-in fine",
    "modal-signed-in fine",
    expect.stringMatching(/ warning$/),
  ]);
  expect(told[1]?.message).toBe("Modal: a token from the editor's secret storage is present (ak-1).");
  expect(told[2]?.message).toContain("from the environment");
  expect(told[3]?.fix).not.toBe("");
  expect(JSON.stringify(told)).not.toContain("as-very-secret");
});

test("paths that make trouble for others: too deep for Windows, split by PATH", () => {
  expect(pathFindings("linux", "/home/größe 训练/.cache")).toEqual([]);
  expect(pathFindings("win32", "C:\\Users\\me\\AppData\\Local\\unsloth-finetune\\cache")).toEqual([]);
  expect(pathFindings("win32", `C:\\Users\\${"x".repeat(100)}`)).toMatchObject([{ code: "path-long" }]);
  expect(pathFindings("linux", "/data: 2/cache")).toMatchObject([{ code: "path-separator" }]);
});

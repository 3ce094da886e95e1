import { expect, test } from "vitest";
import {
  childEnvironment,
  environmentOf,
  homeOf,
  killPlan,
  needsNetwork,
  pythonCommand,
} from "../../../src/launch/child-environment.ts";
import { candidates } from "../../../src/launch/executable.ts";
import { samplePlan } from "./counting.ts";

const setting = {
  platform: "linux",
  env: {
    PATH: "/bin",
    HF_TOKEN: "secret",
    VSCODE_IPC_HOOK: "x",
    PYTHONHOME: "/old",
    UNSLOTH_AUTO_INSTALL: "1",
    GONE: undefined,
  },
  trainer: "/run/trainer",
  cache: "/cache",
  data: "/data",
  hasGpu: false,
} as const;

test("the environment of a trainer: what training needs, nothing of the editor's", async () => {
  const env = childEnvironment(await samplePlan(), setting);
  expect(env).toEqual({
    PATH: "/bin",
    HF_TOKEN: "secret",
    PYTHONPATH: "/run/trainer",
    PYTHONUNBUFFERED: "1",
    PYTHONUTF8: "1",
    FINETUNE_CACHE_DIR: "/cache",
    FINETUNE_DATA_DIR: "/data",
    UNSLOTH_AUTO_INSTALL: "0",
    UNSLOTH_DISABLE_STATISTICS: "1",
    TOKENIZERS_PARALLELISM: "false",
    GOMP_SPINCOUNT: "10000",
    HF_HUB_OFFLINE: "1",
  });
});

test("the chosen device: a GPU that is there is never left for the CPU in silence", async () => {
  const plan = await samplePlan();
  const on = (gpus: typeof plan.compute.local.gpus, hasGpu: boolean) =>
    childEnvironment(
      { ...plan, compute: { ...plan.compute, local: { ...plan.compute.local, gpus } } },
      { ...setting, hasGpu },
    );
  expect(on("auto", true)).toMatchObject({ UNSLOTH_DISABLE_CPU_FALLBACK: "1" });
  expect(on([], true)).toMatchObject({ UNSLOTH_FORCE_CPU: "1" });
  expect(on([], true)).not.toHaveProperty("UNSLOTH_DISABLE_CPU_FALLBACK");
  expect(on("auto", false)).not.toHaveProperty("UNSLOTH_FORCE_CPU");
});

test("a run asks the Hub only for what lies there", async () => {
  const plan = await samplePlan();
  expect(needsNetwork(plan)).toBe(false);
  expect(needsNetwork({ ...plan, model: { ...plan.model, embedded: null } })).toBe(true);
  const pushed = plan.save.map((save) => ({ ...save, push_to_hub: "me/it" }));
  expect(needsNetwork({ ...plan, save: pushed })).toBe(true);
  const hub = { id: "a/b", name: null, split: "train", revision: null };
  expect(needsNetwork({ ...plan, eval_dataset: plan.dataset.map((data) => ({ ...data, hub })) })).toBe(true);
});

test("Windows: the interpreter itself is started, told of its environment; elsewhere as it is", () => {
  const python = "C:\\envs\\cpu 1\\Scripts\\python.exe";
  const home = homeOf(
    "include-system-site-packages = false\r\nhome = C:\\Python 312\r\nversion = 3.12.1\r\n",
  );
  expect(home).toBe("C:\\Python 312");
  expect(pythonCommand("win32", python, home)).toEqual({
    file: "C:\\Python 312\\python.exe",
    env: { __PYVENV_LAUNCHER__: python },
  });
  expect(pythonCommand("win32", python, null)).toEqual({ file: python, env: {} });
  expect(pythonCommand("linux", "/e/bin/python", "/usr/bin")).toEqual({ file: "/e/bin/python", env: {} });
  expect(environmentOf("win32", python)).toBe("C:\\envs\\cpu 1");
  expect(environmentOf("linux", "/e/bin/python")).toBe("/e");
});

test("ending a tree of processes: the group, or taskkill by its absolute path", () => {
  expect(killPlan("linux", 42, false)).toEqual({ kind: "signal", pid: -42, signal: "SIGTERM" });
  expect(killPlan("darwin", 42, true)).toEqual({ kind: "signal", pid: -42, signal: "SIGKILL" });
  expect(killPlan("win32", 42, true, "D:\\Win")).toEqual({
    kind: "command",
    file: "D:\\Win\\System32\\taskkill.exe",
    args: ["/PID", "42", "/T", "/F"],
  });
});

test("programs are looked for in absolute folders only", () => {
  expect(candidates("uv", { PATH: "/a:.:rel:/b" }, "linux")).toEqual(["/a/uv", "/b/uv"]);
  expect(candidates("git", { Path: "C:\\Git;." }, "win32")).toEqual([
    "C:\\Git\\git.exe",
    "C:\\Git\\git.cmd",
    "C:\\Git\\git.bat",
  ]);
  expect(candidates("x", {}, "linux")).toEqual([]);
});

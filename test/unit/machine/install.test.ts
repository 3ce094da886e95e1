import { expect, test } from "vitest";
import { NOTHING_YET, progressAfter, totalOf } from "../../../src/machine/install-progress.ts";
import { parsePipConfig, uvIndexArguments, uvIndexEnvironment } from "../../../src/machine/package-index.ts";
import { installFailure } from "../../../src/machine/setup-failure.ts";
import {
  askTorchCommand,
  createCommand,
  installCommand,
  type SetupPlace,
  shown,
  verifyCommand,
} from "../../../src/machine/setup-plan.ts";
import { buildInPipReport, buildInUvDryRun } from "../../../src/machine/torch-build.ts";

const none = parsePipConfig("");
const place = (over: Partial<SetupPlace> = {}): SetupPlace => ({
  platform: "linux",
  folder: "/c/envs/cpu-1",
  installer: { kind: "pip" },
  index: none,
  ...over,
});
const uv = { kind: "uv", program: "/bin/uv" } as const;
const lock = { set: "cpu", path: "/l/cpu.lock", sha256: "1", packages: ["torch"], torch: "2.13.0" } as const;

test("what the user told pip is passed on to uv", () => {
  const config = parsePipConfig(
    [
      "global.index-url='https://global/simple'",
      "global.extra-index-url='https://a/simple https://b/simple'",
      "install.index-url='https://install/simple'",
      ":env:.find-links='/wheels'",
      ":env:.cert='/etc/ca.crt'",
      "global.trusted-host='pypi.corp'",
      "global.timeout='10'",
      "nonsense",
    ].join("\n"),
  );
  expect(uvIndexArguments(config).join(" ")).toBe(
    "--default-index https://install/simple --index https://a/simple --index https://b/simple --find-links /wheels --allow-insecure-host pypi.corp --index-strategy unsafe-best-match",
  );
  expect(uvIndexEnvironment(config)).toEqual({ SSL_CERT_FILE: "/etc/ca.crt" });
  expect(uvIndexArguments(none)).toEqual([]);
});

const report = (version: string, requires: readonly string[]): string =>
  JSON.stringify({ install: [{ metadata: { name: "torch", version, requires_dist: requires } }] });

test("which build of torch an index gives is read from its answer", () => {
  expect(buildInPipReport(report("2.13.0+cpu", []), "linux")).toBe("cpu");
  expect(buildInPipReport(report("2.13.0", ["filelock", "nvidia-cublas-cu12==12.8; x"]), "linux")).toBe(
    "cuda",
  );
  expect(buildInPipReport(report("2.13.0", ["filelock"]), "linux")).toBe("cpu");
  expect(buildInPipReport(report("2.13.0+cu128", []), "win32")).toBe("cuda");
  expect(buildInPipReport(report("2.13.0", ["nvidia-cublas"]), "darwin")).toBe("cpu");
  expect(buildInPipReport("ERROR: No matching distribution", "linux")).toBeNull();
  expect(buildInUvDryRun("Would install 1 package\n + torch==2.13.0+cpu\n", "linux")).toBe("cpu");
  expect(buildInUvDryRun(" + torch==2.13.0\n", "linux")).toBe("cuda");
  expect(buildInUvDryRun(" + torch==2.13.0\n", "win32")).toBe("cpu");
  expect(buildInUvDryRun("error: no such thing", "linux")).toBeNull();
});

test("the commands, as they are shown before they run", () => {
  expect(shown(createCommand(place(), "/usr/bin/python3"))).toBe("/usr/bin/python3 -m venv /c/envs/cpu-1");
  expect(shown(createCommand(place({ installer: uv }), null))).toBe(
    "/bin/uv venv --python 3.12 --no-project /c/envs/cpu-1",
  );
  expect(shown(installCommand(place(), lock, false))).toBe(
    "/c/envs/cpu-1/bin/python -m pip install --no-deps --no-compile --progress-bar off -r /l/cpu.lock",
  );
  expect(shown(installCommand(place(), lock, true))).toMatch(/ --extra-index-url \S+\/whl\/cpu$/);
  expect(shown(installCommand(place(), { ...lock, set: "cu128" }, false))).toMatch(/\/whl\/cu128$/);
  expect(shown(installCommand(place({ installer: uv }), lock, true))).toBe(
    "/bin/uv pip install --python /c/envs/cpu-1/bin/python --no-deps --no-progress -r /l/cpu.lock --torch-backend cpu",
  );
  expect(shown(installCommand(place({ installer: uv }), lock, false))).not.toContain("torch-backend");
  expect(shown(askTorchCommand(place({ installer: uv }), "2.13.0"))).toContain("--dry-run torch==2.13.0");
  const windows = place({ platform: "win32", folder: "C:\\my envs\\cpu-1" });
  expect(verifyCommand(windows, "cpu")).toMatchObject({
    env: { UNSLOTH_AUTO_INSTALL: "0", UNSLOTH_FORCE_CPU: "1" },
  });
  expect(verifyCommand(windows, "cu128").env).not.toHaveProperty("UNSLOTH_FORCE_CPU");
});

test("progress by package, for an index, a folder of wheels and uv", () => {
  const lines = [
    "Ignoring numpy: markers 'python_version >= \"3.12\"' don't match your environment",
    "Ignoring colorama: markers 'sys_platform == \"win32\"' don't match your environment",
    "Collecting aiohttp==3.14.5 (from -r cpu.lock (line 9))",
    "  Downloading aiohttp-3.14.5-cp311.whl (1.9 MB)",
    "Processing /w/typing_extensions-4.16.0-py3-none-any.whl (from -r cpu.lock (line 3))",
    "Collecting numpy==2.4.6 (from -r cpu.lock (line 7))",
    " + torch==2.13.0+cpu",
  ];
  const end = lines.reduce(progressAfter, NOTHING_YET);
  expect([...end.seen]).toEqual(["aiohttp", "typing-extensions", "numpy", "torch"]);
  expect(totalOf(end, ["aiohttp", "numpy", "numpy", "colorama", "typing-extensions", "torch"])).toBe(4);
});

test.each([
  [
    "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
    "disk-full",
    /No space/,
  ],
  ["ERROR: No matching distribution found for torch==2.13.0", "no-torch-cpu", /No CPU build of PyTorch/],
  [
    "NewConnectionError: Failed to establish a new connection: Temporary failure in name resolution",
    "no-network",
    /cannot be reached/,
  ],
  ["ssl.SSLCertVerificationError: CERTIFICATE_VERIFY_FAILED", "certificate", /does not trust/],
  ["ERROR: No matching distribution found for trl==1.13.0", "package-missing", /lacks a pinned package/],
  ["something new\n\n", "setup-install", /could not be installed: something new/],
])("%s → %s", (output, code, message) => {
  const failure = installFailure("install", output);
  expect(failure.code).toBe(code);
  expect(failure.message).toMatch(message);
  expect(failure.hint).not.toBe("");
});

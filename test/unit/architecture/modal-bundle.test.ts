/** The SDK as it is shipped, without what cannot be reached: all that a session asks for is still in it. */
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, expect, test, vi } from "vitest";
import { reachable } from "../../../.ci/setup/modal-sdk.mjs";
import { bundles } from "../../../esbuild.mjs";
import { connect, failure, never, readAll, scratch, start } from "../../modal/session/connect.ts";

const folder = vi.hoisted(() => ({ made: "" }));

vi.mock("../../../src/launch/modal/modal-sdk.ts", async () => {
  folder.made = mkdtempSync(join(tmpdir(), "finetune-modal-bundle-"));
  const outfile = join(folder.made, "modal.js");
  const options = bundles.find(({ outfile: name }) => name?.endsWith("modal.js"));
  await build({ ...options, outfile, absWorkingDir: join(import.meta.dirname, "../../..") });
  return createRequire(import.meta.url)(outfile);
});
afterAll(() => rmSync(folder.made, { recursive: true }));

test.each([true, false])(
  "a whole life goes through the bundle (calls for files: %s)",
  async (volumeFiles) => {
    const { fake, session } = await connect();
    fake.hooks.volumeFiles = volumeFiles;
    fake.hooks.rates = { gpu_t4: "0.6" };
    fake.addSecret("kept", { A: "1" });
    expect(await session.check()).toEqual({ workspace: "test-workspace" });
    expect(folder.made).not.toBe("");
    expect(await session.rates()).toMatchObject({ date: "live" });
    await session.upload("runs", [{ from: Buffer.from("data"), to: "in/x" }], () => undefined, never());
    const id = await start(
      session,
      "cat /runs/in/x; until [ -f /job/stop ]; do sleep 0.05; done; echo $A$B",
      {
        secretNames: ["kept"],
        secretValues: { B: "2" },
        volumes: { "/runs": "runs" },
        tags: { finetune: "1" },
      },
    );
    expect(await session.find({ finetune: "1" })).toMatchObject(
      volumeFiles ? [{ id }] : expect.arrayContaining([expect.objectContaining({ id })]),
    );
    expect((await session.execInside(id, ["echo", "hi"])).stdout).toBe("hi\n");
    await session.writeInside(id, "/job/stop", "1");
    expect(await readAll(session, id)).toBe("data12\n");
    expect(await session.outcome(id)).toMatchObject({ status: "success" });
    expect(await session.list("runs", "in", true)).toMatchObject([{ path: "in/x", kind: "file", bytes: 4 }]);
    const to = join(await scratch(), "x");
    await session.download("runs", "in/x", to, () => undefined, never());
    expect(await readFile(to, "utf8")).toBe("data");
    await session.remove("runs", "in");
    expect(await session.read("runs", "in/x", 0, 9)).toBeNull();
    const dead = await start(session, "sleep 9", { gpu: null });
    await session.terminate(dead);
    fake.wire.unplug();
    expect(await failure(session.check())).toMatchObject({ code: "modal-unreachable" });
  },
);

test("an SDK of another layout ends the build", () => {
  expect(() => reachable("var SomethingElse = {};", "")).toThrow("no longer defines its calls");
});

/**
 * One run from its first event to its last, in a real editor, with everything that happens to runs on the way:
 * the extension host is killed, the extension's folder vanishes, the window is reloaded, the run is stopped,
 * two people resume it at once.
 */
import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { finetune } from "./command-line.ts";
import { curve, expectNothingLost, finished, newestStep, ofType, runsIn } from "./run-folder.ts";
import { until } from "./until.ts";
import { chartPoints, openFile, panel, runRows, showRuns, shownPoints, type Editor } from "./workbench.ts";
import type { Workspace } from "./workspace.ts";

export interface Life {
  readonly name: string;
  /** The config to run, relative to the workspace. */
  readonly config: string;
  /** Steps to let pass between one event and the next. */
  readonly stride: number;
  readonly workspace: () => Workspace;
  readonly editor: () => Promise<Editor>;
  /** The folder that the extension runs from; it is deleted and put back. */
  readonly extension: (editor: Editor) => string;
}

export function lifeOfARun({ name, config, stride, workspace, editor: open, extension }: Life): void {
  describe(name, () => {
    let place: Workspace;
    let editor: Editor;
    let run: string;
    beforeAll(async () => {
      place = workspace();
      editor = await open();
    });
    afterAll(async () => {
      await editor.close();
      place.remove();
    });

    // Each test goes on where the last one ended: after a failure the rest could only wait in vain.
    let broken = false;
    beforeEach(({ skip, onTestFailed }) => {
      skip(broken, "an earlier part of this life failed");
      onTestFailed(async () => {
        broken = true;
        const picture = path.join(tmpdir(), `finetune-failed-${Date.now()}.png`);
        await editor.screenshot(picture);
        console.log(`what the editor showed: ${picture}`);
      });
    });

    const steps = (count: number) => until(`step ${count}`, () => newestStep(run) >= count, { seconds: 120 });

    test("Run starts it, and within a moment it is in the tree", async () => {
      await showRuns(editor);
      await openFile(editor, path.join(place.folder, config));
      await editor.page.locator(".codelens-decoration a", { hasText: "Run" }).first().click();
      run = await until("a run folder", () => runsIn(place.folder)[0]);
      const begun = Date.now();
      await runRows(editor.page).first().waitFor();
      console.log(`in the tree ${Date.now() - begun} ms after its folder appeared`);
      expect(runsIn(place.folder)).toEqual([run]);
    });

    test("tree and chart receive its points", async () => {
      await openPanel();
      await until("three points in the chart", async () => (await chartPoints(editor.page)) >= 3, {
        seconds: 120,
      });
      const before = await chartPoints(editor.page);
      await until("more of them", async () => (await chartPoints(editor.page)) > before);
      await until("the step in the tree", async () =>
        /step [\d,]+\/[\d,]+ · loss/.test((await runRows(editor.page).first().textContent()) ?? ""),
      );
    });

    test("it goes on without the extension host and without the extension's folder", async () => {
      const folder = extension(editor);
      const copy = `${folder}.kept`;
      cpSync(folder, copy, { recursive: true });
      editor.killHost();
      rmSync(folder, { recursive: true });
      await steps(newestStep(run) + stride);
      cpSync(copy, folder, { recursive: true });
      rmSync(copy, { recursive: true });
      expect(ofType(run, "finished")).toEqual([]);
    });

    test("after a reload the same run is there, with every point once", async () => {
      await editor.reload();
      await showRuns(editor);
      await until("one run in the tree", async () => (await runRows(editor.page).count()) === 1);
      // The editor keeps no panel of a host that died; opened again, it must show what happened meanwhile.
      await openPanel();
      await expectAllPointsShown();
      expectNothingLost(run);
    });

    test("a panel that was open survives a reload by itself", async () => {
      await editor.reloadWindow();
      await expectAllPointsShown();
    });

    test("Stop ends it at the next step, with a whole checkpoint", async () => {
      await panel(editor.page).getByRole("button", { name: "Stop", exact: true }).click();
      const end = await until("the end", () => finished(run, 0));
      expect(end).toMatchObject({ status: "stopped", reason: "user" });
      expect(ofType(run, "checkpoint").at(-1)).toMatchObject({ step: end["step"] });
      await until("the word in the tree", async () =>
        (await runRows(editor.page).first().textContent())?.includes("stopped"),
      );
    });

    test("Resume pressed in two places at once starts one attempt", async () => {
      const [, other] = await Promise.all([
        panel(editor.page).getByRole("button", { name: "Resume" }).click(),
        finetune(place, ["resume", run, "--detach"]),
      ]);
      await until("the second attempt", () => ofType(run, "started").length > 1);
      console.log(`the command line said (${other.code}): ${other.output.trim().split("\n").at(-1)}`);
      expect(readdirSync(path.join(run, "attempts")).toSorted()).toEqual(["0.json", "1.json"]);
      expect(ofType(run, "started").map(({ attempt }) => attempt)).toEqual([0, 1]);
    });

    test("it goes on from its checkpoint to the end", async () => {
      const end = await until("the end", () => finished(run, 1), { seconds: 600 });
      expect(end).toMatchObject({ status: "succeeded" });
      const [, resumed] = ofType(run, "started");
      expect(resumed).toMatchObject({ resumed_from: { step: finished(run, 0)?.["step"] } });
      expect(existsSync(path.join(run, "adapter", "adapter_model.safetensors"))).toBe(true);
      const all = curve(run).map(({ step }) => step);
      expect(all).toEqual(all.map((_, index) => index + 1));
      expectNothingLost(run);
      await expectAllPointsShown();
    });

    const openPanel = () =>
      editor.host(async (vscode, folder) => {
        await vscode.commands.executeCommand("finetune.openPanel", { kind: "run", folder });
      }, run);

    async function expectAllPointsShown(): Promise<void> {
      await until("every step in the panel's table", async () => {
        const shown = (await shownPoints(editor.page)).map(({ step }) => step);
        const made = curve(run).map(({ step }) => step);
        // The run may be a step further by now; what is shown must be a beginning of it without holes.
        return (
          shown.length > 0 && shown.length >= made.length - 1 && shown.every((step, i) => step === made[i])
        );
      });
    }
  });
}

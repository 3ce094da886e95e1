/** package.json and the tables of the extension say the same; a command without a title or a handler cannot appear. */
import { readFileSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import {
  COMMANDS,
  CONTEXTS,
  LANGUAGE,
  PANELS,
  RUN_FLAGS,
  SETTINGS,
  TASK_TYPE,
  VIEWS,
} from "../../../src/extension/contributions.ts";

const root = join(import.meta.dirname, "../../..");
const menu = z.array(z.looseObject({ command: z.string(), when: z.string().optional() }));
const manifest = z
  .object({
    activationEvents: z.array(z.string()),
    capabilities: z.object({
      untrustedWorkspaces: z.object({
        supported: z.literal("limited"),
        restrictedConfigurations: z.array(z.string()),
      }),
    }),
    contributes: z.object({
      languages: z.array(
        z.object({ id: z.string(), icon: z.record(z.string(), z.string()), configuration: z.string() }),
      ),
      commands: z.array(
        z.object({
          command: z.string(),
          category: z.string(),
          icon: z.string().optional(),
          enablement: z.string().optional(),
        }),
      ),
      views: z.record(z.string(), z.array(z.object({ id: z.string() }))),
      viewsWelcome: z.array(z.object({ view: z.string(), when: z.string(), contents: z.string() })),
      menus: z.record(z.string(), menu),
      configuration: z.object({
        properties: z.record(z.string(), z.looseObject({ default: z.unknown(), scope: z.string() })),
      }),
      taskDefinitions: z.array(z.object({ type: z.string(), required: z.array(z.string()) })),
      walkthroughs: z.array(
        z.object({
          steps: z.array(
            z.object({
              media: z.object({ markdown: z.string() }),
              completionEvents: z.array(z.string()),
            }),
          ),
        }),
      ),
    }),
  })
  .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
const { contributes } = manifest;
const texts = z
  .record(z.string(), z.string())
  .parse(JSON.parse(readFileSync(join(root, "package.nls.json"), "utf8")));

const ids = Object.values(COMMANDS);

test("every command has an entry and every entry a command", () => {
  expect(contributes.commands.map(({ command }) => command).toSorted()).toEqual([...ids].toSorted());
  expect(new Set(contributes.commands.map(({ category }) => category))).toEqual(new Set(["%category%"]));
});

test("everything that starts, stops or deletes needs trust", () => {
  const free: readonly string[] = [
    COMMANDS.newConfig,
    COMMANDS.openPanel,
    COMMANDS.openLog,
    COMMANDS.openRunFolder,
    COMMANDS.openRunConfig,
    COMMANDS.compareRuns,
    COMMANDS.filterRuns,
    COMMANDS.sortRuns,
    COMMANDS.checkDataset,
    COMMANDS.explainLog,
    COMMANDS.refresh,
  ];
  const guarded = contributes.commands.filter(({ command }) => !free.includes(command));
  expect(guarded.length).toBeGreaterThan(5);
  for (const { enablement } of guarded) expect(enablement).toContain("isWorkspaceTrusted");
});

test("views, panels and the language are those of the table", () => {
  expect(
    Object.values(contributes.views)
      .flat()
      .map(({ id }) => id),
  ).toEqual(Object.values(VIEWS));
  expect(contributes.languages.map(({ id }) => id)).toEqual([LANGUAGE]);
  for (const type of Object.values(PANELS))
    expect(manifest.activationEvents).toContain(`onWebviewPanel:${type}`);
});

test("no other language server is asked to look at our files: one mistake is told once", () => {
  const [language] = contributes.languages;
  expect(language?.id).not.toBe("yaml");
  // What the YAML and JSON extensions read of a manifest.
  expect(manifestText()).not.toHaveProperty("contributes.yamlValidation");
  expect(manifestText()).not.toHaveProperty("contributes.jsonValidation");
});

test("settings have the defaults that the code has, and paths do not come from an untrusted workspace", () => {
  for (const { key, default: value } of Object.values(SETTINGS)) {
    expect(contributes.configuration.properties[key]?.default).toEqual(value);
  }
  expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toEqual(
    expect.arrayContaining([SETTINGS.pythonPath.key, SETTINGS.runsFolder.key]),
  );
});

test("menus use known commands and known flags of a run", () => {
  const entries = Object.values(contributes.menus).flat();
  expect(entries.length).toBeGreaterThan(10);
  for (const { command } of entries) expect(ids).toContain(command);
  const flags = entries.flatMap(
    ({ when }) => /viewItem =~ \/\^run\\b\.\*\\b(\w+)\\b\//.exec(when ?? "")?.[1] ?? [],
  );
  expect(flags.length).toBeGreaterThan(3);
  for (const flag of flags) expect(RUN_FLAGS).toContain(flag);
});

test("every text is there, and no text is left over", () => {
  const used = new Set([...JSON.stringify(manifestText()).matchAll(/%([\w.]+)%/g)].map(([, key]) => key));
  expect(new Set(Object.keys(texts))).toEqual(used);
});

test("commands that welcome texts and walkthroughs link to exist", () => {
  const linked = [
    ...Object.values(texts)
      .join("\n")
      .matchAll(/\(command:(finetune\.\w+)\)/g),
  ].map(([, id]) => id);
  expect(linked.length).toBeGreaterThan(4);
  for (const id of linked) expect(ids).toContain(id);
});

test("files that package.json names exist", () => {
  const media = contributes.walkthroughs.flatMap(({ steps }) => steps.map((step) => step.media.markdown));
  const icons = contributes.languages.flatMap(({ icon, configuration }) => [
    ...Object.values(icon),
    configuration,
  ]);
  expect(media).toHaveLength(5);
  for (const file of [...media, ...icons]) expect(existsSync(join(root, file)), file).toBe(true);
});

test("a task names its config, and five steps of the walkthrough end by something that happens", () => {
  expect(contributes.taskDefinitions).toEqual([{ type: TASK_TYPE, required: ["config"] }]);
  const events = contributes.walkthroughs.flatMap(({ steps }) =>
    steps.map(({ completionEvents }) => completionEvents),
  );
  expect(events).toHaveLength(5);
  for (const [event = "", ...others] of events) {
    expect(others).toEqual([]);
    const [kind, what = ""] = event.split(/:(.*)/s);
    if (kind === "onCommand") expect(ids).toContain(what);
    else if (kind === "onLanguage") expect(what).toBe(LANGUAGE);
    else expect(event).toBe(`onContext:${CONTEXTS.environment} == ready`);
  }
});

test("one command a file", () => {
  const files = readdirSync(join(root, "src/extension/commands"));
  const register = readFileSync(join(root, "src/extension/commands/perform.ts"), "utf8");
  for (const id of Object.keys(COMMANDS)) expect(register).toContain(`COMMANDS.${id}]`);
  expect(files).toContain("run.ts");
});

function manifestText(): unknown {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
}

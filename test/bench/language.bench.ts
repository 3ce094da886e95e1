/** What stands between a key press and what the editor shows, on a file of 300 lines. */
import { TextDocument } from "vscode-languageserver-textdocument";
import { parse } from "../../src/core/config/parse.ts";
import { analyse, type World } from "../../src/language/analysis.ts";
import { complete } from "../../src/language/complete.ts";
import { cursorAt } from "../../src/language/cursor.ts";
import { diagnostics } from "../../src/language/diagnostics.ts";
import { figureOf } from "../../src/language/figure.ts";
import { hints } from "../../src/language/hints.ts";
import { hover } from "../../src/language/hover.ts";
import { lenses } from "../../src/language/lenses.ts";
import { readSettings } from "../../src/language/settings.ts";
import { longConfig } from "./long-config.ts";
import { report, time } from "./measure.ts";

const LINES = 300;
const LONG = 5000;
const text = longConfig(LINES);
const world: World = {
  place: "/project/long.finetune.yaml",
  read: () => ({ missing: "there is no such file" }),
  facts: {},
  severities: {},
};
const places = { uriOf: (place: string) => `file://${place}`, docs: null };
const SETTINGS = readSettings(null);
const versioned = (round: number, content: string = text) =>
  TextDocument.create("file:///project/long.finetune.yaml", "finetune", round, `${content}# ${round}\n`);

/** Parse, check, lens and hints. Another text each time: nothing may be remembered from the last one. */
const wholePass = (content: string) => (round: number) => {
  const document = versioned(round, content);
  const analysis = analyse(document, parse(document.getText()), world);
  if (diagnostics(analysis, places).length === 0) throw new Error("The planted mistake was not found.");
  const config = analysis.resolution.tentative;
  const figure = config && figureOf(config, world.facts);
  lenses(analysis, figure && { figure, stale: false });
  hints(analysis, figure, SETTINGS.hints);
};
const pass = await time(400, wholePass(text));
const longPass = await time(25, wholePass(longConfig(LONG)));

const document = versioned(0);
const analysis = analyse(document, parse(document.getText()), world);
const offset = text.indexOf("learning_rte") + "learn".length;
const completion = await time(400, () => {
  const cursor = cursorAt(text, offset);
  if (cursor === null) throw new Error("There is a key at the cursor.");
  const none = { models: [], targetModules: [], modalGpus: [], chatTemplates: [], entries: [] };
  const { items } = complete(document, offset, cursor, {
    ...world,
    ...none,
    value: analysis.resolution.value,
  });
  if (!items.some(({ label }) => label === "learning_rate"))
    throw new Error("learning_rate was not offered.");
});

const at = text.indexOf("lora_alpha") + 2;
const hovering = await time(400, () => {
  if (hover(analysis, at) === null) throw new Error("Nothing was said about lora_alpha.");
});

report([
  { label: `whole diagnostics pass, ${LINES} lines, p50`, value: pass.p50, unit: "ms" },
  { label: `whole diagnostics pass, ${LINES} lines, p99`, value: pass.p99, unit: "ms", bar: 10 },
  { label: `whole diagnostics pass, ${LONG} lines, p50`, value: longPass.p50, unit: "ms" },
  { label: `whole diagnostics pass, ${LONG} lines, p99`, value: longPass.p99, unit: "ms" },
  { label: "completion of a key, p99", value: completion.p99, unit: "ms", bar: 10 },
  { label: "hover over a key, p99", value: hovering.p99, unit: "ms", bar: 10 },
]);

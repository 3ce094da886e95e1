import { expect, test } from "vitest";
import { bands } from "../../../src/webview/phase-strip.ts";

const span = (name: "import" | "load" | "train" | "save" | "evaluate", seconds: number) => ({
  name,
  text: name,
  seconds,
});
const seconds = (
  spans: ReturnType<typeof span>[],
  open: { name: "train" | "save"; since: number }[] = [],
  until: number | null = null,
) =>
  Object.fromEntries(
    bands(
      {
        spans,
        phasesUntil: until,
        phases: open.map((phase) => ({ ...phase, word: phase.name, text: "", detail: null, progress: null })),
      },
      1000,
    ).map(({ name, seconds: took }) => [name, took]),
  );

test("saving within the training is not counted twice; saving after it is its own", () => {
  expect(seconds([span("import", 40), span("save", 5), span("evaluate", 10), span("train", 100)])).toEqual({
    import: 40,
    save: 5,
    evaluate: 10,
    train: 85,
  });
  expect(seconds([span("train", 100), span("save", 5)])).toEqual({ train: 100, save: 5 });
});

test("what is open counts until now", () => {
  expect(seconds([span("load", 4), span("save", 3)], [{ name: "train", since: 950 }])).toEqual({
    load: 4,
    save: 3,
    train: 47,
  });
});

test("what nobody works in any more ended with the last that was heard of it", () => {
  expect(seconds([span("load", 4)], [{ name: "train", since: 950 }], 960)).toEqual({ load: 4, train: 10 });
});

import { describe, expect, it, vi } from "vitest";
import { Documents } from "../../../src/server/documents.ts";
import { Later } from "../../../src/server/later.ts";

describe("documents", () => {
  it("knows where the last change ended", () => {
    const documents = new Documents();
    documents.open("file:///a", "finetune", 1, "name: a\nmodel: b\n");
    expect(documents.get("file:///a")?.touched).toBeNull();
    const at = { line: 1, character: 7 };
    documents.change("file:///a", 2, [
      { range: { start: at, end: { line: 1, character: 8 } }, text: "qwen" },
    ]);
    const now = documents.get("file:///a");
    expect(now?.text.getText()).toBe("name: a\nmodel: qwen\n");
    expect(now?.text.version).toBe(2);
    expect(now?.touched).toBe("name: a\nmodel: qwen".length);
  });

  it("has no such place after the whole text was replaced", () => {
    const documents = new Documents();
    documents.open("file:///a", "finetune", 1, "name: a\n");
    documents.change("file:///a", 2, [{ text: "name: b\n" }]);
    expect(documents.get("file:///a")?.touched).toBeNull();
  });

  it("leaves a change to a file that is not open alone", () => {
    const documents = new Documents();
    documents.change("file:///a", 2, [{ text: "name: b\n" }]);
    expect(documents.uris()).toEqual([]);
  });
});

describe("later", () => {
  it("runs the last of a burst, once, after the last", () => {
    vi.useFakeTimers();
    const later = new Later();
    const ran: number[] = [];
    for (let call = 0; call < 5; call++) {
      later.run("a", 200, () => ran.push(call));
      vi.advanceTimersByTime(150);
    }
    expect(ran).toEqual([]);
    vi.advanceTimersByTime(50);
    expect(ran).toEqual([4]);
    later.run("a", 200, () => ran.push(5));
    later.dispose();
    vi.advanceTimersByTime(1000);
    expect(ran).toEqual([4]);
    vi.useRealTimers();
  });
});

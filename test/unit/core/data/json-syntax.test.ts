import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeFault, jsonFault } from "../../../../src/core/data/json-syntax.ts";

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe("place of a JSON fault", () => {
  test.each([
    ['{"a" 1}', 5, "expected : at column 6"],
    ['{"a":1,}', 7, "expected name at column 8"],
    ["[1 2]", 3, "expected , or ] at column 4"],
    ['{"a":01}', 5, "expected value at column 6"],
    ['{"a":"b\n"}', 5, "expected value at column 6"],
    ['{"a":NaN}', 5, "expected value at column 6"],
    ['{"a":1} x', 8, "expected the end at column 9"],
    ['{"a":', 5, "it ends where value is expected"],
    ['{\n"a":1\n"b":2}', 8, "expected , or } at column 1"],
  ])("%j", (text, offset, words) => {
    const fault = jsonFault(text);
    expect(fault?.offset).toBe(offset);
    expect(fault && describeFault(text, fault)).toBe(words);
  });

  test("it agrees with JSON.parse on what is JSON", () => {
    fc.assert(fc.property(fc.json(), (text) => jsonFault(text) === null));
    const broken = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom(...Array.from('{}[],:"\\0e-. \n')))
      .map(([text, at, put]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + put + text.slice(place + 1);
      });
    fc.assert(
      fc.property(broken, (text) => (jsonFault(text) === null) === isJson(text)),
      { numRuns: 1000 },
    );
  });

  test("depth and length cost no stack", () => {
    expect(jsonFault("[".repeat(200_000))?.offset).toBe(200_000);
    expect(jsonFault(`"${"\\n".repeat(500_000)}`)?.offset).toBe(0);
  });
});

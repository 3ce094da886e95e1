import { expect, test } from "vitest";
import { score } from "../../../.ci/demo/score.mjs";

const expected = '{"category": "billing", "urgency": "high", "summary": "-"}';
const answer = (tuned: string) => ({ prompt: "Where is my money?", expected, base: "Sure!", tuned });

test("only an object with the wanted keys is valid; category and urgency count on their own", () => {
  const answers = [
    answer(expected),
    answer('{"category": "billing", "urgency": "low", "summary": "a charge"}'),
    answer('{"category": "billing"}'),
    answer('["billing"]'),
    answer('{"category": "bil'),
  ];
  expect(score(answers, "tuned")).toEqual({ valid: 2, category: 3, urgency: 1 });
  expect(score(answers, "base")).toEqual({ valid: 0, category: 0, urgency: 0 });
});

// How well answers of the sample keep to its form, and to its facts.

/**
 * @typedef {object} Answer one held-out message
 * @property {string} prompt
 * @property {string} expected
 * @property {string} base what the base model answers
 * @property {string} tuned what the fine-tuned model answers
 */

/**
 * @param {readonly Answer[]} answers
 * @param {"base" | "tuned"} model
 */
export function score(answers, model) {
  const pairs = answers.map((answer) => ({ given: parse(answer[model]), wanted: parse(answer.expected) }));
  /** @param {string} key */
  const right = (key) =>
    pairs.filter(({ given, wanted }) => given !== null && given[key] === wanted?.[key]).length;
  return {
    valid: pairs.filter(({ given, wanted }) => given !== null && sameKeys(given, wanted)).length,
    category: right("category"),
    urgency: right("urgency"),
  };
}

/** @param {string} text @returns {Record<string, unknown> | null} */
function parse(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/**
 * @param {Record<string, unknown> | null} a
 * @param {Record<string, unknown> | null} b
 */
const sameKeys = (a, b) =>
  String(Object.keys(a ?? {}).toSorted()) === String(Object.keys(b ?? {}).toSorted());

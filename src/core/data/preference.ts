/** Two answers to one prompt. Files often repeat the prompt in both: it is kept once. */
import { isBlank, trimBlankEnd } from "./blank.ts";
import type { Fields } from "./fields.ts";
import { good, refuse, type Message, type Outcome, type Side } from "./row.ts";
import { answerOf, asMessages, emptyAnswer, isEmptySide, promptOf } from "./side.ts";

export interface PreferenceRow {
  readonly prompt: Side;
  readonly chosen: Side;
  readonly rejected: Side;
}

export function preferenceOf(fields: Fields): Outcome<PreferenceRow> {
  const chosen = answerOf(fields, "chosen");
  if (!chosen.ok) return chosen;
  const rejected = answerOf(fields, "rejected");
  if (!rejected.ok) return rejected;
  const sides = { chosen: chosen.value, rejected: rejected.value };
  const row = fields.has("prompt") ? withPrompt(sides, fields) : splitPrompt(sides);
  if (!row.ok) return row;
  for (const role of ["chosen", "rejected"] as const)
    if (isEmptySide(row.value[role])) return emptyAnswer(fields, role);
  if (JSON.stringify(row.value.chosen) === JSON.stringify(row.value.rejected)) {
    fields.notes.set("pair-equal", `${fields.place("chosen")} and ${fields.place("rejected")} are the same.`);
  }
  return row;
}

function withPrompt(sides: { chosen: Side; rejected: Side }, fields: Fields): Outcome<PreferenceRow> {
  const read = promptOf(fields);
  if (!read.ok) return read;
  const { chosen, rejected } = sides;
  if (typeof read.value === "string" && typeof chosen === "string" && typeof rejected === "string") {
    return good({ prompt: read.value, chosen, rejected });
  }
  const prompt = asMessages(read.value, "user");
  return good({ prompt, chosen: withoutPrompt(chosen, prompt), rejected: withoutPrompt(rejected, prompt) });
}

function withoutPrompt(side: Side, prompt: readonly Message[]): readonly Message[] {
  const answer = asMessages(side, "assistant");
  // A system message often stands in one of the two only.
  const spoken = prompt.filter((message) => message.role !== "system");
  for (const repeated of [prompt, spoken]) {
    if (repeated.length > 0 && commonMessages(answer, repeated) === repeated.length)
      return answer.slice(repeated.length);
  }
  return answer;
}

/** Without a prompt column the prompt is what both answers begin with. */
function splitPrompt(sides: { chosen: Side; rejected: Side }): Outcome<PreferenceRow> {
  const { chosen, rejected } = sides;
  if (typeof chosen === "string" && typeof rejected === "string") {
    const prompt = commonText(chosen, rejected);
    if (isBlank(prompt)) return noPrompt();
    return good({ prompt, chosen: chosen.slice(prompt.length), rejected: rejected.slice(prompt.length) });
  }
  const [left, right] = [asMessages(chosen, "assistant"), asMessages(rejected, "assistant")];
  const length = Math.min(commonMessages(left, right), left.length - 1, right.length - 1);
  if (length === 0) return noPrompt();
  return good({ prompt: left.slice(0, length), chosen: left.slice(length), rejected: right.slice(length) });
}

const noPrompt = () =>
  refuse("prompt-empty", "there is no prompt column, and the two answers have no common beginning.");

function commonMessages(left: readonly Message[], right: readonly Message[]): number {
  const differs = left.findIndex(
    (message, index) => message.role !== right[index]?.role || message.content !== right[index]?.content,
  );
  return differs === -1 ? left.length : differs;
}

/** The common beginning up to its last white space, which belongs to the answers. */
function commonText(left: string, right: string): string {
  let length = 0;
  while (length < left.length && left[length] === right[length]) length++;
  let end = length;
  while (end > 0 && !isBlank(left[end - 1] ?? "")) end--;
  return trimBlankEnd(left.slice(0, end));
}

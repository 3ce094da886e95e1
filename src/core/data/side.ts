/** Prompt and answer as columns of their own: texts, or messages as soon as one of them is a list. */
import { isBlank } from "./blank.ts";
import { messagesOf } from "./conversation.ts";
import { optionalText, requiredText, withSystem, type Fields } from "./fields.ts";
import { good, refuse, type Message, type Outcome, type Side } from "./row.ts";
import { isRecord, listOf } from "./text-value.ts";

/** A text that happens to start with [ stays a text: only a list of objects is one of messages. */
const isMessageList = (value: unknown): boolean =>
  Array.isArray(value) || (listOf(value)?.some(isRecord) ?? false);

export function sideOf(fields: Fields, role: string): Outcome<Side> {
  const value = fields.get(role);
  return isMessageList(value)
    ? messagesOf(value, fields.place(role), fields.notes)
    : requiredText(fields, role);
}

/** The prompt, with the system column in front of it. */
export function promptOf(fields: Fields): Outcome<Side> {
  const prompt = sideOf(fields, "prompt");
  if (!prompt.ok) return prompt;
  if (isEmptySide(prompt.value)) return refuse("prompt-empty", `${fields.place("prompt")} is empty.`);
  const system = optionalText(fields, "system");
  if (!system.ok) return system;
  return isBlank(system.value) ? prompt : withSystem(asMessages(prompt.value, "user"), fields);
}

export function answerOf(fields: Fields, role: string): Outcome<Side> {
  const answer = sideOf(fields, role);
  return answer.ok && isEmptySide(answer.value) ? emptyAnswer(fields, role) : answer;
}

export const emptyAnswer = (fields: Fields, role: string): Outcome<never> =>
  refuse("answer-empty", `${fields.place(role)} is empty.`);

export function completionOf(fields: Fields): Outcome<{ prompt: Side; completion: Side }> {
  const prompt = promptOf(fields);
  if (!prompt.ok) return prompt;
  const answer = answerOf(fields, "completion");
  if (!answer.ok) return answer;
  if (typeof prompt.value === "string" && typeof answer.value === "string") {
    return good({ prompt: prompt.value, completion: answer.value });
  }
  return good({
    prompt: asMessages(prompt.value, "user"),
    completion: asMessages(answer.value, "assistant"),
  });
}

export const asMessages = (side: Side, role: "user" | "assistant"): readonly Message[] =>
  typeof side === "string" ? [{ role, content: side }] : side;

export const isEmptySide = (side: Side): boolean =>
  typeof side === "string"
    ? isBlank(side)
    : side.every((message) => isBlank(message.content) && message.tool_calls === undefined);

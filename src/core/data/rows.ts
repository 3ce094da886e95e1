/**
 * A record of the file → the row that is trained on, by format. Columns that the format does not use are
 * never looked at.
 */
import { isBlank } from "./blank.ts";
import { conversationOf, messagesOf } from "./conversation.ts";
import { fieldsOf, optionalText, requiredText, withSystem, type Fields } from "./fields.ts";
import type { FoundFormat, RoleColumns } from "./formats.ts";
import { labelOf } from "./label.ts";
import { jsonTextOf } from "./message.ts";
import { preferenceOf } from "./preference.ts";
import { good, refuse, type Message, type Notes, type Outcome, type Row } from "./row.ts";
import { completionOf, emptyAnswer, promptOf } from "./side.ts";
import { tokensOf } from "./tokens.ts";

export type RowReader = (record: Readonly<Record<string, unknown>>, notes: Notes) => Outcome<Row>;

export const rowReader =
  (format: FoundFormat, columns: RoleColumns): RowReader =>
  (record, notes) =>
    READERS[format](fieldsOf(record, columns, notes));

const READERS: Readonly<Record<FoundFormat, (fields: Fields) => Outcome<Row>>> = {
  messages: (fields) => (fields.has("messages") ? chat(fields) : exchange(fields)),
  sharegpt: (fields) => (fields.has("messages") ? chat(fields) : exchange(fields)),
  alpaca,
  text,
  prompt_completion: completionOf,
  unpaired_preference(fields) {
    const row = completionOf(fields);
    if (!row.ok) return row;
    const label = labelOf(fields.get("label"), fields.place("label"));
    return label.ok ? good({ ...row.value, label: label.value }) : label;
  },
  preference: preferenceOf,
  prompt_only(fields) {
    const prompt = promptOf(fields);
    return prompt.ok ? good({ prompt: prompt.value }) : prompt;
  },
  tokens: tokensOf,
};

function text(fields: Fields): Outcome<Row> {
  const read = requiredText(fields, "text");
  if (!read.ok) return read;
  return isBlank(read.value)
    ? refuse("text-empty", `${fields.place("text")} is empty.`)
    : good({ text: read.value });
}

function chat(fields: Fields): Outcome<Row> {
  const place = fields.place("messages");
  const messages = messagesOf(fields.get("messages"), place, fields.notes);
  if (!messages.ok) return messages;
  const tools = jsonTextOf(fields.get("tools"), fields.place("tools"));
  if (!tools.ok) return tools;
  const conversation = learnt(messages.value, fields, place);
  if (!conversation.ok) return conversation;
  return good({ messages: conversation.value, ...(tools.value !== undefined && { tools: tools.value }) });
}

/** Columns named user and assistant: one exchange a row. */
function exchange(fields: Fields): Outcome<Row> {
  const turns: Message[] = [];
  for (const role of ["user", "assistant"] as const) {
    const turn = requiredText(fields, role);
    if (!turn.ok) return turn;
    turns.push({ role, content: turn.value });
  }
  const conversation = learnt(turns, fields, fields.place("assistant"));
  return conversation.ok ? good({ messages: conversation.value }) : conversation;
}

function learnt(messages: readonly Message[], fields: Fields, place: string): Outcome<readonly Message[]> {
  const whole = withSystem(messages, fields);
  return whole.ok ? conversationOf(whole.value, place, fields.notes) : whole;
}

function alpaca(fields: Fields): Outcome<Row> {
  const instruction = requiredText(fields, "instruction");
  if (!instruction.ok) return instruction;
  const output = requiredText(fields, "output");
  if (!output.ok) return output;
  const input = optionalText(fields, "input");
  if (!input.ok) return input;
  const system = optionalText(fields, "system");
  if (!system.ok) return system;
  if (isBlank(output.value)) return emptyAnswer(fields, "output");
  if (isBlank(instruction.value) && isBlank(input.value)) {
    return refuse("prompt-empty", `${fields.place("instruction")} is empty.`);
  }
  return good({
    instruction: instruction.value,
    input: input.value,
    output: output.value,
    ...(!isBlank(system.value) && { system: system.value }),
  });
}

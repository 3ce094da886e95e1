/** One message of a conversation, whatever its keys and role are called. */
import { isBlank } from "./blank.ts";
import { CONTENT_KEYS, MEDIA_COLUMNS, ROLE_KEYS, messageRole } from "./formats.ts";
import { good, refuse, type Message, type Notes, type Outcome } from "./row.ts";
import { isRecord, kindOf, textOf, wellFormed } from "./text-value.ts";

const EXTRAS = ["reasoning_content", "name", "tool_call_id"] as const;

export function messageOf(value: unknown, place: string, notes: Notes): Outcome<Message> {
  if (!isRecord(value)) return refuse("message-invalid", `${place} is ${kindOf(value)}, not an object.`);
  const roleKey = ROLE_KEYS.find((key) => typeof value[key] === "string");
  if (roleKey === undefined) return refuse("message-invalid", `${place} has no role.`);
  const roleName = String(value[roleKey]);
  const role = messageRole(roleName);
  if (role === undefined) {
    return refuse(
      "role-unknown",
      `${place} has the role "${roleName}"; known are user, assistant, system and tool.`,
    );
  }
  const toolCalls = jsonTextOf(value["tool_calls"], `tool_calls of ${place}`);
  if (!toolCalls.ok) return toolCalls;
  const content = contentOf(value, place, toolCalls.value !== undefined, notes);
  if (!content.ok) return content;
  const untrained = role === "assistant" && (value["train"] === false || value["weight"] === 0);
  return good({
    role,
    content: content.value,
    ...(untrained && { train: false as const }),
    ...extrasOf(value),
    ...(toolCalls.value !== undefined && { tool_calls: toolCalls.value }),
  });
}

function contentOf(
  message: Readonly<Record<string, unknown>>,
  place: string,
  hasToolCalls: boolean,
  notes: Notes,
): Outcome<string> {
  const key = CONTENT_KEYS.find((name) => Object.hasOwn(message, name));
  const content = key === undefined ? undefined : message[key];
  if (key === undefined && !hasToolCalls) return refuse("message-invalid", `${place} has no content.`);
  // Null beside tool calls is how they are usually written; alone it is an empty message.
  if (content === null || content === undefined) return good("");
  if (Array.isArray(content)) return partsOf(content, place);
  const text = textOf(content, `the content of ${place}`, notes);
  return text.ok ? text : refuse("message-invalid", text.refusal.message);
}

function partsOf(parts: readonly unknown[], place: string): Outcome<string> {
  let text = "";
  for (const part of parts) {
    if (typeof part === "string") text += part;
    else if (isRecord(part) && typeof part["text"] === "string") text += part["text"];
    else if (isRecord(part) && isMedia(part)) {
      return refuse("media-part", `${place} holds an image, audio or video part; only text is trained.`);
    } else return refuse("message-invalid", `${place} holds a content part without text.`);
  }
  return good(wellFormed(text));
}

const isMedia = (part: Readonly<Record<string, unknown>>): boolean =>
  MEDIA_COLUMNS.some((name) => Object.hasOwn(part, name) || String(part["type"]).startsWith(name));

function extrasOf(message: Readonly<Record<string, unknown>>): Partial<Message> {
  const found = EXTRAS.filter((key) => typeof message[key] === "string");
  return Object.fromEntries(found.map((key) => [key, wellFormed(String(message[key]))]));
}

/** A list, or JSON text of one, as compact JSON text; undefined where there is none. */
export function jsonTextOf(value: unknown, place: string): Outcome<string | undefined> {
  if (value === null || value === undefined || value === "") return good(undefined);
  if (Array.isArray(value)) return good(value.length === 0 ? undefined : wellFormed(JSON.stringify(value)));
  if (typeof value !== "string") return refuse("tools-invalid", `${place} is ${kindOf(value)}, not a list.`);
  try {
    const parsed: unknown = JSON.parse(value);
    if (!Array.isArray(parsed))
      return refuse("tools-invalid", `${place} is JSON text of ${kindOf(parsed)}, not of a list.`);
    return good(parsed.length === 0 ? undefined : wellFormed(value));
  } catch {
    return refuse("tools-invalid", `${place} is text but not JSON.`);
  }
}

/** An answer without words and without tool calls. */
export const isEmptyAnswer = (message: Message): boolean =>
  isBlank(message.content) && message.tool_calls === undefined;

/** A list of messages: what of it can be learnt, and what deserves a word. */
import { isEmptyAnswer, messageOf } from "./message.ts";
import { good, refuse, type Message, type Notes, type Outcome } from "./row.ts";
import { kindOf, listOf } from "./text-value.ts";

/** Messages in order with their roles mapped; no demand on who speaks. */
export function messagesOf(value: unknown, place: string, notes: Notes): Outcome<readonly Message[]> {
  if (value === null || value === undefined) return refuse("value-missing", `${place} is missing or null.`);
  const list = listOf(value);
  if (list === undefined) {
    return refuse("value-type", `${place} is ${kindOf(value)} where a list of messages is expected.`);
  }
  if (list.length === 0) return refuse("messages-empty", `${place} is an empty list.`);
  const messages: Message[] = [];
  for (const [index, item] of list.entries()) {
    const message = messageOf(item, `message ${index + 1} of ${place}`, notes);
    if (!message.ok) return message;
    messages.push(message.value);
  }
  return good(messages);
}

/**
 * A conversation to learn from: it ends with its last answer, and at least one answer is trained.
 * What follows the last answer carries no loss, so it is left out.
 */
export function conversationOf(
  all: readonly Message[],
  place: string,
  notes: Notes,
): Outcome<readonly Message[]> {
  const last = all.findLastIndex((message) => message.role === "assistant");
  if (last === -1)
    return refuse("no-assistant", `no message of ${place} is from the assistant; nothing to learn.`);
  const kept = all.slice(0, last + 1);
  const answers = kept.filter((message) => message.role === "assistant");
  if (!answers.some(isLearnt)) {
    return answers.some((message) => message.train === false)
      ? refuse("nothing-trained", `every answer of ${place} is marked train: false.`)
      : refuse("answer-empty", `the answer in ${place} is empty.`);
  }
  if (kept.length < all.length) {
    notes.set("turn-trailing", `${place} goes on after the last answer; what follows is left out.`);
  }
  const order = orderFault(kept);
  if (order) notes.set("roles-order", `${order} in ${place}: some chat templates refuse that.`);
  if (!answers.some(isEmptyAnswer)) return good(kept);
  notes.set("turn-empty", `an answer in ${place} is empty and is not trained.`);
  return good(
    kept.map((message) =>
      message.role === "assistant" && isEmptyAnswer(message)
        ? { ...message, train: false as const }
        : message,
    ),
  );
}

const isLearnt = (message: Message): boolean => message.train !== false && !isEmptyAnswer(message);

/** Which roles may follow; the begin and a leading system message are followed by the user. */
const FOLLOWERS: Readonly<Record<Message["role"], readonly Message["role"][]>> = {
  system: ["user"],
  user: ["assistant"],
  assistant: ["user", "tool"],
  tool: ["tool", "assistant"],
};

function orderFault(messages: readonly Message[]): string | null {
  const first = messages[0]?.role;
  if (first !== "user" && first !== "system") return `${first ?? "nobody"} speaks first`;
  for (const [index, message] of messages.entries()) {
    const before = messages[index - 1];
    if (before && !FOLLOWERS[before.role].includes(message.role))
      return `${message.role} follows ${before.role}`;
  }
  return null;
}

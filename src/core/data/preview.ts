/**
 * A row as a conversation: who says what, and which of it can be learnt. The chat template is not applied, so
 * it is the same for every model; the exact text with its marks comes from the trainer.
 */
import type { Message, Row, Side } from "./row.ts";

export type TurnKind =
  /** Learnt, unless only the last answer is. */
  | "answer"
  /** An answer that its row excludes (`train: false`). */
  | "excluded"
  /** Read but not learnt, unless everything is. */
  | "context"
  /** About the row, no part of the text. */
  | "note";

export interface PreviewTurn {
  readonly speaker: string;
  readonly text: string;
  readonly kind: TurnKind;
}

export interface RowPreview {
  /** Of the file, from 1. */
  readonly line: number;
  readonly turns: readonly PreviewTurn[];
}

/** As `dataset.train_on_responses_only`. */
export type Learnt = boolean | "auto" | "last";

/** Long texts are cut: a preview goes from process to process. UTF-16 units. */
const MOST_TEXT = 600;
const MOST_TURNS = 12;

export function previewOf(row: Row, line: number): RowPreview {
  const turns = turnsOf(row);
  const shown = turns.slice(0, MOST_TURNS).map((turn) => ({ ...turn, text: cut(turn.text) }));
  const hidden = turns.length - shown.length;
  if (hidden > 0) shown.push({ speaker: "…", text: `${hidden} more`, kind: "note" });
  return { line, turns: shown };
}

/** For each turn whether it is learnt. */
export function learntTurns({ turns }: RowPreview, learnt: Learnt): boolean[] {
  const last = turns.findLastIndex(({ kind }) => kind === "answer");
  return turns.map(({ kind }, index) => {
    if (learnt === false) return kind === "answer" || kind === "context";
    return kind === "answer" && (learnt !== "last" || index === last);
  });
}

function turnsOf(row: Row): PreviewTurn[] {
  if ("messages" in row) {
    const tools = row.tools === undefined ? [] : [context("tools", row.tools)];
    return [...tools, ...row.messages.map(spoken)];
  }
  if ("instruction" in row) {
    const asked = [row.instruction, row.input].filter((text) => text !== "").join("\n\n");
    const system = row.system === undefined ? [] : [context("system", row.system)];
    return [...system, context("user", asked), answer("assistant", row.output)];
  }
  if ("chosen" in row)
    return [
      ...sided("prompt", row.prompt),
      ...judged("chosen", row.chosen),
      ...judged("rejected", row.rejected),
    ];
  if ("completion" in row) {
    const label = row.label === undefined ? [] : [note("label", row.label ? "good" : "bad")];
    return [...sided("prompt", row.prompt), ...judged("completion", row.completion), ...label];
  }
  if ("prompt" in row) return sided("prompt", row.prompt);
  if ("text" in row) return [answer("text", row.text)];
  return [note("tokens", row.input_ids.join(" "))];
}

const context = (speaker: string, text: string): PreviewTurn => ({ speaker, text, kind: "context" });
const answer = (speaker: string, text: string): PreviewTurn => ({ speaker, text, kind: "answer" });
const note = (speaker: string, text: string): PreviewTurn => ({ speaker, text, kind: "note" });

function spoken({ role, content, train, tool_calls }: Message): PreviewTurn {
  const text = [content, tool_calls ?? ""].filter((part) => part !== "").join("\n");
  if (role !== "assistant") return context(role, text);
  return { speaker: role, text, kind: train === false ? "excluded" : "answer" };
}

const sided = (name: string, side: Side): PreviewTurn[] =>
  typeof side === "string"
    ? [context(name, side)]
    : side.map((message) => context(message.role, message.content));

/** An answer that stands beside others: named by its column, whoever speaks in it. */
const judged = (name: string, side: Side): PreviewTurn[] =>
  typeof side === "string"
    ? [answer(name, side)]
    : side.map((message) => ({
        ...spoken(message),
        speaker: side.length === 1 ? name : `${name}: ${message.role}`,
      }));

function cut(text: string): string {
  if (text.length <= MOST_TEXT) return text;
  // Half a surrogate pair shows as a box.
  const end = /[\ud800-\udbff]$/.test(text.slice(0, MOST_TEXT)) ? MOST_TEXT - 1 : MOST_TEXT;
  return `${text.slice(0, end)}…`;
}

/** A row as the trainer gets it: the columns of its format under the names of their roles, roles mapped. */
import type { DataCode } from "./codes.ts";
import type { MessageRole } from "./formats.ts";

export interface Message {
  readonly role: MessageRole;
  readonly content: string;
  /** Only ever false, on an answer that is not to be learnt. */
  readonly train?: false;
  readonly reasoning_content?: string;
  readonly name?: string;
  readonly tool_call_id?: string;
  /** JSON text of a list: a column of nested values would gain foreign keys. */
  readonly tool_calls?: string;
}

/** A text, or messages that a chat template renders. */
export type Side = string | readonly Message[];

export type Row =
  | { readonly messages: readonly Message[]; readonly tools?: string }
  | {
      readonly instruction: string;
      readonly input: string;
      readonly output: string;
      readonly system?: string;
    }
  | { readonly prompt: Side; readonly completion: Side; readonly label?: boolean }
  | { readonly prompt: Side; readonly chosen: Side; readonly rejected: Side }
  | { readonly prompt: Side }
  | { readonly text: string }
  | { readonly input_ids: readonly number[]; readonly labels?: readonly number[] };

export interface Refusal {
  readonly code: DataCode;
  /** One sentence without the line. */
  readonly message: string;
}

export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export const good = <T>(value: T): Outcome<T> => ({ ok: true, value });
export const refuse = (code: DataCode, message: string): Outcome<never> => ({
  ok: false,
  refusal: { code, message },
});

/** What deserves a word about a row that is used; one of each code. */
export type Notes = Map<DataCode, string>;

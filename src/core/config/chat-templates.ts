/** Names of chat templates that the pinned Unsloth knows, and the spellings that it takes for them. */
export const CHAT_TEMPLATES: readonly string[] = [
  "unsloth",
  "zephyr",
  "chatml",
  "mistral",
  "llama",
  "vicuna",
  "vicuna_old",
  "alpaca",
  "gemma",
  "gemma_chatml",
  "gemma2",
  "gemma2_chatml",
  "llama-3",
  "llama-3.1",
  "llama-3.2",
  "llama-3.3",
  "phi-3",
  "phi-3.5",
  "phi-4",
  "qwen-2.5",
  "qwen-2.5-coder",
  "qwen-3",
  "qwen3-instruct",
  "qwen3-thinking",
  "gemma-3",
  "gemma-3n",
  "gemma-4",
  "gemma-4-thinking",
  "gpt-oss",
  "lfm-2",
  "lfm-2.5",
  "starling",
  "yi-chat",
];

const bare = (name: string): string => name.toLowerCase().replaceAll(/[-_.]/g, "");

const BARE: ReadonlySet<string> = new Set(CHAT_TEMPLATES.map(bare));

/** True for a name or an alias of it ("llama3", "qwen25"). */
export const isChatTemplate = (name: string): boolean => BARE.has(bare(name));

/** The template that fits a base model best, by its family. */
export function templateFor(model: string): string {
  if (/gemma/i.test(model)) return /gemma-?3/i.test(model) ? "gemma-3" : "gemma";
  if (/llama-?3|llama-?4/i.test(model)) return "llama-3.1";
  if (/mistral|mixtral/i.test(model)) return "mistral";
  return "chatml";
}

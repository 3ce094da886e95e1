/** What a key's documentation is made of. */
export interface Effect {
  readonly memory: string;
  readonly speed: string;
  readonly quality: string;
}

export interface KeyText {
  /** One sentence: what the key does. */
  readonly sentence: string;
  /** More, where a sentence is not enough. */
  readonly more?: string;
  /** The argument of Unsloth, PEFT or TRL that it becomes, or what of ours reads it. */
  readonly becomes: string;
  /** YAML, as it would stand in a file. */
  readonly example: string;
  readonly effect: Effect;
  /** One sentence for a word of the key. */
  readonly values?: Readonly<Record<string, string>>;
  /** A default that depends on other keys, in words. */
  readonly defaultNote?: string;
}

/** A table with a text for each key of a section, no more and no fewer: the compiler checks it. */
export type SectionTexts<Shape> = Readonly<Record<keyof Shape & string, KeyText>>;

export const effect = (memory: string, speed: string, quality: string): Effect => ({
  memory,
  speed,
  quality,
});

export const NO_EFFECT: Effect = effect("none", "none", "none");

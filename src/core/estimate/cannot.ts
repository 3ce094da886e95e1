/** The answer where no figure can be given: never a NaN, always a reason. */
export interface Cannot {
  /** Ends the sentence "cannot estimate: …". */
  readonly cannot: string;
}

export const isCannot = (value: object): value is Cannot => "cannot" in value;

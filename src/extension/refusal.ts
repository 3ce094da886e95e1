/** Why a command did not do what was asked, in a sentence, with what the person can do about it. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(
    message: string,
    readonly ways: readonly {
      readonly title: string;
      readonly command: string;
      readonly args?: readonly unknown[];
    }[] = [],
  ) {
    super(message);
  }
}

/** By name, for a refusal may come from the other bundle (`on-demand.ts`). */
export const isRefusal = (error: unknown): error is Refusal =>
  error instanceof Error && error.name === "Refusal";

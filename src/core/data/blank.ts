/** White space as both readers see it: a fixed set, because languages disagree on the rest. */
import names from "./formats.json" with { type: "json" };

const CLASS = names.whitespace.replace(/[\\\]^-]/g, String.raw`\$&`);
const ALL_BLANK = new RegExp(`^[${CLASS}]*$`);
/** Every run that is not already one plain space. */
const UNEVEN = new RegExp(`[${CLASS}]{2,}|[${CLASS.replace(" ", "")}]`, "g");

export const isBlank = (text: string): boolean => ALL_BLANK.test(text);

export function trimBlankEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isBlank(text[end - 1] ?? "")) end--;
  return text.slice(0, end);
}

/** Runs of white space as one space, none at the ends: what makes two texts "the same". */
export const squeeze = (text: string): string => text.replace(UNEVEN, " ").replace(/^ | $/g, "");

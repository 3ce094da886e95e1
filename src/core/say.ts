/**
 * How a sentence is said: its English text with {0}, {1} … for what is put in. The editor hands in a sayer
 * that translates; everything else speaks English.
 */
export type Say = (text: string, ...values: readonly (string | number)[]) => string;

export const inEnglish: Say = (text, ...values) =>
  text.replaceAll(/\{(\d)\}/g, (place, index: string) => String(values[Number(index)] ?? place));

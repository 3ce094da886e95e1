/** Contrast of two opaque colours as WCAG 2 counts it. */
export type Colour = readonly [red: number, green: number, blue: number];

/** "#1f1f1f" or "rgb(31, 31, 31)"; throws for anything else, so that no colour is passed over. */
export function parseColour(text: string): Colour {
  const [, hex] = /^#([0-9a-f]{6})(?:ff)?$/i.exec(text) ?? [];
  if (hex !== undefined) {
    const at = (index: number): number => Number.parseInt(hex.slice(index, index + 2), 16);
    return [at(0), at(2), at(4)];
  }
  const [, red, green, blue] = /^rgba?\((\d+), (\d+), (\d+)(?:, 1)?\)$/.exec(text) ?? [];
  if (blue === undefined) throw new Error(`"${text}" is no opaque colour.`);
  return [Number(red), Number(green), Number(blue)];
}

/** From 1 (the same) to 21 (black on white). */
export function contrast(a: Colour, b: Colour): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

function luminance([red, green, blue]: Colour): number {
  const linear = (value: number): number => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

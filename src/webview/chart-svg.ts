/** A chart as an SVG file: the same curves, in ink for paper. Pure text; what names say is escaped. */
import type { Curve, Mark } from "../core/panel.ts";

export interface Drawing {
  readonly title: string;
  /** Names of the lines of the curve. */
  readonly lines: readonly string[];
  readonly axis: string;
  readonly curve: Pick<Curve, "x" | "ys">;
  readonly marks: readonly Mark[];
  readonly format: (value: number) => string;
  readonly formatX: (value: number) => string;
}

const WIDTH = 800;
const HEIGHT = 400;
const ROOM = { left: 64, right: 24, top: 40, bottom: 48 };
/** Apart in lightness too, so that a grey print can be read. */
const INKS = ["#1f6feb", "#0b3d91", "#2e7d32", "#8e24aa", "#b26a00", "#c62828"];
const DASHES = ["", "", "6 3", "2 3", "10 3 2 3", "4 2"];
const TICKS = 5;

export function chartSvg({ title, lines, axis, curve, marks, format, formatX }: Drawing): string {
  const values = [...curve.ys.flatMap((ys) => [...ys]), ...marks.map(({ y }) => y ?? Number.NaN)].filter(
    Number.isFinite,
  );
  const across = scale([...curve.x].filter(Number.isFinite), ROOM.left, WIDTH - ROOM.right);
  const up = scale(values, HEIGHT - ROOM.bottom, ROOM.top);
  const parts = [
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(ROOM.left, 22, title, 'font-weight="600" font-size="15"'),
    ...ticks(across).map((x) =>
      text(across.at(x), HEIGHT - ROOM.bottom + 18, formatX(x), 'text-anchor="middle"'),
    ),
    ...ticks(up).flatMap((y) => [
      `<path d="M${ROOM.left} ${n(up.at(y))}H${WIDTH - ROOM.right}" stroke="#ddd"/>`,
      text(ROOM.left - 8, up.at(y) + 4, format(y), 'text-anchor="end"'),
    ]),
    text((WIDTH + ROOM.left) / 2, HEIGHT - 10, axis, 'text-anchor="middle"'),
    ...curve.ys.map((ys, i) => line(curve.x, ys, across.at, up.at, ink(i))),
    ...marks.flatMap(({ kind, x, y }) =>
      kind === "eval" && y !== null ? [diamond(across.at(x), up.at(y))] : [],
    ),
    ...lines.map((name, i) =>
      text(WIDTH - ROOM.right, 22 + 16 * i, name, `text-anchor="end" fill="${INKS[i % INKS.length]}"`),
    ),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">${parts.join("")}</svg>\n`;
}

interface Scale {
  readonly low: number;
  readonly high: number;
  at(value: number): number;
}

function scale(values: readonly number[], begin: number, end: number): Scale {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!(low < high)) {
    const middle = Number.isFinite(low) ? low : 0;
    low = middle - 1;
    high = middle + 1;
  }
  return { low, high, at: (value) => begin + ((value - low) / (high - low)) * (end - begin) };
}

const ticks = ({ low, high }: Scale): number[] =>
  Array.from({ length: TICKS }, (_, i) => low + ((high - low) * i) / (TICKS - 1));

const ink = (index: number): string => {
  const dash = DASHES[index % DASHES.length] ?? "";
  return `fill="none" stroke="${INKS[index % INKS.length]}"${dash === "" ? "" : ` stroke-dasharray="${dash}"`} stroke-width="1.5"`;
};

/** A value that is not finite breaks the line there. */
function line(
  xs: Float64Array,
  ys: Float64Array,
  across: Scale["at"],
  up: Scale["at"],
  style: string,
): string {
  let path = "";
  let pen = "M";
  ys.forEach((y, i) => {
    const x = xs[i] ?? Number.NaN;
    if (Number.isFinite(x) && Number.isFinite(y)) {
      path += `${pen}${n(across(x))} ${n(up(y))}`;
      pen = "L";
    } else pen = "M";
  });
  return `<path d="${path}" ${style}/>`;
}

const diamond = (x: number, y: number): string =>
  `<path d="M${n(x)} ${n(y - 5)}l5 5l-5 5l-5 -5z" fill="#b26a00"/>`;

const text = (x: number, y: number, words: string, style: string): string =>
  `<text x="${n(x)}" y="${n(y)}" ${style}>${escape(words)}</text>`;

const n = (value: number): string => String(Math.round(value * 10) / 10);

const escape = (words: string): string =>
  words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

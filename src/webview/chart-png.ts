/** A chart as it is on the screen, as a picture file. */
import type { Palette } from "./theme.ts";

const ROOM = 30;

/** `canvas` has no background of its own. Result: base64. */
export function chartPng(canvas: HTMLCanvasElement, title: string, palette: Palette): string | null {
  const scale = devicePixelRatio;
  const picture = document.createElement("canvas");
  picture.width = canvas.width;
  picture.height = canvas.height + ROOM * scale;
  const ctx = picture.getContext("2d");
  if (ctx === null) return null;
  ctx.fillStyle = palette.background;
  ctx.fillRect(0, 0, picture.width, picture.height);
  ctx.fillStyle = palette.text;
  ctx.font = `600 ${13 * scale}px ${getComputedStyle(document.body).fontFamily}`;
  ctx.fillText(title, 12 * scale, 20 * scale);
  ctx.drawImage(canvas, 0, ROOM * scale);
  return picture.toDataURL("image/png").replace(/^data:image\/png;base64,/, "");
}

/** What is painted on a chart beside its lines: evaluations, checkpoints, seams, and the limits of memory. */
import type uPlot from "uplot";
import type { Mark } from "../core/panel.ts";
import type { Palette } from "./theme.ts";

export interface Limits {
  /** Bytes of the device; null when it has no limit of its own. */
  readonly total: number | null;
  readonly band: readonly [number, number] | null;
}

/** Half the width of the widest mark with its outline, in CSS pixels. */
const WIDEST = 8;

export function drawMarks(plot: uPlot, marks: readonly Mark[], palette: Palette): void {
  const { ctx, bbox } = plot;
  const { min = 0, max = 0 } = plot.scales["x"] ?? {};
  const scale = devicePixelRatio;
  ctx.save();
  // The newest mark stands on the edge and is drawn whole; marks beyond the edge are not drawn at all.
  clip(plot, WIDEST * scale);
  for (const mark of marks) {
    if (mark.x < min || mark.x > max) continue;
    const x = plot.valToPos(mark.x, "x", true);
    switch (mark.kind) {
      case "checkpoint":
        ctx.fillStyle = palette.checkpoint;
        triangle(ctx, x, bbox.top + bbox.height, 5 * scale);
        break;
      case "eval":
        if (mark.y === null) break;
        ctx.fillStyle = palette.evaluation;
        ctx.strokeStyle = palette.text;
        diamond(ctx, x, plot.valToPos(mark.y, "y", true), (mark.best ? 6 : 4.5) * scale, mark.best);
        break;
      case "resume":
        ctx.strokeStyle = palette.seam;
        verticalLine(plot, x, [4 * scale, 4 * scale]);
        break;
      case "spike":
        if (mark.y === null) break;
        ctx.strokeStyle = palette.bad;
        ring(ctx, x, plot.valToPos(mark.y, "y", true), 5 * scale);
        break;
      case "nonfinite":
        ctx.strokeStyle = palette.bad;
        cross(ctx, x, bbox.top + 6 * scale, 4 * scale);
        break;
    }
  }
  ctx.restore();
}

/** The estimate's band and the end of the device. */
export function drawLimits(plot: uPlot, limits: Limits | null, palette: Palette): void {
  if (limits === null) return;
  const { ctx, bbox } = plot;
  ctx.save();
  clip(plot);
  if (limits.band !== null) {
    const top = plot.valToPos(limits.band[1], "y", true);
    const bottom = plot.valToPos(limits.band[0], "y", true);
    ctx.fillStyle = palette.band;
    ctx.globalAlpha = 0.18;
    ctx.fillRect(bbox.left, top, bbox.width, Math.max(1, bottom - top));
    ctx.globalAlpha = 1;
  }
  if (limits.total !== null) {
    const y = plot.valToPos(limits.total, "y", true);
    ctx.strokeStyle = palette.bad;
    ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  }
  ctx.restore();
}

/** @param beside canvas pixels to either side of the plotting area that may be drawn on too */
function clip({ ctx, bbox }: uPlot, beside = 0): void {
  ctx.beginPath();
  ctx.rect(bbox.left - beside, bbox.top, bbox.width + 2 * beside, bbox.height);
  ctx.clip();
  ctx.lineWidth = 1.5 * devicePixelRatio;
}

function verticalLine({ ctx, bbox }: uPlot, x: number, dash: number[]): void {
  ctx.setLineDash(dash);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.setLineDash([]);
}

function triangle(ctx: CanvasRenderingContext2D, x: number, bottom: number, size: number): void {
  ctx.beginPath();
  ctx.moveTo(x - size, bottom);
  ctx.lineTo(x + size, bottom);
  ctx.lineTo(x, bottom - 1.6 * size);
  ctx.fill();
}

function diamond(ctx: CanvasRenderingContext2D, x: number, y: number, size: number, outlined: boolean): void {
  ctx.beginPath();
  ctx.moveTo(x, y - size);
  ctx.lineTo(x + size, y);
  ctx.lineTo(x, y + size);
  ctx.lineTo(x - size, y);
  ctx.closePath();
  ctx.fill();
  if (outlined) ctx.stroke();
}

function ring(ctx: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.stroke();
}

function cross(ctx: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  ctx.beginPath();
  ctx.moveTo(x - size, y - size);
  ctx.lineTo(x + size, y + size);
  ctx.moveTo(x + size, y - size);
  ctx.lineTo(x - size, y + size);
  ctx.stroke();
}

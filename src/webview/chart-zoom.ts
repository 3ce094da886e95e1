/** Zooming and panning by wheel and keys. Everything ends in one range that the host is asked for. */
import type uPlot from "uplot";
import type { Range } from "../core/decimate.ts";

type Domain = () => { readonly shown: Range; readonly all: Range };
type Zoomed = (range: Range | null) => void;

/** Around `centre` (0 to 1 of what is shown); null when it would show everything. */
export function zoomed(shown: Range, all: Range, factor: number, centre: number): Range | null {
  const width = (shown.to - shown.from) * factor;
  const middle = shown.from + (shown.to - shown.from) * centre;
  return within({ from: middle - width * centre, to: middle + width * (1 - centre) }, all);
}

/** By a share of what is shown; stops at the ends. */
export function panned(shown: Range, all: Range, share: number): Range | null {
  const width = shown.to - shown.from;
  const from = Math.min(Math.max(shown.from + width * share, all.from), Math.max(all.from, all.to - width));
  return within({ from, to: from + width }, all);
}

function within(range: Range, all: Range): Range | null {
  const from = Math.max(range.from, all.from);
  const to = Math.min(range.to, all.to);
  return from <= all.from && to >= all.to ? null : { from, to: Math.max(to, from + 1e-9) };
}

/** Ctrl and the wheel zoom (a pinch arrives as that), Shift and the wheel pan; the plain wheel scrolls the page. */
export function handleWheel(over: HTMLElement, domain: Domain, done: Zoomed): void {
  over.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.shiftKey) return;
      event.preventDefault();
      const { shown, all } = domain();
      const turn = event.deltaY === 0 ? event.deltaX : event.deltaY;
      if (event.ctrlKey) done(zoomed(shown, all, turn > 0 ? 1.25 : 0.8, event.offsetX / over.clientWidth));
      else done(panned(shown, all, Math.sign(turn) * 0.1));
    },
    { passive: false },
  );
}

export function handleKeys(event: KeyboardEvent, plot: uPlot, domain: Domain, done: Zoomed): void {
  const { shown, all } = domain();
  const move = (by: number): void => {
    const last = plot.data[0].length - 1;
    const index = Math.min(last, Math.max(0, (plot.cursor.idx ?? last) + by));
    const x = plot.data[0][index];
    if (x !== undefined) plot.setCursor({ left: plot.valToPos(x, "x"), top: 0 });
  };
  const actions: Readonly<Record<string, () => void>> = {
    "+": () => done(zoomed(shown, all, 0.8, 0.5)),
    "=": () => done(zoomed(shown, all, 0.8, 0.5)),
    "-": () => done(zoomed(shown, all, 1.25, 0.5)),
    "0": () => done(null),
    ArrowLeft: () => (event.shiftKey ? done(panned(shown, all, -0.1)) : move(-1)),
    ArrowRight: () => (event.shiftKey ? done(panned(shown, all, 0.1)) : move(1)),
    Home: () => move(-Infinity),
    End: () => move(Infinity),
  };
  const action = actions[event.key];
  if (action === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  action();
}

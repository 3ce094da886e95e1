/** The editor on the other side: the only place that touches its API. */
import type { PanelAction } from "../core/panel.ts";
import { PANEL_TEXT, type PanelText } from "../core/panel-text.ts";

interface EditorApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare const acquireVsCodeApi: () => EditorApi;

/** `M`: what this page says. */
export interface Editor<M> {
  post(message: M): void;
  /** What `keep` was given before the page was hidden or the window reloaded, by this or an earlier version. */
  recall(): Readonly<Record<string, unknown>>;
  /** The editor finds the run again by what is kept, so the facts of the page belong to it. */
  keep(state: Readonly<Record<string, unknown>>): void;
}

export function connect<M>(): Editor<M> {
  const api = acquireVsCodeApi();
  return {
    post: (message) => api.postMessage(message),
    recall: () => {
      const state = api.getState();
      return typeof state === "object" && state !== null ? { ...state } : {};
    },
    keep: (state) => api.setState(state),
  };
}

/** What buttons need. */
export interface Host {
  act(action: PanelAction): void;
}

/** Texts of the person's language, which the host put into the page as data. */
export function readTexts(): PanelText {
  const element = document.getElementById("texts");
  if (element === null) return PANEL_TEXT;
  // Our own host wrote it, from this very table.
  return { ...PANEL_TEXT, ...(JSON.parse(element.textContent ?? "{}") as Partial<PanelText>) };
}

/** What went wrong in the page goes to the log of the extension, where somebody can find it. */
export function reportErrors(report: (message: string) => void): void {
  window.addEventListener("error", ({ message, error }: ErrorEvent) =>
    report(error instanceof Error ? (error.stack ?? message) : message),
  );
  window.addEventListener("unhandledrejection", ({ reason }) => report(String(reason)));
}

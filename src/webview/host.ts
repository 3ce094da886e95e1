/** The editor on the other side: the only place that touches its API. */
import type { FromPanel, PanelAction, View } from "../core/panel.ts";
import { PANEL_TEXT, type PanelText } from "../core/panel-text.ts";

/** What survives hiding and reloading: how the person looks at the run, never what the run says. */
export interface Looks {
  readonly view: View;
  readonly tab: string;
  readonly logScale: boolean;
  readonly capOutliers: boolean;
}

interface EditorApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare const acquireVsCodeApi: () => EditorApi;

export interface Host {
  post(message: FromPanel): void;
  act(action: PanelAction): void;
  recall(): Partial<Looks>;
  keep(looks: Looks): void;
}

export function connect(): Host {
  const api = acquireVsCodeApi();
  return {
    post: (message) => api.postMessage(message),
    act: (action) => api.postMessage({ type: "action", action } satisfies FromPanel),
    // Written by `keep` of this or an earlier version: every field is checked where it is used.
    recall: () => (api.getState() as { looks?: Partial<Looks> } | undefined)?.looks ?? {},
    // The host's serializer finds the run by `folder`, which the page itself carries.
    keep: (looks) => api.setState({ folder: document.body.dataset["folder"], looks }),
  };
}

/** Texts of the person's language, which the host put into the page as data. */
export function readTexts(): PanelText {
  const element = document.getElementById("texts");
  if (element === null) return PANEL_TEXT;
  // Our own host wrote it, from this very table.
  return { ...PANEL_TEXT, ...(JSON.parse(element.textContent ?? "{}") as Partial<PanelText>) };
}

import { env, Uri } from "vscode";
import { DASHBOARD } from "../../launch/modal/names.ts";
import type { Services } from "../services.ts";

/** Everything that runs on Modal and what it costs, in the browser. */
export async function modalDashboard(_services: Services): Promise<void> {
  await env.openExternal(Uri.parse(DASHBOARD));
}

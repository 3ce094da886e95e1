import { l10n, ProgressLocation, window } from "vscode";
import { plainEnvironment } from "../../launch/child-environment.ts";
import { doctor as look } from "../../machine/doctor/doctor.ts";
import type { Services } from "../services.ts";
import { requireTrust } from "../trust.ts";
import { doctorText } from "./doctor-text.ts";

/** One page about this machine: what would train, and for each thing that is in the way the way out. */
export async function doctor({ machine, pages, tokens }: Services): Promise<void> {
  requireTrust();
  const { cache, data, trainer } = machine;
  const { MODAL_TOKEN_ID: tokenId, MODAL_TOKEN_SECRET: tokenSecret } = await tokens.all();
  const findings = await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t("Looking at this machine") },
    () =>
      look({
        cache,
        data,
        python: trainer,
        env: process.env,
        childEnv: plainEnvironment({ env: process.env, trainer, cache, data }),
        choose: () => machine.python(),
        modal: tokenId === undefined || tokenSecret === undefined ? null : { tokenId, tokenSecret },
      }),
  );
  await pages.show("Doctor.md", doctorText(findings));
}

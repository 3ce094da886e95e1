import { l10n, window } from "vscode";
import { size } from "../../core/units.ts";
import { deleteRun } from "../../launch/delete-run.ts";
import { diskUse } from "../../launch/disk-use.ts";
import { expired } from "../../launch/retention.ts";
import type { RunView } from "../../launch/runs.ts";
import type { Services } from "../services.ts";
import { retention } from "../settings.ts";
import { toTrash } from "./trash.ts";

/** What a person agreed to, in this form: another policy, or that of another workspace, is asked for again. */
const AGREED = "finetune.retentionAgreed";

/**
 * Deletes what the settings let go; asks before the first time. Returns how many runs went, null when the
 * person said no.
 */
export async function tidyRuns({ store, flags, log }: Services): Promise<number | null> {
  const policy = retention();
  const gone = expired(store.views(), policy, Date.now() / 1000);
  if (gone.length === 0) return 0;
  const said = JSON.stringify(policy);
  if (flags.get<string>(AGREED) !== said) {
    if (!(await agree(gone))) return null;
    await flags.update(AGREED, said);
  }
  for (const { folder, id } of gone) {
    await deleteRun(folder, toTrash);
    log.info(`Deleted by finetune.retention: ${id}`);
  }
  await store.refresh();
  return gone.length;
}

/** Names a few; all of them would not fit. */
const NAMED = 10;

async function agree(gone: readonly RunView[]): Promise<boolean> {
  const bytes = await Promise.all(gone.map(async ({ folder }) => (await diskUse(folder)).total));
  const total = size(bytes.reduce((sum, one) => sum + one, 0));
  const more = gone.length > NAMED ? [l10n.t("and {0} more", gone.length - NAMED)] : [];
  const names = [...gone.slice(0, NAMED).map(({ id }) => id), ...more].join("\n");
  const yes = l10n.t("Delete Now and in Future");
  const question =
    gone.length === 1
      ? l10n.t("The settings finetune.retention let one run go ({0}). Delete it?", total)
      : l10n.t("The settings finetune.retention let {0} runs go ({1}). Delete them?", gone.length, total);
  const detail = l10n.t("{0}\n\nThey go to the trash where this system has one.", names);
  return (await window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}

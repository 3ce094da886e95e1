import { l10n, window, type Memento } from "vscode";
import { createHash } from "node:crypto";
import { departureText } from "../../core/run/departure.ts";
import { sayer } from "../say.ts";
import { departureLines, type Question } from "./departure-lines.ts";

const AGREED = "finetune.modal.agreed";

/** True when the person agrees to what leaves the machine, or has agreed to exactly that before. */
export async function confirmDeparture(flags: Memento, question: Question): Promise<boolean> {
  const hash = createHash("sha256").update(departureText(question.departure)).digest("hex");
  const agreed = flags.get<Readonly<Record<string, string>>>(AGREED) ?? {};
  if (agreed[question.config] === hash) return true;
  const run = l10n.t("Run on Modal");
  const chosen = await window.showInformationMessage(
    l10n.t("Run {0} on Modal ({1})?", question.name, question.settings.gpu),
    { modal: true, detail: departureLines(question, sayer).join("\n") },
    run,
  );
  if (chosen !== run) return false;
  await flags.update(AGREED, { ...agreed, [question.config]: hash });
  return true;
}

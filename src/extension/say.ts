import { l10n } from "vscode";
import type { Say } from "../core/say.ts";

/** Words of core in the person's language. */
export const sayer: Say = (text, ...values) => l10n.t(text, ...values);

/** What the extension tells its language server at the start; parsed there, because settings are typed by people. */
export interface ServerOptions {
  /** URIs of the workspace folders. */
  readonly folders: readonly string[];
  /** Until the first facts say it: may regular files outside the workspace be read? */
  readonly trusted: boolean;
  /** URI of the page with the diagnostic codes; null where it cannot be opened. */
  readonly docs: string | null;
}

/** The section of the settings that the server reads (`workspace/configuration`). */
export const SETTINGS_SECTION = "finetune";

import { Uri, workspace } from "vscode";

/** Into the trash where there is one. */
export async function toTrash(folder: string): Promise<void> {
  const uri = Uri.file(folder);
  try {
    await workspace.fs.delete(uri, { recursive: true, useTrash: true });
  } catch {
    // Servers and containers have no trash; the person was asked before.
    await workspace.fs.delete(uri, { recursive: true, useTrash: false });
  }
}

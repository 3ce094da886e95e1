// Tests in a real VS Code, with real trainings: the longest stage.
import { trainerPython } from "../setup/python.mjs";
import { installVsCode } from "../../test/vscode/driver/install.mjs";
import { vitest } from "./unit.mjs";

export async function editor() {
  await installVsCode();
  const python = await trainerPython({ show: false });
  return vitest("test/vscode/vitest.config.mjs", { ...process.env, FINETUNE_PYTHON: python });
}

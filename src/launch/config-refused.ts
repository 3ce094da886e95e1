/** The config has errors: the same ones that `validate` shows. */
import { basename } from "node:path";
import { isError } from "../core/config/problem.ts";
import { LaunchError } from "./launcher.ts";
import type { LoadedConfig } from "./load-config.ts";

export class ConfigRefused extends LaunchError {
  constructor(readonly loaded: LoadedConfig) {
    const errors = loaded.problems.filter(isError);
    const count = errors.length === 1 ? "an error" : `${errors.length} errors`;
    const first = errors[0]?.message ?? "";
    super(
      "config-errors",
      `${basename(loaded.path)} has ${count}: ${first}`,
      "Correct it and run again.",
      loaded.path,
    );
  }
}

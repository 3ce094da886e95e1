/** Every rule, in the order in which a reader meets the keys. */
import type { Rule } from "../rule.ts";
import { required } from "./required.ts";

export const RULES: readonly Rule[] = [required];

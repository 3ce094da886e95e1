/** Does it fit the card that it will run on: the estimate's own words. */
import { estimateProblems } from "../../estimate/problems.ts";
import type { Rule } from "../rule.ts";

export const memory: Rule = ({ config, facts }) => (config === null ? [] : estimateProblems(config, facts));

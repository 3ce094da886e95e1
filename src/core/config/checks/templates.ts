/** Chat and prompt templates: how a row becomes text. */
import type { DataFormat } from "../../run/plan.ts";
import { CHAT_TEMPLATES, isChatTemplate, templateFor } from "../chat-templates.ts";
import { closest } from "../closest.ts";
import type { Problem } from "../problem.ts";
import { bestFix, error, fix, setEdit, warning, type Rule, type RuleContext } from "../rule.ts";
import { entries } from "../settle/dataset.ts";
import { allEntries, CHATS, columnsOf, formatOf, noEffect } from "./dataset.ts";
import type { Entry } from "../settle/dataset.ts";
import { isPlainBase, isTuned } from "./model-facts.ts";

export const templates: Rule = (context) => {
  const name = context.draft.model?.name ?? "";
  return allEntries(context).flatMap((entry) => {
    const { input, path } = entry;
    const problems: Problem[] = [];
    const chat = input.chat_template;
    const at = [...path, "chat_template"];
    if (
      chat !== undefined &&
      chat !== "auto" &&
      !isChatTemplate(chat) &&
      !/\.(jinja2?|j2)$|[\\/]|\{[{%]/i.test(chat)
    ) {
      const like = closest(chat, CHAT_TEMPLATES);
      problems.push(
        error("chat-template-unknown", at, {
          message: `There is no chat template ${chat}.${like ? ` Did you mean ${like}?` : ""} Known: ${CHAT_TEMPLATES.slice(0, 8).join(", ")} and others; or a .jinja file.`,
          fixes: [
            ...(like ? [bestFix(`Use ${like}`, setEdit(at, like))] : []),
            fix("Use the model's own (auto)", setEdit(at, "auto")),
          ],
        }),
      );
    }
    if (chat !== undefined && /\{[{%]/.test(chat)) {
      problems.push(
        error("chat-template-inline", at, {
          message: "A Jinja template goes into a file of its own: chat_template: ./chat.jinja.",
        }),
      );
    }
    const format = formatOf(context, entry);
    const first = entries(context.draft, "dataset")[0]?.input.chat_template;
    const settled = chat ?? first ?? "auto";
    if (
      entry.section === "dataset" &&
      format !== undefined &&
      CHATS.has(format) &&
      settled === "auto" &&
      isPlainBase(name)
    ) {
      const template = templateFor(name);
      problems.push(
        error("chat-template-missing", [...path, "chat_template"], {
          message: `${name} is a base model without a chat template, and the rows are conversations. Choose a template, or the Instruct model.`,
          fixes: [
            bestFix(`Set chat_template: ${template}`, setEdit(at, template)),
            ...(/\//.test(name)
              ? [fix(`Use ${name}-Instruct`, setEdit(["model", "name"], `${name}-Instruct`))]
              : []),
          ],
        }),
      );
    }
    return [...problems, ...promptTemplate(context, entry, format, name)];
  });
};

function promptTemplate(
  context: RuleContext,
  { input, path }: Entry,
  format: DataFormat | undefined,
  name: string,
): Problem[] {
  const prompt = input.prompt_template;
  if (prompt === undefined || prompt === "auto") return [];
  const at = [...path, "prompt_template"];
  if (format !== undefined && (CHATS.has(format) || format === "text" || format === "preference")) {
    return [
      noEffect(
        at,
        `prompt_template has no effect on ${format} rows: they say themselves what the prompt is.`,
      ),
    ];
  }
  if (prompt === "alpaca") {
    if (!isTuned(name)) return [];
    return [
      warning("alpaca-on-instruct", at, {
        message: `${name} knows its own chat format; the Alpaca text has to be learnt first and is not what it will be asked in.`,
        fixes: [bestFix("Use auto (the model's chat template)", setEdit(at, "auto"))],
      }),
    ];
  }
  if (!/\{[A-Za-z_][\w ]*\}/.test(prompt)) {
    return [
      error("prompt-template-unknown", at, {
        message: `prompt_template takes auto, alpaca, or a text with {column} in it; this has neither.`,
        fixes: [fix("Use auto", setEdit(at, "auto"))],
      }),
    ];
  }
  const columns = columnsOf(context, path);
  const strange =
    columns &&
    [...prompt.matchAll(/\{([A-Za-z_][\w ]*)\}/g)]
      .map(([, column = ""]) => column)
      .find((column) => !columns.includes(column));
  if (columns && strange) {
    const like = closest(strange, columns);
    return [
      error("column-missing", at, {
        message: `The template asks for a column ${strange}; the data has ${columns.join(", ")}.`,
        ...(like
          ? { fixes: [bestFix(`Use {${like}}`, setEdit(at, prompt.replaceAll(`{${strange}}`, `{${like}}`)))] }
          : {}),
      }),
    ];
  }
  return [];
}

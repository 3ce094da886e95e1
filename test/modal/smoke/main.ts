/** The smoke test for a person with an account; smoke.mjs starts it. */
import { parseArgs } from "node:util";
import { findCredentials } from "../../../src/launch/modal/credentials.ts";
import { openSession } from "../../../src/launch/modal/open-session.ts";
import { readProfilesText } from "../../../src/launch/modal/profiles.ts";
import { runSmoke } from "./steps.ts";

const { values } = parseArgs({
  options: {
    gpu: { type: "string", default: "T4" },
    profile: { type: "string" },
    image: { type: "string" },
    reread: { type: "string" },
    yes: { type: "boolean", default: false },
  },
});

const credentials = findCredentials({
  env: process.env,
  secret: null,
  tomlText: await readProfilesText(process.env),
  profile: values.profile ?? null,
});
if (credentials === null) {
  console.error(
    "No Modal token: set MODAL_TOKEN_ID and MODAL_TOKEN_SECRET, or make a profile with modal token new.",
  );
  process.exit(1);
}
const log: string[] = [];
const session = await openSession(credentials, (level, text) => log.push(`${level} ${text}`));

if (values.reread !== undefined) {
  let [lines, characters] = [0, 0];
  for await (const { text } of session.logs(values.reread, new AbortController().signal)) {
    lines += text.split("\n").length - 1;
    characters += text.length;
  }
  console.log(`${lines} lines, ${characters} characters of ${values.reread} are still readable.`);
} else if (values.yes) {
  console.log(`On ${values.gpu}, in the environment ${credentials.environment ?? "of the account"}:\n`);
  const say = (text: string): void => console.log(text);
  const answers = await runSmoke({
    session,
    gpu: values.gpu,
    volume: "finetune-smoke",
    log,
    interval: 2000,
    say,
    otherImage: values.image ?? null,
  });
  console.log(
    `\nWhat was learnt:\n${answers.map(({ question, answer }) => `- ${question} ${answer}`).join("\n")}`,
  );
} else {
  console.log(
    `This rents a ${values.gpu} for about two minutes (some cents), makes a volume finetune-smoke and leaves it empty.\nRun it with --yes. Also: --gpu L4, --profile NAME, --image unsloth/unsloth:core-…, --reread SANDBOX.`,
  );
}
session.close();
process.exit(0);

/** What a pump is told when it is started, beside its run: on its input, so that it is in no file, list or log. */
import { createInterface } from "node:readline";
import * as z from "zod";
import { credentialsLine, credentialsOf } from "./credentials.ts";
import type { PumpSetting } from "./pump.ts";
import type { ModalCredentials } from "./session.ts";

export interface PumpInput {
  readonly credentials: ModalCredentials;
  /** Environment values for this run only. */
  readonly secrets: Readonly<Record<string, string>>;
}

export const pumpInput = ({ credentials, secrets }: PumpInput): string =>
  `${credentialsLine(credentials)}\n${JSON.stringify(secrets)}\n`;

/** null: nothing came, so nobody of us has started it. */
export async function readPumpInput(stream: NodeJS.ReadableStream): Promise<PumpInput | null> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: stream })) lines.push(line);
  const [credentials, secrets] = lines;
  if (credentials === undefined || secrets === undefined) return null;
  return {
    credentials: credentialsOf(credentials),
    secrets: z.record(z.string(), z.string()).parse(JSON.parse(secrets)),
  };
}

const times = z.array(z.number().positive()).min(1).optional();
const timingSchema = z.object({
  retry: times,
  backoff: times,
  look: z.number().optional(),
  unconfirmed: z.number().optional(),
  longestWait: z.number().optional(),
  shortestAttempt: z.number().optional(),
});

/** `FINETUNE_PUMP_TIMING`: a test waits for less than a person. JSON by the names of `PumpTiming`. */
export function pumpTiming(text: string | undefined): Pick<PumpSetting, "timing" | "shortestAttempt"> {
  if (text === undefined || text === "") return {};
  const { shortestAttempt, ...rest } = timingSchema.parse(JSON.parse(text));
  const timing = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return { timing, ...(shortestAttempt === undefined ? {} : { shortestAttempt }) };
}

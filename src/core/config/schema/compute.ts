import * as z from "zod";
import { above, section, text, whole } from "./section.ts";

/** "90m", "1h30m", "4h", "45s", or seconds as a number; read by `duration.ts`. */
const duration = z.union([
  above(0),
  z
    .string()
    .regex(/^(?=\d)(\d+d)?(\d+h)?(\d+m)?(\d+s)?$/)
    .describe("a duration: 90m, 1h30m, 4h or a number of seconds"),
]);

/** A GPU of Modal, with how many of them after a colon. */
const modalGpu = z
  .string()
  .regex(/^[A-Za-z0-9-]+[!+]?(:[1-8])?$/)
  .describe("a GPU of Modal such as L40S or A100-80GB, with up to eight of them as H100:8");

const localSection = section({
  gpus: z.union([z.enum(["auto", "all"]), z.array(whole(0)).min(1)]),
  strategy: z.enum(["auto", "ddp", "balanced"]),
});

const modalSection = section({
  gpu: modalGpu,
  timeout: duration,
  max_cost_usd: above(0),
  stall_timeout: duration,
  max_attempts: whole(1),
  cpu: above(0),
  memory: whole(128),
  region: text,
  image: text,
  volume: text,
  secrets: z.array(text),
});

export const computeSection = section({
  target: z.enum(["local", "modal"]),
  local: localSection,
  modal: modalSection,
});

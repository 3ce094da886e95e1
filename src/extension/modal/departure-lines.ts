/** What a person reads before a run leaves their machine. */
import { money } from "../../core/estimate/sentences.ts";
import type { Departure } from "../../core/run/departure.ts";
import type { ModalSettings } from "../../core/run/modal-settings.ts";
import type { Say } from "../../core/say.ts";
import { duration } from "../../core/units.ts";

export interface Question {
  /** The config file, absolute: agreement is given by config. */
  readonly config: string;
  readonly name: string;
  readonly departure: Departure;
  readonly settings: ModalSettings;
  /** More than one sandbox after the other is expected; null: one. */
  readonly chain: string | null;
}

const line = (words: string, names: readonly string[]): string[] =>
  names.length === 0 ? [] : [`${words} ${names.join(", ")}`];

/** The lines of the dialog. */
export function departureLines({ departure, settings, chain }: Question, say: Say): string[] {
  const { files, secrets, tokens, image, remoteCode } = departure;
  const outside = files.filter((file) => file.outside);
  const inside = files.filter((file) => !file.outside);
  const python = files.filter((file) => file.python);
  return [
    say("These leave this computer:"),
    ...line(
      say("• Data and files:"),
      inside.map(({ source }) => source),
    ),
    ...line(
      say("• Files outside of this project:"),
      outside.map(({ path }) => path),
    ),
    ...line(
      say("• Python code that runs there:"),
      python.map(({ source }) => source),
    ),
    ...line(say("• Tokens, by name:"), tokens),
    ...line(say("• Secrets kept by Modal:"), secrets),
    ...line(say("• In somebody else's image:"), image === null ? [] : [image]),
    ...line(say("• With code from the model's repository:"), remoteCode === null ? [] : [remoteCode]),
    say("• The config, the plan and our trainer."),
    "",
    say(
      "It costs {0} at most (max_cost_usd), and no machine lives longer than {1}; both limits hold with everything here closed.",
      money(settings.maxCostUsd),
      duration(settings.timeoutS),
    ),
    say(
      "If Modal takes the machine away, the run goes on by itself only while this computer is on and connected; otherwise when it is again.",
    ),
    ...(chain === null ? [] : [chain]),
  ];
}

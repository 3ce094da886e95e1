/** Every error that Modal is known to give, by what was being done: a stable code, a sentence and a way out. */
import { CODE } from "./grpc.ts";

/** What was being done, for errors that do not say it themselves. */
export interface Doing {
  readonly what:
    "sign-in" | "app" | "image" | "secret" | "volume" | "file" | "create" | "sandbox" | "inside" | "function";
  /** Of the secret, the volume, the file, the GPU … */
  readonly name: string;
}

export interface Words {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** Nothing was decided: the same may work later. */
  readonly passing?: boolean;
}

export interface Thrown {
  /** The SDK's class of error; "Error" for many. */
  readonly name: string;
  readonly code: number | null;
  /** The server's own words, one line; may be empty. */
  readonly said: string;
}

interface Row {
  readonly is: (thrown: Thrown, doing: Doing) => boolean;
  readonly words: (said: string, doing: Doing) => Words;
}

const SIGN_IN =
  "Sign in with Fine-tune: Sign In to Modal, or set MODAL_TOKEN_ID and MODAL_TOKEN_SECRET. Tokens are made at https://modal.com/settings/tokens.";
const STATUS_PAGE = "https://status.modal.com shows whether Modal has a problem.";

const coded =
  (...codes: readonly number[]) =>
  ({ code }: Thrown): boolean =>
    code !== null && codes.includes(code);
const named =
  (name: string) =>
  (thrown: Thrown): boolean =>
    thrown.name === name;
const saying =
  (pattern: RegExp) =>
  ({ said }: Thrown): boolean =>
    pattern.test(said);
/** "…: the server's words" or "." */
const because = (said: string): string => (said === "" ? "." : `: ${said.replace(/\.$/, "")}.`);
const missing = (thrown: Thrown): boolean => named("NotFoundError")(thrown) || coded(CODE.notFound)(thrown);

export const ERROR_WORDS: readonly Row[] = [
  {
    is: named("AbortError"),
    words: () => ({
      code: "modal-cancelled",
      message: "It was cancelled.",
      hint: "Start it again when you want it; what has been transferred already is kept.",
    }),
  },
  {
    is: coded(CODE.unauthenticated),
    words: () => ({
      code: "modal-token",
      message: "Modal does not know this token: it is mistyped, expired or was revoked.",
      hint: SIGN_IN,
    }),
  },
  {
    is: (thrown) => thrown.name === "Error" && /credentials|token_?id/i.test(thrown.said),
    words: () => ({ code: "modal-no-token", message: "There is no Modal token.", hint: SIGN_IN }),
  },
  {
    is: (thrown) => named("InvalidError")(thrown) && /OAuth/.test(thrown.said),
    words: () => ({
      code: "modal-mixed-tokens",
      message: "A Modal token and OAuth credentials are both set.",
      hint: "Unset the variables that begin with MODAL_OAUTH_, or the token.",
    }),
  },
  {
    is: coded(CODE.denied),
    words: (said) => ({
      code: "modal-denied",
      message: `This token may not do that${because(said)}`,
      hint: "Use a token of a member who may, or another environment (MODAL_ENVIRONMENT).",
    }),
  },
  {
    is: coded(CODE.unavailable),
    words: () => ({
      code: "modal-unreachable",
      message: "Modal cannot be reached.",
      hint: `Check the connection. Behind a proxy, set https_proxy in the environment of the editor or terminal and allow api.modal.com and modal.host; VS Code's http.proxy does not count here. ${STATUS_PAGE}`,
      passing: true,
    }),
  },
  {
    is: coded(CODE.deadline, CODE.internal, CODE.unknown, CODE.cancelled),
    words: (said) => ({
      code: "modal-server",
      message: `Modal had a fault of its own${because(said)}`,
      hint: `Try again in a minute. ${STATUS_PAGE}`,
      passing: true,
    }),
  },
  ...creating(),
  {
    is: (thrown, { what }) => missing(thrown) && what === "app",
    words: (_, { name }) => ({
      code: "modal-app-missing",
      message: `There is no app ${name} in this environment.`,
      hint: "It is made by the first run. Another environment can be named with MODAL_ENVIRONMENT.",
    }),
  },
  {
    is: (thrown, { what }) => missing(thrown) && what === "secret",
    words: (said, { name }) => ({
      code: "modal-secret-missing",
      message: /missing key/i.test(said)
        ? `The secret ${name} lacks a key${because(said)}`
        : `There is no secret ${name} in this environment.`,
      hint: "Make it at https://modal.com/secrets, or take it out of compute.modal.secrets.",
    }),
  },
  {
    is: (thrown, { what }) => missing(thrown) && what === "volume",
    words: (_, { name }) => ({
      code: "modal-volume-missing",
      message: `There is no volume ${name} in this environment.`,
      hint: "Check compute.modal.volume and the environment. The volume of our own is made by the first run.",
    }),
  },
  {
    is: (thrown, { what }) => named("InvalidError")(thrown) && what === "volume",
    words: (_, { name }) => ({
      code: "modal-volume-version",
      message: `The volume ${name} is of the old kind (v1), which cannot save at once.`,
      hint: "Name another volume in compute.modal.volume; it is made in the new kind.",
    }),
  },
  {
    is: (thrown, { what }) => missing(thrown) && what === "file",
    words: (_, { name }) => ({
      code: "modal-file-missing",
      message: `${name} is not on the volume.`,
      hint: "What a run has left there is shown by the Targets view.",
    }),
  },
  {
    is: (thrown, { what }) => missing(thrown) && what === "sandbox",
    words: (_, { name }) => ({
      code: "modal-sandbox-gone",
      message: `Modal does not know the sandbox ${name} any more.`,
      hint: "It died or ended long ago. What it saved lies on the volume: resume the run from there.",
    }),
  },
  {
    is: ({ name }, { what }) =>
      name.startsWith("SandboxFilesystem") || name === "ClientClosedError" || what === "inside",
    words: (said, { name }) => ({
      code: "modal-inside",
      message: `${name} in the sandbox did not work${because(said)}`,
      hint: "The sandbox may just have ended: its state says so. Else try again.",
      passing: true,
    }),
  },
  {
    is: (thrown, { what }) =>
      what === "function" && (named("RemoteError")(thrown) || named("ExecutionError")(thrown)),
    words: (said) => ({
      code: "modal-call-ended",
      message: `The call on Modal was cancelled or failed${because(said)}`,
      hint: "Its log at https://modal.com/apps says why.",
    }),
  },
  {
    is: ({ name }) => name.endsWith("TimeoutError"),
    words: () => ({
      code: "modal-no-answer",
      message: "Modal did not answer in time; what was asked goes on there.",
      hint: `Ask again. ${STATUS_PAGE}`,
      passing: true,
    }),
  },
  {
    is: (thrown) => coded(CODE.invalid, CODE.precondition)(thrown) || named("InvalidError")(thrown),
    words: (said) => ({
      code: "modal-refused",
      message: `Modal refuses this request${because(said)}`,
      hint: "Check compute.modal: gpu, cpu, memory, region, timeout, volume and secrets.",
    }),
  },
];

function create(is: (thrown: Thrown) => boolean) {
  return (thrown: Thrown, doing: Doing): boolean => doing.what === "create" && is(thrown);
}

/** What can go wrong when a sandbox is asked for. */
function creating(): readonly Row[] {
  return [
    {
      is: create(named("ResourceExhaustedError")),
      words: (_, { name }) => ({
        code: "modal-no-capacity",
        message: `Modal had no ${name} free for 21 minutes; the request was withdrawn and cost nothing.`,
        hint: "Try again later, choose another GPU in compute.modal.gpu, or take out compute.modal.region.",
        passing: true,
      }),
    },
    {
      is: coded(CODE.exhausted),
      words: (said) => ({
        code: "modal-quota",
        message: `Modal grants no more at the moment${because(said)}`,
        hint: "End other sandboxes, or look at the limits and the budget of the workspace at https://modal.com/settings.",
      }),
    },
    {
      is: create((thrown) => named("AlreadyExistsError")(thrown) || coded(CODE.exists)(thrown)),
      words: (_, { name }) => ({
        code: "modal-name-taken",
        message: `This attempt is running on Modal already (${name}).`,
        hint: "It was not started twice. Attach to it instead.",
      }),
    },
    {
      is: create(named("ConflictError")),
      words: () => ({
        code: "modal-cancelled",
        message: "The request for a machine was withdrawn before Modal gave one; it cost nothing.",
        hint: "Start the run again when you want it.",
      }),
    },
    {
      is: create((thrown) => coded(CODE.invalid)(thrown) && /gpu/i.test(thrown.said)),
      words: (said) => ({
        code: "modal-gpu",
        message: `Modal does not rent this GPU${because(said)}`,
        hint: "Choose another one in compute.modal.gpu: T4, L4, A10, L40S, A100-40GB, A100-80GB, RTX-PRO-6000, H100, H200, B200.",
      }),
    },
    {
      is: create(saying(/^Invalid GPU count/)),
      words: (_, { name }) => ({
        code: "modal-gpu-text",
        message: `${name} is not a GPU and a count.`,
        hint: 'Write compute.modal.gpu as "L40S" or "A100-80GB:2".',
      }),
    },
    {
      is: create(saying(/^timeoutMs must be/)),
      words: () => ({
        code: "modal-timeout-text",
        message: "Modal takes a time limit in whole seconds, above zero.",
        hint: "Write compute.modal.timeout as 90s, 45m or 4h.",
      }),
    },
  ];
}

export const UNEXPECTED = (said: string): Words => ({
  code: "modal-unknown",
  message: `Modal answered something unexpected${because(said)}`,
  hint: `Try again. ${STATUS_PAGE}`,
});

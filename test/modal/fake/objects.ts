/** Calls of the control plane about tokens, apps, environments, images, secrets and prices. */
import { setTimeout as sleep } from "node:timers/promises";
import { ServerError, Status } from "nice-grpc";
import { newId, newJwt } from "./ids.ts";
import { STATUS, wholeResult } from "./result.ts";
import type { FakeImage, State } from "./state.ts";

/** ObjectCreationType: 0 only looks. */
const LOOK = 0;

export const objectCalls = (state: State) => ({
  authTokenGet: async () => ({ token: newJwt(state.hooks.jwtSeconds, state.generation) }),

  tokenInfoGet: async () => ({
    tokenId: state.account.tokenId,
    workspaceId: "wo-1",
    workspaceName: state.account.workspace,
    tokenName: "test",
  }),

  appGetOrCreate: async ({
    appName,
    objectCreationType,
  }: {
    readonly appName: string;
    readonly objectCreationType: number;
  }) => {
    const known = state.apps.get(appName);
    if (known !== undefined) return { appId: known };
    if (objectCreationType === LOOK) throw new ServerError(Status.NOT_FOUND, `App ${appName} not found`);
    const appId = newId("ap");
    state.apps.set(appName, appId);
    return { appId };
  },

  environmentGetOrCreate: async ({ deploymentName }: { readonly deploymentName: string }) => ({
    environmentId: "en-1",
    metadata: {
      name: deploymentName || "main",
      settings: { imageBuilderVersion: "2025.06", webhookSuffix: "" },
    },
  }),

  imageGetOrCreate: async ({
    image,
  }: {
    readonly image: {
      readonly dockerfileCommands: readonly string[];
      readonly baseImages: readonly { readonly imageId: string }[];
    };
  }) => {
    const key = JSON.stringify([image.baseImages.map(({ imageId }) => imageId), image.dockerfileCommands]);
    const known = state.images.get(key);
    if (known?.built) return { imageId: known.id, result: wholeResult(SUCCESS) };
    const made: FakeImage = known ?? { id: newId("im"), commands: image.dockerfileCommands, built: false };
    state.images.set(key, made);
    return { imageId: made.id };
  },

  imageJoinStreaming: async function* ({
    imageId,
    lastEntryId,
  }: {
    readonly imageId: string;
    readonly lastEntryId: string;
  }) {
    const failure = state.hooks.buildFailures.find(({ times }) => times !== 0);
    if (failure !== undefined && failure.times > 0) failure.times -= 1;
    const lines = failure?.lines ?? state.hooks.buildLines;
    for (const [index, line] of [...lines.entries()].slice(Number(lastEntryId || 0))) {
      await sleep(5);
      yield { entryId: String(index + 1), taskLogs: [{ data: `${line}\n`, fileDescriptor: 1 }] };
    }
    if (failure === undefined)
      for (const image of state.images.values()) if (image.id === imageId) image.built = true;
    const result =
      failure === undefined
        ? SUCCESS
        : { status: failure.status ?? STATUS.failure, exitcode: 1, exception: failure.exception };
    yield { entryId: String(lines.length + 1), taskLogs: [], result: wholeResult(result), eof: true };
  },

  secretGetOrCreate: async ({
    deploymentName,
    envDict,
  }: {
    readonly deploymentName: string;
    readonly envDict: Readonly<Record<string, string>>;
  }) => {
    if (deploymentName) {
      const known = [...state.secrets.values()].find(({ name }) => name === deploymentName);
      if (known === undefined)
        throw new ServerError(Status.NOT_FOUND, `Secret '${deploymentName}' not found`);
      return { secretId: known.id };
    }
    const id = newId("st");
    state.secrets.set(id, { id, name: null, env: envDict });
    return { secretId: id };
  },

  workspaceBillingRates: async () => {
    if (state.hooks.rates === null) throw new ServerError(Status.UNIMPLEMENTED, "WorkspaceBillingRates");
    return { rates: state.hooks.rates, deprecationWarnings: {}, deprecationErrors: {}, formatted: "" };
  },
});

const SUCCESS = { status: STATUS.success, exitcode: 0, exception: "" };

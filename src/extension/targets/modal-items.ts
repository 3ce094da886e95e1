/** Rows of Modal in the targets view, as plain data. */
import type { CardRow } from "../../core/estimate/card-table.ts";
import { money } from "../../core/estimate/sentences.ts";
import { modalName, type ModalPrices, priceDate } from "../../core/estimate/prices.ts";
import type { Say } from "../../core/say.ts";
import { size } from "../../core/units.ts";
import type { VolumeEntry } from "../../launch/modal/session.ts";
import type { SignIn } from "../modal/account.ts";
import type { TargetRow } from "./items.ts";

const common = { tooltip: "", children: "none" } as const;

/** Modal as a whole: who is signed in, and below it what there is. */
export function modalRow(state: SignIn, say: Say): TargetRow {
  const row = { ...common, id: "modal", label: "Modal" } as const;
  switch (state.kind) {
    case "unknown":
      return { ...row, kind: "modalOut", description: say("looking"), icon: "cloud" };
    case "out":
      return {
        ...row,
        kind: "modalOut",
        description: say("sign in to rent a GPU by the second"),
        tooltip: say("Nobody is signed in. Nothing is sent to Modal before you do."),
        icon: "cloud",
        signIn: true,
      };
    case "broken":
      return {
        ...row,
        kind: "modalOut",
        description: state.message,
        tooltip: state.message,
        icon: "warning",
        signIn: true,
      };
    case "in": {
      const from = state.profile === null ? say("own token") : say("profile {0}", state.profile);
      const parts = [state.workspace, from, state.environment].filter((part) => part !== null);
      return {
        ...row,
        kind: "modalIn",
        description: parts.join(" · "),
        tooltip: say(
          "Account, GPUs with prices, and what our volume there holds. Asked for when it is opened.",
        ),
        icon: "cloud",
        children: "closed",
      };
    }
  }
}

export const modalGroups = (say: Say): TargetRow[] => [
  {
    ...common,
    id: "modal.gpus",
    kind: "modalGroup",
    label: say("GPUs"),
    description: "",
    icon: "circuit-board",
    children: "closed",
  },
  {
    ...common,
    id: "modal.volume",
    kind: "modalVolume",
    label: say("Runs on the volume"),
    description: "",
    icon: "database",
    children: "closed",
  },
];

/** Prices an hour, and what the open config would need there; `rows` is empty without one. */
export function gpuRows(prices: ModalPrices, rows: readonly CardRow[], say: Say): TargetRow[] {
  const of = (gpu: string): CardRow | undefined =>
    rows.find(({ where, name }) => where === "modal" && modalName(name.replace(/^Modal /, "")) === gpu);
  return Object.entries(prices.gpus).map(([gpu, dollars]) => {
    const row = of(gpu);
    const date = priceDate(gpu, prices);
    const hourly = say("{0} an hour", money(3600 * dollars));
    return {
      ...common,
      id: `modal.gpu.${gpu}`,
      kind: "modalGpu",
      label: gpu,
      description: [hourly, row?.fit, row?.time, row?.cost].filter((part) => part).join(" · "),
      tooltip:
        date === "live"
          ? say(
              "Price of the GPU in your workspace, as Modal just said. The run's cost has CPU and memory in it.",
            )
          : say("Price of the GPU on {0}. The run's cost has CPU and memory in it.", date),
      icon:
        row?.verdict === "does-not-fit"
          ? "circle-slash"
          : row?.verdict === "tight"
            ? "warning"
            : row
              ? "check"
              : "circuit-board",
    };
  });
}

/** What each run holds there, newest first. Inputs are content that runs share. */
export function volumeRows(entries: readonly VolumeEntry[], say: Say): TargetRow[] {
  const runs = new Map<string, { bytes: number; files: number }>();
  let inputs = 0;
  for (const { path, kind, bytes } of entries) {
    const [room, id] = path.split("/");
    if (kind !== "file" || id === undefined) continue;
    if (room === "inputs") inputs += bytes;
    if (room !== "runs") continue;
    const known = runs.get(id) ?? { bytes: 0, files: 0 };
    runs.set(id, { bytes: known.bytes + bytes, files: known.files + 1 });
  }
  const rows = [...runs]
    .toSorted(([a], [b]) => (a < b ? 1 : -1))
    .map(([id, { bytes, files }]): TargetRow => ({
      ...common,
      id: `modal.run.${id}`,
      kind: "modalRun",
      label: id,
      description: size(bytes),
      tooltip: say("{0} files", files),
      icon: "package",
      run: id,
    }));
  const shared: TargetRow[] =
    inputs === 0
      ? []
      : [
          {
            ...common,
            id: "modal.inputs",
            kind: "modalInputs",
            label: say("Data and inputs"),
            description: size(inputs),
            tooltip: say("Content that was sent once and is used by every run that names it."),
            icon: "file-binary",
          },
        ];
  if (rows.length + shared.length > 0) return [...rows, ...shared];
  return [
    {
      ...common,
      id: "modal.empty",
      kind: "modalNote",
      label: say("Nothing of ours lies there."),
      description: "",
      icon: "info",
    },
  ];
}

export const failedRow = (id: string, message: string): TargetRow => ({
  ...common,
  id: `${id}.failed`,
  kind: "modalNote",
  label: message,
  description: "",
  tooltip: message,
  icon: "warning",
});

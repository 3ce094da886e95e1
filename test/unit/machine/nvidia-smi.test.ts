import { expect, test } from "vitest";
import {
  parseGpus,
  parseMigDevices,
  parseProcesses,
  withMig,
  withProcesses,
} from "../../../src/machine/nvidia-smi.ts";

const GIB = 2 ** 30;
const two = `0, GPU-aa, NVIDIA GeForce RTX 4090, 24564, 1024, 8.9, 570.86.10, [N/A]
1, GPU-bb, NVIDIA RTX A2000, 6138, 12, 8.6, 570.86.10, [N/A]
`;

test("several cards", () => {
  expect(parseGpus(two)).toMatchObject([
    {
      index: 0,
      uuid: "GPU-aa",
      total: 24564 * 2 ** 20,
      used: GIB,
      capability: "8.9",
      driver: "570.86.10",
      mig: false,
    },
    { index: 1, uuid: "GPU-bb", name: "NVIDIA RTX A2000", capability: "8.6" },
  ]);
});

test.each([
  [""],
  ["No devices were found\n"],
  ["NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n"],
  ["\u0000,,,\n"],
])("none or garbage: %j", (text) => {
  expect(parseGpus(text)).toEqual([]);
});

test("what a card does not tell is not known, and the card is kept", () => {
  expect(parseGpus("0, GPU-aa, Tesla K80, [N/A], [Not Supported], [N/A], ERR!, [N/A]")).toMatchObject([
    { name: "Tesla K80", total: 0, used: 0, capability: null, driver: null },
  ]);
});

test("a card cut into instances is replaced by them", () => {
  const list = `GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-aa)
  MIG 1g.10gb     Device  0: (UUID: MIG-11)
  MIG 3g.40gb+me  Device  1: (UUID: MIG-22)
GPU 1: NVIDIA H100 80GB HBM3 (UUID: GPU-bb)
`;
  const gpus = parseGpus(
    "0, GPU-aa, NVIDIA H100 80GB HBM3, 81559, 87, 9.0, 580.1, Enabled\n1, GPU-bb, NVIDIA H100 80GB HBM3, 81559, 87, 9.0, 580.1, Disabled",
  );
  expect(
    withMig(gpus, parseMigDevices(list)).map(({ uuid, name, total }) => [uuid, name, total / GIB]),
  ).toEqual([
    ["MIG-11", "NVIDIA H100 80GB HBM3 MIG 1g.10gb", 10],
    ["MIG-22", "NVIDIA H100 80GB HBM3 MIG 3g.40gb+me", 40],
    ["GPU-bb", "NVIDIA H100 80GB HBM3", 81559 / 1024],
  ]);
});

test("who holds memory, ours apart from others'; names may hold commas and paths", () => {
  const processes = parseProcesses(
    "GPU-aa, 10, /usr/bin/python3, 2048\nGPU-aa, 11, C:\\Games\\a, b.exe, [N/A]\nGPU-bb, 12, firefox, 300\n",
  );
  const [first, second] = withProcesses(parseGpus(two), processes, new Set([10]));
  expect(first).toMatchObject({
    ours: 2 * GIB,
    processes: [
      { pid: 10, name: "python3", bytes: 2 * GIB },
      { pid: 11, name: "a, b.exe", bytes: 0 },
    ],
  });
  expect(second).toMatchObject({ ours: 0, processes: [{ pid: 12, name: "firefox" }] });
});

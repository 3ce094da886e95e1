import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { isGpuAwake } from "../../../src/machine/gpu-awake.ts";

let driver: string;
beforeEach(() => {
  driver = mkdtempSync(join(tmpdir(), "nvidia-"));
  writeFileSync(join(driver, "bind"), "");
});
afterEach(() => rmSync(driver, { recursive: true }));

function card(name: string, state: string): void {
  mkdirSync(join(driver, name, "power"), { recursive: true });
  writeFileSync(join(driver, name, "power", "runtime_status"), `${state}\n`);
}

it("sleeps only when every card does", async () => {
  card("0000:01:00.0", "suspended");
  expect(await isGpuAwake(driver)).toBe(false);
  card("0000:41:00.0", "active");
  expect(await isGpuAwake(driver)).toBe(true);
});

it("is taken to be awake where nothing is known", async () => {
  expect(await isGpuAwake(driver)).toBe(true);
  expect(await isGpuAwake(join(driver, "none"))).toBe(true);
  mkdirSync(join(driver, "0000:01:00.0"));
  expect(await isGpuAwake(driver)).toBe(true);
});

import { expect, test } from "vitest";
import { MODAL_PRICES, priceDate } from "../../../src/core/estimate/prices.ts";
import { pricesOf } from "../../../src/launch/modal/rates.ts";
import { connect } from "./connect.ts";

test("prices an hour become prices a second, under our names", async () => {
  const { fake, session } = await connect();
  fake.hooks.rates = {
    gpu_h100: "3.60",
    "GPU-A100-80GB-hourly": "2.52",
    gpu_l40s: "1.8",
    cpu_core: "0.05",
    sandbox_cpu: "0.144",
    sandbox_memory_gib: "0.0252",
    volume_storage: "0.09",
  };
  const prices = await session.rates();
  expect(prices?.date).toBe("live");
  expect(["H100", "L40S", "T4"].map((gpu) => priceDate(gpu, prices ?? MODAL_PRICES))).toEqual([
    "live",
    "live",
    MODAL_PRICES.date,
  ]);
  expect(prices?.gpus["A100-80GB"]).toBeCloseTo(0.0007, 9);
  expect(prices?.gpus["L40S"]).toBeCloseTo(0.0005, 9);
  // Not named: the dated price.
  expect(prices?.gpus["T4"]).toBe(MODAL_PRICES.gpus["T4"]);
  expect(prices?.gpus["H100"]).toBeCloseTo(0.001, 9);
  expect(prices?.core).toBeCloseTo(0.00004, 9);
  expect(prices?.gib).toBeCloseTo(0.000007, 9);
});

test("what is not understood is not a price: the dated table counts", async () => {
  const { session, log } = await connect();
  expect(await session.rates()).toBeNull();
  expect(log.some((line) => line.startsWith("info Modal tells no prices"))).toBe(true);
  expect(pricesOf({ something: "1", gpu_h100: "not a number" })).toBeNull();
  // Dollars a second where dollars an hour are expected, and the other way round.
  expect(pricesOf({ gpu_h100: "0.001097" })).toBeNull();
  expect(pricesOf({ gpu_h100: "14400" })).toBeNull();
  expect(pricesOf({ gpu_h100: "4" })).toMatchObject({ core: MODAL_PRICES.core, gib: MODAL_PRICES.gib });
});

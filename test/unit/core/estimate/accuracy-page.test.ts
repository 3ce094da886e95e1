import { expect, it } from "vitest";
import { accuracyPage } from "../../../tools/accuracy-page.ts";

it("media/docs/estimates.md is what the measured runs give (renew: npx vitest run test/unit/core/estimate/accuracy-page.test.ts -u)", async () => {
  await expect(accuracyPage()).toMatchFileSnapshot("../../../../media/docs/estimates.md");
});

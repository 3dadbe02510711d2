// Phase contract, schema: migration tighten, mongodb 7.0
// Orders have a code of a fixed form and a total that is not negative
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/4-contract.ts
import { migrate } from "../forgelua";

migrate("tighten", "phases/4-contract.ts", async (m) => {

  // Step 11 of 11, contract: Remove the progress and error tables
  //   Why:          they served the backfills and the dual-write, which are over
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("forgelua/contract/clean-up", "step 11 of 11: Remove the progress and error tables", async () => {
    await m.run({ drop: "forgelua_backfill_progress" });
    await m.run({ drop: "forgelua_steps" });
  });
});

// Rollback of phase contract, schema: migration tighten, mongodb 7.0
// Orders have a code of a fixed form and a total that is not negative
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/4-contract.rollback.ts
import { migrate } from "../forgelua";

migrate("tighten", "phases/4-contract.rollback.ts", async (m) => {

  // Undo step 11 of 11, contract: Remove the progress and error tables
  await m.undo("forgelua/contract/clean-up", "undo step 11 of 11: Remove the progress and error tables", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });
});

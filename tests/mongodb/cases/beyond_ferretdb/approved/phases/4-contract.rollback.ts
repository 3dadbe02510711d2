// Rollback of phase contract, schema: migration beyond_ferretdb, mongodb 7.0
// What the tests' server does not do as MongoDB does
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/4-contract.rollback.ts
import { migrate } from "../forgelua";

migrate("beyond_ferretdb", "phases/4-contract.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 5 must be done before this: Create the table weather", "1", {
    forgelua: "has",
    command: { listCollections: 1, filter: { name: "weather" } },
    where: { name: "weather" },
  });

  // Undo step 12 of 12, contract: Remove the progress and error tables
  await m.undo("forgelua/contract/clean-up", "undo step 12 of 12: Remove the progress and error tables", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });
});

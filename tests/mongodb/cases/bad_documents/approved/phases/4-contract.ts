// Phase contract, schema: migration bad_documents, mongodb 7.0
// Readings have their value as a number; one of them cannot be read
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/4-contract.ts
import { migrate } from "../forgelua";

migrate("bad_documents", "phases/4-contract.ts", async (m) => {

  // Step 6 of 7, contract: The contract about value of readings has been kept
  //   Why:          the validator asks for it by now
  //   Lock:         none
  //   Note:         no triggers exist: the application keeps the fields equal, or change streams do
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("readings.value/contract/stop-filling", "step 6 of 7: The contract about value of readings has been kept", async () => {
    // Nothing to run in the database.
  });

  // Step 7 of 7, contract: Remove the progress and error tables
  //   Why:          they served the backfills and the dual-write, which are over
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("forgelua/contract/clean-up", "step 7 of 7: Remove the progress and error tables", async () => {
    await m.run({ drop: "forgelua_backfill_progress" });
    await m.run({ drop: "forgelua_steps" });
  });
});

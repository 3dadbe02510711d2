// Phase contract, schema: migration from_db, mongodb 7.0
// A database that is read: fields that no validator states get rules, another name, or stay as they are
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/4-contract.ts
// WARNING: step 11 is destructive — fullName of users as the old schema held it
import { migrate } from "../forgelua";

migrate("from_db", "phases/4-contract.ts", async (m) => {

  // Step 10 of 12, contract: From here the way back fills fullName of users again
  //   Why:          the old field is about to go; a rollback makes it from the new one
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("users.full_name/contract/point-of-return", "step 10 of 12: From here the way back fills fullName of users again", async () => {
    // Nothing to run in the database.
  });

  // Step 11 of 12, contract: Drop the old field fullName of users
  //   Why:          every application uses the new one
  //   Lock:         IX (collection), blocks nothing, rewrites the table, scans the table
  //   Note:         the field is taken out of the documents batch by batch; the validator lets go of it before that
  //   Estimate:     10 s
  //   Applications: old BREAKS, new works; the deployed application finds no fullName from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      drop
  await m.step("users.full_name/contract/drop-old", "step 11 of 12: Drop the old field fullName of users", async () => {
    await m.run({
      forgelua: "update",
      collection: "users",
      q: { fullName: { $exists: true } },
      u: { $unset: { fullName: "" } },
      size: 1000,
      bypass: true,
    });
    m.say("Application: Check that no application, report or job names fullName any more; stop writing it.");
  });

  // Step 12 of 12, contract: Remove the progress and error tables
  //   Why:          they served the backfills and the dual-write, which are over
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("forgelua/contract/clean-up", "step 12 of 12: Remove the progress and error tables", async () => {
    await m.run({ drop: "forgelua_backfill_progress" });
    await m.run({ drop: "forgelua_steps" });
  });
});

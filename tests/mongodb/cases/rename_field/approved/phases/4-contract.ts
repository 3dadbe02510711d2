// Phase contract, schema: migration rename_field, mongodb 7.0
// A person's name is their full name
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/4-contract.ts
// WARNING: step 11 is destructive — name of people as the old schema held it
import { migrate } from "../forgelua";

migrate("rename_field", "phases/4-contract.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 9 must be done before this: Rename the index name_1 to full_name_1", "1", {
    forgelua: "lacks",
    command: { listIndexes: "people" },
    where: { name: "name_1" },
  });
  await m.turn("step 11 must not be done at this point: Drop the old field name of people", "0", {
    forgelua: "validator",
    collection: "people",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["full_name"],
        properties: { born: { bsonType: ["int", "null"] }, full_name: { bsonType: "string" } },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });

  // Step 10 of 12, contract: From here the way back fills name of people again
  //   Why:          the old field is about to go; a rollback makes it from the new one
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("people.full_name/contract/point-of-return", "step 10 of 12: From here the way back fills name of people again", async () => {
    // Nothing to run in the database.
  });

  // Step 11 of 12, contract: Drop the old field name of people
  //   Why:          every application uses the new one
  //   Lock:         IX (collection), blocks nothing, rewrites the table, scans the table
  //   Note:         the field is taken out of the documents batch by batch; the validator lets go of it before that
  //   Estimate:     unknown
  //   Applications: old BREAKS, new works; the deployed application finds no name from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      drop
  await m.step("people.full_name/contract/drop-old", "step 11 of 12: Drop the old field name of people", async () => {
    await m.run({
      collMod: "people",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["full_name"],
          properties: { born: { bsonType: ["int", "null"] }, full_name: { bsonType: "string" } },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
    await m.run({
      forgelua: "update",
      collection: "people",
      q: { name: { $exists: true } },
      u: { $unset: { name: "" } },
      size: 1000,
      bypass: true,
    });
    m.say("Application: Check that no application, report or job names name any more; stop writing it.");
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

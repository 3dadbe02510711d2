// Phase contract, schema: migration tables, mongodb 7.0
// A spec of tables, as it stands for SQL engines
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/4-contract.ts
import { migrate } from "../forgelua";

migrate("tables", "phases/4-contract.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 5 must be done before this: Make customers.level NOT NULL", "1", {
    forgelua: "validator",
    collection: "customers",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["id", "level"],
        properties: {
          email: { bsonType: ["string", "null"], maxLength: 80 },
          id: { bsonType: "long" },
          level: { bsonType: "string", enum: ["basic", "gold"] },
        },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });

  // Step 16 of 16, contract: Remove the progress and error tables
  //   Why:          they served the backfills and the dual-write, which are over
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("forgelua/contract/clean-up", "step 16 of 16: Remove the progress and error tables", async () => {
    await m.run({ drop: "forgelua_backfill_progress" });
    await m.run({ drop: "forgelua_steps" });
  });
});

// Phase switch, rows: migration tables, mongodb 7.0
// A spec of tables, as it stands for SQL engines
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-backfill.ts
import { migrate } from "../forgelua";

migrate("tables", "phases/3-backfill.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 3 must be done before this: Add the columns of customers that are to be filled", "1", {
    forgelua: "validator",
    collection: "customers",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["id"],
        properties: {
          email: { bsonType: ["string", "null"], maxLength: 80 },
          id: { bsonType: "long" },
          level: { bsonType: ["string", "null"], enum: ["basic", "gold", null] },
        },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  await m.turn("step 5 must not be done at this point: Make customers.level NOT NULL", "0", {
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

  // Step 4 of 16, switch: Fill them
  //   Why:          nobody writes, so one pass is enough
  //   Lock:         row locks, one batch at a time, 5 s at most
  //   Note:         each document is locked while it is written
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new does not work yet
  //   Way back:     yes, nothing is lost
  //   Hazards:      backfill
  await m.step("customers/switch/fill", "step 4 of 16: Fill them", async () => {
    await m.run({
      forgelua: "update",
      collection: "customers",
      step: "customers/switch/fill",
      q: { level: null },
      u: [{ $set: { level: { $literal: "basic" } } }],
      size: 10000,
    });
  });
});

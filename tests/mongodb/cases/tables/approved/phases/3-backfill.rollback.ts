// Rollback of phase switch, rows: migration tables, mongodb 7.0
// A spec of tables, as it stands for SQL engines
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-backfill.rollback.ts
import { migrate } from "../forgelua";

migrate("tables", "phases/3-backfill.rollback.ts", async (m) => {
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

  // Undo step 4 of 16, switch: Fill them
  await m.undo("customers/switch/fill", "undo step 4 of 16: Fill them", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });
});

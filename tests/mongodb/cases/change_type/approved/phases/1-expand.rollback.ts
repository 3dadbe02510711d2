// Rollback of phase expand, schema: migration change_type, mongodb 7.0
// Amounts are whole numbers
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/1-expand.rollback.ts
import { migrate } from "../forgelua";

migrate("change_type", "phases/1-expand.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 1 must be done before this: Allow int in items.amount beside string", "1", {
    forgelua: "validator",
    collection: "items",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["sku"],
        properties: { amount: { bsonType: ["string", "int", "null"] }, sku: { bsonType: "string" } },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  await m.turn("step 4 must not be done at this point: Hold items.amount to its rules: warn first", "0", {
    forgelua: "validator",
    collection: "items",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["sku"],
        properties: { amount: { bsonType: ["int", "null"], minimum: 0 }, sku: { bsonType: "string" } },
      },
    },
    validationLevel: "moderate",
    validationAction: "warn",
  });

  // Undo step 1 of 7, expand: Allow int in items.amount beside string
  await m.undo("items.amount/expand/allow-both", "undo step 1 of 7: Allow int in items.amount beside string", async () => {
    await m.run({
      collMod: "items",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["sku"],
          properties: { amount: { bsonType: ["string", "null"] }, sku: { bsonType: "string" } },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
    await m.run({ drop: "forgelua_backfill_progress" });
    await m.run({ drop: "forgelua_steps" });
  });
});

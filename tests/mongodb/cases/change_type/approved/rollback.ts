// WARNING: rollback is destructive — items data will be lost: values of items.amount that do not come back unchanged.
// Take a backup before applying forward.ts.
// Rollback, every phase: migration change_type, mongodb 7.0
// Amounts are whole numbers
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx rollback.ts
// Takes back a whole forward.ts. After some of the phases only, run their .rollback.ts files, last
// phase first.
import { migrate } from "./forgelua";

migrate("change_type", "rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("the whole plan must be done before this: alter_column items.amount", "1", {
    forgelua: "validator",
    collection: "items",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["sku"],
        properties: { amount: { bsonType: ["int", "null"], minimum: 0 }, sku: { bsonType: "string" } },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });

  // Undo step 7 of 7, contract: Remove the progress and error tables
  await m.undo("forgelua/contract/clean-up", "undo step 7 of 7: Remove the progress and error tables", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 6 of 7, switch: Let items.amount lead
  await m.undo("items.amount/switch/lead", "undo step 6 of 7: Let items.amount lead", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 5 of 7, switch: Hold items.amount to its rules: refuse from here
  await m.undo("items.amount/switch/not-null", "undo step 5 of 7: Hold items.amount to its rules: refuse from here", async () => {
    await m.run({
      collMod: "items",
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
  });

  // Undo step 4 of 7, switch: Hold items.amount to its rules: warn first
  await m.undo("items.amount/switch/not-null-warning", "undo step 4 of 7: Hold items.amount to its rules: warn first", async () => {
    await m.run({
      collMod: "items",
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
  });

  // Undo step 3 of 7, migrate: Convert items.amount to int
  //   Loses:        values of items.amount that do not come back unchanged
  await m.undo("items.amount/migrate/backfill", "undo step 3 of 7: Convert items.amount to int", async () => {
    await m.run({
      forgelua: "update",
      collection: "items",
      step: "items.amount/migrate/backfill/back",
      q: {
        $and: [
          { amount: { $exists: true, $not: { $type: "string" } } },
          { $expr: { $ne: [{ $ifNull: ["$amount", null] }, null] } },
        ],
      },
      u: [{ $set: { amount: { $convert: { input: "$amount", to: "string", onError: null, onNull: null } } } }],
      size: 100000,
      pause_ms: 1000,
    });
  });

  // Undo step 2 of 7, migrate: The applications keep both forms of items.amount
  await m.undo("items.amount/migrate/dual-write", "undo step 2 of 7: The applications keep both forms of items.amount", async () => {
    // Nothing to run: the steps before it take with them what it did.
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

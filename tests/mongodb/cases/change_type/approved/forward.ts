// Forward, every phase: migration change_type, mongodb 7.0
// Amounts are whole numbers
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx forward.ts
// The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
// one, with the gates that runbook.md states between them.
import { migrate } from "./forgelua";

migrate("change_type", "forward.ts", async (m) => {
  if (await m.over({
    forgelua: "every",
    of: [
      {
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
      },
    ],
  })) return;
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 1 must not be done at this point: Allow int in items.amount beside string", "0", {
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
  await m.turn("the whole plan must not be done at this point: alter_column items.amount", "0", {
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

  // Step 1 of 7, expand: Allow int in items.amount beside string
  //   Why:          while documents are converted, both types stand in the field
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("items.amount/expand/allow-both", "step 1 of 7: Allow int in items.amount beside string", async () => {
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

  // Step 2 of 7, migrate: The applications keep both forms of items.amount
  //   Why:          what one application writes the other must find; no trigger does that here
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      dual write
  await m.step("items.amount/migrate/dual-write", "step 2 of 7: The applications keep both forms of items.amount", async () => {
    // Nothing to run in the database.
    m.say("Application: No triggers exist: deploy a version that reads items.amount as string and as int, and writes it as int.");
  });

  // Step 3 of 7, migrate: Convert items.amount to int
  //   Why:          an unknown number of rows, 100000 a batch along _id
  //   Lock:         row locks, one batch at a time, 5 s at most
  //   Note:         each document is locked while it is written
  //   Estimate:     unknown
  //   Applications: old works, new works
  //   Way back:     loses values of items.amount that do not come back unchanged
  //   Hazards:      backfill, replica lag
  await m.step("items.amount/migrate/backfill", "step 3 of 7: Convert items.amount to int", async () => {
    await m.must("every amount of items can be held as int", "0", {
      count: "items",
      query: {
        $and: [
          { $expr: { $ne: [{ $ifNull: ["$amount", null] }, null] } },
          {
            $expr: {
              $eq: [
                {
                  $ifNull: [{ $convert: { input: "$amount", to: "int", onError: null, onNull: null } }, null],
                },
                null,
              ],
            },
          },
        ],
      },
    });
    await m.run({
      forgelua: "update",
      collection: "items",
      step: "items.amount/migrate/backfill",
      q: {
        $and: [
          { amount: { $exists: true, $not: { $type: "int" } } },
          { $expr: { $ne: [{ $ifNull: ["$amount", null] }, null] } },
        ],
      },
      u: [{ $set: { amount: { $convert: { input: "$amount", to: "int", onError: null, onNull: null } } } }],
      size: 100000,
      pause_ms: 1000,
    });
    await m.must("every document holds the converted value", "0", {
      count: "items",
      query: {
        $and: [
          { amount: { $exists: true, $not: { $type: "int" } } },
          { $expr: { $ne: [{ $ifNull: ["$amount", null] }, null] } },
        ],
      },
    });
  });

  // Step 4 of 7, switch: Hold items.amount to its rules: warn first
  //   Why:          a document that does not match is written all the same, and stands in the server's log
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; for now the validator of items refuses nothing
  //   Way back:     yes, nothing is lost
  await m.step("items.amount/switch/not-null-warning", "step 4 of 7: Hold items.amount to its rules: warn first", async () => {
    await m.must("step 3 has come to its end: Convert items.amount to int", "1", {
      count: "forgelua_backfill_progress",
      query: { _id: "items.amount/migrate/backfill", state: "done" },
    });
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
    m.say("Application: Look for 'Document would fail validation' in the server's log until none comes.");
  });

  // Step 5 of 7, switch: Hold items.amount to its rules: refuse from here
  //   Why:          every document has a value by now; from here the validator says so
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; documents without items.amount are refused from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      constraint
  await m.step("items.amount/switch/not-null", "step 5 of 7: Hold items.amount to its rules: refuse from here", async () => {
    await m.must("every document of items matches its validator", "0", {
      count: "items",
      query: {
        $nor: [
          {
            $jsonSchema: {
              bsonType: "object",
              required: ["sku"],
              properties: { amount: { bsonType: ["int", "null"], minimum: 0 }, sku: { bsonType: "string" } },
            },
          },
        ],
      },
    });
    await m.run({
      collMod: "items",
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
  });

  // Step 6 of 7, switch: Let items.amount lead
  //   Why:          every document has it in its new form
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new works; the old type is refused from here
  //   Way back:     yes, nothing is lost
  await m.step("items.amount/switch/lead", "step 6 of 7: Let items.amount lead", async () => {
    // Nothing to run in the database.
    m.say("Application: Deploy the application that uses items.amount as the new schema has it.");
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

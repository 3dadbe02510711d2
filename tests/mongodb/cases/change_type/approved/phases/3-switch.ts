// Phase switch, schema: migration change_type, mongodb 7.0
// Amounts are whole numbers
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.ts
import { migrate } from "../forgelua";

migrate("change_type", "phases/3-switch.ts", async (m) => {
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
});

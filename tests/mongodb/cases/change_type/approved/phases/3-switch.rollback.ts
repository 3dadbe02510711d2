// Rollback of phase switch, schema: migration change_type, mongodb 7.0
// Amounts are whole numbers
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.rollback.ts
import { migrate } from "../forgelua";

migrate("change_type", "phases/3-switch.rollback.ts", async (m) => {

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
});

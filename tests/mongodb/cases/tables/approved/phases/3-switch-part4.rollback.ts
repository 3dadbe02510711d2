// Rollback of phase switch, schema: migration tables, mongodb 7.0
// A spec of tables, as it stands for SQL engines
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch-part4.rollback.ts
import { migrate } from "../forgelua";

migrate("tables", "phases/3-switch-part4.rollback.ts", async (m) => {
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

  // Undo step 15 of 16, switch: Start the new application
  await m.undo("invoices/switch/start", "undo step 15 of 16: Start the new application", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 14 of 16, switch: Validate invoices
  await m.undo("invoices/switch/validate", "undo step 14 of 16: Validate invoices", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 13 of 16, switch: Add the foreign key invoices_customer_fkey on invoices
  await m.undo("invoices.invoices_customer_fkey/switch/add-foreign-key", "undo step 13 of 16: Add the foreign key invoices_customer_fkey on invoices", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 12 of 16, switch: Add invoices.placed
  await m.undo("invoices.placed/switch/add-column", "undo step 12 of 16: Add invoices.placed", async () => {
    await m.run({
      collMod: "invoices",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["customer", "id"],
          properties: {
            amount: { bsonType: ["decimal", "null"] },
            customer: { bsonType: "long" },
            id: { bsonType: "long" },
          },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
    await m.run({
      forgelua: "update",
      collection: "invoices",
      q: { placed: { $exists: true } },
      u: { $unset: { placed: "" } },
      size: 1000,
      bypass: true,
    });
  });
});

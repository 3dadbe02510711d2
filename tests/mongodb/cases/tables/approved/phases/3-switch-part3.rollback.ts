// Rollback of phase switch, schema: migration tables, mongodb 7.0
// A spec of tables, as it stands for SQL engines
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch-part3.rollback.ts
import { migrate } from "../forgelua";

migrate("tables", "phases/3-switch-part3.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 10 must be done before this: Add the columns of invoices that are to be filled", "1", {
    forgelua: "validator",
    collection: "invoices",
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
  await m.turn("step 12 must not be done at this point: Add invoices.placed", "0", {
    forgelua: "validator",
    collection: "invoices",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["customer", "id"],
        properties: {
          amount: { bsonType: ["decimal", "null"] },
          customer: { bsonType: "long" },
          id: { bsonType: "long" },
          placed: { bsonType: ["date", "null"] },
        },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });

  // Undo step 10 of 16, switch: Add the columns of invoices that are to be filled
  await m.undo("invoices/switch/add-columns", "undo step 10 of 16: Add the columns of invoices that are to be filled", async () => {
    await m.run({
      collMod: "invoices",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["customer", "id"],
          properties: { customer: { bsonType: "long" }, id: { bsonType: "long" } },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
    await m.run({
      forgelua: "update",
      collection: "invoices",
      q: { amount: { $exists: true } },
      u: { $unset: { amount: "" } },
      size: 1000,
      bypass: true,
    });
  });

  // Undo step 9 of 16, switch: Back up invoices
  await m.undo("invoices/switch/backup", "undo step 9 of 16: Back up invoices", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 8 of 16, switch: Stop every application that writes invoices
  await m.undo("invoices/switch/stop", "undo step 8 of 16: Stop every application that writes invoices", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 7 of 16, switch: Start the new application
  await m.undo("customers/switch/start", "undo step 7 of 16: Start the new application", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 6 of 16, switch: Validate customers
  await m.undo("customers/switch/validate", "undo step 6 of 16: Validate customers", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });
});

// Rollback, every phase: migration tables, mongodb 7.0
// A spec of tables, as it stands for SQL engines
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx rollback.ts
// Takes back a whole forward.ts. After some of the phases only, run their .rollback.ts files, last
// phase first.
import { migrate } from "./forgelua";

migrate("tables", "rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("the whole plan must be done before this: add_column invoices.amount", "1", {
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

  // Undo step 16 of 16, contract: Remove the progress and error tables
  await m.undo("forgelua/contract/clean-up", "undo step 16 of 16: Remove the progress and error tables", async () => {
    // Nothing to run: the steps before it take with them what it did.
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

  // Undo step 11 of 16, switch: Fill them
  await m.undo("invoices/switch/fill", "undo step 11 of 16: Fill them", async () => {
    // Nothing to run: the steps before it take with them what it did.
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

  // Undo step 5 of 16, switch: Make customers.level NOT NULL
  await m.undo("customers.level/switch/not-null", "undo step 5 of 16: Make customers.level NOT NULL", async () => {
    await m.run({
      collMod: "customers",
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
  });

  // Undo step 4 of 16, switch: Fill them
  await m.undo("customers/switch/fill", "undo step 4 of 16: Fill them", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 3 of 16, switch: Add the columns of customers that are to be filled
  await m.undo("customers/switch/add-columns", "undo step 3 of 16: Add the columns of customers that are to be filled", async () => {
    await m.run({
      collMod: "customers",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["id"],
          properties: { email: { bsonType: ["string", "null"], maxLength: 80 }, id: { bsonType: "long" } },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
    await m.run({
      forgelua: "update",
      collection: "customers",
      q: { level: { $exists: true } },
      u: { $unset: { level: "" } },
      size: 1000,
      bypass: true,
    });
  });

  // Undo step 2 of 16, switch: Back up customers
  await m.undo("customers/switch/backup", "undo step 2 of 16: Back up customers", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 1 of 16, switch: Stop every application that writes customers
  await m.undo("customers/switch/stop", "undo step 1 of 16: Stop every application that writes customers", async () => {
    await m.run({ drop: "forgelua_backfill_progress" });
    await m.run({ drop: "forgelua_steps" });
  });
});

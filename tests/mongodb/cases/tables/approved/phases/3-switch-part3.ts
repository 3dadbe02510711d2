// Phase switch, schema: migration tables, mongodb 7.0
// A spec of tables, as it stands for SQL engines
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch-part3.ts
import { migrate } from "../forgelua";

migrate("tables", "phases/3-switch-part3.ts", async (m) => {
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
  await m.turn("step 10 must not be done at this point: Add the columns of invoices that are to be filled", "0", {
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
  await m.turn("the whole plan must not be done at this point: add_column invoices.amount", "0", {
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
  await m.turn("no document of invoices holds amount yet, which `before` does not state", "0", {
    count: "invoices",
    query: { amount: { $exists: true } },
  });

  // Step 6 of 16, switch: Validate customers
  //   Why:          before anybody writes again
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new does not work yet
  //   Way back:     yes, nothing is lost
  await m.step("customers/switch/validate", "step 6 of 16: Validate customers", async () => {
    // Nothing to run in the database.
    m.say("Application: Start only when the validation script of what has just run exits with 0. Else roll back: nobody has written yet.");
  });

  // Step 7 of 16, switch: Start the new application
  //   Why:          the schema is the one that it knows
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new works
  //   Way back:     yes, nothing is lost
  await m.step("customers/switch/start", "step 7 of 16: Start the new application", async () => {
    // Nothing to run in the database.
    m.say("Application: Deploy and start the application that knows the new schema; watch errors for 15 minutes.");
  });

  // Step 8 of 16, switch: Stop every application that writes invoices
  //   Why:          nobody may write while the tables change in one go
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new does not work yet; the application stands still from here to the start
  //   Way back:     yes, nothing is lost
  //   Hazards:      downtime
  await m.step("invoices/switch/stop", "step 8 of 16: Stop every application that writes invoices", async () => {
    // Nothing to run in the database.
    m.say("Application: Stop or set to maintenance: web, workers, cron. Check that no session is left that writes invoices.");
  });

  // Step 9 of 16, switch: Back up invoices
  //   Why:          what this sitting breaks is restored from here
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new does not work yet
  //   Way back:     yes, nothing is lost
  await m.step("invoices/switch/backup", "step 9 of 16: Back up invoices", async () => {
    // Nothing to run in the database.
    m.say("Application: Back up the database and note the row counts: {\"count\":\"invoices\",\"query\":{}}.");
  });

  // Step 10 of 16, switch: Add the columns of invoices that are to be filled
  //   Why:          empty, they cost nothing
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new does not work yet
  //   Way back:     yes, nothing is lost
  await m.step("invoices/switch/add-columns", "step 10 of 16: Add the columns of invoices that are to be filled", async () => {
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
  });
});

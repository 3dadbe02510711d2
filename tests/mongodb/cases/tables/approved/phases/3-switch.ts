// Phase switch, schema: migration tables, mongodb 7.0
// A spec of tables, as it stands for SQL engines
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.ts
import { migrate } from "../forgelua";

migrate("tables", "phases/3-switch.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 3 must not be done at this point: Add the columns of customers that are to be filled", "0", {
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
  await m.turn("the whole plan must not be done at this point: add_column customers.level", "0", {
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
  await m.turn("no document of customers holds level yet, which `before` does not state", "0", {
    count: "customers",
    query: { level: { $exists: true } },
  });

  // Step 1 of 16, switch: Stop every application that writes customers
  //   Why:          nobody may write while the tables change in one go
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new does not work yet; the application stands still from here to the start
  //   Way back:     yes, nothing is lost
  //   Hazards:      downtime
  await m.step("customers/switch/stop", "step 1 of 16: Stop every application that writes customers", async () => {
    // Nothing to run in the database.
    m.say("Application: Stop or set to maintenance: web, workers, cron. Check that no session is left that writes customers.");
  });

  // Step 2 of 16, switch: Back up customers
  //   Why:          what this sitting breaks is restored from here
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new does not work yet
  //   Way back:     yes, nothing is lost
  await m.step("customers/switch/backup", "step 2 of 16: Back up customers", async () => {
    // Nothing to run in the database.
    m.say("Application: Back up the database and note the row counts: {\"count\":\"customers\",\"query\":{}}.");
  });

  // Step 3 of 16, switch: Add the columns of customers that are to be filled
  //   Why:          empty, they cost nothing
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new does not work yet
  //   Way back:     yes, nothing is lost
  await m.step("customers/switch/add-columns", "step 3 of 16: Add the columns of customers that are to be filled", async () => {
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
});

// Forward, every phase: migration tables, mongodb 7.0
// A spec of tables, as it stands for SQL engines
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx forward.ts
// The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
// one, with the gates that runbook.md states between them.
import { migrate } from "./forgelua";

migrate("tables", "forward.ts", async (m) => {
  if (await m.over({
    forgelua: "every",
    of: [
      {
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
      },
      {
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
      },
    ],
  })) return;
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
  await m.turn("no document of invoices holds amount yet, which `before` does not state", "0", {
    count: "invoices",
    query: { amount: { $exists: true } },
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

  // Step 4 of 16, switch: Fill them
  //   Why:          nobody writes, so one pass is enough
  //   Lock:         row locks, one batch at a time, 5 s at most
  //   Note:         each document is locked while it is written
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new does not work yet
  //   Way back:     yes, nothing is lost
  //   Hazards:      backfill
  await m.step("customers/switch/fill", "step 4 of 16: Fill them", async () => {
    await m.run({
      forgelua: "update",
      collection: "customers",
      step: "customers/switch/fill",
      q: { level: null },
      u: [{ $set: { level: { $literal: "basic" } } }],
      size: 10000,
    });
  });

  // Step 5 of 16, switch: Make customers.level NOT NULL
  //   Why:          every row has a value by now; from here the schema says so
  //   Lock:         IX (collection), blocks nothing, rewrites the table, scans the table
  //   Note:         the documents are changed batch by batch: both forms are there at once until the end
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      constraint
  await m.step("customers.level/switch/not-null", "step 5 of 16: Make customers.level NOT NULL", async () => {
    await m.must("no row of customers has NULL in level", "0", { count: "customers", query: { level: null } });
    await m.run({
      collMod: "customers",
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

  // Step 11 of 16, switch: Fill them
  //   Why:          nobody writes, so one pass is enough
  //   Lock:         row locks, one batch at a time, 5 s at most
  //   Note:         each document is locked while it is written
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new does not work yet
  //   Way back:     yes, nothing is lost
  //   Hazards:      backfill
  await m.step("invoices/switch/fill", "step 11 of 16: Fill them", async () => {
    await m.run({
      forgelua: "update",
      collection: "invoices",
      step: "invoices/switch/fill",
      q: { amount: null },
      u: [{ $set: { amount: { $numberDecimal: "0" } } }],
      size: 10000,
    });
  });

  // Step 12 of 16, switch: Add invoices.placed
  //   Why:          the deployed application does not know the column and does not miss it
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Estimate:     under 1 s
  //   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
  //   Way back:     yes, nothing is lost
  //   Hazards:      added column
  await m.step("invoices.placed/switch/add-column", "step 12 of 16: Add invoices.placed", async () => {
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
            placed: { bsonType: ["date", "null"] },
          },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });

  // Step 13 of 16, switch: Add the foreign key invoices_customer_fkey on invoices
  //   Why:          the new schema promises it
  //   Lock:         none
  //   Note:         no foreign keys exist: the validation counts what leads nowhere
  //   Estimate:     under 1 s
  //   Applications: old works, new works; writes that point nowhere fail from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      constraint
  await m.step("invoices.invoices_customer_fkey/switch/add-foreign-key", "step 13 of 16: Add the foreign key invoices_customer_fkey on invoices", async () => {
    // Nothing to run in the database.
  });

  // Step 14 of 16, switch: Validate invoices
  //   Why:          before anybody writes again
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new does not work yet
  //   Way back:     yes, nothing is lost
  await m.step("invoices/switch/validate", "step 14 of 16: Validate invoices", async () => {
    // Nothing to run in the database.
    m.say("Application: Start only when the validation script of what has just run exits with 0. Else roll back: nobody has written yet.");
  });

  // Step 15 of 16, switch: Start the new application
  //   Why:          the schema is the one that it knows
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new works
  //   Way back:     yes, nothing is lost
  await m.step("invoices/switch/start", "step 15 of 16: Start the new application", async () => {
    // Nothing to run in the database.
    m.say("Application: Deploy and start the application that knows the new schema; watch errors for 15 minutes.");
  });

  // Step 16 of 16, contract: Remove the progress and error tables
  //   Why:          they served the backfills and the dual-write, which are over
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("forgelua/contract/clean-up", "step 16 of 16: Remove the progress and error tables", async () => {
    await m.run({ drop: "forgelua_backfill_progress" });
    await m.run({ drop: "forgelua_steps" });
  });
});

// Forward, every phase: migration field_backfill, mongodb 7.0
// Every user has a currency and a status
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx forward.ts
// The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
// one, with the gates that runbook.md states between them.
import { migrate } from "./forgelua";

migrate("field_backfill", "forward.ts", async (m) => {
  if (await m.over({
    forgelua: "every",
    of: [
      {
        forgelua: "validator",
        collection: "users",
        validator: {
          $jsonSchema: {
            bsonType: "object",
            required: ["currency", "email", "status"],
            properties: {
              currency: { bsonType: "string", enum: ["EUR", "USD"] },
              email: { bsonType: "string" },
              note: { bsonType: ["string", "null"] },
              region: { bsonType: ["string", "null"] },
              status: { bsonType: "string" },
              tags: { bsonType: ["array", "null"] },
            },
          },
        },
        validationLevel: "strict",
        validationAction: "error",
      },
      {
        forgelua: "has",
        command: { listIndexes: "users" },
        where: { key: { currency: 1, status: -1 }, name: "users_by_currency" },
      },
    ],
  })) return;
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 1 must not be done at this point: Add users.note", "0", {
    forgelua: "validator",
    collection: "users",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["email"],
        properties: {
          email: { bsonType: "string" },
          note: { bsonType: ["string", "null"] },
          region: { bsonType: ["string", "null"] },
          tags: { bsonType: ["array", "null"] },
        },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  await m.turn("the whole plan must not be done at this point: add_column users.currency", "0", {
    forgelua: "validator",
    collection: "users",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["currency", "email", "status"],
        properties: {
          currency: { bsonType: "string", enum: ["EUR", "USD"] },
          email: { bsonType: "string" },
          note: { bsonType: ["string", "null"] },
          region: { bsonType: ["string", "null"] },
          status: { bsonType: "string" },
          tags: { bsonType: ["array", "null"] },
        },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  await m.turn("no document of users holds currency yet, which `before` does not state", "0", {
    count: "users",
    query: { currency: { $exists: true } },
  });
  await m.turn("no document of users holds status yet, which `before` does not state", "0", {
    count: "users",
    query: { status: { $exists: true } },
  });

  // Step 1 of 11, expand: Add users.note
  //   Why:          the deployed application does not know the column and does not miss it
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Estimate:     under 1 s
  //   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
  //   Way back:     yes, nothing is lost
  //   Hazards:      added column
  await m.step("users.note/expand/add-column", "step 1 of 11: Add users.note", async () => {
    await m.run({
      collMod: "users",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["email"],
          properties: {
            email: { bsonType: "string" },
            note: { bsonType: ["string", "null"] },
            region: { bsonType: ["string", "null"] },
            tags: { bsonType: ["array", "null"] },
          },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });

  // Step 2 of 11, expand: Add currency, status to users, empty and not insisting
  //   Why:          adding it with its values would rewrite or lock the table; empty, it costs nothing
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Estimate:     under 1 s
  //   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
  //   Way back:     yes, nothing is lost
  //   Hazards:      added column
  await m.step("users.currency/expand/add-column", "step 2 of 11: Add currency, status to users, empty and not insisting", async () => {
    await m.run({
      collMod: "users",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["email"],
          properties: {
            currency: { bsonType: ["string", "null"], enum: ["EUR", "USD"] },
            email: { bsonType: "string" },
            note: { bsonType: ["string", "null"] },
            region: { bsonType: ["string", "null"] },
            status: { bsonType: ["string", "null"] },
            tags: { bsonType: ["array", "null"] },
          },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });

  // Step 3 of 11, migrate: The application writes currency, status of users from here
  //   Why:          no triggers exist; documents that are written without it would be left behind by the backfill
  //   Lock:         none
  //   Note:         no triggers exist: the application keeps the fields equal, or change streams do
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      dual write
  await m.step("users.currency/migrate/keep-filled", "step 3 of 11: The application writes currency, status of users from here", async () => {
    // Nothing to run in the database.
    m.say("Application: Deploy a version that writes currency, status into every new document of users, before the backfill.");
  });

  // Step 4 of 11, migrate: Backfill currency, status of users
  //   Why:          25,000 rows, 10000 a batch: no batch holds its locks for long
  //   Lock:         row locks, one batch at a time, 5 s at most
  //   Note:         each document is locked while it is written
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      backfill, replica lag, own values
  await m.step("users.currency/migrate/backfill", "step 4 of 11: Backfill currency, status of users", async () => {
    await m.run({
      forgelua: "update",
      collection: "users",
      step: "users.currency/migrate/backfill",
      q: { $or: [{ currency: null }, { status: null }] },
      u: [
        {
          $set: {
            currency: { $cond: [{ $eq: ["$region", "EU"] }, "EUR", "USD"] },
            status: { $literal: "new" },
          },
        },
      ],
      size: 10000,
      pause_ms: 100,
    });
    await m.must("no row of users has NULL in currency", "0", { count: "users", query: { currency: null } });
    await m.must("no row of users has NULL in status", "0", { count: "users", query: { status: null } });
  });

  // Step 5 of 11, migrate: Add the index users_by_currency on users
  //   Why:          built after the backfill, which is cheaper than keeping it up to date row by row
  //   Lock:         X (collection) at the start and the end of the build, blocks nothing, scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      index build
  await m.step("users.users_by_currency/migrate/add-index", "step 5 of 11: Add the index users_by_currency on users", async () => {
    await m.run({
      createIndexes: "users",
      indexes: [{ key: { currency: 1, status: -1 }, name: "users_by_currency" }],
    });
  });

  // Step 6 of 11, switch: Require users.currency: warn first
  //   Why:          a document that does not match is written all the same, and stands in the server's log
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; for now the validator of users refuses nothing
  //   Way back:     yes, nothing is lost
  await m.step("users.currency/switch/not-null-warning", "step 6 of 11: Require users.currency: warn first", async () => {
    await m.must("step 4 has come to its end: Backfill currency, status of users", "1", {
      count: "forgelua_backfill_progress",
      query: { _id: "users.currency/migrate/backfill", state: "done" },
    });
    await m.run({
      collMod: "users",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["currency", "email"],
          properties: {
            currency: { bsonType: "string", enum: ["EUR", "USD"] },
            email: { bsonType: "string" },
            note: { bsonType: ["string", "null"] },
            region: { bsonType: ["string", "null"] },
            status: { bsonType: ["string", "null"] },
            tags: { bsonType: ["array", "null"] },
          },
        },
      },
      validationLevel: "moderate",
      validationAction: "warn",
    });
    m.say("Application: Look for 'Document would fail validation' in the server's log until none comes.");
  });

  // Step 7 of 11, switch: Require users.currency: refuse from here
  //   Why:          every document has a value by now; from here the validator says so
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; documents without users.currency are refused from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      constraint
  await m.step("users.currency/switch/not-null", "step 7 of 11: Require users.currency: refuse from here", async () => {
    await m.must("every document of users matches its validator", "0", {
      count: "users",
      query: {
        $nor: [
          {
            $jsonSchema: {
              bsonType: "object",
              required: ["currency", "email"],
              properties: {
                currency: { bsonType: "string", enum: ["EUR", "USD"] },
                email: { bsonType: "string" },
                note: { bsonType: ["string", "null"] },
                region: { bsonType: ["string", "null"] },
                status: { bsonType: ["string", "null"] },
                tags: { bsonType: ["array", "null"] },
              },
            },
          },
        ],
      },
    });
    await m.must("no row of users has NULL in currency", "0", { count: "users", query: { currency: null } });
    await m.run({
      collMod: "users",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["currency", "email"],
          properties: {
            currency: { bsonType: "string", enum: ["EUR", "USD"] },
            email: { bsonType: "string" },
            note: { bsonType: ["string", "null"] },
            region: { bsonType: ["string", "null"] },
            status: { bsonType: ["string", "null"] },
            tags: { bsonType: ["array", "null"] },
          },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });

  // Step 8 of 11, switch: Require users.status: warn first
  //   Why:          a document that does not match is written all the same, and stands in the server's log
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; for now the validator of users refuses nothing
  //   Way back:     yes, nothing is lost
  await m.step("users.status/switch/not-null-warning", "step 8 of 11: Require users.status: warn first", async () => {
    await m.run({
      collMod: "users",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["currency", "email", "status"],
          properties: {
            currency: { bsonType: "string", enum: ["EUR", "USD"] },
            email: { bsonType: "string" },
            note: { bsonType: ["string", "null"] },
            region: { bsonType: ["string", "null"] },
            status: { bsonType: "string" },
            tags: { bsonType: ["array", "null"] },
          },
        },
      },
      validationLevel: "moderate",
      validationAction: "warn",
    });
    m.say("Application: Look for 'Document would fail validation' in the server's log until none comes.");
  });

  // Step 9 of 11, switch: Require users.status: refuse from here
  //   Why:          every document has a value by now; from here the validator says so
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; documents without users.status are refused from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      constraint
  await m.step("users.status/switch/not-null", "step 9 of 11: Require users.status: refuse from here", async () => {
    await m.must("every document of users matches its validator", "0", {
      count: "users",
      query: {
        $nor: [
          {
            $jsonSchema: {
              bsonType: "object",
              required: ["currency", "email", "status"],
              properties: {
                currency: { bsonType: "string", enum: ["EUR", "USD"] },
                email: { bsonType: "string" },
                note: { bsonType: ["string", "null"] },
                region: { bsonType: ["string", "null"] },
                status: { bsonType: "string" },
                tags: { bsonType: ["array", "null"] },
              },
            },
          },
        ],
      },
    });
    await m.must("no row of users has NULL in status", "0", { count: "users", query: { status: null } });
    await m.run({
      collMod: "users",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["currency", "email", "status"],
          properties: {
            currency: { bsonType: "string", enum: ["EUR", "USD"] },
            email: { bsonType: "string" },
            note: { bsonType: ["string", "null"] },
            region: { bsonType: ["string", "null"] },
            status: { bsonType: "string" },
            tags: { bsonType: ["array", "null"] },
          },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });

  // Step 10 of 11, contract: The contract about currency, status of users has been kept
  //   Why:          the validator asks for it by now
  //   Lock:         none
  //   Note:         no triggers exist: the application keeps the fields equal, or change streams do
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("users.currency/contract/stop-filling", "step 10 of 11: The contract about currency, status of users has been kept", async () => {
    // Nothing to run in the database.
  });

  // Step 11 of 11, contract: Remove the progress and error tables
  //   Why:          they served the backfills and the dual-write, which are over
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("forgelua/contract/clean-up", "step 11 of 11: Remove the progress and error tables", async () => {
    await m.run({ drop: "forgelua_backfill_progress" });
    await m.run({ drop: "forgelua_steps" });
  });
});

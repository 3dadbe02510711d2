// Rollback, every phase: migration field_backfill, mongodb 7.0
// Every user has a currency and a status
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx rollback.ts
// Takes back a whole forward.ts. After some of the phases only, run their .rollback.ts files, last
// phase first.
import { migrate } from "./forgelua";

migrate("field_backfill", "rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("the whole plan must be done before this: add_column users.currency", "1", {
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

  // Undo step 11 of 11, contract: Remove the progress and error tables
  await m.undo("forgelua/contract/clean-up", "undo step 11 of 11: Remove the progress and error tables", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 10 of 11, contract: The contract about currency, status of users has been kept
  await m.undo("users.currency/contract/stop-filling", "undo step 10 of 11: The contract about currency, status of users has been kept", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 9 of 11, switch: Require users.status: refuse from here
  await m.undo("users.status/switch/not-null", "undo step 9 of 11: Require users.status: refuse from here", async () => {
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
  });

  // Undo step 8 of 11, switch: Require users.status: warn first
  await m.undo("users.status/switch/not-null-warning", "undo step 8 of 11: Require users.status: warn first", async () => {
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

  // Undo step 7 of 11, switch: Require users.currency: refuse from here
  await m.undo("users.currency/switch/not-null", "undo step 7 of 11: Require users.currency: refuse from here", async () => {
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
  });

  // Undo step 6 of 11, switch: Require users.currency: warn first
  await m.undo("users.currency/switch/not-null-warning", "undo step 6 of 11: Require users.currency: warn first", async () => {
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

  // Undo step 5 of 11, migrate: Add the index users_by_currency on users
  await m.undo("users.users_by_currency/migrate/add-index", "undo step 5 of 11: Add the index users_by_currency on users", async () => {
    await m.run({ dropIndexes: "users", index: "users_by_currency" });
  });

  // Undo step 4 of 11, migrate: Backfill currency, status of users
  await m.undo("users.currency/migrate/backfill", "undo step 4 of 11: Backfill currency, status of users", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 3 of 11, migrate: The application writes currency, status of users from here
  await m.undo("users.currency/migrate/keep-filled", "undo step 3 of 11: The application writes currency, status of users from here", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 2 of 11, expand: Add currency, status to users, empty and not insisting
  await m.undo("users.currency/expand/add-column", "undo step 2 of 11: Add currency, status to users, empty and not insisting", async () => {
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
    await m.run({
      forgelua: "update",
      collection: "users",
      q: { status: { $exists: true } },
      u: { $unset: { status: "" } },
      size: 1000,
      bypass: true,
    });
    await m.run({
      forgelua: "update",
      collection: "users",
      q: { currency: { $exists: true } },
      u: { $unset: { currency: "" } },
      size: 1000,
      bypass: true,
    });
  });

  // Undo step 1 of 11, expand: Add users.note
  await m.undo("users.note/expand/add-column", "undo step 1 of 11: Add users.note", async () => {
    await m.run({
      collMod: "users",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["email"],
          properties: {
            email: { bsonType: "string" },
            region: { bsonType: ["string", "null"] },
            tags: { bsonType: ["array", "null"] },
          },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
    await m.run({ drop: "forgelua_backfill_progress" });
    await m.run({ drop: "forgelua_steps" });
  });
});

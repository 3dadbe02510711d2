// Phase switch, schema: migration field_backfill, mongodb 7.0
// Every user has a currency and a status
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.ts
import { migrate } from "../forgelua";

migrate("field_backfill", "phases/3-switch.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 5 must be done before this: Add the index users_by_currency on users", "1", {
    forgelua: "has",
    command: { listIndexes: "users" },
    where: { key: { currency: 1, status: -1 }, name: "users_by_currency" },
  });
  await m.turn("step 6 must not be done at this point: Require users.currency: warn first", "0", {
    forgelua: "validator",
    collection: "users",
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
});

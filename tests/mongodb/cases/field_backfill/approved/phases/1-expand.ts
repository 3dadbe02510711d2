// Phase expand, schema: migration field_backfill, mongodb 7.0
// Every user has a currency and a status
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/1-expand.ts
import { migrate } from "../forgelua";

migrate("field_backfill", "phases/1-expand.ts", async (m) => {
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
});

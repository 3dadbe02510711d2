// Rollback of phase expand, schema: migration field_backfill, mongodb 7.0
// Every user has a currency and a status
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/1-expand.rollback.ts
import { migrate } from "../forgelua";

migrate("field_backfill", "phases/1-expand.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 2 must be done before this: Add currency, status to users, empty and not insisting", "1", {
    forgelua: "validator",
    collection: "users",
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

// Rollback of phase switch, schema: migration field_backfill, mongodb 7.0
// Every user has a currency and a status
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.rollback.ts
import { migrate } from "../forgelua";

migrate("field_backfill", "phases/3-switch.rollback.ts", async (m) => {

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
});

// Rollback of phase switch, schema: migration from_db, mongodb 7.0
// A database that is read: fields that no validator states get rules, another name, or stay as they are
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.rollback.ts
import { migrate } from "../forgelua";

migrate("from_db", "phases/3-switch.rollback.ts", async (m) => {

  // Undo step 9 of 12, switch: Hold users.age to its rules: refuse from here
  await m.undo("users.age/switch/not-null", "undo step 9 of 12: Hold users.age to its rules: refuse from here", async () => {
    await m.run({
      collMod: "users",
      validator: {
        $and: [
          {
            $jsonSchema: {
              bsonType: "object",
              required: ["email"],
              properties: {
                address: {
                  bsonType: "object",
                  properties: {
                    city: { bsonType: "string" },
                    zip: { bsonType: ["string", "null"], pattern: "^[0-9]{5}$" },
                  },
                  required: ["city"],
                },
                age: { bsonType: ["int", "null"], minimum: 0 },
                email: { bsonType: "string", maxLength: 254 },
                full_name: { bsonType: ["string", "null"] },
                status: { bsonType: ["string", "null"], enum: ["new", "paid", "sent"] },
              },
            },
          },
          { $or: [{ email: { $exists: true } }, { phone: { $exists: true } }] },
        ],
      },
      validationLevel: "moderate",
      validationAction: "warn",
    });
  });

  // Undo step 8 of 12, switch: Hold users.age to its rules: warn first
  await m.undo("users.age/switch/not-null-warning", "undo step 8 of 12: Hold users.age to its rules: warn first", async () => {
    await m.run({
      collMod: "users",
      validator: {
        $and: [
          {
            $jsonSchema: {
              bsonType: "object",
              required: ["email"],
              properties: {
                address: {
                  bsonType: "object",
                  properties: {
                    city: { bsonType: "string" },
                    zip: { bsonType: ["string", "null"], pattern: "^[0-9]{5}$" },
                  },
                  required: ["city"],
                },
                email: { bsonType: "string", maxLength: 254 },
                full_name: { bsonType: ["string", "null"] },
                status: { bsonType: ["string", "null"], enum: ["new", "paid", "sent"] },
              },
            },
          },
          { $or: [{ email: { $exists: true } }, { phone: { $exists: true } }] },
        ],
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });

  // Undo step 7 of 12, switch: Hold users.status to its rules: refuse from here
  await m.undo("users.status/switch/not-null", "undo step 7 of 12: Hold users.status to its rules: refuse from here", async () => {
    await m.run({
      collMod: "users",
      validator: {
        $and: [
          {
            $jsonSchema: {
              bsonType: "object",
              required: ["email"],
              properties: {
                address: {
                  bsonType: "object",
                  properties: {
                    city: { bsonType: "string" },
                    zip: { bsonType: ["string", "null"], pattern: "^[0-9]{5}$" },
                  },
                  required: ["city"],
                },
                email: { bsonType: "string", maxLength: 254 },
                full_name: { bsonType: ["string", "null"] },
                status: { bsonType: ["string", "null"], enum: ["new", "paid", "sent"] },
              },
            },
          },
          { $or: [{ email: { $exists: true } }, { phone: { $exists: true } }] },
        ],
      },
      validationLevel: "moderate",
      validationAction: "warn",
    });
  });

  // Undo step 6 of 12, switch: Hold users.status to its rules: warn first
  await m.undo("users.status/switch/not-null-warning", "undo step 6 of 12: Hold users.status to its rules: warn first", async () => {
    await m.run({
      collMod: "users",
      validator: {
        $and: [
          {
            $jsonSchema: {
              bsonType: "object",
              required: ["email"],
              properties: {
                address: {
                  bsonType: "object",
                  properties: {
                    city: { bsonType: "string" },
                    zip: { bsonType: ["string", "null"], pattern: "^[0-9]{5}$" },
                  },
                  required: ["city"],
                },
                email: { bsonType: "string", maxLength: 254 },
                full_name: { bsonType: ["string", "null"] },
                status: { bsonType: ["string", "null"], enum: ["new", "paid"] },
              },
            },
          },
          { $or: [{ email: { $exists: true } }, { phone: { $exists: true } }] },
        ],
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });

  // Undo step 5 of 12, switch: Let users.full_name lead
  await m.undo("users.full_name/switch/lead", "undo step 5 of 12: Let users.full_name lead", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });
});

// Rollback, every phase: migration from_db, mongodb 7.0
// A database that is read: fields that no validator states get rules, another name, or stay as they are
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx rollback.ts
// Takes back a whole forward.ts. After some of the phases only, run their .rollback.ts files, last
// phase first.
import { migrate } from "./forgelua";

migrate("from_db", "rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("the whole plan must be done before this: create_index age_1", "1", {
    forgelua: "has",
    command: { listIndexes: "users" },
    where: { key: { age: 1 }, name: "age_1" },
  });

  // Undo step 12 of 12, contract: Remove the progress and error tables
  await m.undo("forgelua/contract/clean-up", "undo step 12 of 12: Remove the progress and error tables", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 11 of 12, contract: Drop the old field fullName of users
  await m.undo("users.full_name/contract/drop-old", "undo step 11 of 12: Drop the old field fullName of users", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 10 of 12, contract: From here the way back fills fullName of users again
  await m.undo("users.full_name/contract/point-of-return", "undo step 10 of 12: From here the way back fills fullName of users again", async () => {
    await m.run({
      forgelua: "update",
      collection: "users",
      step: "users.full_name/contract/point-of-return/back",
      q: {
        $or: [
          {
            $and: [
              { $expr: { $ne: [{ $ifNull: ["$full_name", null] }, null] } },
              { $expr: { $ne: [{ $ifNull: ["$fullName", null] }, { $ifNull: ["$full_name", null] }] } },
            ],
          },
          { full_name: { $exists: true }, fullName: { $exists: false } },
        ],
      },
      u: [{ $set: { fullName: "$full_name" } }],
      size: 50000,
      pause_ms: 200,
    });
  });

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

  // Undo step 4 of 12, migrate: Copy fullName of users into full_name
  await m.undo("users.full_name/migrate/backfill", "undo step 4 of 12: Copy fullName of users into full_name", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 3 of 12, migrate: The applications keep both forms of users.full_name
  await m.undo("users.full_name/migrate/dual-write", "undo step 3 of 12: The applications keep both forms of users.full_name", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 2 of 12, expand: Allow full_name beside fullName in users
  await m.undo("users.full_name/expand/add-field", "undo step 2 of 12: Allow full_name beside fullName in users", async () => {
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
    await m.run({
      forgelua: "update",
      collection: "users",
      q: { full_name: { $exists: true } },
      u: { $unset: { full_name: "" } },
      size: 1000,
      bypass: true,
    });
  });

  // Undo step 1 of 12, expand: Add the index age_1 on users
  await m.undo("users.age_1/expand/add-index", "undo step 1 of 12: Add the index age_1 on users", async () => {
    await m.run({ dropIndexes: "users", index: "age_1" });
    await m.run({ drop: "forgelua_backfill_progress" });
    await m.run({ drop: "forgelua_steps" });
  });
});

// Rollback of phase migrate, rows: migration from_db, mongodb 7.0
// A database that is read: fields that no validator states get rules, another name, or stay as they are
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-backfill.rollback.ts
import { migrate } from "../forgelua";

migrate("from_db", "phases/2-backfill.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 2 must be done before this: Allow full_name beside fullName in users", "1", {
    forgelua: "validator",
    collection: "users",
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

  // Undo step 4 of 12, migrate: Copy fullName of users into full_name
  await m.undo("users.full_name/migrate/backfill", "undo step 4 of 12: Copy fullName of users into full_name", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });
});

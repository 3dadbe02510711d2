// Rollback of phase expand, schema: migration from_db, mongodb 7.0
// A database that is read: fields that no validator states get rules, another name, or stay as they are
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/1-expand.rollback.ts
import { migrate } from "../forgelua";

migrate("from_db", "phases/1-expand.rollback.ts", async (m) => {
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

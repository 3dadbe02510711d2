// Phase migrate, rows: migration from_db, mongodb 7.0
// A database that is read: fields that no validator states get rules, another name, or stay as they are
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-backfill.ts
import { migrate } from "../forgelua";

migrate("from_db", "phases/2-backfill.ts", async (m) => {
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

  // Step 4 of 12, migrate: Copy fullName of users into full_name
  //   Why:          5,000,000 rows, 50000 a batch along _id
  //   Lock:         row locks, one batch at a time, 5 s at most
  //   Note:         each document is locked while it is written
  //   Estimate:     1 min 3 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      backfill, replica lag
  await m.step("users.full_name/migrate/backfill", "step 4 of 12: Copy fullName of users into full_name", async () => {
    await m.run({
      forgelua: "update",
      collection: "users",
      step: "users.full_name/migrate/backfill",
      q: {
        $or: [
          { $and: [{ full_name: null }, { $expr: { $ne: [{ $ifNull: ["$fullName", null] }, null] } }] },
          { fullName: { $exists: true }, full_name: { $exists: false } },
        ],
      },
      u: [{ $set: { full_name: "$fullName" } }],
      size: 50000,
      pause_ms: 200,
    });
    await m.must("every document holds the converted value", "0", {
      count: "users",
      query: {
        $or: [
          { $expr: { $ne: [{ $ifNull: ["$full_name", null] }, { $ifNull: ["$fullName", null] }] } },
          { fullName: { $exists: true }, full_name: { $exists: false } },
        ],
      },
    });
  });
});

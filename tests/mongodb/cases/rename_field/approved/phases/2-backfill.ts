// Phase migrate, rows: migration rename_field, mongodb 7.0
// A person's name is their full name
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-backfill.ts
import { migrate } from "../forgelua";

migrate("rename_field", "phases/2-backfill.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 1 must be done before this: Allow full_name beside name in people", "1", {
    forgelua: "validator",
    collection: "people",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["name"],
        properties: {
          born: { bsonType: ["int", "null"] },
          full_name: { bsonType: ["string", "null"] },
          name: { bsonType: "string" },
        },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  await m.turn("step 4 must not be done at this point: Allow NULL in people.name, which goes", "0", {
    forgelua: "validator",
    collection: "people",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        properties: {
          born: { bsonType: ["int", "null"] },
          full_name: { bsonType: ["string", "null"] },
          name: { bsonType: ["string", "null"] },
        },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });

  // Step 3 of 12, migrate: Copy name of people into full_name
  //   Why:          an unknown number of rows, 100000 a batch along _id
  //   Lock:         row locks, one batch at a time, 5 s at most
  //   Note:         each document is locked while it is written
  //   Estimate:     unknown
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      backfill, replica lag
  await m.step("people.full_name/migrate/backfill", "step 3 of 12: Copy name of people into full_name", async () => {
    await m.run({
      forgelua: "update",
      collection: "people",
      step: "people.full_name/migrate/backfill",
      q: {
        $or: [
          { $and: [{ full_name: null }, { $expr: { $ne: [{ $ifNull: ["$name", null] }, null] } }] },
          { name: { $exists: true }, full_name: { $exists: false } },
        ],
      },
      u: [{ $set: { full_name: "$name" } }],
      size: 100000,
      pause_ms: 1000,
    });
    await m.must("every document holds the converted value", "0", {
      count: "people",
      query: {
        $or: [
          { $expr: { $ne: [{ $ifNull: ["$full_name", null] }, { $ifNull: ["$name", null] }] } },
          { name: { $exists: true }, full_name: { $exists: false } },
        ],
      },
    });
  });
});

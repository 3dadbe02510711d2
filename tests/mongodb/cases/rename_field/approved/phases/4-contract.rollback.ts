// Rollback of phase contract, schema: migration rename_field, mongodb 7.0
// A person's name is their full name
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/4-contract.rollback.ts
import { migrate } from "../forgelua";

migrate("rename_field", "phases/4-contract.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 11 must be done before this: Drop the old field name of people", "1", {
    forgelua: "validator",
    collection: "people",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["full_name"],
        properties: { born: { bsonType: ["int", "null"] }, full_name: { bsonType: "string" } },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  await m.turn("the whole plan must be done before this: rename_column people.full_name", "1", {
    forgelua: "validator",
    collection: "people",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["full_name"],
        properties: { born: { bsonType: ["int", "null"] }, full_name: { bsonType: "string" } },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });

  // Undo step 12 of 12, contract: Remove the progress and error tables
  await m.undo("forgelua/contract/clean-up", "undo step 12 of 12: Remove the progress and error tables", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 11 of 12, contract: Drop the old field name of people
  await m.undo("people.full_name/contract/drop-old", "undo step 11 of 12: Drop the old field name of people", async () => {
    await m.run({
      collMod: "people",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["full_name"],
          properties: {
            born: { bsonType: ["int", "null"] },
            full_name: { bsonType: "string" },
            name: { bsonType: ["string", "null"] },
          },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });

  // Undo step 10 of 12, contract: From here the way back fills name of people again
  await m.undo("people.full_name/contract/point-of-return", "undo step 10 of 12: From here the way back fills name of people again", async () => {
    await m.run({
      forgelua: "update",
      collection: "people",
      step: "people.full_name/contract/point-of-return/back",
      q: {
        $or: [
          {
            $and: [
              { $expr: { $ne: [{ $ifNull: ["$full_name", null] }, null] } },
              { $expr: { $ne: [{ $ifNull: ["$name", null] }, { $ifNull: ["$full_name", null] }] } },
            ],
          },
          { full_name: { $exists: true }, name: { $exists: false } },
        ],
      },
      u: [{ $set: { name: "$full_name" } }],
      size: 100000,
      pause_ms: 1000,
    });
  });
});

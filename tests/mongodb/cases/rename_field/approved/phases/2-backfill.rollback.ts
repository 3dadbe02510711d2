// Rollback of phase migrate, rows: migration rename_field, mongodb 7.0
// A person's name is their full name
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-backfill.rollback.ts
import { migrate } from "../forgelua";

migrate("rename_field", "phases/2-backfill.rollback.ts", async (m) => {
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

  // Undo step 3 of 12, migrate: Copy name of people into full_name
  await m.undo("people.full_name/migrate/backfill", "undo step 3 of 12: Copy name of people into full_name", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });
});

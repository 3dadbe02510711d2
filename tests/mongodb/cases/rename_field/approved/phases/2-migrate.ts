// Phase migrate, schema: migration rename_field, mongodb 7.0
// A person's name is their full name
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-migrate.ts
import { migrate } from "../forgelua";

migrate("rename_field", "phases/2-migrate.ts", async (m) => {
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

  // Step 2 of 12, migrate: The applications keep both forms of people.full_name
  //   Why:          what one application writes the other must find; no trigger does that here
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      dual write
  await m.step("people.full_name/migrate/dual-write", "step 2 of 12: The applications keep both forms of people.full_name", async () => {
    // Nothing to run in the database.
    m.say("Application: No triggers exist: deploy a version that writes people.name and full_name with every write of either, and reads name where full_name is missing. On a replica set a change stream on people may do the same for writers that cannot be changed.");
  });
});

// Phase expand, schema: migration rename_field, mongodb 7.0
// A person's name is their full name
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/1-expand.ts
import { migrate } from "../forgelua";

migrate("rename_field", "phases/1-expand.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 1 must not be done at this point: Allow full_name beside name in people", "0", {
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
  await m.turn("the whole plan must not be done at this point: rename_column people.full_name", "0", {
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
  await m.turn("no document of people holds full_name yet, which `before` does not state", "0", {
    count: "people",
    query: { full_name: { $exists: true } },
  });

  // Step 1 of 12, expand: Allow full_name beside name in people
  //   Why:          the new name stands beside the old one until nobody says the old one
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("people.full_name/expand/add-field", "step 1 of 12: Allow full_name beside name in people", async () => {
    await m.run({
      collMod: "people",
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
  });
});

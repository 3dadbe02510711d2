// Phase expand, schema: migration bad_documents, mongodb 7.0
// Readings have their value as a number; one of them cannot be read
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/1-expand.ts
import { migrate } from "../forgelua";

migrate("bad_documents", "phases/1-expand.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 1 must not be done at this point: Add value to readings, empty and not insisting", "0", {
    forgelua: "validator",
    collection: "readings",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        properties: { raw: { bsonType: ["string", "null"] }, value: { bsonType: ["int", "null"] } },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  await m.turn("the whole plan must not be done at this point: add_column readings.value", "0", {
    forgelua: "validator",
    collection: "readings",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["value"],
        properties: { raw: { bsonType: ["string", "null"] }, value: { bsonType: "int" } },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  await m.turn("no document of readings holds value yet, which `before` does not state", "0", {
    count: "readings",
    query: { value: { $exists: true } },
  });

  // Step 1 of 7, expand: Add value to readings, empty and not insisting
  //   Why:          adding it with its values would rewrite or lock the table; empty, it costs nothing
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Estimate:     under 1 s
  //   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
  //   Way back:     yes, nothing is lost
  //   Hazards:      added column
  await m.step("readings.value/expand/add-column", "step 1 of 7: Add value to readings, empty and not insisting", async () => {
    await m.run({
      collMod: "readings",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          properties: { raw: { bsonType: ["string", "null"] }, value: { bsonType: ["int", "null"] } },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });
});

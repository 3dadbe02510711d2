// Rollback of phase switch, schema: migration bad_documents, mongodb 7.0
// Readings have their value as a number; one of them cannot be read
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.rollback.ts
import { migrate } from "../forgelua";

migrate("bad_documents", "phases/3-switch.rollback.ts", async (m) => {

  // Undo step 5 of 7, switch: Require readings.value: refuse from here
  await m.undo("readings.value/switch/not-null", "undo step 5 of 7: Require readings.value: refuse from here", async () => {
    await m.run({
      collMod: "readings",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["value"],
          properties: { raw: { bsonType: ["string", "null"] }, value: { bsonType: "int" } },
        },
      },
      validationLevel: "moderate",
      validationAction: "warn",
    });
  });

  // Undo step 4 of 7, switch: Require readings.value: warn first
  await m.undo("readings.value/switch/not-null-warning", "undo step 4 of 7: Require readings.value: warn first", async () => {
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

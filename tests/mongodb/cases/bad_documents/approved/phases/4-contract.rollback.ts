// Rollback of phase contract, schema: migration bad_documents, mongodb 7.0
// Readings have their value as a number; one of them cannot be read
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/4-contract.rollback.ts
import { migrate } from "../forgelua";

migrate("bad_documents", "phases/4-contract.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("the whole plan must be done before this: add_column readings.value", "1", {
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

  // Undo step 7 of 7, contract: Remove the progress and error tables
  await m.undo("forgelua/contract/clean-up", "undo step 7 of 7: Remove the progress and error tables", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 6 of 7, contract: The contract about value of readings has been kept
  await m.undo("readings.value/contract/stop-filling", "undo step 6 of 7: The contract about value of readings has been kept", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });
});

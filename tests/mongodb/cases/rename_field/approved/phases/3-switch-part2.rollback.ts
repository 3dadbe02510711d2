// Rollback of phase switch, schema: migration rename_field, mongodb 7.0
// A person's name is their full name
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch-part2.rollback.ts
import { migrate } from "../forgelua";

migrate("rename_field", "phases/3-switch-part2.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 9 must be done before this: Rename the index name_1 to full_name_1", "1", {
    forgelua: "lacks",
    command: { listIndexes: "people" },
    where: { name: "name_1" },
  });
  await m.turn("step 11 must not be done at this point: Drop the old field name of people", "0", {
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

  // Undo step 9 of 12, switch: Rename the index name_1 to full_name_1
  await m.undo("people.full_name_1/switch/rename", "undo step 9 of 12: Rename the index name_1 to full_name_1", async () => {
    await m.run({ dropIndexes: "people", index: "full_name_1" });
    await m.run({ createIndexes: "people", indexes: [{ key: { name: 1 }, name: "name_1" }] });
  });

  // Undo step 8 of 12, switch: Let people.full_name lead
  await m.undo("people.full_name/switch/lead", "undo step 8 of 12: Let people.full_name lead", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });
});

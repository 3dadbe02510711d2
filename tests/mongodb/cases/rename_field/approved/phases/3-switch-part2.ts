// Phase switch, schema: migration rename_field, mongodb 7.0
// A person's name is their full name
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch-part2.ts
import { migrate } from "../forgelua";

migrate("rename_field", "phases/3-switch-part2.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 9 must not be done at this point: Rename the index name_1 to full_name_1", "0", {
    forgelua: "lacks",
    command: { listIndexes: "people" },
    where: { name: "name_1" },
  });

  // Step 8 of 12, switch: Let people.full_name lead
  //   Why:          every document has it in its new form
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works; both names stand, and hold the same
  //   Way back:     yes, nothing is lost
  await m.step("people.full_name/switch/lead", "step 8 of 12: Let people.full_name lead", async () => {
    // Nothing to run in the database.
    m.say("Application: Deploy the application that uses people.full_name as the new schema has it; it still writes name until contract.");
  });

  // Step 9 of 12, switch: Rename the index name_1 to full_name_1
  //   Why:          this engine cannot rename it, so it is made again under the new name
  //   Lock:         X (collection), blocks reads and writes for as long as the step runs (unknown), scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     unknown
  //   Applications: old works, new works; statements that name it (hints) must follow
  //   Way back:     yes, nothing is lost
  await m.step("people.full_name_1/switch/rename", "step 9 of 12: Rename the index name_1 to full_name_1", async () => {
    await m.run({ dropIndexes: "people", index: "name_1" });
    await m.run({ createIndexes: "people", indexes: [{ key: { full_name: 1 }, name: "full_name_1" }] });
  });
});

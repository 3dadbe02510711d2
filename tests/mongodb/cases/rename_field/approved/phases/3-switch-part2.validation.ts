// Validation after phases/3-switch-part2.ts: migration rename_field, mongodb 7.0
// A person's name is their full name
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch-part2.validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("rename_field", "phases/3-switch-part2.validation.ts", async (m) => {
  await m.check("step 9 is done: Rename the index name_1 to full_name_1", "1", {
    forgelua: "every",
    of: [
      { forgelua: "lacks", command: { listIndexes: "people" }, where: { name: "name_1" } },
      {
        forgelua: "has",
        command: { listIndexes: "people" },
        where: { key: { full_name: 1 }, name: "full_name_1" },
      },
    ],
  });
  m.verdict();
});

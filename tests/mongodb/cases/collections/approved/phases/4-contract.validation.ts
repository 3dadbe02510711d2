// Validation after phases/4-contract.ts: migration collections, mongodb 7.0
// Purchases are orders; a log comes, the obsolete goes
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/4-contract.validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("collections", "phases/4-contract.validation.ts", async (m) => {
  await m.check("step 3 is done: Drop the table obsolete", "1", {
    forgelua: "lacks",
    command: { listCollections: 1, filter: { name: "obsolete" } },
    where: { name: "obsolete" },
  });
  m.verdict();
});

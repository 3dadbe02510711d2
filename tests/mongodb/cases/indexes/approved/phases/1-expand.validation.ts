// Validation after phases/1-expand.ts: migration indexes, mongodb 7.0
// Every kind of index
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/1-expand.validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("indexes", "phases/1-expand.validation.ts", async (m) => {
  await m.check("step 6 is done: Add the index place_any on things", "1", {
    forgelua: "has",
    command: { listIndexes: "things" },
    where: { key: { "place.$**": 1 }, name: "place_any" },
  });
  m.verdict();
});

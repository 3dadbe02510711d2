// Validation after phases/3-switch.ts: migration indexes, mongodb 7.0
// Every kind of index
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("indexes", "phases/3-switch.validation.ts", async (m) => {
  await m.check("step 8 is done: Add the unique index unique_b on things", "1", {
    forgelua: "has",
    command: { listIndexes: "things" },
    where: { key: { b: 1 }, name: "unique_b", unique: true, sparse: true },
  });
  m.verdict();
});

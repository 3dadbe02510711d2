// Validation after phases/3-switch.ts: migration beyond_ferretdb, mongodb 7.0
// What the tests' server does not do as MongoDB does
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("beyond_ferretdb", "phases/3-switch.validation.ts", async (m) => {
  await m.check("step 10 is done: Make unique the unique index name_alone on users", "1", {
    forgelua: "has",
    command: { listIndexes: "users" },
    where: { key: { name: -1 }, name: "name_alone", unique: true, sparse: true },
  });
  await m.check("step 11 is done: Change the view adults", "1", {
    forgelua: "has",
    command: { listCollections: 1, filter: { name: "adults" } },
    where: { type: "view", "options.viewOn": "users" },
  });
  m.verdict();
});

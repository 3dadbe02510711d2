// Validation after phases/3-switch-part4.ts: migration tables, mongodb 7.0
// A spec of tables, as it stands for SQL engines
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch-part4.validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("tables", "phases/3-switch-part4.validation.ts", async (m) => {
  m.verdict();
});

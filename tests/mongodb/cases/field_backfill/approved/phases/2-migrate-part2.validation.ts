// Validation after phases/2-migrate-part2.ts: migration field_backfill, mongodb 7.0
// Every user has a currency and a status
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-migrate-part2.validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("field_backfill", "phases/2-migrate-part2.validation.ts", async (m) => {
  await m.check("step 5 is done: Add the index users_by_currency on users", "1", {
    forgelua: "has",
    command: { listIndexes: "users" },
    where: { key: { currency: 1, status: -1 }, name: "users_by_currency" },
  });
  m.verdict();
});

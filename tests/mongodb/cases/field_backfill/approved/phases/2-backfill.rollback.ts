// Rollback of phase migrate, rows: migration field_backfill, mongodb 7.0
// Every user has a currency and a status
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-backfill.rollback.ts
import { migrate } from "../forgelua";

migrate("field_backfill", "phases/2-backfill.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 5 must not be done at this point: Add the index users_by_currency on users", "0", {
    forgelua: "has",
    command: { listIndexes: "users" },
    where: { key: { currency: 1, status: -1 }, name: "users_by_currency" },
  });

  // Undo step 4 of 11, migrate: Backfill currency, status of users
  await m.undo("users.currency/migrate/backfill", "undo step 4 of 11: Backfill currency, status of users", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });
});

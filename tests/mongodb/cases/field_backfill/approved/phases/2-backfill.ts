// Phase migrate, rows: migration field_backfill, mongodb 7.0
// Every user has a currency and a status
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-backfill.ts
import { migrate } from "../forgelua";

migrate("field_backfill", "phases/2-backfill.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 5 must not be done at this point: Add the index users_by_currency on users", "0", {
    forgelua: "has",
    command: { listIndexes: "users" },
    where: { key: { currency: 1, status: -1 }, name: "users_by_currency" },
  });

  // Step 4 of 11, migrate: Backfill currency, status of users
  //   Why:          25,000 rows, 10000 a batch: no batch holds its locks for long
  //   Lock:         row locks, one batch at a time, 5 s at most
  //   Note:         each document is locked while it is written
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      backfill, replica lag, own values
  await m.step("users.currency/migrate/backfill", "step 4 of 11: Backfill currency, status of users", async () => {
    await m.run({
      forgelua: "update",
      collection: "users",
      step: "users.currency/migrate/backfill",
      q: { $or: [{ currency: null }, { status: null }] },
      u: [
        {
          $set: {
            currency: { $cond: [{ $eq: ["$region", "EU"] }, "EUR", "USD"] },
            status: { $literal: "new" },
          },
        },
      ],
      size: 10000,
      pause_ms: 100,
    });
    await m.must("no row of users has NULL in currency", "0", { count: "users", query: { currency: null } });
    await m.must("no row of users has NULL in status", "0", { count: "users", query: { status: null } });
  });
});

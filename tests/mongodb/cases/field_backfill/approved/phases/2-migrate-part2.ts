// Phase migrate, schema: migration field_backfill, mongodb 7.0
// Every user has a currency and a status
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-migrate-part2.ts
import { migrate } from "../forgelua";

migrate("field_backfill", "phases/2-migrate-part2.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 5 must not be done at this point: Add the index users_by_currency on users", "0", {
    forgelua: "has",
    command: { listIndexes: "users" },
    where: { key: { currency: 1, status: -1 }, name: "users_by_currency" },
  });

  // Step 5 of 11, migrate: Add the index users_by_currency on users
  //   Why:          built after the backfill, which is cheaper than keeping it up to date row by row
  //   Lock:         X (collection) at the start and the end of the build, blocks nothing, scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      index build
  await m.step("users.users_by_currency/migrate/add-index", "step 5 of 11: Add the index users_by_currency on users", async () => {
    await m.run({
      createIndexes: "users",
      indexes: [{ key: { currency: 1, status: -1 }, name: "users_by_currency" }],
    });
  });
});

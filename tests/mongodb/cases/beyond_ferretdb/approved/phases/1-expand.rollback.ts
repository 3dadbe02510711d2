// Rollback of phase expand, schema: migration beyond_ferretdb, mongodb 7.0
// What the tests' server does not do as MongoDB does
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/1-expand.rollback.ts
import { migrate } from "../forgelua";

migrate("beyond_ferretdb", "phases/1-expand.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 5 must be done before this: Create the table weather", "1", {
    forgelua: "has",
    command: { listCollections: 1, filter: { name: "weather" } },
    where: { name: "weather" },
  });
  await m.turn("step 6 must not be done at this point: Build the index of the unique constraint email_1 on users, not yet unique", "0", {
    forgelua: "has",
    command: { listIndexes: "users" },
    where: { key: { email: 1 }, name: "email_1" },
  });

  // Undo step 5 of 12, expand: Create the table weather
  await m.undo("weather/expand/create-table", "undo step 5 of 12: Create the table weather", async () => {
    await m.run({ drop: "weather" });
  });

  // Undo step 4 of 12, expand: Create the view names
  await m.undo("names/expand/create-view", "undo step 4 of 12: Create the view names", async () => {
    await m.run({ drop: "names" });
  });

  // Undo step 3 of 12, expand: Add the index name_any_case on users
  await m.undo("users.name_any_case/expand/add-index", "undo step 3 of 12: Add the index name_any_case on users", async () => {
    await m.run({ dropIndexes: "users", index: "name_any_case" });
  });

  // Undo step 2 of 12, expand: Create the table log
  await m.undo("log/expand/create-table", "undo step 2 of 12: Create the table log", async () => {
    await m.run({ drop: "log" });
  });

  // Undo step 1 of 12, expand: Create the table events
  await m.undo("events/expand/create-table", "undo step 1 of 12: Create the table events", async () => {
    await m.run({ drop: "events" });
    await m.run({ drop: "forgelua_backfill_progress" });
    await m.run({ drop: "forgelua_steps" });
  });
});

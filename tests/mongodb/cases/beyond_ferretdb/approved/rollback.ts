// Rollback, every phase: migration beyond_ferretdb, mongodb 7.0
// What the tests' server does not do as MongoDB does
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx rollback.ts
// Takes back a whole forward.ts. After some of the phases only, run their .rollback.ts files, last
// phase first.
import { migrate } from "./forgelua";

migrate("beyond_ferretdb", "rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 5 must be done before this: Create the table weather", "1", {
    forgelua: "has",
    command: { listCollections: 1, filter: { name: "weather" } },
    where: { name: "weather" },
  });

  // Undo step 12 of 12, contract: Remove the progress and error tables
  await m.undo("forgelua/contract/clean-up", "undo step 12 of 12: Remove the progress and error tables", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 11 of 12, switch: Change the view adults
  await m.undo("adults/switch/alter-view", "undo step 11 of 12: Change the view adults", async () => {
    await m.run({ collMod: "adults", viewOn: "users", pipeline: [{ $match: { age: { $gte: 18 } } }] });
  });

  // Undo step 10 of 12, switch: Make unique the unique index name_alone on users
  await m.undo("users.name_alone/switch/make-unique", "undo step 10 of 12: Make unique the unique index name_alone on users", async () => {
    await m.run({ dropIndexes: "users", index: "name_alone" });
    await m.run({ createIndexes: "users", indexes: [{ key: { name: -1 }, name: "name_alone", sparse: true }] });
  });

  // Undo step 9 of 12, switch: Build the index of the unique index name_alone on users, not yet unique
  await m.undo("users.name_alone/switch/build-index", "undo step 9 of 12: Build the index of the unique index name_alone on users, not yet unique", async () => {
    await m.run({ dropIndexes: "users", index: "name_alone" });
  });

  // Undo step 8 of 12, switch: Alter the index by_name on users
  await m.undo("users.by_name/switch/alter-index", "undo step 8 of 12: Alter the index by_name on users", async () => {
    await m.run({ collMod: "users", index: { name: "by_name", hidden: false } });
  });

  // Undo step 7 of 12, switch: Make unique the unique constraint email_1 on users
  await m.undo("users.email_1/switch/make-unique", "undo step 7 of 12: Make unique the unique constraint email_1 on users", async () => {
    await m.run({ dropIndexes: "users", index: "email_1" });
    await m.run({ createIndexes: "users", indexes: [{ key: { email: 1 }, name: "email_1" }] });
  });

  // Undo step 6 of 12, switch: Build the index of the unique constraint email_1 on users, not yet unique
  await m.undo("users.email_1/switch/build-index", "undo step 6 of 12: Build the index of the unique constraint email_1 on users, not yet unique", async () => {
    await m.run({ dropIndexes: "users", index: "email_1" });
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

// Rollback of phase switch, schema: migration beyond_ferretdb, mongodb 7.0
// What the tests' server does not do as MongoDB does
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.rollback.ts
import { migrate } from "../forgelua";

migrate("beyond_ferretdb", "phases/3-switch.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 5 must be done before this: Create the table weather", "1", {
    forgelua: "has",
    command: { listCollections: 1, filter: { name: "weather" } },
    where: { name: "weather" },
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
});

// Rollback of phase contract, schema: migration from_db, mongodb 7.0
// A database that is read: fields that no validator states get rules, another name, or stay as they are
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/4-contract.rollback.ts
import { migrate } from "../forgelua";

migrate("from_db", "phases/4-contract.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("the whole plan must be done before this: create_index age_1", "1", {
    forgelua: "has",
    command: { listIndexes: "users" },
    where: { key: { age: 1 }, name: "age_1" },
  });

  // Undo step 12 of 12, contract: Remove the progress and error tables
  await m.undo("forgelua/contract/clean-up", "undo step 12 of 12: Remove the progress and error tables", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 11 of 12, contract: Drop the old field fullName of users
  await m.undo("users.full_name/contract/drop-old", "undo step 11 of 12: Drop the old field fullName of users", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 10 of 12, contract: From here the way back fills fullName of users again
  await m.undo("users.full_name/contract/point-of-return", "undo step 10 of 12: From here the way back fills fullName of users again", async () => {
    await m.run({
      forgelua: "update",
      collection: "users",
      step: "users.full_name/contract/point-of-return/back",
      q: {
        $or: [
          {
            $and: [
              { $expr: { $ne: [{ $ifNull: ["$full_name", null] }, null] } },
              { $expr: { $ne: [{ $ifNull: ["$fullName", null] }, { $ifNull: ["$full_name", null] }] } },
            ],
          },
          { full_name: { $exists: true }, fullName: { $exists: false } },
        ],
      },
      u: [{ $set: { fullName: "$full_name" } }],
      size: 50000,
      pause_ms: 200,
    });
  });
});

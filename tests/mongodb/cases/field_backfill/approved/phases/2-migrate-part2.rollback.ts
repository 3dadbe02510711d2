// Rollback of phase migrate, schema: migration field_backfill, mongodb 7.0
// Every user has a currency and a status
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-migrate-part2.rollback.ts
import { migrate } from "../forgelua";

migrate("field_backfill", "phases/2-migrate-part2.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 5 must be done before this: Add the index users_by_currency on users", "1", {
    forgelua: "has",
    command: { listIndexes: "users" },
    where: { key: { currency: 1, status: -1 }, name: "users_by_currency" },
  });
  await m.turn("step 6 must not be done at this point: Require users.currency: warn first", "0", {
    forgelua: "validator",
    collection: "users",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["currency", "email"],
        properties: {
          currency: { bsonType: "string", enum: ["EUR", "USD"] },
          email: { bsonType: "string" },
          note: { bsonType: ["string", "null"] },
          region: { bsonType: ["string", "null"] },
          status: { bsonType: ["string", "null"] },
          tags: { bsonType: ["array", "null"] },
        },
      },
    },
    validationLevel: "moderate",
    validationAction: "warn",
  });

  // Undo step 5 of 11, migrate: Add the index users_by_currency on users
  await m.undo("users.users_by_currency/migrate/add-index", "undo step 5 of 11: Add the index users_by_currency on users", async () => {
    await m.run({ dropIndexes: "users", index: "users_by_currency" });
  });
});

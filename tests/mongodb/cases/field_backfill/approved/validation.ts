// Validation once every step has run: migration field_backfill, mongodb 7.0
// Every user has a currency and a status
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "./forgelua";

migrate("field_backfill", "validation.ts", async (m) => {
  await m.check("add_column users.currency", "1", {
    forgelua: "validator",
    collection: "users",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["currency", "email", "status"],
        properties: {
          currency: { bsonType: "string", enum: ["EUR", "USD"] },
          email: { bsonType: "string" },
          note: { bsonType: ["string", "null"] },
          region: { bsonType: ["string", "null"] },
          status: { bsonType: "string" },
          tags: { bsonType: ["array", "null"] },
        },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  await m.check("create_index users_by_currency", "1", {
    forgelua: "has",
    command: { listIndexes: "users" },
    where: { key: { currency: 1, status: -1 }, name: "users_by_currency" },
  });
  await m.check("users.currency is filled in every row", "0", { count: "users", query: { currency: null } });
  await m.check("users.status is filled in every row", "0", { count: "users", query: { status: null } });
  m.verdict();
});

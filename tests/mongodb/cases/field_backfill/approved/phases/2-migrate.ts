// Phase migrate, schema: migration field_backfill, mongodb 7.0
// Every user has a currency and a status
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-migrate.ts
import { migrate } from "../forgelua";

migrate("field_backfill", "phases/2-migrate.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 2 must be done before this: Add currency, status to users, empty and not insisting", "1", {
    forgelua: "validator",
    collection: "users",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["email"],
        properties: {
          currency: { bsonType: ["string", "null"], enum: ["EUR", "USD"] },
          email: { bsonType: "string" },
          note: { bsonType: ["string", "null"] },
          region: { bsonType: ["string", "null"] },
          status: { bsonType: ["string", "null"] },
          tags: { bsonType: ["array", "null"] },
        },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });

  // Step 3 of 11, migrate: The application writes currency, status of users from here
  //   Why:          no triggers exist; documents that are written without it would be left behind by the backfill
  //   Lock:         none
  //   Note:         no triggers exist: the application keeps the fields equal, or change streams do
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      dual write
  await m.step("users.currency/migrate/keep-filled", "step 3 of 11: The application writes currency, status of users from here", async () => {
    // Nothing to run in the database.
    m.say("Application: Deploy a version that writes currency, status into every new document of users, before the backfill.");
  });
});

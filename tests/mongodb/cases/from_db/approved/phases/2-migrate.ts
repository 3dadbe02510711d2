// Phase migrate, schema: migration from_db, mongodb 7.0
// A database that is read: fields that no validator states get rules, another name, or stay as they are
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-migrate.ts
import { migrate } from "../forgelua";

migrate("from_db", "phases/2-migrate.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 2 must be done before this: Allow full_name beside fullName in users", "1", {
    forgelua: "validator",
    collection: "users",
    validator: {
      $and: [
        {
          $jsonSchema: {
            bsonType: "object",
            required: ["email"],
            properties: {
              address: {
                bsonType: "object",
                properties: {
                  city: { bsonType: "string" },
                  zip: { bsonType: ["string", "null"], pattern: "^[0-9]{5}$" },
                },
                required: ["city"],
              },
              email: { bsonType: "string", maxLength: 254 },
              full_name: { bsonType: ["string", "null"] },
              status: { bsonType: ["string", "null"], enum: ["new", "paid"] },
            },
          },
        },
        { $or: [{ email: { $exists: true } }, { phone: { $exists: true } }] },
      ],
    },
    validationLevel: "strict",
    validationAction: "error",
  });

  // Step 3 of 12, migrate: The applications keep both forms of users.full_name
  //   Why:          what one application writes the other must find; no trigger does that here
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      dual write
  await m.step("users.full_name/migrate/dual-write", "step 3 of 12: The applications keep both forms of users.full_name", async () => {
    // Nothing to run in the database.
    m.say("Application: No triggers exist: deploy a version that writes users.fullName and full_name with every write of either, and reads fullName where full_name is missing. On a replica set a change stream on users may do the same for writers that cannot be changed.");
  });
});

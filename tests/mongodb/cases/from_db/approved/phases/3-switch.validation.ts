// Validation after phases/3-switch.ts: migration from_db, mongodb 7.0
// A database that is read: fields that no validator states get rules, another name, or stay as they are
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("from_db", "phases/3-switch.validation.ts", async (m) => {
  await m.check("step 9 is done: Hold users.age to its rules: refuse from here", "1", {
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
              age: { bsonType: ["int", "null"], minimum: 0 },
              email: { bsonType: "string", maxLength: 254 },
              full_name: { bsonType: ["string", "null"] },
              status: { bsonType: ["string", "null"], enum: ["new", "paid", "sent"] },
            },
          },
        },
        { $or: [{ email: { $exists: true } }, { phone: { $exists: true } }] },
      ],
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  m.verdict();
});

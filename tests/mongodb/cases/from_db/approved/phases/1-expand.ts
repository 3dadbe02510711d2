// Phase expand, schema: migration from_db, mongodb 7.0
// A database that is read: fields that no validator states get rules, another name, or stay as they are
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/1-expand.ts
import { migrate } from "../forgelua";

migrate("from_db", "phases/1-expand.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 1 must not be done at this point: Add the index age_1 on users", "0", {
    forgelua: "has",
    command: { listIndexes: "users" },
    where: { key: { age: 1 }, name: "age_1" },
  });
  await m.turn("the whole plan must not be done at this point: create_index age_1", "0", {
    forgelua: "has",
    command: { listIndexes: "users" },
    where: { key: { age: 1 }, name: "age_1" },
  });
  await m.turn("no document of users holds full_name yet, which `before` does not state", "0", {
    count: "users",
    query: { full_name: { $exists: true } },
  });

  // Step 1 of 12, expand: Add the index age_1 on users
  //   Why:          the new schema's queries use it
  //   Lock:         X (collection) at the start and the end of the build, blocks nothing, scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     12 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      index build
  await m.step("users.age_1/expand/add-index", "step 1 of 12: Add the index age_1 on users", async () => {
    await m.run({ createIndexes: "users", indexes: [{ key: { age: 1 }, name: "age_1" }] });
  });

  // Step 2 of 12, expand: Allow full_name beside fullName in users
  //   Why:          the new name stands beside the old one until nobody says the old one
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("users.full_name/expand/add-field", "step 2 of 12: Allow full_name beside fullName in users", async () => {
    await m.run({
      collMod: "users",
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
  });
});

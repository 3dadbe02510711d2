// Forward, every phase: migration from_db, mongodb 7.0
// A database that is read: fields that no validator states get rules, another name, or stay as they are
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx forward.ts
// The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
// one, with the gates that runbook.md states between them.
// WARNING: step 11 is destructive — fullName of users as the old schema held it
import { migrate } from "./forgelua";

migrate("from_db", "forward.ts", async (m) => {
  if (await m.over({
    forgelua: "every",
    of: [
      {
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
      },
      { forgelua: "has", command: { listIndexes: "users" }, where: { key: { age: 1 }, name: "age_1" } },
    ],
  })) return;
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

  // Step 4 of 12, migrate: Copy fullName of users into full_name
  //   Why:          5,000,000 rows, 50000 a batch along _id
  //   Lock:         row locks, one batch at a time, 5 s at most
  //   Note:         each document is locked while it is written
  //   Estimate:     1 min 3 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      backfill, replica lag
  await m.step("users.full_name/migrate/backfill", "step 4 of 12: Copy fullName of users into full_name", async () => {
    await m.run({
      forgelua: "update",
      collection: "users",
      step: "users.full_name/migrate/backfill",
      q: {
        $or: [
          { $and: [{ full_name: null }, { $expr: { $ne: [{ $ifNull: ["$fullName", null] }, null] } }] },
          { fullName: { $exists: true }, full_name: { $exists: false } },
        ],
      },
      u: [{ $set: { full_name: "$fullName" } }],
      size: 50000,
      pause_ms: 200,
    });
    await m.must("every document holds the converted value", "0", {
      count: "users",
      query: {
        $or: [
          { $expr: { $ne: [{ $ifNull: ["$full_name", null] }, { $ifNull: ["$fullName", null] }] } },
          { fullName: { $exists: true }, full_name: { $exists: false } },
        ],
      },
    });
  });

  // Step 5 of 12, switch: Let users.full_name lead
  //   Why:          every document has it in its new form
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works; both names stand, and hold the same
  //   Way back:     yes, nothing is lost
  await m.step("users.full_name/switch/lead", "step 5 of 12: Let users.full_name lead", async () => {
    // Nothing to run in the database.
    m.say("Application: Deploy the application that uses users.full_name as the new schema has it; it still writes fullName until contract.");
  });

  // Step 6 of 12, switch: Hold users.status to its rules: warn first
  //   Why:          a document that does not match is written all the same, and stands in the server's log
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; for now the validator of users refuses nothing
  //   Way back:     yes, nothing is lost
  await m.step("users.status/switch/not-null-warning", "step 6 of 12: Hold users.status to its rules: warn first", async () => {
    await m.must("step 4 has come to its end: Copy fullName of users into full_name", "1", {
      count: "forgelua_backfill_progress",
      query: { _id: "users.full_name/migrate/backfill", state: "done" },
    });
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
                status: { bsonType: ["string", "null"], enum: ["new", "paid", "sent"] },
              },
            },
          },
          { $or: [{ email: { $exists: true } }, { phone: { $exists: true } }] },
        ],
      },
      validationLevel: "moderate",
      validationAction: "warn",
    });
    m.say("Application: Look for 'Document would fail validation' in the server's log until none comes.");
  });

  // Step 7 of 12, switch: Hold users.status to its rules: refuse from here
  //   Why:          every document has a value by now; from here the validator says so
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; documents without users.status are refused from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      constraint
  await m.step("users.status/switch/not-null", "step 7 of 12: Hold users.status to its rules: refuse from here", async () => {
    await m.must("every document of users matches its validator", "0", {
      count: "users",
      query: {
        $nor: [
          {
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
                    status: { bsonType: ["string", "null"], enum: ["new", "paid", "sent"] },
                  },
                },
              },
              { $or: [{ email: { $exists: true } }, { phone: { $exists: true } }] },
            ],
          },
        ],
      },
    });
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
  });

  // Step 8 of 12, switch: Hold users.age to its rules: warn first
  //   Why:          a document that does not match is written all the same, and stands in the server's log
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; for now the validator of users refuses nothing
  //   Way back:     yes, nothing is lost
  await m.step("users.age/switch/not-null-warning", "step 8 of 12: Hold users.age to its rules: warn first", async () => {
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
      validationLevel: "moderate",
      validationAction: "warn",
    });
    m.say("Application: Look for 'Document would fail validation' in the server's log until none comes.");
  });

  // Step 9 of 12, switch: Hold users.age to its rules: refuse from here
  //   Why:          every document has a value by now; from here the validator says so
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; documents without users.age are refused from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      constraint
  await m.step("users.age/switch/not-null", "step 9 of 12: Hold users.age to its rules: refuse from here", async () => {
    await m.must("every document of users matches its validator", "0", {
      count: "users",
      query: {
        $nor: [
          {
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
        ],
      },
    });
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
  });

  // Step 10 of 12, contract: From here the way back fills fullName of users again
  //   Why:          the old field is about to go; a rollback makes it from the new one
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("users.full_name/contract/point-of-return", "step 10 of 12: From here the way back fills fullName of users again", async () => {
    // Nothing to run in the database.
  });

  // Step 11 of 12, contract: Drop the old field fullName of users
  //   Why:          every application uses the new one
  //   Lock:         IX (collection), blocks nothing, rewrites the table, scans the table
  //   Note:         the field is taken out of the documents batch by batch; the validator lets go of it before that
  //   Estimate:     10 s
  //   Applications: old BREAKS, new works; the deployed application finds no fullName from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      drop
  await m.step("users.full_name/contract/drop-old", "step 11 of 12: Drop the old field fullName of users", async () => {
    await m.run({
      forgelua: "update",
      collection: "users",
      q: { fullName: { $exists: true } },
      u: { $unset: { fullName: "" } },
      size: 1000,
      bypass: true,
    });
    m.say("Application: Check that no application, report or job names fullName any more; stop writing it.");
  });

  // Step 12 of 12, contract: Remove the progress and error tables
  //   Why:          they served the backfills and the dual-write, which are over
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("forgelua/contract/clean-up", "step 12 of 12: Remove the progress and error tables", async () => {
    await m.run({ drop: "forgelua_backfill_progress" });
    await m.run({ drop: "forgelua_steps" });
  });
});

// Phase switch, schema: migration from_db, mongodb 7.0
// A database that is read: fields that no validator states get rules, another name, or stay as they are
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.ts
import { migrate } from "../forgelua";

migrate("from_db", "phases/3-switch.ts", async (m) => {
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
});

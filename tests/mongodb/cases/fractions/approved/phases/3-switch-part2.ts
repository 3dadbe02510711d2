// Phase switch, schema: migration fractions, mongodb 7.0
// Whole numbers; a fraction is not cut off in silence
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch-part2.ts
import { migrate } from "../forgelua";

migrate("fractions", "phases/3-switch-part2.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 10 must not be done at this point: Hold rates.code to its rules: warn first", "0", {
    forgelua: "validator",
    collection: "rates",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        properties: { a: { bsonType: ["long", "null"] }, code: { bsonType: ["string", "null"] } },
      },
    },
    validationLevel: "moderate",
    validationAction: "warn",
  });

  // Step 9 of 13, switch: Let rates.a lead
  //   Why:          every document has it in its new form
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new works; the old type is refused from here
  //   Way back:     yes, nothing is lost
  await m.step("rates.a/switch/lead", "step 9 of 13: Let rates.a lead", async () => {
    // Nothing to run in the database.
    m.say("Application: Deploy the application that uses rates.a as the new schema has it.");
  });

  // Step 10 of 13, switch: Hold rates.code to its rules: warn first
  //   Why:          a document that does not match is written all the same, and stands in the server's log
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; for now the validator of rates refuses nothing
  //   Way back:     yes, nothing is lost
  await m.step("rates.code/switch/not-null-warning", "step 10 of 13: Hold rates.code to its rules: warn first", async () => {
    await m.run({
      collMod: "rates",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          properties: { a: { bsonType: ["long", "null"] }, code: { bsonType: ["string", "null"] } },
        },
      },
      validationLevel: "moderate",
      validationAction: "warn",
    });
    m.say("Application: Look for 'Document would fail validation' in the server's log until none comes.");
  });

  // Step 11 of 13, switch: Hold rates.code to its rules: refuse from here
  //   Why:          every document has a value by now; from here the validator says so
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; documents without rates.code are refused from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      constraint
  await m.step("rates.code/switch/not-null", "step 11 of 13: Hold rates.code to its rules: refuse from here", async () => {
    await m.must("every document of rates matches its validator", "0", {
      count: "rates",
      query: {
        $nor: [
          {
            $jsonSchema: {
              bsonType: "object",
              properties: { a: { bsonType: ["long", "null"] }, code: { bsonType: ["string", "null"] } },
            },
          },
        ],
      },
    });
    await m.run({
      collMod: "rates",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          properties: { a: { bsonType: ["long", "null"] }, code: { bsonType: ["string", "null"] } },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });

  // Step 12 of 13, switch: Let rates.code lead
  //   Why:          every document has it in its new form
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old BREAKS, new works; the old type is refused from here
  //   Way back:     yes, nothing is lost
  await m.step("rates.code/switch/lead", "step 12 of 13: Let rates.code lead", async () => {
    // Nothing to run in the database.
    m.say("Application: Deploy the application that uses rates.code as the new schema has it.");
  });
});

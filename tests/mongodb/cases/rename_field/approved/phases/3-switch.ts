// Phase switch, schema: migration rename_field, mongodb 7.0
// A person's name is their full name
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.ts
import { migrate } from "../forgelua";

migrate("rename_field", "phases/3-switch.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 1 must be done before this: Allow full_name beside name in people", "1", {
    forgelua: "validator",
    collection: "people",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["name"],
        properties: {
          born: { bsonType: ["int", "null"] },
          full_name: { bsonType: ["string", "null"] },
          name: { bsonType: "string" },
        },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  await m.turn("step 4 must not be done at this point: Allow NULL in people.name, which goes", "0", {
    forgelua: "validator",
    collection: "people",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        properties: {
          born: { bsonType: ["int", "null"] },
          full_name: { bsonType: ["string", "null"] },
          name: { bsonType: ["string", "null"] },
        },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });

  // Step 4 of 12, switch: Allow NULL in people.name, which goes
  //   Why:          the new application no longer writes it; its INSERTs must pass until the column is dropped
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; the deployed application reads NULL in rows that the new one wrote
  //   Way back:     loses rows written without name get "" there on the way back
  await m.step("people.name/switch/stop-insisting", "step 4 of 12: Allow NULL in people.name, which goes", async () => {
    await m.must("step 3 has come to its end: Copy name of people into full_name", "1", {
      count: "forgelua_backfill_progress",
      query: { _id: "people.full_name/migrate/backfill", state: "done" },
    });
    await m.run({
      collMod: "people",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          properties: {
            born: { bsonType: ["int", "null"] },
            full_name: { bsonType: ["string", "null"] },
            name: { bsonType: ["string", "null"] },
          },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });

  // Step 5 of 12, switch: Build people_by_born of people over full_name in place of name
  //   Why:          MongoDB renames no index, and two cannot bear one name
  //   Lock:         X (collection), blocks reads and writes for as long as the step runs (unknown), scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     unknown
  //   Applications: old works, new works; queries that used the index are slower until it is built
  //   Way back:     yes, nothing is lost
  //   Hazards:      index build
  await m.step("people.people_by_born/switch/move", "step 5 of 12: Build people_by_born of people over full_name in place of name", async () => {
    await m.run({ dropIndexes: "people", index: "people_by_born" });
    await m.run({
      createIndexes: "people",
      indexes: [{ key: { born: 1, full_name: 1 }, name: "people_by_born" }],
    });
  });

  // Step 6 of 12, switch: Require people.full_name: warn first
  //   Why:          a document that does not match is written all the same, and stands in the server's log
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; for now the validator of people refuses nothing
  //   Way back:     yes, nothing is lost
  await m.step("people.full_name/switch/not-null-warning", "step 6 of 12: Require people.full_name: warn first", async () => {
    await m.run({
      collMod: "people",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["full_name"],
          properties: {
            born: { bsonType: ["int", "null"] },
            full_name: { bsonType: "string" },
            name: { bsonType: ["string", "null"] },
          },
        },
      },
      validationLevel: "moderate",
      validationAction: "warn",
    });
    m.say("Application: Look for 'Document would fail validation' in the server's log until none comes.");
  });

  // Step 7 of 12, switch: Require people.full_name: refuse from here
  //   Why:          every document has a value by now; from here the validator says so
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         documents that stand are not looked at
  //   Estimate:     under 1 s
  //   Applications: old works, new works; documents without people.full_name are refused from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      constraint
  await m.step("people.full_name/switch/not-null", "step 7 of 12: Require people.full_name: refuse from here", async () => {
    await m.must("every document of people matches its validator", "0", {
      count: "people",
      query: {
        $nor: [
          {
            $jsonSchema: {
              bsonType: "object",
              required: ["full_name"],
              properties: {
                born: { bsonType: ["int", "null"] },
                full_name: { bsonType: "string" },
                name: { bsonType: ["string", "null"] },
              },
            },
          },
        ],
      },
    });
    await m.must("no row of people has NULL in full_name", "0", {
      count: "people",
      query: { full_name: null },
    });
    await m.run({
      collMod: "people",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          required: ["full_name"],
          properties: {
            born: { bsonType: ["int", "null"] },
            full_name: { bsonType: "string" },
            name: { bsonType: ["string", "null"] },
          },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });
});

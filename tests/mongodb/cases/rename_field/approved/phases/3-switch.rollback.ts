// WARNING: rollback is destructive — people.name data will be lost: rows written without name get "" there on the way back.
// Take a backup before applying forward.ts.
// Rollback of phase switch, schema: migration rename_field, mongodb 7.0
// A person's name is their full name
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.rollback.ts
import { migrate } from "../forgelua";

migrate("rename_field", "phases/3-switch.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 9 must not be done at this point: Rename the index name_1 to full_name_1", "0", {
    forgelua: "lacks",
    command: { listIndexes: "people" },
    where: { name: "name_1" },
  });

  // Undo step 7 of 12, switch: Require people.full_name: refuse from here
  await m.undo("people.full_name/switch/not-null", "undo step 7 of 12: Require people.full_name: refuse from here", async () => {
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
  });

  // Undo step 6 of 12, switch: Require people.full_name: warn first
  await m.undo("people.full_name/switch/not-null-warning", "undo step 6 of 12: Require people.full_name: warn first", async () => {
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

  // Undo step 5 of 12, switch: Build people_by_born of people over full_name in place of name
  await m.undo("people.people_by_born/switch/move", "undo step 5 of 12: Build people_by_born of people over full_name in place of name", async () => {
    await m.run({ dropIndexes: "people", index: "people_by_born" });
    await m.run({ createIndexes: "people", indexes: [{ key: { born: 1, name: 1 }, name: "people_by_born" }] });
  });

  // Undo step 4 of 12, switch: Allow NULL in people.name, which goes
  //   Loses:        rows written without name get "" there on the way back
  await m.undo("people.name/switch/stop-insisting", "undo step 4 of 12: Allow NULL in people.name, which goes", async () => {
    await m.run({
      forgelua: "update",
      collection: "people",
      step: "people.name/switch/stop-insisting/back",
      q: { name: null },
      u: [{ $set: { name: "" } }],
      size: 100000,
      pause_ms: 1000,
    });
    await m.run({
      collMod: "people",
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
  });
});

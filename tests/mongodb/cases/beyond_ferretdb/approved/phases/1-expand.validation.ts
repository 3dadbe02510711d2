// Validation after phases/1-expand.ts: migration beyond_ferretdb, mongodb 7.0
// What the tests' server does not do as MongoDB does
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/1-expand.validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("beyond_ferretdb", "phases/1-expand.validation.ts", async (m) => {
  await m.check("step 1 is done: Create the table events", "1", {
    forgelua: "every",
    of: [
      {
        forgelua: "has",
        command: { listCollections: 1, filter: { name: "events" } },
        where: { name: "events" },
      },
      {
        forgelua: "validator",
        collection: "events",
        validator: {
          $jsonSchema: { bsonType: "object", properties: { kind: { bsonType: ["string", "null"] } } },
        },
        validationLevel: "strict",
        validationAction: "error",
      },
    ],
  });
  await m.check("step 2 is done: Create the table log", "1", {
    forgelua: "every",
    of: [
      { forgelua: "has", command: { listCollections: 1, filter: { name: "log" } }, where: { name: "log" } },
      {
        forgelua: "validator",
        collection: "log",
        validator: {
          $jsonSchema: { bsonType: "object", properties: { line: { bsonType: ["string", "null"] } } },
        },
        validationLevel: "strict",
        validationAction: "error",
      },
    ],
  });
  await m.check("step 3 is done: Add the index name_any_case on users", "1", {
    forgelua: "has",
    command: { listIndexes: "users" },
    where: { key: { name: 1, email: 1 }, name: "name_any_case" },
  });
  await m.check("step 4 is done: Create the view names", "1", {
    forgelua: "has",
    command: { listCollections: 1, filter: { name: "names" } },
    where: { type: "view", "options.viewOn": "users" },
  });
  await m.check("step 5 is done: Create the table weather", "1", {
    forgelua: "has",
    command: { listCollections: 1, filter: { name: "weather" } },
    where: { name: "weather" },
  });
  m.verdict();
});

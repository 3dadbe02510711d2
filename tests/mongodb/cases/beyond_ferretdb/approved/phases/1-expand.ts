// Phase expand, schema: migration beyond_ferretdb, mongodb 7.0
// What the tests' server does not do as MongoDB does
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/1-expand.ts
import { migrate } from "../forgelua";

migrate("beyond_ferretdb", "phases/1-expand.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 1 must not be done at this point: Create the table events", "0", {
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

  // Step 1 of 12, expand: Create the table events
  //   Why:          no application knows it yet
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("events/expand/create-table", "step 1 of 12: Create the table events", async () => {
    await m.run({
      create: "events",
      clusteredIndex: { key: { _id: 1 }, unique: true },
      collation: { locale: "de" },
    });
    await m.run({
      collMod: "events",
      validator: {
        $jsonSchema: { bsonType: "object", properties: { kind: { bsonType: ["string", "null"] } } },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });

  // Step 2 of 12, expand: Create the table log
  //   Why:          no application knows it yet
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("log/expand/create-table", "step 2 of 12: Create the table log", async () => {
    await m.run({ create: "log", capped: true, size: 1048576, max: 1000 });
    await m.run({
      collMod: "log",
      validator: {
        $jsonSchema: { bsonType: "object", properties: { line: { bsonType: ["string", "null"] } } },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });

  // Step 3 of 12, expand: Add the index name_any_case on users
  //   Why:          the new schema's queries use it
  //   Lock:         X (collection) at the start and the end of the build, blocks nothing, scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     unknown
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      index build
  await m.step("users.name_any_case/expand/add-index", "step 3 of 12: Add the index name_any_case on users", async () => {
    await m.run({
      createIndexes: "users",
      indexes: [
        { key: { name: 1, email: 1 }, name: "name_any_case", collation: { locale: "en", strength: 2 } },
      ],
    });
  });

  // Step 4 of 12, expand: Create the view names
  //   Why:          the new application reads it
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("names/expand/create-view", "step 4 of 12: Create the view names", async () => {
    await m.run({ create: "names", viewOn: "users", pipeline: [{ $project: { name: 1 } }] });
  });

  // Step 5 of 12, expand: Create the table weather
  //   Why:          no application knows it yet
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("weather/expand/create-table", "step 5 of 12: Create the table weather", async () => {
    await m.run({
      create: "weather",
      timeseries: { granularity: "hours", metaField: "station", timeField: "at" },
      expireAfterSeconds: 86400,
    });
  });
});

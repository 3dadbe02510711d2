// Forward, every phase: migration beyond_ferretdb, mongodb 7.0
// What the tests' server does not do as MongoDB does
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx forward.ts
// The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
// one, with the gates that runbook.md states between them.
import { migrate } from "./forgelua";

migrate("beyond_ferretdb", "forward.ts", async (m) => {
  if (await m.over({
    forgelua: "every",
    of: [
      {
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
      },
      {
        forgelua: "every",
        of: [
          {
            forgelua: "has",
            command: { listCollections: 1, filter: { name: "log" } },
            where: { name: "log" },
          },
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
      },
      {
        forgelua: "has",
        command: { listIndexes: "users" },
        where: { key: { email: 1 }, name: "email_1", unique: true },
      },
      {
        forgelua: "has",
        command: { listIndexes: "users" },
        where: { key: { name: 1 }, name: "by_name", hidden: true },
      },
      {
        forgelua: "has",
        command: { listIndexes: "users" },
        where: { key: { name: 1, email: 1 }, name: "name_any_case" },
      },
      {
        forgelua: "has",
        command: { listIndexes: "users" },
        where: { key: { name: -1 }, name: "name_alone", unique: true, sparse: true },
      },
      {
        forgelua: "has",
        command: { listCollections: 1, filter: { name: "weather" } },
        where: { name: "weather" },
      },
      {
        forgelua: "has",
        command: { listCollections: 1, filter: { name: "adults" } },
        where: { type: "view", "options.viewOn": "users" },
      },
      {
        forgelua: "has",
        command: { listCollections: 1, filter: { name: "names" } },
        where: { type: "view", "options.viewOn": "users" },
      },
    ],
  })) return;
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

  // Step 6 of 12, switch: Build the index of the unique constraint email_1 on users, not yet unique
  //   Why:          reads and writes go on while it is built
  //   Lock:         X (collection) at the start and the end of the build, blocks nothing, scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     unknown
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      index build
  await m.step("users.email_1/switch/build-index", "step 6 of 12: Build the index of the unique constraint email_1 on users, not yet unique", async () => {
    await m.run({ createIndexes: "users", indexes: [{ key: { email: 1 }, name: "email_1" }] });
  });

  // Step 7 of 12, switch: Make unique the unique constraint email_1 on users
  //   Why:          from prepareUnique on new doubles are refused; it becomes unique where no old ones are left
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         the index is read for doubles before that, beside reads and writes
  //   Estimate:     under 1 s
  //   Applications: old works, new works; writes that would double a value fail from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      constraint
  await m.step("users.email_1/switch/make-unique", "step 7 of 12: Make unique the unique constraint email_1 on users", async () => {
    await m.must("no two documents of users agree in (email)", "0", {
      aggregate: "users",
      pipeline: [
        { $match: { email: { $ne: null } } },
        { $group: { _id: { k1: { $ifNull: ["$email", null] } }, n: { $sum: 1 } } },
        { $match: { n: { $gt: 1 } } },
        { $count: "n" },
      ],
      cursor: {},
    });
    await m.run({ collMod: "users", index: { name: "email_1", prepareUnique: true } });
    await m.run({ collMod: "users", index: { name: "email_1", unique: true } });
  });

  // Step 8 of 12, switch: Alter the index by_name on users
  //   Why:          metadata only
  //   Lock:         X (collection) at the start and the end of the build, blocks nothing, scans the table
  //   Note:         MongoDB cannot rename or alter it in place: it is dropped and built again
  //   Estimate:     unknown
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  await m.step("users.by_name/switch/alter-index", "step 8 of 12: Alter the index by_name on users", async () => {
    await m.run({ collMod: "users", index: { name: "by_name", hidden: true } });
  });

  // Step 9 of 12, switch: Build the index of the unique index name_alone on users, not yet unique
  //   Why:          reads and writes go on while it is built
  //   Lock:         X (collection) at the start and the end of the build, blocks nothing, scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     unknown
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      index build
  await m.step("users.name_alone/switch/build-index", "step 9 of 12: Build the index of the unique index name_alone on users, not yet unique", async () => {
    await m.run({ createIndexes: "users", indexes: [{ key: { name: -1 }, name: "name_alone", sparse: true }] });
  });

  // Step 10 of 12, switch: Make unique the unique index name_alone on users
  //   Why:          from prepareUnique on new doubles are refused; it becomes unique where no old ones are left
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Note:         the index is read for doubles before that, beside reads and writes
  //   Estimate:     under 1 s
  //   Applications: old works, new works; writes that would double a value fail from here
  //   Way back:     yes, nothing is lost
  //   Hazards:      constraint
  await m.step("users.name_alone/switch/make-unique", "step 10 of 12: Make unique the unique index name_alone on users", async () => {
    await m.must("no two documents of users agree in (name)", "0", {
      aggregate: "users",
      pipeline: [
        { $match: { name: { $exists: true } } },
        { $group: { _id: { k1: { $ifNull: ["$name", null] } }, n: { $sum: 1 } } },
        { $match: { n: { $gt: 1 } } },
        { $count: "n" },
      ],
      cursor: {},
    });
    await m.run({ collMod: "users", index: { name: "name_alone", prepareUnique: true } });
    await m.run({ collMod: "users", index: { name: "name_alone", unique: true } });
  });

  // Step 11 of 12, switch: Change the view adults
  //   Why:          the new application reads it in its new form
  //   Lock:         X (collection), blocks reads and writes for milliseconds
  //   Estimate:     under 1 s
  //   Applications: old works, new works; the deployed application must cope with the view's new columns
  //   Way back:     yes, nothing is lost
  //   Hazards:      view
  await m.step("adults/switch/alter-view", "step 11 of 12: Change the view adults", async () => {
    await m.run({ collMod: "adults", viewOn: "users", pipeline: [{ $match: { age: { $gte: 21 } } }] });
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

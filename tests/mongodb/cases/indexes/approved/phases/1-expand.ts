// Phase expand, schema: migration indexes, mongodb 7.0
// Every kind of index
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/1-expand.ts
import { migrate } from "../forgelua";

migrate("indexes", "phases/1-expand.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 1 must not be done at this point: Add the index a_1_b_-1 on things", "0", {
    forgelua: "has",
    command: { listIndexes: "things" },
    where: { key: { a: 1, b: -1 }, name: "a_1_b_-1" },
  });
  await m.turn("the whole plan must not be done at this point: drop_index old_1", "0", {
    forgelua: "lacks",
    command: { listIndexes: "things" },
    where: { name: "old_1" },
  });

  // Step 1 of 10, expand: Add the index a_1_b_-1 on things
  //   Why:          the new schema's queries use it
  //   Lock:         X (collection) at the start and the end of the build, blocks nothing, scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      index build
  await m.step("things.a_1_b_-1/expand/add-index", "step 1 of 10: Add the index a_1_b_-1 on things", async () => {
    await m.run({ createIndexes: "things", indexes: [{ key: { a: 1, b: -1 }, name: "a_1_b_-1" }] });
  });

  // Step 2 of 10, expand: Add the index some_a on things
  //   Why:          the new schema's queries use it
  //   Lock:         X (collection) at the start and the end of the build, blocks nothing, scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      index build
  await m.step("things.some_a/expand/add-index", "step 2 of 10: Add the index some_a on things", async () => {
    await m.run({
      createIndexes: "things",
      indexes: [{ key: { a: 1 }, name: "some_a", partialFilterExpression: { a: { $gt: 10 } } }],
    });
  });

  // Step 3 of 10, expand: Add the index body_text on things
  //   Why:          the new schema's queries use it
  //   Lock:         X (collection) at the start and the end of the build, blocks nothing, scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      index build
  await m.step("things.body_text/expand/add-index", "step 3 of 10: Add the index body_text on things", async () => {
    await m.run({ createIndexes: "things", indexes: [{ key: { body: "text" }, name: "body_text" }] });
  });

  // Step 4 of 10, expand: Add the index place_2dsphere on things
  //   Why:          the new schema's queries use it
  //   Lock:         X (collection) at the start and the end of the build, blocks nothing, scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      index build
  await m.step("things.place_2dsphere/expand/add-index", "step 4 of 10: Add the index place_2dsphere on things", async () => {
    await m.run({ createIndexes: "things", indexes: [{ key: { place: "2dsphere" }, name: "place_2dsphere" }] });
  });

  // Step 5 of 10, expand: Add the index b_hashed on things
  //   Why:          the new schema's queries use it
  //   Lock:         X (collection) at the start and the end of the build, blocks nothing, scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      index build
  await m.step("things.b_hashed/expand/add-index", "step 5 of 10: Add the index b_hashed on things", async () => {
    await m.run({ createIndexes: "things", indexes: [{ key: { b: "hashed" }, name: "b_hashed" }] });
  });

  // Step 6 of 10, expand: Add the index place_any on things
  //   Why:          the new schema's queries use it
  //   Lock:         X (collection) at the start and the end of the build, blocks nothing, scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      index build
  await m.step("things.place_any/expand/add-index", "step 6 of 10: Add the index place_any on things", async () => {
    await m.run({ createIndexes: "things", indexes: [{ key: { "place.$**": 1 }, name: "place_any" }] });
  });
});

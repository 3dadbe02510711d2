// Phase switch, schema: migration indexes, mongodb 7.0
// Every kind of index
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.ts
import { migrate } from "../forgelua";

migrate("indexes", "phases/3-switch.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 6 must be done before this: Add the index place_any on things", "1", {
    forgelua: "has",
    command: { listIndexes: "things" },
    where: { key: { "place.$**": 1 }, name: "place_any" },
  });

  // Step 7 of 10, switch: Replace the index expires on things
  //   Why:          its definition changes
  //   Lock:         X (collection), blocks reads and writes for as long as the step runs (under 1 s), scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      constraint
  await m.step("things.expires/switch/replace", "step 7 of 10: Replace the index expires on things", async () => {
    await m.run({ dropIndexes: "things", index: "expires" });
    await m.run({
      createIndexes: "things",
      indexes: [{ key: { at: 1 }, name: "expires", expireAfterSeconds: 7200 }],
    });
  });

  // Step 8 of 10, switch: Add the unique index unique_b on things
  //   Why:          the new schema promises it
  //   Lock:         X (collection) at the start and the end of the build, blocks nothing, scans the table
  //   Note:         between them reads and writes go on
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      index build
  await m.step("things.unique_b/switch/add-unique-index", "step 8 of 10: Add the unique index unique_b on things", async () => {
    await m.must("no two documents of things agree in (b)", "0", {
      aggregate: "things",
      pipeline: [
        { $match: { b: { $exists: true } } },
        { $group: { _id: { k1: { $ifNull: ["$b", null] } }, n: { $sum: 1 } } },
        { $match: { n: { $gt: 1 } } },
        { $count: "n" },
      ],
      cursor: {},
    });
    await m.run({
      createIndexes: "things",
      indexes: [{ key: { b: 1 }, name: "unique_b", unique: true, sparse: true }],
    });
  });
});

// Baseline, to note before the start: migration change_type, mongodb 7.0
// Amounts are whole numbers
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/0-baseline.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("change_type", "phases/0-baseline.ts", async (m) => {
  await m.check("rows of items", "", { count: "items", query: {} });
  await m.check("bytes of items with its indexes", "", {
    aggregate: "items",
    pipeline: [
      { $collStats: { storageStats: {} } },
      { $project: { _id: 0, bytes: "$storageStats.totalSize" } },
    ],
    cursor: {},
  });
  await m.check("documents without items.amount", "", { count: "items", query: { amount: null } });
  await m.check("min of items.amount", "", {
    aggregate: "items",
    pipeline: [{ $group: { _id: null, value: { $min: "$amount" } } }],
    cursor: {},
  });
  await m.check("max of items.amount", "", {
    aggregate: "items",
    pipeline: [{ $group: { _id: null, value: { $max: "$amount" } } }],
    cursor: {},
  });
  m.verdict();
});

// Baseline, to note before the start: migration collections, mongodb 7.0
// Purchases are orders; a log comes, the obsolete goes
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/0-baseline.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("collections", "phases/0-baseline.ts", async (m) => {
  await m.check("rows of obsolete", "", { count: "obsolete", query: {} });
  await m.check("bytes of obsolete with its indexes", "", {
    aggregate: "obsolete",
    pipeline: [
      { $collStats: { storageStats: {} } },
      { $project: { _id: 0, bytes: "$storageStats.totalSize" } },
    ],
    cursor: {},
  });
  await m.check("rows of purchases", "", { count: "purchases", query: {} });
  await m.check("bytes of purchases with its indexes", "", {
    aggregate: "purchases",
    pipeline: [
      { $collStats: { storageStats: {} } },
      { $project: { _id: 0, bytes: "$storageStats.totalSize" } },
    ],
    cursor: {},
  });
  m.verdict();
});

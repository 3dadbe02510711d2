// Baseline, to note before the start: migration tighten, mongodb 7.0
// Orders have a code of a fixed form and a total that is not negative
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/0-baseline.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("tighten", "phases/0-baseline.ts", async (m) => {
  await m.check("rows of orders", "", { count: "orders", query: {} });
  await m.check("bytes of orders with its indexes", "", {
    aggregate: "orders",
    pipeline: [
      { $collStats: { storageStats: {} } },
      { $project: { _id: 0, bytes: "$storageStats.totalSize" } },
    ],
    cursor: {},
  });
  await m.check("documents without orders.code", "", { count: "orders", query: { code: null } });
  await m.check("min of orders.code", "", {
    aggregate: "orders",
    pipeline: [{ $group: { _id: null, value: { $min: "$code" } } }],
    cursor: {},
  });
  await m.check("max of orders.code", "", {
    aggregate: "orders",
    pipeline: [{ $group: { _id: null, value: { $max: "$code" } } }],
    cursor: {},
  });
  await m.check("documents without orders.address", "", { count: "orders", query: { address: null } });
  m.verdict();
});

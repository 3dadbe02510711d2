// Runs the packages of tests/mongodb/cases on a server that speaks MongoDB's protocol, with Node and the official driver:
// each case's `before` is made by a package of its own, documents are put into it, and then the package must lead there, hold
// its validation, and come back to the very same documents, indexes and validators, as a whole and phase by phase.
//
//   node run.mjs FORGELUA [CASE…|pairs|walk|stopped]      needs FORGELUA_TEST_MONGODB_URL and FORGELUA_TEST_NODE_MODULES (tests/support/servers.sh)
//
// A case is a folder: before.migration.lua, spec.migration.lua, documents.json (extended JSON by collection), after.json (what
// the documents are then, where they change), approved/ (the package's scripts; FORGELUA_APPROVE=1 writes them), bad.json (a
// document that cannot be converted, whether it is kept aside or asked about beforehand, and how it is mended), interrupt (it is also killed halfway), not_run (its
// scripts are approved and type-checked alone, as the server lacks what they use).
import { execFile, spawn } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isDeepStrictEqual, promisify } from "node:util";
import { randomPair } from "./pairs.mjs";

const run = promisify(execFile);
const here = path.dirname(fileURLToPath(import.meta.url));
const [program, ...chosen] = process.argv.slice(2);
const forgelua = program && path.resolve(program);
const modules = process.env.FORGELUA_TEST_NODE_MODULES;
const server = process.env.FORGELUA_TEST_MONGODB_URL;
if (!forgelua || !modules || !server) {
  console.error("usage: node run.mjs FORGELUA [CASE…], with the environment that tests/support/servers.sh start mongodb prints");
  process.exit(64);
}
const { MongoClient, BSON } = createRequire(path.join(modules, "mongodb/package.json"))("mongodb");
const { EJSON } = BSON;
// What `npx tsx` does, without a second process.
const loader = pathToFileURL(path.join(modules, "tsx/dist/loader.mjs")).href;
const tsc = path.join(modules, ".bin/tsc");
const work = fs.mkdtempSync(path.join(os.tmpdir(), "forgelua-mongodb-"));
fs.symlinkSync(modules, path.join(work, "node_modules"));

function must(condition, what) {
  if (!condition) throw new Error(what);
}

async function attempt(command, args, options) {
  try {
    const { stdout, stderr } = await run(command, args, { ...options, maxBuffer: 1 << 26 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    return { code: error.code ?? 1, stdout: error.stdout ?? "", stderr: error.stderr ?? String(error) };
  }
}

// The same package, run by forgelua itself, which waits for nothing before contract here.
function live(name, url) {
  const project = path.join(work, `${name}-project`);
  const at = { cwd: project, env: { ...process.env, FORGELUA_CASE_URL: url } };
  fs.mkdirSync(project);
  fs.writeFileSync(path.join(project, "forgelua.yml"), "bake: 0m\n");
  const run = async (expected, ...args) => {
    const done = await attempt(forgelua, args, at);
    must(done.code === expected, `forgelua ${args.join(" ")} exits with ${done.code}, not ${expected}:\n${done.stdout}${done.stderr}`);
    return done.stdout + done.stderr;
  };
  return {
    plan: (spec, folder) => run(0, "run", spec, "--db=mongodb", "--out", path.join(project, folder)),
    make: (expected, folder, ...more) => run(expected, "test", path.join(project, folder), "--dev-url", url, ...more),
    status: () => run(0, "status", "--url", url),
    run: (expected, word, folder, ...more) =>
      run(expected, ...(folder ? [word, path.join(project, folder), "--url", url, ...more] : [word, ...more, "--url", url])),
    killedWhen: async (folder, reached) => {
      const child = spawn(forgelua, ["apply", path.join(project, folder), "--url", url, "--yes"], { ...at, stdio: "ignore" });
      const ended = new Promise((resolve) => child.on("exit", (code, signal) => resolve(signal)));
      while (child.exitCode === null && !(await reached()));
      child.kill("SIGKILL");
      must(await ended, "it ended by itself before it was killed");
    },
    // Killed with the signal that leaves no time to tidy up, once it has said a line.
    killed: (folder, line) => new Promise((resolve, reject) => {
      const child = spawn(forgelua, ["apply", path.join(project, folder), "--url", url, "--yes"], at);
      let said = "";
      child.stderr.on("data", (text) => {
        said += text;
        if (said.includes(line)) child.kill("SIGKILL");
      });
      child.on("exit", (code, signal) => (signal ? resolve() : reject(new Error(`it ended before '${line}': ${said}`))));
    }),
  };
}

// Where a spec begins with the database itself, its URL is in FORGELUA_CASE_URL.
async function plan(spec, folder, database) {
  const env = { ...process.env, FORGELUA_CASE_URL: `${server.replace(/\/?$/, "/")}${database}` };
  const made = await attempt(forgelua, ["run", spec, "--db=mongodb", "--out", folder, "--status", path.join(work, "status.yml")], { env });
  must(made.code === 0, `forgelua run ${path.basename(spec)}: ${made.stderr}`);
}

function script(name) {
  const url = `${server.replace(/\/?$/, "/")}${name}`;
  return async (folder, file, expected = 0) => {
    const done = await attempt(process.execPath, ["--import", loader, file], { cwd: folder, env: { ...process.env, MONGODB_URL: url } });
    must(done.code === expected, `${file} exits with ${done.code}, not ${expected}:\n${done.stdout}${done.stderr}`);
    return done.stdout;
  };
}

// A document as text. A field that went and came back stands last: the order of fields is no difference.
function document(d) {
  return EJSON.stringify(Object.fromEntries(Object.entries(d).sort(([a], [b]) => (a < b ? -1 : 1))), { relaxed: false });
}

// Runs a script until it says a line, and kills it there.
function stopped(name, folder, file, line) {
  const url = `${server.replace(/\/?$/, "/")}${name}`;
  const child = spawn(process.execPath, ["--import", loader, file], { cwd: folder, env: { ...process.env, MONGODB_URL: url } });
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (text) => {
      said += text;
      if (said.includes(line)) child.kill("SIGKILL");
    });
    child.on("exit", (code, signal) => (signal ? resolve() : reject(new Error(`${file} ended before '${line}': ${said}`))));
  });
}

// What a database holds, in one form: an empty validator is none, and what a server adds of its own is left out.
const JOURNAL = ["forgelua_schema_migrations", "forgelua_journal", "forgelua_runner", "forgelua_pace"];
async function snapshot(db) {
  const out = {};
  for (const one of await db.listCollections().toArray()) {
    if (JOURNAL.includes(one.name)) continue;
    const { validator, validationLevel, validationAction, ...options } = one.options ?? {};
    const rules = validator && Object.keys(validator).length > 0 ? { validator, validationLevel, validationAction } : {};
    const collection = db.collection(one.name);
    const indexes = one.type === "view" ? [] : await collection.indexes();
    out[one.name] = {
      type: one.type, options: { ...options, ...rules },
      indexes: indexes.map(({ v, storageEngine, ...rest }) => rest).sort((a, b) => (a.name < b.name ? -1 : 1)),
      documents: (await collection.find().toArray()).map(document).sort(),
    };
  }
  return out;
}

function difference(a, b) {
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (isDeepStrictEqual(a[name], b[name])) continue;
    return `${name}:\n  had  ${JSON.stringify(a[name])}\n  has  ${JSON.stringify(b[name])}`;
  }
  return "";
}

function read(folder, name) {
  const file = path.join(folder, name);
  return fs.existsSync(file) ? EJSON.parse(fs.readFileSync(file, "utf8"), { relaxed: false }) : undefined;
}

function scripts(folder, below = "") {
  const out = [];
  for (const entry of fs.readdirSync(path.join(folder, below), { withFileTypes: true })) {
    const name = path.posix.join(below, entry.name);
    if (entry.isDirectory()) out.push(...scripts(folder, name));
    else if (entry.name.endsWith(".ts")) out.push(name);
  }
  return out.sort();
}

// The scripts that a reviewer has read; forgelua.ts, the same in every package, is kept once.
function approved(test, folder) {
  const kept = path.join(test, "approved");
  const made = scripts(folder);
  if (process.env.FORGELUA_APPROVE) {
    fs.rmSync(kept, { recursive: true, force: true });
    for (const file of made) {
      if (file === "forgelua.ts") continue;
      fs.mkdirSync(path.dirname(path.join(kept, file)), { recursive: true });
      fs.copyFileSync(path.join(folder, file), path.join(kept, file));
    }
  }
  const known = fs.existsSync(kept) ? scripts(kept) : [];
  must(isDeepStrictEqual(known, made.filter((file) => file !== "forgelua.ts")), `other scripts than approved: ${made} and not ${known}`);
  for (const file of known) {
    must(fs.readFileSync(path.join(kept, file), "utf8") === fs.readFileSync(path.join(folder, file), "utf8"),
      `${file} is not as approved (FORGELUA_APPROVE=1 writes it)`);
  }
}

async function seed(db, documents) {
  for (const [name, list] of Object.entries(documents)) {
    if (list.length > 0) await db.collection(name).insertMany(list, { bypassDocumentValidation: true });
  }
}

async function holdsAfter(db, wanted) {
  for (const [name, list] of Object.entries(wanted ?? {})) {
    const has = (await db.collection(name).find().toArray()).map(document).sort();
    const wants = list.map(document).sort();
    must(isDeepStrictEqual(has, wants), `${name} does not hold what it should:\n  wanted ${wants}\n  has    ${has}`);
  }
}

// What has been made is what the spec says, as the catalog tells it; and what the catalog tells can be written as a spec.
async function readBack(name, spec) {
  const url = `${server.replace(/\/?$/, "/")}${name}`;
  const told = spec && await attempt(forgelua, ["diff", spec, url, "--db=mongodb", "--exit-code"], {});
  must(!spec || told.code === 0, `${path.basename(spec ?? "")} and the database it has made differ: ${told?.stdout}${told?.stderr}`);
  const read = await attempt(forgelua, ["inspect", url], {});
  must(read.code === 0, `inspect: ${read.stderr}`);
  const written = path.join(work, `${name}.inspected.migration.lua`);
  fs.writeFileSync(written, read.stdout);
  const same = await attempt(forgelua, ["diff", written, url, "--db=mongodb", "--exit-code"], {});
  must(same.code === 0, `what inspect writes differs from what it has read: ${same.stdout}${same.stderr}\n${read.stdout}`);
}

async function noTraces(db) {
  const ours = (await db.listCollections().toArray()).map((one) => one.name).filter((name) => name.startsWith("forgelua_"));
  must(ours.length === 0, `left behind: ${ours}`);
}

// A document that cannot be converted is kept aside and stops the script; once it is mended, the same script comes to its end.
async function mended(db, ts, folder, bad) {
  await ts(folder, "forward.ts", 1);
  const kept = await db.collection("forgelua_backfill_errors").find().toArray();
  const wanted = Number(bad.kept ?? 1);
  must(kept.length === wanted && kept.every((one) => one._id.key.valueOf() === bad._id.valueOf()), `kept aside: ${JSON.stringify(kept)}`);
  await db.collection(bad.collection).updateOne({ _id: bad._id }, { $set: bad.mend });
  if (wanted > 0) await db.collection("forgelua_backfill_errors").drop();
}

// Killed in its middle, forward.ts goes on when it is run again, and rollback.ts takes back what has been done of it.
async function interrupted(db, name, ts, folder, start, end) {
  const steps = JSON.parse(fs.readFileSync(path.join(folder, "plan.json"), "utf8")).steps.length;
  const middle = `step ${Math.ceil(steps / 2)} of`;
  await stopped(name, folder, "forward.ts", middle);
  await ts(folder, "forward.ts");
  const there = difference(end, await snapshot(db));
  must(there === "", `killed and run again, forward.ts ends elsewhere: ${there}`);
  await ts(folder, "rollback.ts");
  await stopped(name, folder, "forward.ts", middle);
  await ts(folder, "rollback.ts");
  const back = difference(start, await snapshot(db));
  must(back === "", `rollback.ts does not take back half of forward.ts: ${back}`);
}

// The same by the scripts of the phases, each with its validation.
async function byPhases(db, ts, folder, start, end) {
  const phases = JSON.parse(fs.readFileSync(path.join(folder, "plan.json"), "utf8")).files;
  await ts(folder, "phases/0-baseline.ts");
  for (const phase of phases) {
    await ts(folder, phase.forward);
    await ts(folder, phase.validation);
  }
  const there = difference(end, await snapshot(db));
  must(there === "", `the phases do not end where forward.ts does: ${there}`);
  for (const phase of phases.reverse()) await ts(folder, phase.rollback);
  const home = difference(start, await snapshot(db));
  must(home === "", `the phases do not come back: ${home}`);
}

// Databases that `forgelua test` has made and not dropped.
async function copies(client) {
  const { databases } = await client.db("admin").admin().listDatabases({ nameOnly: true });
  return databases.map((one) => one.name).filter((name) => name.startsWith("forgelua_dev_"));
}

// `forgelua test` proves the package on a sample of the database and on documents that it makes, touches nothing of the database;
// of a document that the plan would stop at it says so.
async function proved(forge, db, name) {
  const folder = path.join(work, `${name}-project`, "spec");
  const start = await snapshot(db);
  const documents = Object.values(start).reduce((sum, one) => sum + one.documents.length, 0);
  const bad = read(path.join(here, "cases", name), "bad.json");
  await forge.run(bad ? 1 : 0, "test", "spec");
  const sampled = JSON.parse(fs.readFileSync(path.join(folder, "evidence.json"), "utf8"));
  must(sampled.data === "sampled" && sampled.rows === documents, `sampled are ${sampled.rows} documents of ${documents}`);
  must(!bad || sampled.failures.length > 0, "nothing is said of the bad document");
  // Where an expression fills a field, made documents lack what it reads here and there.
  await forge.make(Number(bad?.kept ?? (bad ? 1 : 0)) > 0 ? 1 : 0, "spec", "--rows", "40");
  const made = JSON.parse(fs.readFileSync(path.join(folder, "evidence.json"), "utf8"));
  must(made.data === "generated" && made.rows > 0, `made are ${made.rows} documents`);
  const plan = fs.readFileSync(path.join(folder, "migration-plan.md"), "utf8");
  if (made.proved) must(/Rollback tested:\*{0,2} yes, on /.test(plan) && plan.includes("documents in"), "the plan does not say that its rollback was tested");
  const there = difference(start, await snapshot(db));
  must(there === "", `forgelua test has changed the database that it reads: ${there}`);
}

// A test that is stopped by Ctrl-C drops its copy, too.
async function stoppedTest(client) {
  const database = `forgelua_live_${process.pid}_stopped`;
  const db = client.db(database);
  const url = `${server.replace(/\/?$/, "/")}${database}`;
  const forge = live("stopped", url);
  const project = path.join(work, "stopped-project");
  const spec = (name, before, field) => fs.writeFileSync(path.join(project, `${name}.migration.lua`),
    `migration "${name}" { before = ${before}, after = schema { collection "many" { field "n" :int(), ${field} } } }`);
  spec("stopped_before", "schema {}", "");
  spec("stopped", 'from_spec "stopped_before.migration.lua"', 'field "twice" :long()');
  try {
    for (const name of ["stopped_before", "stopped"]) await forge.plan(path.join(project, `${name}.migration.lua`), name);
    const child = spawn(forgelua, ["test", path.join(project, "stopped"), "--dev-url", url, "--rows", "1e6"], { cwd: project, stdio: "ignore" });
    const ended = new Promise((resolve) => child.on("exit", (code) => resolve(code)));
    while (child.exitCode === null && (await copies(client)).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill("SIGINT");
    must((await ended) === 5, "a test that was stopped does not say so");
  } finally {
    await db.dropDatabase();
  }
}

// What `apply`, `status`, `verify` and `rollback` make of the case is what its scripts make of it.
async function applied(client, name) {
  const test = path.join(here, "cases", name);
  const database = `forgelua_live_${process.pid}_${name}`;
  const db = client.db(database);
  const forge = live(name, `${server.replace(/\/?$/, "/")}${database}`);
  const bad = read(test, "bad.json");
  try {
    await forge.plan(path.join(test, "before.migration.lua"), "before");
    await forge.run(0, "apply", "before", "--yes");
    await seed(db, read(test, "documents.json") ?? {});
    await forge.plan(path.join(test, "spec.migration.lua"), "spec");
    await proved(forge, db, name);
    const start = await snapshot(db);
    if (bad) {
      await forge.run(5, "apply", "spec", "--yes");
      const kept = Number(bad.kept ?? 1);
      if (kept > 0) {
        // Kept aside where that is asked for; the field is then demanded of it, too, which stops the plan.
        await forge.run(5, "apply", "spec", "--yes", "--skip-bad-rows");
        const aside = await db.collection("forgelua_backfill_errors").find().toArray();
        must(aside.length === kept && aside[0]._id.key.valueOf() === bad._id.valueOf(), `kept aside: ${JSON.stringify(aside)}`);
      }
      await db.collection(bad.collection).updateOne({ _id: bad._id }, { $set: bad.mend });
    }
    await forge.run(0, "apply", "spec", "--yes");
    await holdsAfter(db, read(test, "after.json"));
    await forge.run(0, "verify", "spec");
    must((await forge.status()).includes("applied"), "status does not say that it is applied");
    if (bad) return;
    const end = await snapshot(db);
    await forge.run(0, "rollback", "spec", "--yes");
    const back = difference(start, await snapshot(db));
    must(back === "", `rollback does not come back: ${back}`);
    if (!fs.existsSync(path.join(test, "interrupt"))) return;
    const steps = JSON.parse(fs.readFileSync(path.join(work, `${name}-project`, "spec/plan.json"), "utf8")).steps.length;
    for (const at of [2, Math.ceil(steps / 2), steps - 1]) await forge.killed("spec", `step ${at} of`);
    await forge.run(0, "apply", "spec", "--yes");
    const there = difference(end, await snapshot(db));
    must(there === "", `killed and run again, apply ends elsewhere: ${there}`);
    await forge.run(0, "rollback", "spec", "--yes");
    await forge.killed("spec", `step ${Math.ceil(steps / 2)} of`);
    await forge.run(0, "rollback", "spec", "--yes");
    const home = difference(start, await snapshot(db));
    must(home === "", `rollback does not take back half of a plan: ${home}`);
  } finally {
    if (!process.env.FORGELUA_KEEP) await db.dropDatabase();
  }
}

// A random pair: forward to what the spec says, and back to the very same documents, unless the plan says that some are lost.
async function pair(client, number) {
  const database = `forgelua_pair_${process.pid}_${number}`;
  const db = client.db(database);
  const forge = live(`pair-${number}`, `${server.replace(/\/?$/, "/")}${database}`);
  const project = path.join(work, `pair-${number}-project`);
  const made = randomPair(number, BSON);
  for (const name of ["before", "spec"]) fs.writeFileSync(path.join(project, `${name}.migration.lua`), made[name]);
  try {
    await forge.plan(path.join(project, "before.migration.lua"), "before");
    await forge.run(0, "apply", "before", "--yes");
    await seed(db, made.documents);
    await readBack(database, path.join(project, "before.migration.lua"));
    await forge.plan(path.join(project, "spec.migration.lua"), "spec");
    if (!fs.existsSync(path.join(project, "spec/plan.json"))) return;
    const start = await snapshot(db);
    await forge.run(0, "apply", "spec", "--yes");
    await readBack(database, path.join(project, "spec.migration.lua"));
    await forge.run(0, "verify", "spec");
    await forge.run(0, "rollback", "spec", "--yes");
    const lossy = JSON.parse(fs.readFileSync(path.join(project, "spec/plan.json"), "utf8")).steps.some((step) => step.loses);
    const kept = (all) => Object.fromEntries(Object.entries(all).map(([name, { documents, ...rest }]) => [name, lossy ? rest : { ...rest, documents }]));
    const back = difference(kept(start), kept(await snapshot(db)));
    must(back === "", `rollback does not come back: ${back}`);
  } finally {
    if (!process.env.FORGELUA_KEEP) await db.dropDatabase();
  }
}

// Killed while it walks over documents whose _ids are of every type, forgelua goes on behind its checkpoint.
async function killedInAWalk(client) {
  const database = `forgelua_live_${process.pid}_walk`;
  const db = client.db(database);
  const forge = live("walk", `${server.replace(/\/?$/, "/")}${database}`);
  const project = path.join(work, "walk-project");
  const spec = (name, before, field) => fs.writeFileSync(path.join(project, `${name}.migration.lua`),
    `migration "${name}" { before = ${before}, after = schema { collection "many" { field "n" :int(), ${field} } }, hints = { many = { rows = 9000000 } } }`);
  spec("walk_before", "schema {}", "");
  spec("walk", 'from_spec "walk_before.migration.lua"', `field "twice" :double() :backfill '{"$multiply":["$n",2.0]}'`);
  const ids = [(i) => i, (i) => `s${i}`, (i) => ({ a: i }), () => new BSON.ObjectId(), (i) => new Date(i), (i) => i + 0.5,
    (i) => new BSON.Binary(Buffer.from(`b${i}`)), (i) => BSON.Long.fromNumber(1e15 + i), (i) => new BSON.Timestamp({ t: i + 1, i: 1 })];
  try {
    for (const name of ["walk_before", "walk"]) await forge.plan(path.join(project, `${name}.migration.lua`), name);
    await forge.run(0, "apply", "walk_before", "--yes");
    const list = [{ _id: null, n: 1 }, { _id: true, n: 1 }, { _id: false, n: 1 }];
    for (let i = 0; i < 6000; i += 1) list.push({ _id: ids[i % ids.length](i), n: i });
    await db.collection("many").insertMany(list);
    await forge.run(0, "apply", "walk", "--yes", "--to", "expand");
    await forge.run(0, "backfill", undefined, "set", "--most-rows", "200", "--pause-ms", "20");
    const progress = db.collection("forgelua_backfill_progress");
    await forge.killedWhen("walk", async () => Number((await progress.findOne())?.done ?? 0) >= 400);
    const then = await progress.findOne();
    must(then.state === "running" && Number(then.done) < list.length, `it had come to its end: ${JSON.stringify(then)}`);
    await forge.run(0, "apply", "walk", "--yes", "--to", "migrate");
    const line = await progress.findOne();
    must(line.state === "done" && Number(line.done) === list.length, `the line of progress says ${JSON.stringify(line)}`);
    must(String(line.started_at) === String(then.started_at), "it began anew");
    await forge.run(0, "apply", "walk", "--yes");
    const wrong = await db.collection("many").countDocuments({ $expr: { $ne: ["$twice", { $multiply: ["$n", 2.0] }] } });
    must(wrong === 0, `${wrong} documents are not as they should be`);
  } finally {
    if (!process.env.FORGELUA_KEEP) await db.dropDatabase();
  }
}

async function one(client, name) {
  const test = path.join(here, "cases", name);
  const folders = { before: path.join(work, `${name}-before`), spec: path.join(work, name) };
  const database = `forgelua_test_${process.pid}_${name}`;
  const spec = path.join(test, "spec.migration.lua");
  const reads = fs.readFileSync(spec, "utf8").includes("from_db");
  await plan(path.join(test, "before.migration.lua"), folders.before, database);
  const planned = async () => {
    await plan(spec, folders.spec, database);
    approved(test, folders.spec);
  };
  if (!reads) await planned();
  if (fs.existsSync(path.join(test, "not_run"))) return;
  const db = client.db(database);
  const ts = script(database);
  try {
    await ts(folders.before, "forward.ts");
    await ts(folders.before, "validation.ts");
    await noTraces(db);
    await seed(db, read(test, "documents.json") ?? {});
    await readBack(database, path.join(test, "before.migration.lua"));
    if (reads) await planned();
    const bad = read(test, "bad.json");
    if (bad) await mended(db, ts, folders.spec, bad);
    const start = bad ? undefined : await snapshot(db);
    if (!bad) await ts(folders.spec, "validation.ts", 1);
    await ts(folders.spec, "forward.ts");
    await holdsAfter(db, read(test, "after.json"));
    await ts(folders.spec, "validation.ts");
    // A spec that begins with the database has found it as it is no more.
    await readBack(database, reads ? undefined : spec);
    const again = await ts(folders.spec, "forward.ts");
    must(again.includes("nothing to do"), `a second forward.ts does something: ${again}`);
    await noTraces(db);
    if (bad) return;
    const end = await snapshot(db);
    await ts(folders.spec, "rollback.ts");
    const back = difference(start, await snapshot(db));
    must(back === "", `rollback.ts does not come back: ${back}`);
    if (read(test, "after.json")) await byPhases(db, ts, folders.spec, start, end);
    if (fs.existsSync(path.join(test, "interrupt"))) await interrupted(db, database, ts, folders.spec, start, end);
  } finally {
    if (!process.env.FORGELUA_KEEP) await db.dropDatabase();
  }
}

const compiler = { strict: true, noEmit: true, target: "ES2022", module: "NodeNext", moduleResolution: "NodeNext", types: ["node"],
  skipLibCheck: true, noUncheckedIndexedAccess: true, noImplicitOverride: true };

async function typed() {
  fs.writeFileSync(path.join(work, "tsconfig.json"), JSON.stringify({ compilerOptions: compiler, include: ["*/**/*.ts"], exclude: ["node_modules"] }));
  const done = await attempt(tsc, ["-p", work], {});
  must(done.code === 0, `tsc --strict --noEmit: ${done.stdout}`);
}

// Numbers keep their types.
const client = new MongoClient(server, { promoteValues: false });
await client.connect();
const names = fs.readdirSync(path.join(here, "cases")).filter((name) => chosen.length === 0 || chosen.includes(name)).sort();
let failed = 0;
let judgements = 0;
async function judged(name, act) {
  judgements += 1;
  try {
    await act();
    console.log(`ok   ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL ${name}: ${error.message}`);
  }
}
const queue = [...names];
await Promise.all([0, 1, 2].map(async () => {
  for (let name = queue.shift(); name; name = queue.shift()) {
    await judged(name, () => one(client, name));
    if (!fs.existsSync(path.join(here, "cases", name, "not_run"))) await judged(`${name}, applied`, () => applied(client, name));
  }
}));
// FORGELUA_SEED and FORGELUA_PAIRS choose others.
const first = Number(process.env.FORGELUA_SEED ?? 1), pairs = Number(process.env.FORGELUA_PAIRS ?? 8);
for (let seed = first; seed < first + pairs && (chosen.length === 0 || chosen.includes("pairs")); seed += 1) {
  await judged(`random pair ${seed}`, () => pair(client, seed));
}
if (chosen.length === 0 || chosen.includes("walk")) await judged("killed in a walk", () => killedInAWalk(client));
if (chosen.length === 0 || chosen.includes("stopped")) await judged("a test that is stopped", () => stoppedTest(client));
await judged("no copy is left", async () => {
  const left = await copies(client);
  must(left.length === 0, `copies are left: ${left}`);
});
await judged("every script passes tsc --strict", typed);
await client.close();
if (!process.env.FORGELUA_KEEP) fs.rmSync(work, { recursive: true, force: true });
else console.log(`kept: ${work}`);
console.log(`${judgements} cases, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

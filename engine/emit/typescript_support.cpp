#include "engine/emit/typescript.hpp"

namespace forge {
namespace {

constexpr std::string_view kConnection =
    R"ts(// What the scripts of this package share: the connection, commands, questions, and the loop that changes documents in
// batches. A document here is extended JSON (https://www.mongodb.com/docs/manual/reference/mongodb-extended-json).
//
// Needs Node 18 or later with `npm install mongodb tsx`, and MONGODB_URL: mongodb://host/database.
import { BSON, MongoClient, MongoServerError, type Collection, type Db, type Document, type Filter } from "mongodb";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

const STEPS = "forgelua_steps";
const PROGRESS = "forgelua_backfill_progress";
const ERRORS = "forgelua_backfill_errors";

interface StepRecord { _id: string; way: "forward" | "backward"; state: "begun" | "done"; at: Date }
interface ProgressRecord {
  _id: string; state: "running" | "done"; cursor?: unknown; done: number; started_at: Date; updated_at: Date;
}
interface ErrorRecord { _id: { step: string; key: unknown }; collection: string; message: string; at: Date }

// Error codes: what is there already, and what is gone already, is what a second run finds.
const NAMESPACE_EXISTS = 48;
const NAMESPACE_NOT_FOUND = 26;
const INDEX_NOT_FOUND = 27;

function bson(value: Json | undefined): Document {
  return BSON.EJSON.deserialize(value as Document);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  return isObject(value) || Array.isArray(value) ? BSON.EJSON.stringify(value, { relaxed: true }) : String(value);
}

function same(a: unknown, b: unknown): boolean {
  return BSON.EJSON.stringify({ v: a }, { relaxed: true }) === BSON.EJSON.stringify({ v: b }, { relaxed: true });
}

function at(value: Document, path: string): unknown {
  if (path in value) return value[path];
  let found: unknown = value;
  for (const part of path.split(".")) found = isObject(found) ? found[part] : undefined;
  return found;
}

// The types of _id in the order in which an index holds them. A range of _id holds values of one type alone, so that those
// of the types before or behind it are named beside it.
const TYPES = [["minKey"], ["null"], ["int", "long", "double", "decimal"], ["string", "symbol"], ["object"], ["binData"],
  ["objectId"], ["bool"], ["date"], ["timestamp"], ["maxKey"]];

function typeRank(value: unknown): number {
  const named = value as { _bsontype?: string } | null;
  if (value === null || value === undefined) return 1;
  if (typeof value === "number" || typeof value === "bigint") return 2;
  if (typeof value === "string") return 3;
  if (typeof value === "boolean") return 7;
  if (value instanceof Date) return 8;
  switch (named?._bsontype) {
    case "MinKey": return 0;
    case "Int32": case "Long": case "Double": case "Decimal128": return 2;
    case "BSONSymbol": return 3;
    case "Binary": return 5;
    case "ObjectId": return 6;
    case "Timestamp": return 9;
    case "MaxKey": return 10;
    default: return 4;
  }
}

function beside(comparison: "$gt" | "$lte", value: unknown): Filter<Document> {
  const rank = typeRank(value);
  const types = (comparison === "$gt" ? TYPES.slice(rank + 1) : TYPES.slice(0, rank)).flat();
  const own = { _id: { [comparison]: value } };
  return types.length === 0 ? own : { $or: [own, { _id: { $type: types } }] } as Filter<Document>;
}
)ts";

constexpr std::string_view kQuestions = R"ts(
async function elements(db: Db, command: Document): Promise<Document[]> {
  try {
    const answer = await db.command(command);
    const first = answer.cursor.firstBatch as Document[];
    if (String(answer.cursor.id) === "0") return first;
    const name = String(answer.cursor.ns).split(".").slice(1).join(".");
    const rest: Document[] = [];
    for (let id = answer.cursor.id; String(id) !== "0";) {
      const more = await db.command({ getMore: id, collection: name });
      rest.push(...(more.cursor.nextBatch as Document[]));
      id = more.cursor.id;
    }
    return [...first, ...rest];
  } catch (error) {
    if (error instanceof MongoServerError && error.code === NAMESPACE_NOT_FOUND) return [];
    throw error;
  }
}

async function holds(db: Db, question: JsonObject): Promise<boolean> {
  if (question.forgelua === "every") {
    for (const one of question.of as JsonObject[]) {
      if (!(await holds(db, one))) return false;
    }
    return true;
  }
  if (question.forgelua === "validator") {
    const [found] = await elements(db, { listCollections: 1, filter: { name: question.collection } });
    if (!found) return false;
    const options = (found.options ?? {}) as Document;
    return same(options.validator ?? {}, bson(question.validator)) &&
      (options.validationLevel ?? "strict") === question.validationLevel &&
      (options.validationAction ?? "error") === question.validationAction;
  }
  const wanted = Object.entries(bson(question.where));
  const list = await elements(db, bson(question.command));
  const found = list.some((one) => wanted.every(([path, value]) => same(at(one, path), value)));
  return found === (question.forgelua === "has");
}

// The one value that a question gives, as text.
async function answer(db: Db, question: JsonObject): Promise<string> {
  if ("forgelua" in question) return (await holds(db, question)) ? "1" : "0";
  if ("count" in question) return text((await db.command(bson(question))).n);
  const [first] = await elements(db, bson(question));
  if (!first) return "0";
  const names = Object.keys(first).filter((name) => name !== "_id");
  return text(names.length > 0 ? first[names[0] as string] : first._id);
}
)ts";

constexpr std::string_view kBatches = R"ts(
interface Update {
  collection: string; step: string | undefined; q: Filter<Document>; u: Document | Document[]; size: number; pause_ms: number;
  bypass: boolean;
}

async function changeOne(collection: Collection, errors: Collection<ErrorRecord>, work: Update, id: unknown): Promise<number> {
  try {
    const done = await collection.updateOne({ $and: [{ _id: id }, work.q] } as Filter<Document>, work.u,
      { bypassDocumentValidation: work.bypass });
    return done.modifiedCount;
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error;
    const key = { step: work.step ?? work.collection, key: id };
    await errors.replaceOne({ _id: key }, { collection: work.collection, message: error.message, at: new Date() }, { upsert: true });
    return 0;
  }
}

// A batch that one document spoils is gone through document by document: what cannot be changed is kept aside by its _id.
async function changeBatch(db: Db, work: Update, range: Filter<Document>): Promise<number> {
  const collection = db.collection(work.collection);
  const filter = { $and: [range, work.q] } as Filter<Document>;
  try {
    const done = await collection.bulkWrite([{ updateMany: { filter, update: work.u } }],
      { bypassDocumentValidation: work.bypass });
    return done.modifiedCount;
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error;
  }
  let changed = 0;
  const errors = db.collection<ErrorRecord>(ERRORS);
  for await (const one of collection.find(filter, { projection: { _id: 1 } })) {
    changed += await changeOne(collection, errors, work, one._id);
  }
  return changed;
}

// Changes every document that matches, range by range of _id. Where the step has a line of progress, it goes on behind it.
async function update(db: Db, work: Update, say: (line: string) => void): Promise<void> {
  const collection = db.collection(work.collection);
  const progress = db.collection<ProgressRecord>(PROGRESS);
  const line = work.step === undefined ? null : await progress.findOne({ _id: work.step });
  let low: unknown = line?.state === "running" ? line.cursor : undefined;
  let changed = line?.state === "running" ? line.done : 0;
  const begun = line?.state === "running" ? line.started_at : new Date();
  if (low !== undefined) say(`goes on behind _id ${text(low)}`);
  for (;;) {
    const from: Filter<Document> = low === undefined ? {} : beside("$gt", low);
    const [last] = await collection.find(from, { projection: { _id: 1 } }).sort({ _id: 1 }).skip(work.size - 1).limit(1).toArray();
    const range = last === undefined ? from : { $and: [from, beside("$lte", last._id)] } as Filter<Document>;
    changed += await changeBatch(db, work, range);
    if (last !== undefined) low = last._id;
    if (work.step !== undefined) {
      const cursor = low === undefined ? {} : { cursor: low };
      await progress.replaceOne({ _id: work.step },
        { ...cursor, state: last === undefined ? "done" : "running", done: changed, started_at: begun, updated_at: new Date() },
        { upsert: true });
    }
    if (last === undefined) break;
    if (changed > 0) say(`${changed} documents changed`);
    if (work.pause_ms > 0) await new Promise((resolve) => setTimeout(resolve, work.pause_ms));
  }
  const aside = work.step === undefined ? 0 : await db.collection(ERRORS).countDocuments({ "_id.step": work.step });
  if (aside > 0) say(`${aside} documents could not be changed: ${ERRORS} holds them`);
}

function harmless(command: JsonObject, error: unknown): boolean {
  if (!(error instanceof MongoServerError)) return false;
  if ("create" in command) return error.code === NAMESPACE_EXISTS;
  if ("drop" in command) return error.code === NAMESPACE_NOT_FOUND;
  return "dropIndexes" in command && (error.code === INDEX_NOT_FOUND || error.code === NAMESPACE_NOT_FOUND);
}
)ts";

constexpr std::string_view kMigration = R"ts(
export class Migration {
  private failed = 0;
  private asked = 0;

  acted = false;

  // `goesOn`: the script was stopped halfway and goes on. `halfway`: it takes back one that was stopped halfway.
  constructor(private readonly db: Db, private readonly goesOn: boolean, private readonly halfway: boolean) {}

  // Is all of the plan done already, and nothing left to go on with?
  async over(question: JsonObject): Promise<boolean> {
    if (this.goesOn || !(await holds(this.db, question))) return false;
    this.say("everything has run already: nothing to do");
    return true;
  }

  say(line: string): void {
    console.log(line);
  }

  // Runs a command, or one of the loops that begin with "forgelua".
  async run(command: JsonObject): Promise<void> {
    if (command.forgelua === "update") {
      await update(this.db, {
        collection: command.collection as string, step: command.step as string | undefined,
        q: bson(command.q ?? {}) as Filter<Document>, u: bson(command.u ?? {}), size: command.size as number,
        pause_ms: (command.pause_ms as number | undefined) ?? 0, bypass: command.bypass === true,
      }, (line) => this.say(`  ${line}`));
      return;
    }
    const full = (name: Json | undefined): string => `${this.db.databaseName}.${String(name)}`;
    try {
      if ("renameCollection" in command) {
        await this.db.admin().command({ renameCollection: full(command.renameCollection), to: full(command.to) });
      } else {
        await this.db.command(bson(command));
      }
    } catch (error) {
      if (!harmless(command, error) && !(await this.renamed(command, error))) throw error;
      this.say(`  ${Object.keys(command)[0]}: nothing to do`);
    }
  }

  // A collection that bears its new name by now has been renamed.
  private async renamed(command: JsonObject, error: unknown): Promise<boolean> {
    if (!("renameCollection" in command) || !(error instanceof MongoServerError) || error.code !== NAMESPACE_NOT_FOUND) return false;
    return (await elements(this.db, { listCollections: 1, filter: { name: command.to } })).length > 0;
  }

  // Stops the script where the answer is another one.
  async must(title: string, expect: string, question: JsonObject): Promise<void> {
    const found = await answer(this.db, question);
    if (found !== expect) throw new Error(`check failed: ${title}: expected ${expect}, found ${found}`);
  }

  // The same before anything is done; a run that goes on has asked already.
  async turn(title: string, expect: string, question: JsonObject): Promise<void> {
    if (!this.goesOn && !this.halfway) await this.must(title, expect, question);
  }

  // Asks, prints, and remembers whether the answer is the expected one; an empty expectation is a figure to note.
  async check(title: string, expect: string, question: JsonObject): Promise<void> {
    let found: string;
    try {
      found = await answer(this.db, question);
    } catch (error) {
      found = `error: ${error instanceof Error ? error.message : String(error)}`;
    }
    this.asked += 1;
    const status = expect === "" ? "" : found === expect ? "ok" : "FAIL";
    if (status === "FAIL") this.failed += 1;
    console.log(`${this.asked} | ${title} | ${expect} | ${found} | ${status}`);
  }

  verdict(): void {
    if (this.failed > 0) throw new Error(`validation failed: ${this.failed} check(s) do not hold`);
  }

  async step(id: string, title: string, act: () => Promise<void>): Promise<void> {
    await this.once(id, title, "forward", act);
  }

  async undo(id: string, title: string, act: () => Promise<void>): Promise<void> {
    await this.once(id, title, "backward", act);
  }

  // The last step takes the memory itself away.
  private async remember(id: string, way: StepRecord["way"], state: StepRecord["state"]): Promise<void> {
    if ((await elements(this.db, { listCollections: 1, filter: { name: STEPS } })).length === 0) return;
    await this.db.collection<StepRecord>(STEPS).replaceOne({ _id: id }, { way, state, at: new Date() }, { upsert: true });
  }

  // What has run is remembered until the plan is over, so that a script that was stopped goes on where it stood.
  private async once(id: string, title: string, way: StepRecord["way"], act: () => Promise<void>): Promise<void> {
    const steps = this.db.collection<StepRecord>(STEPS);
    const known = await steps.findOne({ _id: id });
    if (known?.way === way && known.state === "done") {
      this.say(`${title}: has run already`);
      return;
    }
    if (this.halfway && known === null) {
      this.say(`${title}: has not run, there is nothing to undo`);
      return;
    }
    this.say(title);
    this.acted = true;
    await this.remember(id, way, "begun");
    await act();
    await this.remember(id, way, "done");
    this.say(`${title}: done`);
  }
}

// Takes a script's line away, and the collection where it was the only one.
async function forget(db: Db, line: Document): Promise<void> {
  await db.collection(STEPS).deleteOne(line);
  if ((await db.collection(STEPS).countDocuments({})) === 0) await db.collection(STEPS).drop();
}

// Connects, runs the script's steps, and says how it ended: exit code 0, or 1 with the reason.
export function migrate(plan: string, file: string, act: (m: Migration) => Promise<void>): void {
  const url = process.env["MONGODB_URL"];
  if (url === undefined || url === "") {
    console.error("MONGODB_URL is not set: mongodb://host/database");
    process.exit(1);
  }
  const client = new MongoClient(url);
  const changes = !/(validation|baseline)\.ts$/.test(file);
  const run = async (): Promise<void> => {
    await client.connect();
    const db = client.db();
    const steps = db.collection(STEPS);
    const way: StepRecord["way"] = file.endsWith("rollback.ts") ? "backward" : "forward";
    const script: Document = { _id: `${plan} ${file}` };
    const other: Document = { _id: `${plan} ${file === "rollback.ts" ? "forward.ts" : file.replace(".rollback.ts", ".ts")}` };
    const goesOn = changes && (await steps.findOne(script)) !== null;
    const halfway = way === "backward" && (await steps.findOne(other)) !== null;
    if (changes && !goesOn) await steps.insertOne({ ...script, way, state: "begun", at: new Date() });
    const migration = new Migration(db, goesOn, halfway);
    try {
      await act(migration);
    } catch (error) {
      // Where nothing has been done, the next run asks everything again.
      if (changes && !goesOn && !migration.acted) await forget(db, script);
      throw error;
    }
    if (changes && !migration.acted && !goesOn) await forget(db, script);
    if (changes) {
      await steps.deleteMany({ _id: { $in: [script._id, other._id] } });
      console.log(`${file}: done`);
    }
  };
  run().then(() => client.close(), async (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    await client.close();
    process.exit(1);
  });
}
)ts";

}  // namespace

std::string typescript_support() {
  return std::string(kConnection) + std::string(kQuestions) + std::string(kBatches) + std::string(kMigration);
}

}  // namespace forge

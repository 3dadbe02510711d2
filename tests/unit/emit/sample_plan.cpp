#include "sample_plan.hpp"

#include "engine/plan/classify.hpp"

namespace forge::test {
namespace {

Column column(std::string name, std::string type, bool nullable) {
  return {.name = std::move(name), .type = {.name = std::move(type)}, .nullable = nullable};
}

Table orders(std::vector<Column> columns) {
  Table table{.name = {"", "orders"}, .columns = std::move(columns)};
  table.primary_key = Key{.name = "orders_pkey", .primary = true, .parts = {{.column = "id"}}};
  return table;
}

Change column_change(std::optional<Column> before, std::optional<Column> after) {
  return Delta<Column>{{"", "orders"}, std::move(before), std::move(after)};
}

constexpr const char* kExpr = "CASE WHEN region = 'EU' THEN 'EUR' ELSE 'USD' END";

std::vector<Statement> statements(std::vector<std::string> texts) {
  std::vector<Statement> out;
  for (auto& text : texts) out.push_back({std::move(text), true, ""});
  return out;
}

std::vector<std::string> sqlite_rebuild(const std::string& currency) {
  return {
      "CREATE TABLE \"orders__new\" (\"id\" integer PRIMARY KEY, \"region\" text, \"total\" integer, \"currency\" " +
          currency + ")",
      "INSERT INTO \"orders__new\" SELECT \"id\", \"region\", \"total\", \"currency\" FROM \"orders\"",
      "DROP TABLE \"orders\"", "ALTER TABLE \"orders__new\" RENAME TO \"orders\""};
}

std::vector<std::string> set_null(const std::string& engine, bool nullable) {
  if (engine == "sqlite") return sqlite_rebuild(nullable ? "char(3)" : "char(3) NOT NULL");
  if (engine == "postgres") {
    return {std::string("ALTER TABLE orders ALTER COLUMN currency ") + (nullable ? "DROP" : "SET") + " NOT NULL"};
  }
  return {std::string("ALTER TABLE `orders` MODIFY `currency` char(3) ") + (nullable ? "NULL" : "NOT NULL")};
}

Step expand_step(const Column& currency) {
  Step step{.id = "orders.currency/expand/add-column", .title = "Add orders.currency, nullable"};
  step.why = "the deployed application does not write it yet";
  step.ops = {column_change({}, currency)};
  step.forward = statements({"ALTER TABLE orders ADD COLUMN currency char(3)"});
  step.backward = statements({"ALTER TABLE orders DROP COLUMN currency"});
  step.impact = {.lock = "ACCESS EXCLUSIVE", .blocks = "reads and writes"};
  step.loses = "orders.currency";
  step.app = "write orders.currency beside orders.region";
  return step;
}

Step backfill_step() {
  Step step{.id = "orders.currency/migrate/backfill", .title = "Fill orders.currency"};
  step.phase = Phase::migrate;
  Work work{.kind = "backfill", .table = {"", "orders"}};
  work.set = {{"currency", kExpr}};
  work.where = "currency IS NULL";
  work.key = {"id"};
  work.batch_rows = 10000;
  work.pause_ms = 100;
  work.rows = 480000;
  work.verify = std::string("SELECT count(*) FROM orders WHERE currency <> ") + kExpr;
  step.work = work;
  step.forward = statements({std::string("UPDATE orders SET currency = ") + kExpr + " WHERE currency IS NULL"});
  step.seconds = 12;
  return step;
}

Step enforce_step(const std::string& engine, const Column& loose, const Column& tight) {
  Step step{.id = "orders.currency/switch/not-null", .title = "Refuse orders without a currency"};
  step.phase = Phase::switch_over;
  step.ops = {column_change(loose, tight)};
  step.forward = statements(set_null(engine, false));
  step.backward = statements(set_null(engine, true));
  step.impact = {.lock = "ACCESS EXCLUSIVE", .blocks = "reads and writes", .scan = true, .brief = false};
  step.seconds = 4;
  step.checks_before = {{"no order lacks a currency", "SELECT count(*) FROM orders WHERE currency IS NULL", "0"}};
  step.compatibility = {.old_app = false, .new_app = true, .note = "it inserts orders without a currency"};
  return step;
}

Step contract_step(const Column& region) {
  Step step{.id = "orders.region/contract/drop-column", .title = "Drop orders.region"};
  step.phase = Phase::contract;
  step.ops = {column_change(region, {})};
  step.forward = statements({"ALTER TABLE orders DROP COLUMN region"});
  step.backward = statements({"ALTER TABLE orders ADD COLUMN region text"});
  step.impact = {.lock = "ACCESS EXCLUSIVE", .blocks = "reads and writes"};
  step.loses = step.loses_forward = "orders.region";
  step.compatibility = {.old_app = false, .new_app = true};
  return step;
}

void add_thresholds(Plan& plan) {
  plan.thresholds = {{"error_rate", 1, "%", "< 0.1 %", "pause the backfill and read the application's log", true},
                     {"replica_lag", 10, "s", "< 1 s", "pause the backfill until it is under 1 s", false},
                     {"row_delta", 0, "", "0", "run the phase's validation script and compare", true}};
  plan.risks = {{"Rows written without a currency during the backfill",
                 "medium",
                 "medium",
                 "step 3 counts them first and stops unless there are none",
                 {2, 3}}};
}

}  // namespace

Plan sample_plan(const std::string& engine) {
  const Column id = column("id", "integer", false), region = column("region", "text", true);
  const Column total = column("total", "integer", true);
  const Column loose = column("currency", "char", true), tight = column("currency", "char", false);
  Plan plan;
  plan.id = "2026_09_orders_currency";
  plan.file = "orders.migration.lua";
  plan.header = {{"description", "Every order states its currency"}, {"owner", "payments"}};
  plan.engine = engine;
  plan.version = engine == "postgres" ? "15" : engine == "mariadb" ? "10.11" : engine == "mysql" ? "9.7" : "3.40";
  plan.now = "2026-09-01T10:00:00Z";
  plan.tool_version = "0.1.0";
  plan.before.put_table(orders({id, region, total}));
  plan.after.put_table(orders({id, total, tight}));
  plan.hints[{"", "orders"}] = {.rows = 480000, .bytes = 90e6, .hot = true};
  PlannedChange added{.change = column_change({}, tight), .group = "orders", .strategy = "expand_migrate_contract"};
  added.rule = "backfill of a filled table";
  added.reason = "480,000 rows must be filled";
  added.policy_file = "builtin:strategies/policy.lua";
  PlannedChange dropped{.change = column_change(region, {}), .group = "orders", .strategy = "direct"};
  plan.changes = {added, dropped};
  plan.steps = {expand_step(loose), backfill_step(), enforce_step(engine, loose, tight), contract_step(region)};
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    plan.steps[i].number = static_cast<int>(i) + 1;
    plan.steps[i].group = "orders";
    plan.steps[i].strategy = i == 3 ? "direct" : "expand_migrate_contract";
  }
  add_thresholds(plan);
  complete(plan);
  return plan;
}

Plan sample_copy_plan(const std::string& engine) {
  Column amount{.name = "amount", .type = {.name = "numeric", .args = {12, 2}}};
  Table table = orders({column("id", "bigint", false), column("code", "varchar", false), amount});
  table.uniques = {Key{.name = "orders_code_key", .parts = {{.column = "code"}}}};
  table.checks = {Check{.name = "amount_positive", .expr = "amount >= 0"}};
  table.foreign_keys = {
      ForeignKey{.name = "orders_self", .columns = {"id"}, .ref = {"", "orders"}, .ref_columns = {"id"}}};
  Plan plan;
  plan.id = "copy";
  plan.engine = engine;
  plan.version = "1";
  plan.before.put_table(table);
  plan.after.put_table(table);
  plan.changes = {{.change = Delta<Table>{{}, {}, table}, .group = "orders"}};
  Step step{.id = "orders/migrate/copy", .title = "Copy orders", .phase = Phase::migrate};
  step.number = 1;
  step.work = Work{.kind = "copy", .table = {"", "orders"}, .target = {"", "orders__new"}};
  step.work->set = {{"id", "id"}, {"code", "upper(code)"}, {"amount", "amount * 1.001"}};
  step.work->key = {"id"};
  plan.steps = {step};
  complete(plan);
  return plan;
}

std::string sample_seed(const std::string& engine) {
  const std::string text = engine == "mysql" || engine == "mariadb" ? "varchar(20)" : "text";
  return "CREATE TABLE orders (id integer PRIMARY KEY, region " + text +
         ", total integer);\nINSERT INTO orders VALUES (1, 'EU', 10), (2, 'US', 20), (3, NULL, NULL);\n";
}

}  // namespace forge::test

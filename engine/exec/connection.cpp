#include "engine/exec/connection.hpp"

#include <fmt/format.h>

#include "engine/db/url.hpp"

namespace forge {
namespace {

Result<std::unique_ptr<Session>> opened(const std::string& url) {
  SessionOptions options;
  options.for_plan = true;
  return open_session(url, options);
}

// What no plan states, since scripts have no need of it.
Result<void> settle(Session& session) {
  if (session.engine() != "postgres") return {};
  FORGE_TRY(session.query("SET idle_in_transaction_session_timeout = 0"));
  // A runner that is gone gives its lock back while its statement still runs.
  if (std::strtol(session.version().c_str(), nullptr, 10) >= 14) {
    FORGE_TRY(session.query("SET client_connection_check_interval = '1s'"));
  }
  return {};
}

}  // namespace

Result<Client> client_of_engine(const std::string& engine) {
  Plan plan;
  plan.engine = engine;
  return client_of(plan);
}

Result<Connections> connect(const PlanFile& plan, const std::string& url) {
  const auto engine = engine_of_url(url);
  const auto& family = plan.family.empty() ? plan.engine : plan.family;
  if (!engine.empty() && engine != family) {
    return fail(ErrorCode::refused, fmt::format("the plan is for {}, and the database is one of {}", family, engine));
  }
  Connections out;
  FORGE_ASSIGN(out.work, opened(url));
  if (plan.client.mysql()) {
    FORGE_ASSIGN(out.books, opened(url));
  }
  if (plan.client.mongodb()) {
    FORGE_ASSIGN(out.pulse, opened(url));
    return out;  // its session has no settings
  }
  for (auto* session : {out.work.get(), out.books.get()}) {
    if (!session) continue;
    for (const auto& sql : plan.session) FORGE_TRY(session->query(sql));
    FORGE_TRY(settle(*session));
  }
  return out;
}

Result<std::unique_ptr<Session>> connect_for_journal(const std::string& url) { return opened(url); }

}  // namespace forge

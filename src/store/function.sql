-- name: function_put
INSERT INTO _function(name, runtime, handler, code, timeout_ms, memory_mb, concurrency, environment, created_ms, changed_ms)
VALUES (:name, :runtime, :handler, :code, :timeout, :memory, :concurrency, :environment, :now, :now)
ON CONFLICT (name) DO UPDATE SET runtime = excluded.runtime, handler = excluded.handler, code = excluded.code, timeout_ms = excluded.timeout_ms,
  memory_mb = excluded.memory_mb, concurrency = excluded.concurrency, environment = excluded.environment,
  changed_ms = max(changed_ms + 1, excluded.changed_ms);

-- name: function_get
SELECT f.name AS name, f.runtime AS runtime, f.handler AS handler, f.code AS code, f.timeout_ms AS timeout_ms, f.memory_mb AS memory_mb,
       f.concurrency AS concurrency, f.environment AS environment, f.created_ms AS created_ms, f.changed_ms AS changed_ms
  FROM _function f WHERE f.name = :name;

-- name: function_remove
DELETE FROM _function WHERE name = :name;

-- name: function_remove_runs
DELETE FROM _function_run WHERE name = :name;

-- name: function_run_add
INSERT INTO _function_run(name, request_id, rule, started_ms, took_ms, outcome, error, log)
VALUES (:name, :request_id, :rule, :started, :took, :outcome, :error, :log);

-- name: function_run_forget
-- What is older than the last so many of it.
DELETE FROM _function_run
 WHERE name = :name AND run_id <= (SELECT r.run_id FROM _function_run r WHERE r.name = :name ORDER BY r.run_id DESC LIMIT 1 OFFSET :keep);

-- Per connection: temporary views that shadow the public ones, so that every query answers for the
-- moment in temp.clock. {MS} is put in by the program.
CREATE TEMP TABLE clock (ms INTEGER NOT NULL, t INTEGER NOT NULL, at TEXT NOT NULL);
INSERT INTO clock VALUES ({MS}, {MS} / 1000, strftime('%Y-%m-%d %H:%M:%S', {MS} / 1000, 'unixepoch'));
CREATE TEMP VIEW resources AS
  SELECT rid, resource_type, resource_id, name, account, region, az, version, at, CAST(strftime('%s', at) AS INTEGER) AS t, actor, arn
    FROM main.resources_at WHERE t = (SELECT ms FROM temp.clock);
CREATE TEMP VIEW relationships AS
  SELECT rid, resource_type, resource_id, name, relation, target_type, target_id, target_rid, since
    FROM main.relationships_at WHERE t = (SELECT ms FROM temp.clock);
CREATE TEMP VIEW tags AS
  SELECT rid, resource_type, resource_id, name, key, value, since
    FROM main.tags_at WHERE t = (SELECT ms FROM temp.clock);
CREATE TEMP VIEW history AS SELECT * FROM main.history WHERE t <= (SELECT t FROM temp.clock);
CREATE TEMP VIEW changes AS SELECT * FROM main.changes WHERE t <= (SELECT t FROM temp.clock);

-- Trino, Hive connector: a catalog called hive with a schema called siltstone. New partitions show after the procedure was called again.
CREATE TABLE hive.siltstone.items (
  item_id bigint, resource_type varchar, resource_id varchar, name varchar, arn varchar, version bigint,
  captured_at timestamp(6), recorded_at timestamp(6), status varchar, event varchar, az varchar, created_at timestamp(6),
  actor varchar, n_changes bigint, tags varchar, configuration varchar, supplementary varchar, relationships varchar,
  dt varchar, account varchar, region varchar, "type" varchar)
WITH (format = 'PARQUET', external_location = '{LOCATION}/parquet/items/', partitioned_by = ARRAY['dt', 'account', 'region', 'type']);
CALL hive.system.sync_partition_metadata('siltstone', 'items', 'ADD');
CREATE TABLE hive.siltstone.changes (
  item_id bigint, resource_type varchar, resource_id varchar, name varchar, version bigint, captured_at timestamp(6),
  op varchar, property varchar, "before" varchar, "after" varchar, actor varchar,
  dt varchar, account varchar, region varchar, "type" varchar)
WITH (format = 'PARQUET', external_location = '{LOCATION}/parquet/changes/', partitioned_by = ARRAY['dt', 'account', 'region', 'type']);
CALL hive.system.sync_partition_metadata('siltstone', 'changes', 'ADD');

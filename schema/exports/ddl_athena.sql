-- Athena: run these one by one. New partitions show after MSCK REPAIR TABLE, or after ALTER TABLE ... ADD PARTITION.
-- Parquet:
CREATE EXTERNAL TABLE siltstone_items (
  item_id bigint, resource_type string, resource_id string, name string, arn string, version bigint,
  captured_at timestamp, recorded_at timestamp, status string, event string, az string, created_at timestamp,
  actor string, n_changes bigint, tags string, configuration string, supplementary string, relationships string)
PARTITIONED BY (dt string, account string, region string, `type` string)
STORED AS PARQUET
LOCATION '{LOCATION}/parquet/items/';
MSCK REPAIR TABLE siltstone_items;
CREATE EXTERNAL TABLE siltstone_changes (
  item_id bigint, resource_type string, resource_id string, name string, version bigint, captured_at timestamp,
  op string, property string, `before` string, `after` string, actor string)
PARTITIONED BY (dt string, account string, region string, `type` string)
STORED AS PARQUET
LOCATION '{LOCATION}/parquet/changes/';
MSCK REPAIR TABLE siltstone_changes;
-- JSON lines, where there is no Parquet; times are text there: from_iso8601_timestamp(captured_at).
CREATE EXTERNAL TABLE siltstone_items_json (
  item_id bigint, resource_type string, resource_id string, name string, arn string, version bigint,
  captured_at string, recorded_at string, status string, event string, az string, created_at string,
  actor string, n_changes bigint, tags string, configuration string, supplementary string, relationships string)
PARTITIONED BY (dt string, account string, region string, `type` string)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION '{LOCATION}/jsonl/items/';
MSCK REPAIR TABLE siltstone_items_json;

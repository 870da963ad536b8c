-- DuckDB: views over the lake. Run this file (.read duckdb.sql), then ask: SELECT * FROM items WHERE dt = '2026-10-01';
-- For s3:// run INSTALL httpfs; LOAD httpfs; and CREATE SECRET (TYPE s3, PROVIDER credential_chain); before.
CREATE OR REPLACE VIEW items AS
SELECT * FROM read_json('{LOCATION}/jsonl/items/**/*.jsonl.gz', format = 'newline_delimited', hive_partitioning = true,
  hive_types = {'dt': DATE, 'account': VARCHAR, 'region': VARCHAR, 'type': VARCHAR},
  columns = {item_id: 'BIGINT', account: 'VARCHAR', region: 'VARCHAR', resource_type: 'VARCHAR', resource_id: 'VARCHAR', name: 'VARCHAR',
    arn: 'VARCHAR', version: 'BIGINT', captured_at: 'TIMESTAMP', recorded_at: 'TIMESTAMP', status: 'VARCHAR', event: 'VARCHAR',
    az: 'VARCHAR', created_at: 'TIMESTAMP', actor: 'VARCHAR', n_changes: 'BIGINT', tags: 'JSON', configuration: 'JSON',
    supplementary: 'JSON', relationships: 'JSON'});
CREATE OR REPLACE VIEW changes AS
SELECT * FROM read_json('{LOCATION}/jsonl/changes/**/*.jsonl.gz', format = 'newline_delimited', hive_partitioning = true,
  hive_types = {'dt': DATE, 'account': VARCHAR, 'region': VARCHAR, 'type': VARCHAR},
  columns = {item_id: 'BIGINT', account: 'VARCHAR', region: 'VARCHAR', resource_type: 'VARCHAR', resource_id: 'VARCHAR', name: 'VARCHAR',
    version: 'BIGINT', captured_at: 'TIMESTAMP', op: 'VARCHAR', property: 'VARCHAR', before: 'VARCHAR', after: 'VARCHAR',
    actor: 'VARCHAR'});
-- Where Parquet was exported, these are faster:
--   SELECT * FROM read_parquet('{LOCATION}/parquet/items/**/*.parquet', hive_partitioning = true,
--     hive_types = {'dt': DATE, 'account': VARCHAR, 'region': VARCHAR, 'type': VARCHAR});

-- For DuckDB: the property changes of one part, from JSON lines to Parquet.
COPY (SELECT item_id, account, region, resource_type, resource_id, name, version, captured_at, op, property, before, after, actor
        FROM read_json('{FROM}', format = 'newline_delimited', compression = 'gzip', maximum_object_size = {MAX}, columns = {
          item_id: 'BIGINT', account: 'VARCHAR', region: 'VARCHAR', resource_type: 'VARCHAR', resource_id: 'VARCHAR', name: 'VARCHAR',
          version: 'BIGINT', captured_at: 'TIMESTAMP', op: 'VARCHAR', property: 'VARCHAR', before: 'VARCHAR', after: 'VARCHAR',
          actor: 'VARCHAR'}))
  TO '{TO}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 2048);

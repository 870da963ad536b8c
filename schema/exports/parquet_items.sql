-- For DuckDB: the items of one part, from JSON lines to Parquet. Where the files are is put in by the program.
COPY (SELECT item_id, account, region, resource_type, resource_id, name, arn, version, captured_at, recorded_at, status, event, az,
             created_at, actor, n_changes, CAST(tags AS VARCHAR) AS tags, CAST(configuration AS VARCHAR) AS configuration,
             CAST(supplementary AS VARCHAR) AS supplementary, CAST(relationships AS VARCHAR) AS relationships
        FROM read_json('{FROM}', format = 'newline_delimited', compression = 'gzip', maximum_object_size = {MAX}, columns = {
          item_id: 'BIGINT', account: 'VARCHAR', region: 'VARCHAR', resource_type: 'VARCHAR', resource_id: 'VARCHAR', name: 'VARCHAR',
          arn: 'VARCHAR', version: 'BIGINT', captured_at: 'TIMESTAMP', recorded_at: 'TIMESTAMP', status: 'VARCHAR', event: 'VARCHAR',
          az: 'VARCHAR', created_at: 'TIMESTAMP', actor: 'VARCHAR', n_changes: 'BIGINT', tags: 'JSON', configuration: 'JSON',
          supplementary: 'JSON', relationships: 'JSON'}))
  TO '{TO}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 2048);

-- name: import_is_open
-- plan: scan
SELECT 1 AS yes FROM sqlite_temp_schema WHERE name = 'import_file';

-- name: import_clear
-- plan: scan
-- alone
DELETE FROM import_file;

-- name: import_list
-- alone
INSERT OR REPLACE INTO import_file(sort, name, source, key, stamp, bytes) VALUES (:sort, :name, :source, :key, :stamp, :bytes);

-- name: import_sum
-- plan: scan
SELECT count(*) AS files, coalesce(sum(f.bytes), 0) AS bytes,
       coalesce(sum(i.name IS NOT NULL), 0) AS known, coalesce(sum(CASE WHEN i.name IS NULL THEN 0 ELSE f.bytes END), 0) AS known_bytes
  FROM import_file f LEFT JOIN _import i ON i.name = f.name AND i.stamp = f.stamp AND i.done_ms IS NOT NULL AND i.error IS NULL;

-- name: import_next
-- The first file behind another that was not read to its end as it is, with what is known of it.
SELECT f.sort AS sort, f.name AS name, f.source AS source, f.key AS key, f.stamp AS stamp, f.bytes AS bytes,
       CASE WHEN i.stamp = f.stamp AND i.done_ms IS NULL THEN i.items ELSE 0 END AS items,
       CASE WHEN i.stamp = f.stamp THEN i.new_items ELSE 0 END AS new_items
  FROM import_file f LEFT JOIN _import i ON i.name = f.name
 WHERE (f.sort, f.name) > (:sort, :name)
   AND NOT coalesce(i.stamp = f.stamp AND i.done_ms IS NOT NULL AND i.error IS NULL, 0)
 ORDER BY f.sort, f.name LIMIT 1;

-- name: import_put
INSERT OR REPLACE INTO _import(name, stamp, items, new_items, done_ms, error) VALUES (:name, :stamp, :items, :new_items, :done, :error);

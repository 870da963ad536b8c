-- The views of the types: their names, and the texts that make them.

-- name: typed_is_first
-- plan: scan
-- Whether a type has one resource, and not more.
SELECT count(*) = 1 AS yes FROM (SELECT 1 FROM _resource WHERE type = :type LIMIT 2);

-- name: typed_wanted
-- plan: scan
-- What views there should be that are not there, or are not as they should be. The text of a view names its type behind the
-- dashes: what another type or somebody else made under that name is left alone. A document is put together once a row,
-- by json_each(): named in an expression it would be put together for every column.
WITH wanted(type, name) AS (
  SELECT y.type, lower(replace(replace(y.type, '::', '_'), '-', '_'))
    FROM (SELECT DISTINCT r.type AS type FROM _resource r WHERE :type IS NULL OR r.type = :type) y
   WHERE y.type GLOB '[A-Za-z]*::?*' AND y.type NOT GLOB '*[^A-Za-z0-9:_-]*'),
made(type, name, text) AS (
  SELECT w.type, w.name,
         'CREATE VIEW "' || w.name || '" AS' || char(10) || '  -- ' || w.type || ': what exists now' || char(10)
         || 'SELECT r.rid, r.id AS resource_id, r.name, r.account, r.region, i.az, i.version, i.at'
         || coalesce(c.list, '') || char(10) || '  FROM _resource r JOIN _item i ON i.item_id = r.last_item'
         || CASE WHEN c.list IS NULL THEN '' ELSE char(10) || '  JOIN _document d ON d.document_id = i.document_id LEFT JOIN _document b ON b.document_id = d.base'
              || char(10) || '  JOIN json_each(''['' || CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END || '']'') x' END
         || char(10) || ' WHERE r.type = ''' || w.type || ''' AND r.deleted = 0'
    FROM wanted w
    LEFT JOIN (SELECT o.type AS type, group_concat(',' || char(10) || '       CAST(json_extract(x.value, ''$.configuration'
                        || replace(substr(o.path, 2), '''', '''''') || ''') AS ' || o.declared || ') AS ' || o.name, '') AS list
                 FROM (SELECT k.type, k.name, k.path, k.declared FROM _type_column k WHERE :type IS NULL OR k.type = :type ORDER BY k.type, k.ord) o
                GROUP BY o.type) c ON c.type = w.type)
SELECT m.name AS name, m.text AS text, s.name IS NOT NULL AS there
  FROM made m LEFT JOIN sqlite_master s ON s.name = m.name COLLATE NOCASE
 WHERE s.sql IS NULL OR s.type = 'view' AND s.sql <> m.text AND instr(s.sql, '  -- ' || m.type || ':');

-- name: typed_past
-- plan: scan
-- The views of the types, for the moment in temp.clock.
SELECT 'CREATE TEMP VIEW "' || s.name || '" AS '
       || 'SELECT r.rid, r.resource_id, r.name, r.account, r.region, r.az, r.version, r.at'
       || coalesce((SELECT group_concat(', CAST(json_extract(x.value, ''$.configuration' || replace(substr(o.path, 2), '''', '''''') || ''') AS '
                             || o.declared || ') AS ' || o.name, '')
                      FROM (SELECT k.name, k.path, k.declared FROM _type_column k WHERE k.type = w.type ORDER BY k.ord) o), '')
       || ' FROM temp.resources r CROSS JOIN main._item_document i ON i.rid = r.rid AND i.version = r.version'
       || ' CROSS JOIN json_each(''['' || i.document || '']'') x WHERE r.resource_type = ''' || w.type || ''';' AS text
  FROM (SELECT DISTINCT r.type AS type FROM _resource r WHERE r.type NOT GLOB '*[^A-Za-z0-9:_-]*') w
  JOIN sqlite_master s ON s.type = 'view' AND s.name = lower(replace(replace(w.type, '::', '_'), '-', '_')) AND instr(s.sql, '  -- ' || w.type || ':');

-- Files numbered 80 and up hold triggers and views only: no rows live in them, and every upgrade makes
-- them anew from here.

CREATE TRIGGER _catalogue_shred AFTER INSERT ON _catalogue BEGIN
  DELETE FROM _type_call WHERE type IN (SELECT json_extract(value, '$.type') FROM json_each(new.doc));
  DELETE FROM _type_relation WHERE type IN (SELECT json_extract(value, '$.type') FROM json_each(new.doc));
  DELETE FROM _type_inverse WHERE type IN (SELECT json_extract(value, '$.type') FROM json_each(new.doc));
  DELETE FROM _type_event WHERE type IN (SELECT json_extract(value, '$.type') FROM json_each(new.doc));
  DELETE FROM _type_path WHERE type IN (SELECT json_extract(value, '$.type') FROM json_each(new.doc));
  DELETE FROM _type_iam WHERE type IN (SELECT json_extract(value, '$.type') FROM json_each(new.doc));
  DELETE FROM _type_column WHERE type IN (SELECT json_extract(value, '$.type') FROM json_each(new.doc));
  INSERT OR REPLACE INTO _type
    SELECT json_extract(j, '$.type'), new.name, json_extract(j, '$.engine'), json_extract(j, '$.service'), json_extract(j, '$.scope'), j
      FROM (SELECT value AS j FROM json_each(new.doc));
  INSERT INTO _type_call
    SELECT json_extract(t.value, '$.type'), 'list', 0, NULL, coalesce(json_extract(t.value, '$.list.service'), json_extract(t.value, '$.service')), json_extract(t.value, '$.list.op')
      FROM json_each(new.doc) t WHERE json_type(t.value, '$.list') IS NOT NULL
    UNION ALL SELECT json_extract(t.value, '$.type'), 'get', 0, NULL, json_extract(t.value, '$.service'), json_extract(t.value, '$.get.op')
      FROM json_each(new.doc) t WHERE json_type(t.value, '$.get.op') IS NOT NULL
    UNION ALL SELECT json_extract(t.value, '$.type'), 'step', s.key, NULL, json_extract(t.value, '$.service'), json_extract(s.value, '$.op')
      FROM json_each(new.doc) t, json_each(t.value, '$.steps') s
    UNION ALL SELECT json_extract(t.value, '$.type'), 'getstep', s.key, NULL, json_extract(t.value, '$.service'), json_extract(s.value, '$.op')
      FROM json_each(new.doc) t, json_each(t.value, '$.get_steps') s
    UNION ALL SELECT json_extract(t.value, '$.type'), 'supp', row_number() OVER (PARTITION BY t.key ORDER BY s.id), s.key, json_extract(t.value, '$.service'), json_extract(s.value, '$.op')
      FROM json_each(new.doc) t, json_each(t.value, '$.supplementary') s;
  INSERT INTO _type_relation
    SELECT json_extract(t.value, '$.type'), r.key, json_extract(r.value, '$.name'), json_extract(r.value, '$.to'),
           coalesce(json_extract(r.value, '$.src'), ''),
           CASE WHEN json_extract(r.value, '$.src') IS NULL THEN json_extract(r.value, '$.path')
                ELSE '$.' || json_extract(r.value, '$.src') || substr(json_extract(r.value, '$.path'), 2) END,
           coalesce(json_extract(r.value, '$.by'), 'id'), json_extract(r.value, '$.like'), json_extract(r.value, '$.split'),
           json_extract(r.value, '$.json'), json_extract(r.value, '$.emit'),
           coalesce(json_extract(r.value, '$.ripple'), 0), coalesce(json_extract(r.value, '$.ext'), 0)
      FROM json_each(new.doc) t, json_each(t.value, '$.relations') r;
  INSERT INTO _type_inverse(type, name, from_type, from_name)
    SELECT json_extract(t.value, '$.type'), json_extract(r.value, '$.name'), json_extract(r.value, '$.from'), json_extract(r.value, '$.of')
      FROM json_each(new.doc) t, json_each(t.value, '$.inverse') r;
  INSERT OR REPLACE INTO _type_event
    SELECT json_extract(e.value, '$.source'), n.value, json_extract(t.value, '$.type'),
           coalesce(json_extract(e.value, '$.ids'), json_extract(e.value, '$.names_path'), json_extract(e.value, '$.arns')),
           CASE WHEN json_extract(e.value, '$.ids') IS NOT NULL THEN 'id' WHEN json_extract(e.value, '$.arns') IS NOT NULL THEN 'arn' ELSE 'name' END,
           json_extract(e.value, '$.like'), json_extract(e.value, '$.strip')
      FROM json_each(new.doc) t, json_each(t.value, '$.events') e, json_each(e.value, '$.names') n;
  INSERT OR REPLACE INTO _type_path
    SELECT json_extract(t.value, '$.type'), k.kind, '$.configuration' || substr(p.value, 2)
      FROM json_each(new.doc) t, (SELECT 'ignore' AS kind UNION ALL SELECT 'sort') k, json_each(t.value, '$.' || k.kind) p
    UNION ALL
    SELECT json_extract(t.value, '$.type'), 'ignore', '$.supplementaryConfiguration.' || s.key || substr(p.value, 2)
      FROM json_each(new.doc) t, json_each(t.value, '$.supplementary') s, json_each(s.value, '$.ignore') p;
  INSERT OR REPLACE INTO _type_iam
    SELECT json_extract(t.value, '$.type'), p.value FROM json_each(new.doc) t, json_each(t.value, '$.iam') p;
  -- What would not make a view is left out: every type's view has the first names, json_each() the others.
  INSERT INTO _type_column
    SELECT k.type, k.ord, k.name, k.path, k.declared
      FROM (SELECT json_extract(t.value, '$.type') AS type, row_number() OVER (PARTITION BY t.key ORDER BY c.id) AS ord, c.key AS name,
                   CASE c.type WHEN 'array' THEN json_extract(c.value, '$[0]') ELSE c.value END AS path,
                   CASE c.type WHEN 'array' THEN json_extract(c.value, '$[1]') ELSE 'TEXT' END AS declared
              FROM json_each(new.doc) t, json_each(t.value, '$.columns') c) k
     WHERE k.name GLOB '[a-z]*' AND k.name NOT GLOB '*[^a-z0-9_]*' AND k.path GLOB '$.?*' AND k.declared IN ('TEXT', 'INTEGER', 'REAL')
       AND k.name NOT IN ('rid', 'resource_type', 'resource_id', 'name', 'account', 'region', 'az', 'version', 'at', 't', 'since', 'until', 'actor',
                          'id', 'key', 'value', 'type', 'atom', 'parent', 'fullkey', 'path', 'json', 'root');
END;

CREATE TRIGGER _catalogue_forget AFTER DELETE ON _catalogue BEGIN
  DELETE FROM _type_call WHERE type IN (SELECT type FROM _type WHERE catalogue = old.name);
  DELETE FROM _type_relation WHERE type IN (SELECT type FROM _type WHERE catalogue = old.name);
  DELETE FROM _type_inverse WHERE type IN (SELECT type FROM _type WHERE catalogue = old.name);
  DELETE FROM _type_event WHERE type IN (SELECT type FROM _type WHERE catalogue = old.name);
  DELETE FROM _type_path WHERE type IN (SELECT type FROM _type WHERE catalogue = old.name);
  DELETE FROM _type_iam WHERE type IN (SELECT type FROM _type WHERE catalogue = old.name);
  DELETE FROM _type_column WHERE type IN (SELECT type FROM _type WHERE catalogue = old.name);
  DELETE FROM _type WHERE catalogue = old.name;
END;

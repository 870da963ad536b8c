-- Files numbered 80 and up hold triggers and views only: no rows live in them, and every upgrade makes
-- them anew from here.

CREATE TRIGGER _catalogue_shred AFTER INSERT ON _catalogue BEGIN
  DELETE FROM _type WHERE type IN (SELECT json_extract(value, '$.type') FROM json_each(new.doc));
  INSERT OR REPLACE INTO _type
    SELECT json_extract(j, '$.type'), new.name, json_extract(j, '$.engine'), json_extract(j, '$.service'), json_extract(j, '$.scope'), j
      FROM (SELECT value AS j FROM json_each(new.doc));
END;

CREATE TRIGGER _catalogue_forget AFTER DELETE ON _catalogue BEGIN
  DELETE FROM _type WHERE catalogue = old.name;
END;

CREATE TRIGGER _type_shred AFTER INSERT ON _type BEGIN
  INSERT INTO _type_call
    SELECT new.type, 'list', 0, NULL, coalesce(json_extract(new.doc, '$.list.service'), new.service), json_extract(new.doc, '$.list.op')
     WHERE json_type(new.doc, '$.list') IS NOT NULL
    UNION ALL SELECT new.type, 'get', 0, NULL, new.service, json_extract(new.doc, '$.get.op') WHERE json_type(new.doc, '$.get.op') IS NOT NULL
    UNION ALL SELECT new.type, 'step', s.key, NULL, new.service, json_extract(s.value, '$.op') FROM json_each(new.doc, '$.steps') s
    UNION ALL SELECT new.type, 'getstep', s.key, NULL, new.service, json_extract(s.value, '$.op') FROM json_each(new.doc, '$.get_steps') s
    UNION ALL SELECT new.type, 'supp', row_number() OVER (ORDER BY s.id), s.key, new.service, json_extract(s.value, '$.op') FROM json_each(new.doc, '$.supplementary') s;
  INSERT INTO _type_relation
    SELECT new.type, r.key, json_extract(r.value, '$.name'), json_extract(r.value, '$.to'),
           coalesce(json_extract(r.value, '$.src'), ''),
           CASE WHEN json_extract(r.value, '$.src') IS NULL THEN json_extract(r.value, '$.path')
                ELSE '$.' || json_extract(r.value, '$.src') || substr(json_extract(r.value, '$.path'), 2) END,
           coalesce(json_extract(r.value, '$.by'), 'id'), json_extract(r.value, '$.like'), json_extract(r.value, '$.split'),
           json_extract(r.value, '$.json'), json_extract(r.value, '$.emit'),
           coalesce(json_extract(r.value, '$.ripple'), 0), coalesce(json_extract(r.value, '$.ext'), 0)
      FROM json_each(new.doc, '$.relations') r;
  INSERT INTO _type_inverse(type, name, from_type, from_name)
    SELECT new.type, json_extract(r.value, '$.name'), json_extract(r.value, '$.from'), json_extract(r.value, '$.of')
      FROM json_each(new.doc, '$.inverse') r;
  INSERT OR REPLACE INTO _type_event
    SELECT json_extract(e.value, '$.source'), n.value, new.type,
           coalesce(json_extract(e.value, '$.ids'), json_extract(e.value, '$.names_path'), json_extract(e.value, '$.arns'), '$'),
           CASE WHEN json_extract(e.value, '$.list') THEN 'list' WHEN json_extract(e.value, '$.ids') IS NOT NULL THEN 'id' WHEN json_extract(e.value, '$.arns') IS NOT NULL THEN 'arn' ELSE 'name' END,
           json_extract(e.value, '$.like'), json_extract(e.value, '$.strip')
      FROM json_each(new.doc, '$.events') e, json_each(e.value, '$.names') n;
  INSERT OR REPLACE INTO _type_path
    SELECT new.type, 'ignore', '$.configuration' || substr(p.value, 2) FROM json_each(new.doc, '$.ignore') p
    UNION ALL SELECT new.type, 'sort', '$.configuration' || substr(p.value, 2) FROM json_each(new.doc, '$.sort') p
    UNION ALL SELECT new.type, 'ignore', '$.supplementaryConfiguration.' || s.key || substr(p.value, 2)
      FROM json_each(new.doc, '$.supplementary') s, json_each(s.value, '$.ignore') p;
  INSERT OR REPLACE INTO _type_iam SELECT new.type, p.value FROM json_each(new.doc, '$.iam') p;
  -- What would not make a view is left out: every type's view has the first names, json_each() the others.
  INSERT INTO _type_column
    SELECT k.type, k.ord, k.name, k.path, k.declared
      FROM (SELECT new.type AS type, row_number() OVER (ORDER BY c.id) AS ord, c.key AS name,
                   CASE c.type WHEN 'array' THEN json_extract(c.value, '$[0]') ELSE c.value END AS path,
                   CASE c.type WHEN 'array' THEN json_extract(c.value, '$[1]') ELSE 'TEXT' END AS declared
              FROM json_each(new.doc, '$.columns') c) k
     WHERE k.name GLOB '[a-z]*' AND k.name NOT GLOB '*[^a-z0-9_]*' AND k.path GLOB '$.?*' AND k.declared IN ('TEXT', 'INTEGER', 'REAL')
       AND k.name NOT IN ('rid', 'resource_type', 'resource_id', 'name', 'account', 'region', 'az', 'version', 'at', 't', 'since', 'until', 'actor',
                          'id', 'key', 'value', 'type', 'atom', 'parent', 'fullkey', 'path', 'json', 'root');
END;

CREATE TRIGGER _type_forget AFTER DELETE ON _type BEGIN
  DELETE FROM _type_call WHERE type = old.type;
  DELETE FROM _type_relation WHERE type = old.type;
  DELETE FROM _type_inverse WHERE type = old.type;
  DELETE FROM _type_event WHERE type = old.type;
  DELETE FROM _type_path WHERE type = old.type;
  DELETE FROM _type_iam WHERE type = old.type;
  DELETE FROM _type_column WHERE type = old.type;
END;

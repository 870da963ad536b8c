-- What SELECT * FROM help shows: one row per public view, with one line and an example that runs as it
-- stands. The columns are in .schema NAME, with comments.
CREATE VIEW help AS
SELECT column1 AS name, column2 AS what, column3 AS example FROM (VALUES
  ('resources',            'what exists now, one row per resource',
   'SELECT resource_type, count(*) FROM resources GROUP BY 1'),
  ('resources_at',         'what existed at a moment: WHERE t = epoch seconds (or ms, or julianday)',
   'SELECT resource_id FROM resources_at WHERE t = strftime(''%s'', ''now'', ''-1 day'') + 0'),
  ('history',              'every version of every resource',
   'SELECT at, event, resource_id, version FROM history ORDER BY t DESC LIMIT 20'),
  ('changes',              'one row per property that changed, with the value before and after',
   'SELECT at, resource_id, property, before, after FROM changes WHERE at > datetime(''now'', ''-1 day'')'),
  ('configs',              'the JSON of every version; NATURAL JOIN it to resources, resources_at or history',
   'SELECT resource_id, configuration FROM resources NATURAL JOIN configs LIMIT 5'),
  ('relationships',        'links that hold now',
   'SELECT relation, target_type, count(*) FROM relationships GROUP BY 1, 2'),
  ('relationships_at',     'links that held at a moment: WHERE t = ...',
   'SELECT resource_id, target_id FROM relationships_at WHERE t = strftime(''%s'', ''now'', ''-1 day'') + 0'),
  ('relationship_history', 'every link with the interval [since, until) in which it held',
   'SELECT resource_id, relation, target_id, since, until FROM relationship_history LIMIT 20'),
  ('tags',                 'tags that hold now, one row per key',
   'SELECT resource_id FROM resources EXCEPT SELECT resource_id FROM tags WHERE key = ''Owner'''),
  ('tags_at',              'tags that held at a moment: WHERE t = ...',
   'SELECT key, count(*) FROM tags_at WHERE t = strftime(''%s'', ''now'', ''-1 day'') + 0 GROUP BY 1'),
  ('help',                 'this list',
   'SELECT name, what FROM help')
);

-- What can be tagged with TagResource: an ARN each. A family of the API that has such objects adds its table here, and a
-- trigger below with which the tags go when the object goes.
CREATE VIEW _service_object AS
SELECT q.arn AS arn FROM _stored_query q
UNION ALL SELECT c.arn FROM _config_rule c
UNION ALL SELECT p.arn FROM _conformance_pack p
UNION ALL SELECT o.arn FROM _organization_object o
UNION ALL SELECT g.arn FROM _aggregator g
UNION ALL SELECT z.arn FROM _aggregation_authorization z;

CREATE TRIGGER _stored_query_untag AFTER DELETE ON _stored_query BEGIN
  DELETE FROM _service_tag WHERE arn = old.arn;
END;

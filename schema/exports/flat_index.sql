-- Made when the rows are there: sorting once is cheaper than keeping order, and the pages are full.
CREATE INDEX resources_type ON resources(resource_type, account, region);
CREATE INDEX resources_id ON resources(resource_id);
CREATE INDEX history_t ON history(t);
CREATE INDEX history_at ON history(at);
CREATE INDEX changes_rid ON changes(rid, t);
CREATE INDEX changes_t ON changes(t);
CREATE INDEX changes_at ON changes(at);
CREATE INDEX relationships_rid ON relationships(rid);
CREATE INDEX relationships_target ON relationships(target_id);
CREATE INDEX tags_key ON tags(key, value);
CREATE INDEX compliance_rid ON compliance(rid);
CREATE INDEX compliance_rule ON compliance(rule, result, t);
CREATE INDEX activity_t ON activity(t);

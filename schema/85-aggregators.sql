-- What comes and goes with aggregators, and what they mean.
CREATE TRIGGER _aggregator_gone AFTER DELETE ON _aggregator BEGIN
  DELETE FROM _service_tag WHERE arn = old.arn;
END;

CREATE TRIGGER _aggregation_authorization_gone AFTER DELETE ON _aggregation_authorization BEGIN
  DELETE FROM _service_tag WHERE arn = old.arn;
END;

-- What an aggregator shows: JSON lists of accounts and regions, and globs of types, with commas between them; NULL: all of
-- them. What belongs to no region is part of each. A service stands for the types that its own recorder records.
CREATE VIEW _aggregate AS
SELECT a.account, a.region, a.name, a.accounts, a.regions,
       (SELECT group_concat(t.value) FROM json_each(a.filters, '$.ResourceType.Value') t) AS types,
       CASE WHEN json_array_length(a.filters, '$.ServicePrincipal.Value') > 0 THEN coalesce((
         SELECT group_concat(CASE r.strategy WHEN 'INCLUSION_BY_RESOURCE_TYPES' THEN (SELECT group_concat(t.type) FROM _recorder_type t WHERE t.recorder = r.name) ELSE '*' END)
           FROM _recorder r WHERE r.principal IN (SELECT p.value FROM json_each(a.filters, '$.ServicePrincipal.Value') p)), '') END AS service_types
  FROM _aggregator a;

-- As the API tells it.
CREATE VIEW _aggregator_told AS
SELECT a.account, a.region, a.name,
       json_object('ConfigurationAggregatorName', a.name, 'ConfigurationAggregatorArn', a.arn,
         'AccountAggregationSources', json(CASE WHEN a.role IS NULL THEN
            json_array(json_object('AccountIds', json(a.accounts), 'AllAwsRegions', a.regions IS NULL, 'AwsRegions', json(a.regions))) END),
         'OrganizationAggregationSource', json(CASE WHEN a.role IS NOT NULL THEN
            json_object('RoleArn', a.role, 'AwsRegions', json(a.regions), 'AllAwsRegions', a.regions IS NULL) END),
         'CreationTime', a.created_ms / 1000.0, 'LastUpdatedTime', a.changed_ms / 1000.0, 'CreatedBy', a.created_by,
         'AggregatorFilters', json(a.filters)) AS told
  FROM _aggregator a;

-- Accounts that are named by an aggregator of another account, which asks them to let it.
CREATE VIEW _aggregation_request AS
SELECT DISTINCT t.value AS account, a.account AS by_account, a.region AS by_region, a.regions AS regions, a.changed_ms AS changed_ms
  FROM _aggregator a JOIN json_each(a.accounts) t ON t.value <> a.account;

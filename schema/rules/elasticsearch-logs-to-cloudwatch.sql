-- rules: ELASTICSEARCH_LOGS_TO_CLOUDWATCH
-- text: domains of Elasticsearch send logs to CloudWatch, those in logTypes
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.domainName') AS whole,
         (SELECT count(*) FROM (SELECT upper(l.key) AS type FROM json_each(configuration, '$.logPublishingOptions') l
             WHERE json_extract(CASE l.type WHEN 'object' THEN l.value END, '$.enabled') = 1)) AS n,
         (SELECT group_concat(w.type, ', ') FROM (SELECT CASE lower(trim(value)) WHEN 'search' THEN 'SEARCH_SLOW_LOGS' WHEN 'index'
             THEN 'INDEX_SLOW_LOGS' WHEN 'error' THEN 'ES_APPLICATION_LOGS' WHEN 'audit' THEN 'AUDIT_LOGS' ELSE upper(trim(value)) END AS type
             FROM json_each('[' || replace(json_quote(:parameters ->> '$.logTypes'), ',', '","') || ']') WHERE trim(value) <> '') w
             WHERE w.type NOT IN (SELECT upper(l.key) AS type FROM json_each(configuration, '$.logPublishingOptions') l
             WHERE json_extract(CASE l.type WHEN 'object' THEN l.value END, '$.enabled') = 1)) AS off_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'logPublishingOptions was not recorded')
                    WHEN n = 0 THEN json_array('NON_COMPLIANT', 'no logs are sent to CloudWatch')
                    WHEN off_ <> '' THEN json_array('NON_COMPLIANT', 'these logs are not sent to CloudWatch: ' || off_)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)

-- rules: BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK
-- text: a rule of each plan backs up as often as asked for, and keeps it for requiredRetentionDays days (35)
-- Recovery points are at most as far apart as the longest gap of the schedule. Where Lifecycle says nothing they are kept for ever.
WITH plan_rule AS (
  SELECT i.item_id, r.value AS r, coalesce(r.value ->> '$.ScheduleExpression', 'cron(0 5 ? * * *)') AS schedule, r.value ->> '$.Lifecycle.DeleteAfterDays' AS days
    FROM item i, json_each(coalesce(i.configuration -> '$.BackupPlan.BackupPlanRule', i.configuration -> '$.BackupPlan.Rules', i.configuration -> '$.Rules', '[]')) r
   WHERE r.type = 'object'),
field AS (
  SELECT item_id, days, schedule,
         '[' || replace(json_quote(trim(substr(schedule, 6, length(schedule) - 6))), ' ', '","') || ']' AS f
    FROM plan_rule),
part AS MATERIALIZED (
  SELECT item_id, days, schedule, f ->> 1 AS hour, f ->> 2 AS dom, f ->> 3 AS month, f ->> 4 AS dow FROM field),
gap AS MATERIALIZED (
  SELECT item_id, days, schedule,
         CASE WHEN schedule LIKE 'rate(% hour%' THEN CAST(substr(schedule, 6) AS REAL)
              WHEN schedule LIKE 'rate(% day%' THEN CAST(substr(schedule, 6) AS REAL) * 24
              WHEN schedule NOT LIKE 'cron(%' OR month IS NOT '*' THEN NULL
              WHEN dom GLOB '[*?]' AND dow GLOB '[*?]' THEN
                CASE WHEN hour = '*' THEN 1.0
                     WHEN hour GLOB '*/[0-9]*' THEN CAST(substr(hour, instr(hour, '/') + 1) AS REAL)
                     WHEN hour GLOB '*[^0-9,]*' THEN NULL
                     ELSE 24.0 / (1 + length(hour) - length(replace(hour, ',', ''))) END
              WHEN dom GLOB '*/[0-9]*' AND dow GLOB '[*?]' THEN 24.0 * CAST(substr(dom, instr(dom, '/') + 1) AS INTEGER)
              WHEN dow GLOB '[*?]' AND dom NOT GLOB '*[^0-9,L]*' THEN 24.0 * 31 / (1 + length(dom) - length(replace(dom, ',', '')))
              WHEN dom GLOB '[*?]' AND upper(dow) IN ('MON-FRI', '2-6') THEN 24.0 * 3
              WHEN dom GLOB '[*?]' AND dow NOT GLOB '*[-#L/]*' THEN 24.0 * 7 / (1 + length(dow) - length(replace(dow, ',', ''))) END AS hours
    FROM part),
seen AS (
  SELECT item_id, (SELECT count(*) FROM gap g WHERE g.item_id = item.item_id) AS n,
         (SELECT count(*) FROM gap g WHERE g.item_id = item.item_id
             AND g.hours <= CAST(coalesce(:parameters ->> '$.requiredFrequencyValue', '1') AS INTEGER) * (CASE
             WHEN lower(coalesce(:parameters ->> '$.requiredFrequencyUnit', 'days')) LIKE 'hour%' THEN 1 ELSE 24 END) AND (g.days IS NULL
             OR g.days >= CAST(coalesce(:parameters ->> '$.requiredRetentionDays', '35') AS INTEGER))) AS good,
         (SELECT g.schedule FROM gap g WHERE g.item_id = item.item_id AND g.hours IS NULL AND (g.days IS NULL
             OR g.days >= CAST(coalesce(:parameters ->> '$.requiredRetentionDays', '35') AS INTEGER)) LIMIT 1) AS unread
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN good > 0 THEN '["COMPLIANT"]'
                    WHEN n = 0 THEN json_array('INSUFFICIENT_DATA', 'BackupPlan.BackupPlanRule was not recorded')
                    WHEN unread IS NOT NULL THEN json_array('INSUFFICIENT_DATA', 'how often ' || unread || ' is cannot be told')
                    WHEN 1
                    THEN json_array('NON_COMPLIANT', 'no rule of the plan backs up every '
                        || coalesce(:parameters ->> '$.requiredFrequencyValue', '1') || ' '
                        || coalesce(:parameters ->> '$.requiredFrequencyUnit', 'days') || ' and keeps it for '
                        || coalesce(:parameters ->> '$.requiredRetentionDays', '35') || ' days')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)

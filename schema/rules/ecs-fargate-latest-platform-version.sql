-- rules: ECS_FARGATE_LATEST_PLATFORM_VERSION
-- text: services of Fargate follow the latest platform version, or name it
-- What is not asked for by latestLinuxVersion and latestWindowsVersion is 1.4.0 and 1.0.0.
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.LaunchType')) AS launch,
         upper(json_extract(configuration, '$.PlatformVersion')) AS version_, json_extract(configuration, '$.SchedulingStrategy') AS whole
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL AND launch IS NULL THEN json_array('INSUFFICIENT_DATA', 'LaunchType was not recorded')
                    WHEN coalesce(launch, '') <> 'FARGATE' THEN json_array('NOT_APPLICABLE', 'not a service of Fargate')
                    WHEN version_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'PlatformVersion was not recorded')
                    WHEN version_ NOT IN ('LATEST', coalesce(nullif(trim(:parameters ->> '$.latestLinuxVersion'), ''), '1.4.0'), coalesce(nullif(trim(:parameters ->> '$.latestWindowsVersion'), ''), '1.0.0'))
                    THEN json_array('NON_COMPLIANT', 'the platform version is ' || version_)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)

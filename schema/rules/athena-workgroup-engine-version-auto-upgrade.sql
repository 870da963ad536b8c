-- rules: ATHENA_WORKGROUP_ENGINE_VERSION_AUTO_UPGRADE
-- text: work groups follow the engine version that Athena chooses
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.WorkGroupConfiguration') AS kept,
         upper(coalesce(json_extract(configuration, '$.WorkGroupConfiguration.EngineVersion.SelectedEngineVersion'), '')) AS version_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' OR version_ = ''
                    THEN json_array('INSUFFICIENT_DATA', 'WorkGroupConfiguration.EngineVersion was not recorded')
                    WHEN version_ <> 'AUTO' THEN json_array('NON_COMPLIANT', 'the engine stays at ' || lower(version_))
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)

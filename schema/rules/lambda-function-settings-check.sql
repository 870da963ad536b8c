-- rules: LAMBDA_FUNCTION_SETTINGS_CHECK
-- text: functions have the runtimes that are asked for, and the role, memory and timeout
WITH wanted(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.runtime'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN runtime IS NULL THEN 'the item has no runtime' END AS missing,
               CASE WHEN runtime NOT IN (SELECT v FROM wanted) THEN 'the runtime is ' || runtime
                    WHEN :parameters ->> '$.role' <> '' AND role IS NOT :parameters ->> '$.role' THEN 'the role is ' || coalesce(role, 'not told')
                    WHEN coalesce(:parameters ->> '$.timeout', '3') <> '' AND timeout <> CAST(:parameters ->> '$.timeout' AS INTEGER) THEN 'the timeout is ' || timeout || ' seconds, not ' || (:parameters ->> '$.timeout')
                    WHEN coalesce(:parameters ->> '$.memorySize', '128') <> '' AND memory <> CAST(:parameters ->> '$.memorySize' AS INTEGER) THEN 'the memory is ' || memory || ' MB, not ' || (:parameters ->> '$.memorySize') END AS why
          FROM (SELECT item_id, configuration ->> '$.runtime' AS runtime, configuration ->> '$.role' AS role, configuration ->> '$.timeout' AS timeout, configuration ->> '$.memorySize' AS memory
                  FROM item WHERE configuration ->> '$.packageType' IS NOT 'Image'))

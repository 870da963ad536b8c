-- rules: IVS_CHANNEL_PLAYBACK_AUTHORIZATION_ENABLED
-- text: channels play only for who is authorized
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.Authorized') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'Authorized was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'anyone may watch the channel')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)

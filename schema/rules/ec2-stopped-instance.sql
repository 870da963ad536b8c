-- rules: EC2_STOPPED_INSTANCE
-- text: no instance has been stopped for longer than the allowed days
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN state IS NULL THEN 'the item has no state'
                    WHEN state = 'stopped' AND since IS NULL AND :now_ms - captured_ms <= days * 86400000 THEN 'the item does not say since when the instance is stopped' END AS missing,
               CASE WHEN state = 'stopped' AND since IS NULL THEN 'the instance has been stopped for more than ' || days || ' days'
                    WHEN state = 'stopped' AND :now_ms / 1000 - since > days * 86400 THEN 'the instance has been stopped for ' || ((:now_ms / 1000 - since) / 86400) || ' days' END AS why
          FROM (SELECT item_id, captured_ms, configuration ->> '$.state.name' AS state, CAST(:parameters ->> '$.AllowedDays' AS INTEGER) AS days,
                       CAST(strftime('%s', substr(configuration ->> '$.stateTransitionReason', instr(configuration ->> '$.stateTransitionReason', '(') + 1, 19)) AS INTEGER) AS since
                  FROM item))

-- rules: LAMBDA_CONCURRENCY_CHECK
-- text: functions have a reserved concurrency, within the limits that are asked for
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN configuration ->> '$.functionName' IS NULL THEN 'the item has no functionName: it was not read' END AS missing,
               CASE WHEN n IS NULL THEN 'the function has no reserved concurrency' WHEN n > CAST(nullif(:parameters ->> '$.ConcurrencyLimitHigh', '') AS INTEGER) THEN 'the reserved concurrency is ' || n || ', more than ' || (:parameters ->> '$.ConcurrencyLimitHigh') WHEN n < CAST(nullif(:parameters ->> '$.ConcurrencyLimitLow', '') AS INTEGER) THEN 'the reserved concurrency is ' || n || ', less than ' || (:parameters ->> '$.ConcurrencyLimitLow') END AS why
          FROM (SELECT item_id, configuration, supplementary ->> '$.Concurrency.reservedConcurrentExecutions' AS n
                  FROM item))

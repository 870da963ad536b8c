-- rules: SAGEMAKER_NOTEBOOK_INSTANCE_PLATFORM_VERSION
-- text: notebooks run one of supportedPlatformIdentifierVersions
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.PlatformIdentifier') AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'PlatformIdentifier was not recorded')
                    WHEN value NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.supportedPlatformIdentifierVersions'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the platform is ' || value)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)

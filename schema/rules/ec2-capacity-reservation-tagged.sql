-- rules: EC2_CAPACITY_RESERVATION_TAGGED
-- text: the capacity reservation has tags, and those with the keys in requiredKeyTags
-- Tags that begin with aws: are made by the system and do not count. Without requiredKeyTags one tag of any name will do.
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.InstanceType') AS whole,
         (SELECT count(*) FROM (SELECT json_extract(configuration, t.fullkey || '.Key') AS key
             FROM json_each(configuration, '$.TagSpecifications') s, json_each(configuration, s.fullkey || '.Tags') t UNION SELECT key
             FROM json_each(tags)) k WHERE k.key NOT LIKE 'aws:%') AS own,
         (SELECT group_concat(w.value, ', ') FROM (SELECT trim(value) AS value FROM json_each('['
             || replace(json_quote(:parameters ->> '$.requiredKeyTags'), ',', '","') || ']')) w WHERE w.value <> ''
             AND w.value NOT IN (SELECT k.key FROM (SELECT json_extract(configuration, t.fullkey || '.Key') AS key
             FROM json_each(configuration, '$.TagSpecifications') s, json_each(configuration, s.fullkey || '.Tags') t UNION SELECT key
             FROM json_each(tags)) k WHERE k.key NOT LIKE 'aws:%')) AS missing
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL AND own = 0 THEN json_array('INSUFFICIENT_DATA', 'the tags were not recorded')
                    WHEN missing <> '' THEN json_array('NON_COMPLIANT', 'these tags are missing: ' || missing)
                    WHEN own = 0 THEN json_array('NON_COMPLIANT', 'it has no tags of its own')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)

-- rules: DESIRED_INSTANCE_TENANCY
-- text: instances, of the images that are named, have the tenancy that is asked for, on the hosts that are named
WITH image(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.imageId'), ',', '","') || ']') WHERE trim(value) <> ''),
host(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.hostId'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN tenancy IS NULL THEN 'the item has no placement.tenancy' END AS missing,
               CASE WHEN lower(tenancy) <> lower(:parameters ->> '$.tenancy') THEN 'the tenancy is ' || tenancy || ', not ' || lower(:parameters ->> '$.tenancy')
                    WHEN EXISTS (SELECT 1 FROM host) AND coalesce(host, '') NOT IN (SELECT v FROM host) THEN 'the instance is on ' || coalesce(nullif(host, ''), 'no host') || ', which is none of those named' END AS why
          FROM (SELECT item_id, configuration ->> '$.placement.tenancy' AS tenancy, configuration ->> '$.placement.hostId' AS host FROM item
                 WHERE NOT EXISTS (SELECT 1 FROM image) OR configuration ->> '$.imageId' IN (SELECT v FROM image)))

-- rules: ECR_PRIVATE_IMAGE_SCANNING_ENABLED
-- reads: Siltstone::ECR::RegistryScanningConfiguration
-- text: images are scanned when they are pushed, or all the time
WITH filter AS MATERIALIZED (
  SELECT json_extract(e.configuration, f.fullkey || '.filter') AS pattern
    FROM estate e, json_each(e.configuration, '$.scanningConfiguration.rules') r, json_each(e.configuration, r.fullkey || '.repositoryFilters') f
   WHERE e.resource_type = 'Siltstone::ECR::RegistryScanningConfiguration'
     AND json_extract(e.configuration, r.fullkey || '.scanFrequency') IN ('SCAN_ON_PUSH', 'CONTINUOUS_SCAN')),
seen AS (
  SELECT item_id, coalesce(json_extract(item.configuration, '$.RepositoryName'), item.name) AS name_,
         json_extract(item.configuration, '$.ImageScanningConfiguration.ScanOnPush') AS own,
         (SELECT f.pattern FROM filter f WHERE coalesce(json_extract(item.configuration, '$.RepositoryName'), item.name) GLOB CASE
             WHEN instr(f.pattern, '*') THEN replace(replace(f.pattern, '[', '[[]'), '?', '[?]') ELSE '*'
             || replace(replace(f.pattern, '[', '[[]'), '?', '[?]') || '*' END LIMIT 1) AS by,
         EXISTS (SELECT 1 FROM estate e WHERE e.resource_type = 'Siltstone::ECR::RegistryScanningConfiguration') AS known_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN own = 1 OR by IS NOT NULL THEN '["COMPLIANT"]'
                    WHEN name_ IS NULL OR NOT known_ AND own IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'ImageScanningConfiguration was not recorded')
                    WHEN NOT known_ THEN json_array('INSUFFICIENT_DATA', 'how the registry scans was not recorded')
                    WHEN 1 THEN json_array('NON_COMPLIANT', 'neither the repository nor the registry has images scanned')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)

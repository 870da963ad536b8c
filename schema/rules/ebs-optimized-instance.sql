-- rules: EBS_OPTIMIZED_INSTANCE
-- text: instances that can be optimized for EBS are
-- Of the present generations all are optimized, and cannot be otherwise; for these people choose.
WITH optional AS (VALUES ('c1.xlarge'), ('c3.xlarge'), ('c3.2xlarge'), ('c3.4xlarge'), ('g2.2xlarge'), ('i2.xlarge'), ('i2.2xlarge'), ('i2.4xlarge'),
  ('m1.large'), ('m1.xlarge'), ('m2.2xlarge'), ('m2.4xlarge'), ('m3.xlarge'), ('m3.2xlarge'), ('r3.xlarge'), ('r3.2xlarge'), ('r3.4xlarge')),
never AS (VALUES ('t1.micro'), ('t2.nano'), ('t2.micro'), ('t2.small'), ('t2.medium'), ('t2.large'), ('t2.xlarge'), ('t2.2xlarge'), ('m1.small'), ('m1.medium'), ('m2.xlarge'),
  ('m3.medium'), ('m3.large'), ('c1.medium'), ('c3.large'), ('c3.8xlarge'), ('r3.large'), ('r3.8xlarge'), ('i2.8xlarge'), ('g2.8xlarge'), ('cc2.8xlarge'), ('cr1.8xlarge'), ('hs1.8xlarge'))
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN v IS NULL THEN 'the item has no ebsOptimized' WHEN type IS NULL THEN 'the item has no instanceType' END AS missing,
               CASE WHEN v = 0 AND type IN (SELECT column1 FROM optional) THEN 'the instance is of type ' || type || ', which can be optimized for EBS, and is not' END AS why
          FROM (SELECT item_id, configuration ->> '$.ebsOptimized' AS v, configuration ->> '$.instanceType' AS type FROM item)
         WHERE type IS NULL OR v = 1 OR type NOT IN (SELECT column1 FROM never))

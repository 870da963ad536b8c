-- rules: S3_BUCKET_VERSIONING_ENABLED
-- text: versioning is enabled for each bucket, and deleting versions takes MFA where that is asked for
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN status IS NULL THEN 'the item does not say whether versioning is enabled' END AS missing,
               CASE WHEN status <> 'Enabled' THEN 'versioning is ' || CASE status WHEN 'Off' THEN 'off' ELSE lower(status) END
                    WHEN lower(:parameters ->> '$.isMfaDeleteEnabled') = 'true' AND mfa IS NOT 1 THEN 'versioning is enabled, but MFA delete is not' END AS why
          FROM (SELECT item_id, supplementary ->> '$.BucketVersioningConfiguration.status' AS status,
                       supplementary ->> '$.BucketVersioningConfiguration.isMfaDeleteEnabled' AS mfa
                  FROM item))

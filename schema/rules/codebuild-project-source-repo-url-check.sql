-- rules: CODEBUILD_PROJECT_SOURCE_REPO_URL_CHECK
-- text: no credentials stand in the addresses of repositories
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.source') AS kept,
         (SELECT count(*) FROM (SELECT json_extract(configuration, '$.source.type') AS kind, json_extract(configuration, '$.source.location') AS place UNION ALL SELECT json_extract(configuration, s.fullkey || '.type'), json_extract(configuration, s.fullkey || '.location') FROM json_each(configuration, '$.secondarySources') s) WHERE kind IN ('BITBUCKET', 'GITHUB', 'GITHUB_ENTERPRISE', 'GITLAB', 'GITLAB_SELF_MANAGED') AND 1) AS n,
         (SELECT count(*) FROM (SELECT json_extract(configuration, '$.source.type') AS kind, json_extract(configuration, '$.source.location') AS place UNION ALL SELECT json_extract(configuration, s.fullkey || '.type'), json_extract(configuration, s.fullkey || '.location') FROM json_each(configuration, '$.secondarySources') s) WHERE kind IN ('BITBUCKET', 'GITHUB', 'GITHUB_ENTERPRISE', 'GITLAB', 'GITLAB_SELF_MANAGED') AND substr(place, instr(place, '://') + 3, instr(substr(place, instr(place, '://') + 3) || '/', '/') - 1) LIKE '%@%' AND place LIKE '%://%') AS bad
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'source was not recorded')
                    WHEN n = 0 THEN json_array('NOT_APPLICABLE', 'no source is a repository of GitHub, GitLab or Bitbucket')
                    WHEN bad > 0 THEN json_array('NON_COMPLIANT', 'there are credentials in the address of a repository')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)

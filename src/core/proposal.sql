-- name: proposal_kept
-- Whether a type is recorded with CloudFormation's own names.
SELECT 1 AS yes FROM _type t WHERE t.type = :type AND (t.engine = 'cloudcontrol' OR json_extract(t.doc, '$.style.names') IN ('keep', 'upper'));
